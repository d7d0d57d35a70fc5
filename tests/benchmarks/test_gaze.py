"""benchmarks/gaze.py: the gaze of its rendered faces is the one that it says, and is found again."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.benchmarks import gaze
from attention_mesh.geometry.perspective_camera import PerspectiveCamera
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig


@pytest.mark.parametrize(("yaw", "pitch"), [(0, 0), (20, 0), (-15, 10), (5, -20)])
def test_both_eyes_of_the_rig_look_where_they_are_told(yaw, pitch):
    rig = builtin_rig()
    landmarks = rig.landmarks(rig.vertices(np.zeros(0), gaze.looking(rig, yaw, pitch)))
    for eye in rig.eyes:
        look = landmarks[eye.landmarks] - eye.center
        found = np.degrees([np.arctan2(look[0], look[2]), np.arcsin(look[1] / np.linalg.norm(look))])
        np.testing.assert_allclose(found, [yaw, pitch], atol=0.2)


def test_the_gaze_of_rendered_faces_is_found_from_the_rigs_landmarks():
    """But for a constant: what is straight ahead for the built-in rig is not so for the canonical face."""
    rig, off, drawn = builtin_rig(), [], []
    for face in gaze.rendered_faces(rig, 8):
        assert face.picture.shape == (gaze.SIZE, gaze.SIZE, 3) and face.picture.dtype == np.uint8
        np.testing.assert_allclose(np.linalg.norm(face.gaze, axis=1), 1, atol=1e-5)
        camera = PerspectiveCamera(face.fov_deg)
        found, to_camera = gaze.found_gaze(
            face.landmarks, (gaze.SIZE, gaze.SIZE), gaze.rig_eye_model(rig), camera
        )
        assert to_camera[2] > 0.9
        drawn.append(gaze.angles(face.gaze[0]))
        off.append(gaze.angles(found[2]) - drawn[-1])
    spread, spread_drawn = np.std(off, 0), np.std(drawn, 0)
    assert (spread < 0.4 * spread_drawn).all()
