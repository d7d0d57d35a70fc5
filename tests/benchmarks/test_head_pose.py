"""The measurement of head poses: angles between rotations, and the aims for landmarks of known pose."""

import numpy as np
import pytest

from attention_mesh.benchmarks.head_pose import angle_degrees, spread_text, synthetic
from attention_mesh.geometry.head_pose import rotation_matrices


def test_the_angle_between_two_rotations():
    turns = rotation_matrices(np.radians([[0, 0, 0], [30, 0, 0], [0, 0, 180]]))
    others = rotation_matrices(np.radians([[0, 0.5, 0], [30, 0, 0], [0, 0, 0]]))
    np.testing.assert_allclose(angle_degrees(turns, others), [0.5, 0, 180], atol=1e-3)


@pytest.mark.parametrize(("noise_px", "most_degrees", "most_percent"), [(0, 0.5, 1), (1, 1, 1)])
def test_poses_of_known_landmarks_are_as_good_as_promised(
    noise_px: float, most_degrees: float, most_percent: float
):
    _, _, angles, distances = synthetic(60, noise_px, np.random.default_rng(3))
    assert float(angles.split("/")[1].strip(" °")) < most_degrees
    assert float(distances.split("/")[1].strip(" %")) < most_percent


def test_an_outlier_does_not_change_the_spread():
    errors = np.linspace(-3, 5, 1001)  # evenly spread about 1; 68 % lie within 2.72
    assert spread_text(errors) == "+1.0° ± 2.7°"
    errors[0] = 180
    assert spread_text(errors) == "+1.0° ± 2.7°"
