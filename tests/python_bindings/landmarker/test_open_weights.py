"""The open weights in use: near the official ones on a real face, tracked too, and the same in Keras."""

import numpy as np
import pytest

from attention_mesh.models.topology.landmark_groups import interocular_distance
from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
from attention_mesh.python_bindings.landmarker.face_landmarker_options import (
    FaceLandmarkerOptions,
    RunningMode,
)


def landmarks(image: np.ndarray, **options) -> np.ndarray:
    with FaceLandmarker(FaceLandmarkerOptions(**options)) as landmarker:
        return landmarker.detect(image).landmarks_px


def test_on_a_real_face_they_are_near_the_official_ones(astronaut):
    (official,), (ours,) = (landmarks(astronaut, weights=name) for name in ("official", "open"))
    away = np.linalg.norm(ours[:, :2] - official[:, :2], axis=1) / interocular_distance(official[:, :2])
    assert away.mean() < 0.05 and away.max() < 0.25


def test_they_find_no_face_where_there_is_none():
    assert len(landmarks(np.full((240, 320, 3), 90, np.uint8), weights="open")) == 0


def test_they_follow_a_face_through_a_video(astronaut):
    options = FaceLandmarkerOptions(running_mode=RunningMode.VIDEO, weights="open")
    with FaceLandmarker(options) as landmarker:
        ids = []
        for step in range(10):
            frame = np.roll(astronaut, 3 * step, axis=1)
            ids.append(landmarker.detect_for_video(frame, 33 * step).track_ids.tolist())
    assert len(ids[0]) == 1 and all(found == ids[0] for found in ids)


def test_weights_that_are_not_there_are_named():
    with pytest.raises(Exception, match="weights 'nowhere.tflite': there is no such file"):
        FaceLandmarker(FaceLandmarkerOptions(weights="nowhere.tflite")).detect(
            np.zeros((64, 64, 3), np.uint8)
        )
    with pytest.raises(ValueError, match="weights"):
        FaceLandmarkerOptions(weights=3)
