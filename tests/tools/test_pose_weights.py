"""The tool of the pose weights: what its weights are worth, and the committed file."""

import numpy as np
import pytest

from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.models.topology.pose_weights import pose_weights
from attention_mesh.models.training.synthetic.ict_facekit import load_ict_facekit
from attention_mesh.tools.pose_weights import random_faces, spread_degrees, weights_for


def test_landmarks_that_move_get_low_weights():
    rng = np.random.default_rng(0)
    faces = np.repeat(canonical_face().vertices[None].astype(np.float64), 200, 0)
    moving = canonical_face().vertices[:, 1] < -2
    faces[:, moving] += rng.normal(0, 1, (200, 1, 3))
    weights = weights_for(faces)
    assert weights[moving].max() < 0.2 < 0.8 < weights[:468][~moving[:468]].min()
    equal = (weights > 0).astype(float)
    assert (spread_degrees(faces, weights) < spread_degrees(faces, equal) / 2).all()


@pytest.mark.slow
def test_the_committed_weights_come_from_the_rig_and_halve_what_expressions_turn(shared_data):
    folder = shared_data.parent / "rig"
    if not folder.is_dir():
        pytest.skip("no rig beside the development data")
    rig = load_ict_facekit(folder)
    faces = random_faces(rig, 1500, np.random.default_rng(0), True, False)
    np.testing.assert_allclose(weights_for(faces), pose_weights(), atol=0.01)
    others = random_faces(rig, 500, np.random.default_rng(2), True, True)
    equal = (pose_weights() > 0).astype(float)
    assert (spread_degrees(others, pose_weights()) < 0.6 * spread_degrees(others, equal)).all()
