"""CropAugmentationCalculator and LandmarksFusionCalculator: crops and faces find each other again."""

import numpy as np
import pytest

from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.crop_augmentation import CROPS_PER_FACE
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.models.topology.mirror import mirror_landmarks

SIZE = (200, 400)
ROIS = NormalizedRects(np.array([[0.3, 0.3, 0.2, 0.1, 0], [0.7, 0.6, 0.2, 0.1, 0.3]], np.float32))


@pytest.fixture(params=[478, 468])
def faces(request) -> np.ndarray:
    """(2, N, 3) float32, normalized."""
    return np.random.default_rng(2).uniform(0.2, 0.8, (2, request.param, 3)).astype(np.float32)


def crops_of(faces: np.ndarray) -> np.ndarray:
    """(2 · CROPS_PER_FACE, N, 3): every crop finds the face exactly, half of them mirrored."""
    mirrored = faces[:, mirror_landmarks()[: faces.shape[1]]]
    return np.concatenate(
        [np.repeat(both[:, None], CROPS_PER_FACE // 2, axis=1) for both in (faces, mirrored)], axis=1
    ).reshape(-1, *faces.shape[1:])


def fuse(faces: np.ndarray, crops: np.ndarray, found: NormalizedRects):
    streams = {
        "LANDMARKS:0": NormalizedLandmarks(faces),
        "ROIS:0": ROIS.take(slice(len(faces))),
        "LANDMARKS:1": NormalizedLandmarks(crops),
        "ROIS:1": found,
        "IMAGE_SIZE": SIZE,
    }
    run = run_calculator("LandmarksFusionCalculator", {tag: [(0, value)] for tag, value in streams.items()})
    return run.values("LANDMARKS")[0].points, run.values("SPREADS")[0]


def augmented(rois: NormalizedRects) -> NormalizedRects:
    return run_calculator("CropAugmentationCalculator", {"ROIS": [(0, rois)]}).values("ROIS")[0]


def test_faces_come_out_of_their_crops(faces):
    landmarks, spreads = fuse(faces, crops_of(faces), augmented(ROIS))
    np.testing.assert_allclose(landmarks, faces, atol=1e-5)  # of the image; rounding of float32
    np.testing.assert_allclose(spreads, 0, atol=1e-3)
    assert spreads.shape == faces.shape[:2]


def test_a_crop_that_lost_its_face_is_replaced_by_the_first_landmarks(faces):
    kept = np.delete(np.arange(2 * CROPS_PER_FACE), [1, CROPS_PER_FACE + 2])
    landmarks, _ = fuse(faces, crops_of(faces)[kept], augmented(ROIS).take(kept))
    np.testing.assert_allclose(landmarks, faces, atol=1e-5)


def test_no_face_gives_empty_packets():
    landmarks, spreads = fuse(
        np.empty((0, 478, 3), np.float32),
        np.empty((0, 478, 3), np.float32),
        augmented(NormalizedRects.empty()),
    )
    assert landmarks.shape == (0, 478, 3) and spreads.shape == (0, 478)


def test_a_missing_stream_is_named():
    with pytest.raises(Exception, match="expected LANDMARKS:0, LANDMARKS:1, ROIS:0 and ROIS:1; 1 LANDMARKS"):
        run_calculator(
            "LandmarksFusionCalculator",
            {
                "LANDMARKS": [(0, NormalizedLandmarks.empty())],
                "ROIS": [(0, ROIS)],
                "IMAGE_SIZE": [(0, SIZE)],
            },
        )
