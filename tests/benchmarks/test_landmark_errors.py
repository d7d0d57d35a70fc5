"""The error measures of benchmarks/accuracy.py, by hand."""

import json
from pathlib import Path

import numpy as np
import pytest

from attention_mesh.benchmarks import landmark_errors
from attention_mesh.benchmarks.landmark_errors import (
    contour_errors,
    differences,
    distances_to_contour,
    iris_errors,
)

TEMPLATES = json.loads(Path(landmark_errors.__file__).with_name("landmark_templates.json").read_text())
SQUARE = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], float)


def test_distance_is_to_the_edges_of_the_closed_contour():
    points = np.array([[5, 3], [-2, 5], [13, 14], [0, 0]], float)
    np.testing.assert_allclose(distances_to_contour(points, SQUARE), [3, 2, 5, 0], atol=1e-9)


def face_68() -> np.ndarray:
    """(68, 2): points anywhere, but corner distances of 100 (eyes outer), 50 (mouth) and 20 (each eye)."""
    points = np.random.default_rng(0).uniform(0, 100, (68, 2))
    points[[36, 45]] = [[0, 0], [100, 0]]
    points[[48, 54]] = [[25, 80], [75, 80]]
    points[[39, 42]] = [[20, 0], [80, 0]]
    return points


def mesh_through(points: np.ndarray) -> np.ndarray:
    """A mesh whose corresponding vertices lie on the 68 points, the other contour vertices beside them."""
    mesh = np.zeros((478, 3))
    matches = {vertex: int(point) for point, vertex in TEMPLATES["template_68"]["inner_51"].items()}
    for vertex, point in matches.items():
        mesh[vertex, :2] = points[point]
    for contour in TEMPLATES["template_68"]["contours"].values():
        for i, vertex in enumerate(contour["mesh"]):
            if vertex not in matches:
                mesh[vertex] = mesh[contour["mesh"][i - 1]]
    return mesh


def test_a_mesh_through_the_annotation_has_no_error():
    points = face_68()
    assert contour_errors(mesh_through(points), points) == pytest.approx((0, 0, 0), abs=1e-9)


def test_a_mesh_shifted_by_one_pixel_is_off_by_one_per_cent_of_a_hundred_pixels():
    points = face_68()
    errors = contour_errors(mesh_through(points) + [0, 1, 0], points)
    assert errors.inner == pytest.approx(1)
    # A contour error counts only what is across the contour: at most a pixel in 50 and in 20.
    assert 0 < errors.lips <= 2
    assert 0 < errors.eyes <= 5


def ring(x, y, radius, count):
    angles = np.arange(count) * 2 * np.pi / count
    return np.stack([x + radius * np.cos(angles), y + radius * np.sin(angles)], axis=1)


def test_iris_errors_are_in_eye_widths_and_radii():
    annotation = np.full((189, 2), np.nan)
    annotation[2:10], annotation[10:18] = ring(50, 50, 10, 8), ring(150, 50, 10, 8)
    annotation[[18, 22, 23, 27]] = [[30, 50], [70, 50], [130, 50], [170, 50]]
    mesh = np.zeros((478, 3))
    mesh[468, :2], mesh[469:473, :2] = (52, 50), ring(52, 50, 11, 4)
    mesh[473, :2], mesh[474:478, :2] = (150, 50), ring(150, 50, 8, 4)
    # Centres 2 and 0 px of 40, radii 10 % and 20 % off.
    assert iris_errors(mesh, annotation) == pytest.approx((2.5, 15))


def test_differences_are_in_per_cent_of_the_others_interocular_distance():
    other = np.zeros((478, 3))
    other[263, 0] = 200
    np.testing.assert_allclose(differences(other + [3, 4, 99], other), np.full(478, 2.5))


def test_the_table_pairs_every_inner_point_with_one_vertex():
    pairs = TEMPLATES["template_68"]["inner_51"]
    assert sorted(map(int, pairs)) == list(range(17, 68))
    assert len(set(pairs.values())) == 51 and max(pairs.values()) < 468
