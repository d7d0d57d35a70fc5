"""Picture effects: each changes what it says it changes, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from attention_mesh.models.training import picture_effects as effects

Effect = Callable[[np.ndarray, np.random.Generator], np.ndarray]

EFFECTS: dict[str, Effect] = {
    "recolored": lambda picture, rng: effects.recolored(picture, rng, 1.0),
    "darkened": effects.darkened,
    "noisy": lambda picture, rng: effects.noisy(picture, rng, 8.0),
    "blurred": effects.blurred,
    "motion_blurred": effects.motion_blurred,
    "compressed": effects.compressed,
    "with_patch": effects.with_patch,
    "half_hidden": effects.half_hidden,
}
SEEDS = range(20)


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    """(96, 120, 3): a face that is not square, so that a swap of height and width would show."""
    return cv2.resize(np.asarray(astronaut())[:240, 100:400], (120, 96), interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize("name", EFFECTS)
def test_an_effect_is_a_function_of_the_picture_and_the_seed(name, picture):
    before = picture.copy()
    first, again, other = (EFFECTS[name](picture, np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert first.shape == picture.shape and first.dtype == np.uint8
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    np.testing.assert_array_equal(picture, before)


@pytest.mark.parametrize("name", EFFECTS)
def test_the_face_stays_where_it_is(name, picture):
    """The shift at which changed and old picture agree best; a landmark must not move by a pixel."""
    gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    for seed in range(5):
        changed = cv2.cvtColor(EFFECTS[name](picture, np.random.default_rng(seed)), cv2.COLOR_RGB2GRAY)
        middle = np.ascontiguousarray(changed[8:-8, 8:-8]).astype(np.float32)
        fit = cv2.matchTemplate(gray, middle, cv2.TM_CCOEFF_NORMED)
        assert np.unravel_index(fit.argmax(), fit.shape) == (8, 8)


def test_some_pictures_become_black_and_white_and_most_do_not():
    two_colors = np.array([[[150, 90, 60], [60, 90, 150]]], np.uint8)  # of one brightness
    changed = [effects.recolored(two_colors, np.random.default_rng(seed), 1.0) for seed in range(400)]
    gray = np.mean([(left == right).all() for ((left, right),) in changed])
    assert 0.03 < gray < 0.14  # 8 %, standard deviation 1.4 %


def test_without_strength_colors_stay(picture):
    same = effects.recolored(picture, np.random.default_rng(0), 0.0)
    assert np.abs(same.astype(int) - picture).max() <= 1  # gray level, of rounding


def test_low_light_leaves_at_most_half_of_the_brightness(picture):
    for seed in SEEDS:
        dark = effects.darkened(picture, np.random.default_rng(seed))
        assert 0.01 * picture.mean() < dark.mean() < 0.52 * picture.mean()  # 0.02: clipped noise


def test_noise_has_its_level(picture):
    flat = np.full_like(picture, 128)
    noise = effects.noisy(flat, np.random.default_rng(0), 6.0).astype(np.float32) - 128
    assert noise.std() == pytest.approx(6.0, rel=0.05)  # 34,560 numbers
    assert abs(noise.mean()) < 0.2


def test_motion_smears_a_dot_along_a_line_and_keeps_its_light():
    dot = np.zeros((101, 101, 3), np.uint8)
    dot[49:52, 49:52] = 255
    directions = []
    for seed in SEEDS:
        smeared = effects.motion_blurred(dot, np.random.default_rng(seed))[:, :, 0].astype(np.float64)
        assert smeared.sum() == pytest.approx(9 * 255, rel=0.1)  # rounding of many dim pixels
        y, x = np.mgrid[:101, :101]
        center = (smeared * x).sum() / smeared.sum(), (smeared * y).sum() / smeared.sum()
        assert center == pytest.approx((50, 50), abs=0.6)  # px
        away = np.stack([x - center[0], y - center[1]])
        spread, axes = np.linalg.eigh(np.einsum("hw,ahw,bhw->ab", smeared, away, away) / smeared.sum())
        assert spread[1] > spread[0]
        directions.append(np.degrees(np.arctan2(axes[1, 1], axes[0, 1])) % 180)
    assert np.ptp(directions) > 90  # all directions occur


def test_compression_shows_the_blocks_of_a_file_of_low_quality(picture):
    """Steps between neighboring pixels are larger where two blocks of 8 meet than within one."""
    smooth = cv2.GaussianBlur(picture, (0, 0), 3)
    for seed in SEEDS:
        steps = np.abs(np.diff(effects.compressed(smooth, np.random.default_rng(seed)).astype(int), axis=1))
        at_borders = steps[:, 7::8].mean()
        assert at_borders > 1.1 * np.delete(steps, np.s_[7::8], 1).mean()


def test_a_patch_hides_a_ninth_at_most(picture):
    for seed in SEEDS:
        changed = (effects.with_patch(picture, np.random.default_rng(seed)) != picture).any(2)
        assert changed.any() and changed.mean() <= 1 / 9


def test_half_of_the_face_is_hidden_at_most_and_the_center_never(picture):
    shares = []
    for seed in SEEDS:
        changed = (effects.half_hidden(picture, np.random.default_rng(seed)) != picture).any(2)
        assert not changed[43:53, 54:66].any()
        shares.append(changed.mean())
    assert 0.1 < min(shares) and max(shares) < 0.5
