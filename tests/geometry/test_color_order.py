"""Swapped colors are seen on a face, whatever the light; right ones never are."""

import numpy as np
import pytest

from attention_mesh.geometry.color_order import is_bgr

SKIN_TONES = {
    "light": (233, 190, 166),
    "medium": (182, 128, 96),
    "dark": (92, 62, 48),
    "darkest": (52, 38, 32),
}
BACKGROUNDS = {"gray": (120, 120, 120), "white": (250, 250, 250), "blue": (60, 90, 150), "black": (6, 6, 6)}
SKIN_PX = np.stack(np.meshgrid(np.arange(40, 80, 2), np.arange(30, 90, 3)), axis=-1).reshape(-1, 2)


def picture(skin, background, light=(1.0, 1.0, 1.0)) -> np.ndarray:
    """(120, 120, 3) uint8 RGB: an even face before an even wall, with some noise."""
    image = np.empty((120, 120, 3))
    image[:] = background
    image[25:95, 35:85] = skin
    image += np.random.default_rng(0).normal(0, 4, image.shape)
    return np.clip(image * light, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize("tone", SKIN_TONES)
def test_only_the_swapped_face_is_called_bgr(tone, background):
    image = picture(SKIN_TONES[tone], BACKGROUNDS[background])
    swapped = np.ascontiguousarray(image[..., ::-1])
    assert not is_bgr(image, SKIN_PX)
    # Before a wall that is as blue as the face in BGR is, nobody can tell.
    assert is_bgr(swapped, SKIN_PX) or background == "blue" or tone == "darkest"


@pytest.mark.parametrize("tone", SKIN_TONES)
@pytest.mark.parametrize("light", [(0.8, 0.9, 1.0), (0.5, 0.7, 1.0), (0.25, 0.4, 1.0), (1.0, 0.8, 0.5)])
def test_a_face_in_colored_light_is_not_called_bgr(tone, light):
    assert not is_bgr(picture(SKIN_TONES[tone], BACKGROUNDS["gray"], light), SKIN_PX)


def test_gray_pictures_tell_nothing():
    image = np.repeat(picture(SKIN_TONES["light"], BACKGROUNDS["gray"])[..., :1], 3, axis=2)
    assert not is_bgr(image, SKIN_PX)


@pytest.mark.parametrize("points", [SKIN_PX[:20], SKIN_PX + 500, SKIN_PX * 0 - 9])
def test_a_face_of_which_too_little_is_in_the_picture_tells_nothing(points):
    swapped = picture(SKIN_TONES["light"], BACKGROUNDS["gray"])[..., ::-1]
    assert not is_bgr(swapped, points)


def test_a_picture_that_is_all_face_tells_nothing():
    swapped = picture(SKIN_TONES["light"], SKIN_TONES["light"])[..., ::-1]
    assert not is_bgr(swapped, SKIN_PX)
