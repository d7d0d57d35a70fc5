"""Crop errors: of a network that gives known landmarks."""

from pathlib import Path

import numpy as np
import pytest

import attention_mesh.models.keras_backend  # noqa: F401 - before keras
from attention_mesh.models.attention_mesh import Preset
from attention_mesh.models.evaluation.crop_errors import crop_errors, predictions
from attention_mesh.models.topology.landmark_groups import landmarks_68
from attention_mesh.models.training.augmentation import Augmentation
from attention_mesh.models.training.label_file import LabelFile
from attention_mesh.models.training.labeled_faces import LabeledFaces
from attention_mesh.models.training.synthetic.synthesize import synthesize

SIZE = 64


class KnowingNetwork:
    """A network that gives the true landmarks of the faces, in order, moved by `shift_px`."""

    preset = Preset(SIZE, (4, 8, 8, 8), 8, (8, 8, 8), 8, 478)

    def __init__(self, faces: LabeledFaces, shift_px: float) -> None:
        rng = np.random.default_rng(0)
        crops = [Augmentation.none().crop(faces[number], SIZE, rng) for number in range(len(faces))]
        self.mesh = np.nan_to_num(np.stack([crop.landmarks for crop in crops])) + [shift_px, 0, 0]
        self.presence = np.stack([crop.presence for crop in crops])[:, None] - 0.5
        self.seen = 0

    def predict_on_batch(self, images: np.ndarray) -> dict[str, np.ndarray]:
        rows = slice(self.seen, self.seen + len(images))
        self.seen += len(images)
        return {"mesh": self.mesh[rows], "presence": self.presence[rows]}


@pytest.fixture(scope="module")
def faces(tmp_path_factory) -> LabeledFaces:
    folder = tmp_path_factory.mktemp("faces")
    synthesize(folder, 40, size=96, seed=1, processes=1)
    return LabeledFaces(folder)


def test_the_truth_has_no_error_and_no_wrong_flag(faces):
    errors = crop_errors(KnowingNetwork(faces, 0.0), faces)
    assert len(errors.flags) == 40 and not any(errors.flags)
    assert len(errors.refined) == int(faces.labels.presence.sum()) < 40
    assert max(one.all for one in errors.refined) < 1e-4


def test_a_shift_counts_in_pixels_of_the_crop(faces):
    errors = crop_errors(KnowingNetwork(faces, 2.0), faces, most=8)
    assert len(errors.flags) == 8
    sample, refined, mesh, _ = next(
        row for row in predictions(KnowingNetwork(faces, 2.0), faces) if row[0].presence
    )
    np.testing.assert_allclose(refined - sample.landmarks, np.tile([2, 0, 0], (478, 1)), atol=1e-4)
    np.testing.assert_array_equal(mesh, refined)
    mouth = np.linalg.norm(sample.landmarks[61, :2] - sample.landmarks[291, :2])
    assert errors.mesh[0].lips == pytest.approx(200 / mouth, rel=1e-3)


def test_68_points_are_measured_by_their_contours(faces, tmp_path: Path):
    table = landmarks_68()
    chosen = np.flatnonzero(faces.labels.presence)[:3]
    points = np.full((3, 68, 2), np.nan)
    points[:, table >= 0] = faces.labels.landmarks[chosen][:, table[table >= 0], :2]
    np.savez(tmp_path / "points.npz", names=[faces.labels.names[number] for number in chosen], pts=points)
    annotated = LabeledFaces(faces.folder, tmp_path / "points.npz")
    truth = LabelFile(
        annotated.labels.names, faces.labels.landmarks[chosen], annotated.labels.weights, np.ones(3)
    )
    truth.write(tmp_path / "truth.npz")
    whole = LabeledFaces(faces.folder, tmp_path / "truth.npz")
    # The crops differ: the extent of a face with a partial label is only estimated.
    network = KnowingNetwork(whole, 0.0)
    rng = np.random.default_rng(0)
    for number in range(3):
        known = annotated[number].landmarks
        crop = Augmentation.none().crop(annotated[number], SIZE, rng)
        place = np.isfinite(known[:, :2]).all(1)
        affine, *_ = np.linalg.lstsq(
            np.c_[known[place, :2], np.ones(place.sum())], crop.landmarks[place, :2], rcond=None
        )
        network.mesh[number, :, :2] = np.c_[whole[number].landmarks[:, :2], np.ones(478)] @ affine
    errors = crop_errors(network, annotated)
    assert len(errors.refined) == 3
    for one in errors.refined:
        assert (one.all, one.lips, one.eyes) == pytest.approx((0, 0, 0), abs=1e-3)
