"""Pose weights: symmetric, and low where expressions move the face."""

import numpy as np

from attention_mesh.models.topology.face_topology import FaceTopology
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.models.topology.mirror import mirror_landmarks
from attention_mesh.models.topology.pose_weights import pose_weights


def test_weights_are_symmetric_and_at_most_1():
    weights = pose_weights()
    assert weights.shape == (478,) and weights.dtype == np.float32 and not weights.flags.writeable
    np.testing.assert_array_equal(weights[mirror_landmarks()], weights)
    assert weights.max() == 1 and (weights[:468] > 0).all() and (weights[468:] == 0).all()


def test_what_expressions_move_counts_little():
    weights, groups, names = pose_weights(), landmark_groups(), FaceTopology.load().names
    rigid = weights[[*groups["inner_eye_corners"], names["nose_bridge"]]].min()
    for moving in (*groups["inner_lip_middles"], *groups["mouth_corners"], names["chin_bottom"]):
        assert weights[moving] < 0.4 * rigid
