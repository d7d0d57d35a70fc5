"""Crop augmentation: the regions of the crops, and what the fusion keeps and drops."""

import numpy as np

from attention_mesh.geometry.crop import Cropper
from attention_mesh.geometry.crop_augmentation import CROPS_PER_FACE, augmented_rects, fused_landmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects

MIRROR = np.array([1, 0, 2])  # two eyes and a nose
FACE = np.array([[40.0, 50, 1], [80, 50, 1], [60, 70, 5]], np.float32)


def crops_of(face: np.ndarray) -> np.ndarray:
    """(1, CROPS_PER_FACE, 3, 3): the landmarks of crops without any error."""
    half = CROPS_PER_FACE // 2
    return np.stack([face] * half + [face[MIRROR]] * half)[None]


def test_half_of_the_regions_are_mirrored_and_all_lie_around_the_face():
    rects = NormalizedRects(np.array([[0.5, 0.4, 0.2, 0.3, 0.1], [0.2, 0.3, 0.1, 0.15, -0.2]], np.float32))
    crops = augmented_rects(rects)
    assert crops.ids.tolist() == list(range(2 * CROPS_PER_FACE))
    per_face = crops.values.reshape(2, CROPS_PER_FACE, 5)
    np.testing.assert_array_equal(per_face[..., :2], np.repeat(rects.values[:, None, :2], CROPS_PER_FACE, 1))
    np.testing.assert_array_equal(np.sign(per_face[..., 2]), np.repeat([[1, -1]], 4, 1).repeat(2, 0))
    straight, mirrored = np.split(per_face, 2, axis=1)
    np.testing.assert_array_equal(mirrored * (1, 1, -1, 1, 1), straight)
    np.testing.assert_array_equal(per_face[0, 0], rects.values[0])


def test_a_mirrored_region_shows_the_mirrored_pixels():
    image = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    straight, mirrored = Cropper((32, 32)).crop(image, [(32, 32, 32, 32, 0), (32, 32, -32, 32, 0)])
    # Crops are sampled without half-pixel terms: column i of one is column 32 - i of the other.
    np.testing.assert_array_equal(mirrored[:, 1:], straight[:, :0:-1])


def test_perfect_crops_give_the_face_and_no_spread():
    fused, spreads = fused_landmarks(FACE[None], crops_of(FACE), MIRROR, np.zeros(1, np.float32))
    np.testing.assert_allclose(fused[0], FACE, atol=1e-4)  # px; rounding of float32
    np.testing.assert_allclose(spreads, 0, atol=1e-4)


def test_an_offset_of_the_mirrored_crops_along_their_x_axis_is_taken_out():
    for rotation_rad in (0.0, 0.7):
        crops = crops_of(FACE)
        offset = 3 * np.array([np.cos(rotation_rad), np.sin(rotation_rad)], np.float32)
        crops[:, CROPS_PER_FACE // 2 :, :, :2] += offset
        fused, _ = fused_landmarks(FACE[None], crops, MIRROR, np.array([rotation_rad], np.float32))
        np.testing.assert_allclose(fused[0], FACE, atol=1e-4)


def test_two_stray_crops_do_no_harm_and_widen_the_spread_of_their_landmark():
    crops = crops_of(FACE)
    crops[0, :2, 2, 1] += 30
    fused, spreads = fused_landmarks(FACE[None], crops, MIRROR, np.zeros(1, np.float32))
    np.testing.assert_allclose(fused[0], FACE, atol=1e-4)
    # Two of eight crops are off by 30 px: a standard deviation of 30 · sqrt(2/8 · 6/8) px.
    np.testing.assert_allclose(spreads[0], [0, 0, 30 * np.sqrt(0.1875)], atol=1e-3)


def test_no_face():
    empty = np.empty((0, CROPS_PER_FACE, 3, 3), np.float32)
    fused, spreads = fused_landmarks(empty[:, 0], empty, MIRROR, np.empty(0, np.float32))
    assert fused.shape == (0, 3, 3) and spreads.shape == (0, 3)
