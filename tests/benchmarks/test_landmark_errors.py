"""Error measures of benchmarks/accuracy.py, compared with values by hand."""

import numpy as np
import pytest

from attention_mesh.benchmarks.landmark_errors import differences, iris_errors


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
    # Centers 2 and 0 px of 40, radii 10 % and 20 % off.
    assert iris_errors(mesh, annotation) == pytest.approx((2.5, 15))


def test_differences_are_in_per_cent_of_the_others_interocular_distance():
    other = np.zeros((478, 3))
    other[263, 0] = 200
    np.testing.assert_allclose(differences(other + [3, 4, 99], other), np.full(478, 2.5))
