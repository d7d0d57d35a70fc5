"""Augmentation: the place of the face in a crop, flips, unknown landmarks, no face."""

import numpy as np
import pytest

from attention_mesh.models.topology.mirror import mirror_landmarks
from attention_mesh.models.training.augmentation import Augmentation
from attention_mesh.models.training.labeled_faces import FaceSample


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_without_changes_the_face_is_upright_and_fills_two_thirds(sample):
    crop = Augmentation.none().crop(sample, 192, rng())
    assert crop.image.shape == (192, 192, 3) and crop.image.dtype == np.uint8
    low, high = crop.landmarks[:, :2].min(0), crop.landmarks[:, :2].max(0)
    np.testing.assert_allclose((low + high) / 2, 96, atol=1e-3)
    assert max(high - low) == pytest.approx(192 / 1.5, abs=1e-3)
    assert crop.landmarks[33, 1] == pytest.approx(crop.landmarks[263, 1], abs=1e-3)


def test_landmarks_move_with_the_pixels(sample):
    """A white dot painted on a landmark is found where the crop says the landmark is."""
    image = np.zeros_like(sample.image)
    x, y = np.floor(sample.landmarks[4, :2]).astype(int)
    image[y - 1 : y + 2, x - 1 : x + 2] = 255
    dotted = FaceSample(image, sample.landmarks, sample.weights, 1.0)
    quiet = {"color": 0.0, "blur": 0.0, "noise": 0.0, "occlusion": 0.0, "flip": 0.0}
    for seed in range(5):
        crop = Augmentation(rotation_deg=30, **quiet).crop(dotted, 192, np.random.default_rng(seed))
        rows, columns = np.nonzero(crop.image[:, :, 0] > 100)
        found = np.array([columns.mean() + 0.5, rows.mean() + 0.5])
        exact = sample.landmarks[4, :2] - (x + 0.5, y + 0.5)  # the dot is on the pixel, not on the landmark
        assert np.linalg.norm(found - crop.landmarks[4, :2]) < 1.0 + np.linalg.norm(exact)


def test_depth_scales_with_the_crop(sample):
    crop = Augmentation.none().crop(sample, 192, rng())
    by = np.linalg.norm(crop.landmarks[33, :2] - crop.landmarks[263, :2]) / np.linalg.norm(
        sample.landmarks[33, :2] - sample.landmarks[263, :2]
    )
    np.testing.assert_allclose(crop.landmarks[:, 2], sample.landmarks[:, 2] * by, rtol=1e-4)


def test_a_flip_is_a_mirror_and_changes_left_and_right(sample):
    plain = Augmentation.none().crop(sample, 192, rng())
    quiet = Augmentation(**{name: 0.0 for name in Augmentation.__dataclass_fields__} | {"flip": 1.0})
    mirrored = quiet.crop(sample, 192, rng())
    np.testing.assert_array_equal(mirrored.image, plain.image[:, ::-1])
    back = mirrored.landmarks[mirror_landmarks()]
    np.testing.assert_allclose(back[:, 0], 192 - plain.landmarks[:, 0], atol=1e-3)
    np.testing.assert_allclose(back[:, 1:], plain.landmarks[:, 1:], atol=1e-3)
    # The subject's right eye stays the one on the picture's left.
    assert mirrored.landmarks[33, 0] < mirrored.landmarks[263, 0]


def test_with_51_known_points_the_crop_is_nearly_that_of_the_whole_face(sample):
    from attention_mesh.models.topology.landmark_groups import landmarks_68

    known = landmarks_68()[landmarks_68() >= 0]
    partial = np.full_like(sample.landmarks, np.nan)
    partial[known, :2] = sample.landmarks[known, :2]
    crop = Augmentation.none().crop(FaceSample(sample.image, partial, sample.weights, 1.0), 192, rng())
    whole = Augmentation.none().crop(sample, 192, rng())
    assert np.isnan(crop.landmarks[10]).all()
    # px: within a tenth of the crop's side, since unknown landmarks are only estimated.
    assert np.abs(crop.landmarks[known, :2] - whole.landmarks[known, :2]).max() < 19


def test_without_a_face_any_place_will_do():
    picture = np.random.default_rng(1).integers(0, 255, (100, 140, 3), np.uint8)
    crop = Augmentation().crop(FaceSample.without_face(picture), 64, rng())
    assert crop.image.shape == (64, 64, 3) and crop.image.std() > 1
    assert np.isnan(crop.landmarks).all() and crop.presence == 0
