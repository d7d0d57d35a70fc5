"""The canonical face's tool: the shape that it finds in faces of known shape, and the committed file."""

from pathlib import Path

import numpy as np
import pytest

from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.tools.canonical_face import (
    IRIS_DIAMETER_CM,
    PORTRAIT_DISTANCE_CM,
    landmarks_of,
    mean_face,
    unwrapped,
)


def _photographed(vertices: np.ndarray, turn_deg: float, rng: np.random.Generator) -> np.ndarray:
    """The face as a camera at the portrait distance sees it: at random size, place and roll, noisy."""
    eyes = np.array([0, 2.62, 3.47])
    points = vertices - eyes
    points[:, :2] /= 1 - points[:, 2:] / PORTRAIT_DISTANCE_CM
    roll = np.radians(rng.normal(0, turn_deg))
    matrix = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    points = points @ matrix.T + rng.normal(0, 0.01, points.shape)
    return points * rng.uniform(20, 60) + rng.uniform(100, 500, 3)


def test_mean_face_finds_a_known_shape_in_noisy_photos_of_any_size_and_roll():
    known = canonical_face().vertices.astype(np.float64)
    rng = np.random.default_rng(0)
    found = mean_face(np.array([_photographed(known, 8, rng) for _ in range(80)]))
    # Most of the error is that of the scale, which only eight points on the irises, 1.17 cm wide, give.
    assert abs(found - known).max() < 0.04  # cm


def test_one_bad_face_of_ten_does_not_move_the_mean():
    known = canonical_face().vertices.astype(np.float64)
    rng = np.random.default_rng(1)
    faces = np.array([_photographed(known, 0, rng) for _ in range(60)])
    bad = faces.copy()
    bad[::10] *= np.array([1.6, 0.7, -1])
    assert abs(mean_face(bad) - mean_face(faces)).max() < 0.05  # cm


def test_a_flat_mesh_unwraps_onto_itself():
    flat = canonical_face().vertices.astype(np.float64)
    flat[:, :2] = canonical_face().uv * (1, -1)
    flat[:, 2] = 0
    np.testing.assert_allclose(unwrapped(flat), canonical_face().uv, atol=2e-4)


@pytest.mark.slow
def test_the_committed_file_comes_from_the_named_photos(shared_data: Path):
    photos = sorted([*shared_data.glob("iris/neutral_*.jpg"), *shared_data.glob("sfhq/*neutral*.jpg")])
    faces = landmarks_of(photos)
    assert len(faces) == len(photos) == 109
    # Other processors round the network differently.
    np.testing.assert_allclose(mean_face(faces), canonical_face().vertices, atol=0.01)
    assert IRIS_DIAMETER_CM == 1.17
