"""MeshEditingCalculator: the canonical face or a user's mesh follows metric landmarks."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.framework.errors import CalculatorError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.mesh_points import MeshPoints
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig
from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker

NAME = "MeshEditingCalculator"


@pytest.fixture(scope="module")
def smile() -> tuple[np.ndarray, np.ndarray]:
    """A neutral face and the same face smiling, (478, 3)."""
    rig = builtin_rig()
    weights = {"mouthSmileLeft": 0.8, "mouthSmileRight": 0.8}
    return tuple(
        rig.landmarks(rig.vertices(np.array([1.0, -1.0, 0.5]), w)).astype(np.float32) for w in ({}, weights)
    )


def test_the_canonical_face_becomes_the_tracked_one(smile):
    faces = np.stack(smile)
    (vertices,) = run_calculator(NAME, {"METRIC_LANDMARKS": [(0, faces)]}).values("VERTICES")
    assert vertices.shape == (2, 478, 3) and vertices.dtype == np.float32
    assert np.linalg.norm(vertices - faces, axis=2).mean() < 0.01  # cm


def test_the_morphed_face_in_its_pose_is_where_the_face_is_in_the_photo(astronaut):
    with FaceLandmarker() as landmarker:
        result = landmarker.detect(astronaut)
    size = astronaut.shape[1], astronaut.shape[0]
    landmarks = NormalizedLandmarks(result.landmarks_norm)
    run = run_calculator("FacePoseCalculator", {"LANDMARKS": [(0, landmarks)], "IMAGE_SIZE": [(0, size)]})
    metric, pose = run.values("METRIC_LANDMARKS")[0], run.values("POSES")[0][0]
    vertices = run_calculator(NAME, {"METRIC_LANDMARKS": [(0, metric)]}).values("VERTICES")[0][0]
    points = vertices @ pose[:3, :3].T + pose[:3, 3]
    focal = size[1] / 2 / np.tan(np.radians(63 / 2))
    shown = np.array(size) / 2 + focal * points[:, :2] / -points[:, 2:] * [1, -1]
    # Places are soft constraints: details of the canonical face give way by a tenth of a pixel.
    assert np.linalg.norm(shown - result.landmarks_px[0, :, :2], axis=1).mean() < 0.1


def test_with_a_neutral_face_the_canonical_face_smiles(smile):
    neutral, smiling = smile
    run = run_calculator(NAME, {"METRIC_LANDMARKS": [(0, np.stack(smile))]}, {"NEUTRAL": neutral})
    at_rest, moved = run.values("VERTICES")[0]
    face = canonical_face().vertices
    np.testing.assert_allclose(at_rest, face, atol=1e-3)
    corners = [61, 291]
    rise, expected = (moved - face)[corners, 1], (smiling - neutral)[corners, 1]
    np.testing.assert_allclose(rise, expected, rtol=0.25)


def test_a_users_mesh_follows_its_landmarks(smile):
    neutral, smiling = smile
    rig = builtin_rig()
    head = rig.neutral * 0.01  # in meters
    points = MeshPoints(rig.landmark_vertices, rig.landmark_weights)
    side = {"VERTICES": head, "TRIANGLES": rig.triangles, "POINTS": points, "NEUTRAL": neutral}
    pytest.importorskip("scipy", reason="scipy is in the puppet extra")
    (vertices,) = run_calculator(NAME, {"METRIC_LANDMARKS": [(0, smiling[None])]}, side).values("VERTICES")
    assert vertices.shape == (1, len(head), 3)
    rise = (points.on(vertices[0]) - points.on(head))[[61, 291], 1]
    np.testing.assert_allclose(rise, 0.01 * (smiling - neutral)[[61, 291], 1], rtol=0.25)


def test_a_similarity_takes_a_mesh_of_another_unit_to_the_landmarks(smile):
    face = canonical_face()
    side = {
        "VERTICES": face.vertices / 100,
        "TRIANGLES": face.triangles,
        "POINTS": MeshPoints.at_vertices(np.arange(478)),
    }
    run = run_calculator(
        NAME, {"METRIC_LANDMARKS": [(0, smile[0][None])]}, side, "similarity: true weight: 1000"
    )
    assert np.linalg.norm(run.values("VERTICES")[0][0] - smile[0], axis=1).mean() < 0.01  # cm


def test_no_packet_and_no_face_pass():
    no_face = np.zeros((0, 478, 3), np.float32)
    run = run_calculator(NAME, {"METRIC_LANDMARKS": [(0, no_face)]}, bounds={"METRIC_LANDMARKS": 50})
    assert [value.shape for value in run.values("VERTICES")] == [(0, 478, 3)]
    assert run.bound("VERTICES") == 50


def test_half_a_mesh_is_an_error():
    with pytest.raises(CalculatorError, match="connect all three or none"):
        run_calculator(NAME, {"METRIC_LANDMARKS": []}, {"VERTICES": np.eye(4, 3)})
