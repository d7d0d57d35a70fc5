"""Blending: the formula, and the same pixels whichever way a mark is blended."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.drawing.layers import blending

COLOR = (240, 130, 10)


def marked(opacity: float, paint: tuple[int, int, int] | np.ndarray, share: float) -> tuple[np.ndarray, ...]:
    """A picture (190, 230, 3), a mask (150, 170) with a share of ink at (30, 20), and the blended picture."""
    rng = np.random.default_rng(3)
    image = rng.integers(0, 256, (190, 230, 3), np.uint8)
    mask = rng.integers(0, 256, (150, 170), np.uint8)
    mask[rng.random(mask.shape) > share] = 0
    if not isinstance(paint, tuple):
        paint = (paint * (mask[..., None] / 255)).astype(np.uint8)
    after = image.copy()
    blending.blend(after, mask, (30, 20), paint, opacity)
    return image, mask, after


@pytest.mark.parametrize("share", [0.05, 0.9], ids=["sparse", "dense"])
@pytest.mark.parametrize("opacity", [1.0, 0.55])
def test_a_mark_is_blended_by_its_coverage_and_nothing_beside_it_changes(
    share: float, opacity: float
) -> None:
    image, mask, after = marked(opacity, COLOR, share)
    covered = np.zeros(image.shape[:2])
    covered[20:170, 30:200] = mask / 255 * opacity
    expected = image + (np.array(COLOR) - image) * covered[..., None]
    assert np.abs(after - expected).max() < 2.1  # levels; coverage, and both products, are rounded
    np.testing.assert_array_equal(after[covered == 0], image[covered == 0])


@pytest.mark.parametrize("opacity", [1.0, 0.55])
@pytest.mark.parametrize("colors", [False, True])
def test_bands_of_any_height_give_the_same_pixels(
    opacity: float, colors: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint = np.random.default_rng(4).integers(0, 256, (150, 170, 3), np.uint8) if colors else COLOR
    whole = marked(opacity, paint, 0.9)[2]
    for pixels in (1, 1000, 7000):  # rows of one, of 5 and of 41 with a rest
        monkeypatch.setattr(blending, "_BAND_PX", pixels)
        np.testing.assert_array_equal(marked(opacity, paint, 0.9)[2], whole)
