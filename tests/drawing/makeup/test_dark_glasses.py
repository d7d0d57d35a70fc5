"""Dark glasses: found on lenses, not on eyes in shadow."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from attention_mesh.drawing.makeup.dark_glasses import dark_glasses, eye_colors
from attention_mesh.drawing.makeup.eye_shape import eye_shapes
from attention_mesh.drawing.makeup.look import parse_look
from attention_mesh.drawing.makeup.paint import painted
from attention_mesh.drawing.makeup.scene_light import skin_light
from attention_mesh.tests.drawing.makeup.makeup_faces import portrait, portrait_px

LOOK = parse_look(
    'eyeshadow { color: "teal" } eyeliner { wing: 1 } iris_color { color: "blue" } lash_line {}'
)


def share(image: np.ndarray, face: np.ndarray) -> float:
    eyes = eye_shapes(face)
    return dark_glasses(eye_colors(image, eyes), eyes, skin_light(image, face))


def with_disks(
    image: np.ndarray, face: np.ndarray, color: tuple[int, int, int] | None, dim: float = 1
) -> np.ndarray:
    """A picture with opaque disks over the eyes, or with eyes that get less light."""
    disks = np.zeros(image.shape[:2], np.uint8)
    for x, y in eye_shapes(face).upper[:, 0].mean(axis=1).astype(int).tolist():
        cv2.ellipse(disks, (x, y), (75, 55), 0, 0, 360, 1, -1)
    result = image.copy()
    result[disks > 0] = (image[disks > 0] * dim).astype(np.uint8) if color is None else color
    return result


@pytest.mark.parametrize(
    ("lens", "shut"),
    [((22, 22, 24), 0), ((50, 42, 40), 0), ((20, 30, 60), 0), ((22, 22, 24), 1), ((20, 30, 60), 1)],
)
def test_nothing_is_painted_on_dark_lenses(lens, shut):
    face = portrait_px(shut=shut)
    image = with_disks(portrait(face), face, lens)
    assert share(image, face) == 1
    np.testing.assert_array_equal(painted(image, face[None], LOOK), image)


@pytest.mark.parametrize("dim", [1, 0.6, 0.4, 0.3])
def test_eyes_in_shadow_are_painted(dim):
    face = portrait_px()
    image = with_disks(portrait(face), face, None, dim)
    assert share(image, face) == 0


def test_eyes_in_shadow_in_a_grayscale_picture_are_painted():
    face = portrait_px()
    gray = cv2.cvtColor(portrait(face), cv2.COLOR_RGB2GRAY)
    image = with_disks(cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB), face, None, 0.4)
    assert share(image, face) == 0


def test_one_dark_eye_is_no_pair_of_glasses():
    face = portrait_px()
    image = portrait(face)
    both = with_disks(image, face, (22, 22, 24))
    both[:, 300:] = image[:, 300:]
    assert share(both, face) == 0


def test_eyes_outside_the_image_are_no_glasses():
    face = portrait_px() + np.float32([2000, 0, 0])
    assert share(portrait(portrait_px()), face) == 0
