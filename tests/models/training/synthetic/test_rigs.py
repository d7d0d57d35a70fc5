"""The built-in rig and a packed ICT-FaceKit: both are held to the same facts."""

from pathlib import Path

import numpy as np
import pytest

from attention_mesh.models.topology.mirror import mirror_landmarks
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig
from attention_mesh.models.training.synthetic.face_rig import FaceRig, Material, rotation
from attention_mesh.models.training.synthetic.load_rig import load_rig
from attention_mesh.models.training.synthetic.rig_error import RigError

ARKIT_USED = {"jawOpen", "eyeBlinkLeft", "eyeBlinkRight", "mouthSmileLeft", "browInnerUp", "mouthPucker"}


@pytest.fixture(params=["built-in", "ICT-FaceKit"])
def rig(request) -> FaceRig:
    if request.param == "built-in":
        return builtin_rig()
    folder = Path(__file__).resolve().parents[5] / "shared" / "rig"
    if not folder.is_dir():
        pytest.skip(f"no ICT-FaceKit at {folder}")
    return load_rig(folder)


def test_its_arrays_fit_one_another(rig):
    count = len(rig.neutral)
    assert rig.triangles.min() >= 0 and rig.triangles.max() < count
    assert rig.uv.shape == (len(rig.triangles), 3, 2) and len(rig.materials) == len(rig.triangles)
    assert rig.expressions.shape == (len(rig.expression_names), count, 3)
    assert rig.identities.shape[1:] == (count, 3)
    np.testing.assert_allclose(rig.landmark_weights.sum(1), 1, atol=1e-4)
    assert set(rig.materials.tolist()) >= set(Material) - {Material.GUMS}
    skin = rig.materials <= Material.HEAD
    assert rig.uv[skin].min() >= 0 and rig.uv[skin].max() <= 1
    assert set(rig.expression_names) >= ARKIT_USED


def test_it_is_a_face_of_about_life_size_and_symmetric(rig):
    points = rig.landmarks(rig.neutral)
    assert points.shape == (478, 3)
    assert 8 < points[263, 0] - points[33, 0] < 10
    assert points[10, 1] > points[1, 1] > points[13, 1] > points[152, 1]
    assert points[1, 2] > points[33, 2] > points[234, 2]  # nose before eyes before ears
    mirrored = points[mirror_landmarks()] * (-1, 1, 1)
    assert np.linalg.norm(points - mirrored, axis=1).max() < 0.25


def test_lids_close_and_the_jaw_opens(rig):
    neutral = rig.landmarks(rig.vertices(np.zeros(0), {}))
    blink = rig.landmarks(rig.vertices(np.zeros(0), {"eyeBlinkLeft": 1.0}))
    gap = neutral[386, 1] - neutral[374, 1]
    assert abs(blink[386, 1] - blink[374, 1]) < 0.25 * gap
    np.testing.assert_allclose(blink[159], neutral[159], atol=0.01)  # the other eye stays open
    opened = rig.landmarks(rig.vertices(np.zeros(0), {"jawOpen": 1.0}))
    assert opened[13, 1] - opened[14, 1] > neutral[13, 1] - neutral[14, 1] + 1.5
    assert np.linalg.norm(opened[10] - neutral[10]) < 0.05


def test_eyes_turn_about_their_centres_to_the_named_side(rig):
    neutral = rig.landmarks(rig.vertices(np.zeros(0), {}))
    left = rig.landmarks(rig.vertices(np.zeros(0), {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0}))
    up = rig.landmarks(rig.vertices(np.zeros(0), {"eyeLookUpLeft": 1.0, "eyeLookUpRight": 1.0}))
    for eye in rig.eyes:
        iris = eye.landmarks
        assert left[iris, 0] - neutral[iris, 0] > 0.4 * eye.radius  # sin 30° of it
        assert up[iris, 1] - neutral[iris, 1] > 0.3 * eye.radius
        for moved in (left, up):
            away = np.linalg.norm(moved[iris : iris + 5] - eye.centre, axis=1)
            np.testing.assert_allclose(
                away, np.linalg.norm(neutral[iris : iris + 5] - eye.centre, axis=1), atol=0.05
            )


def test_identities_change_the_face_but_not_the_eyeballs_shape(rig):
    one = rig.vertices(np.random.default_rng(0).normal(size=len(rig.identities)), {})
    assert np.abs(rig.landmarks(one) - rig.landmarks(rig.neutral)).max() > 0.3
    for eye in rig.eyes:
        ball, rest = one[eye.first : eye.last], rig.neutral[eye.first : eye.last]
        np.testing.assert_allclose(np.ptp(ball, axis=0), np.ptp(rest, axis=0), atol=1e-3)


def test_an_unknown_expression_is_refused(rig):
    with pytest.raises(KeyError, match="no expression 'jawDrop'"):
        rig.vertices(np.zeros(0), {"jawDrop": 1.0})


def test_a_folder_without_a_rig_is_refused(tmp_path):
    with pytest.raises(RigError, match="ict_facekit.npz"):
        load_rig(tmp_path)
    for name in ("ict_facekit.npz", "ict_478.npz"):
        np.savez(tmp_path / name, other=np.zeros(1))
    with pytest.raises(RigError, match="part_names"):
        load_rig(tmp_path)


def test_rotation_turns_as_named():
    ahead, up = np.array([0, 0, 1]), np.array([0, 1, 0])
    assert (rotation(0.3, 0, 0) @ ahead)[0] > 0  # to the subject's left, the picture's right
    assert (rotation(0, 0.3, 0) @ ahead)[1] > 0  # up
    assert (rotation(0, 0, 0.3) @ up)[0] > 0  # clockwise as the camera sees it
