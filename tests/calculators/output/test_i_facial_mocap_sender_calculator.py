"""The text of iFacialMocap, read by a receiver that follows its published description."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.tests.calculators.output.faces import coefficients, gaze, pose, turned
from attention_mesh.tests.calculators.output.receivers import IFacialMocap, read_ifacialmocap, receiver

NAME = "IFacialMocapSenderCalculator"
# The names in the sample that the app's developer publishes for version 1.
PUBLISHED_NAMES = (
    "mouthSmile_R eyeLookOut_L mouthUpperUp_L eyeWide_R mouthClose mouthPucker mouthRollLower eyeBlink_R "
    "eyeLookDown_L cheekSquint_R eyeBlink_L tongueOut jawRight eyeLookIn_R cheekSquint_L mouthDimple_L "
    "mouthPress_L eyeSquint_L mouthRight mouthShrugLower eyeLookUp_R eyeLookOut_R mouthPress_R cheekPuff "
    "jawForward mouthLowerDown_L mouthFrown_L mouthShrugUpper browOuterUp_L browInnerUp mouthDimple_R "
    "browDown_R mouthUpperUp_R mouthRollUpper mouthFunnel mouthStretch_R mouthFrown_R eyeLookDown_R jawOpen "
    "jawLeft browDown_L mouthSmile_L noseSneer_R mouthLowerDown_R noseSneer_L eyeWide_L mouthStretch_L "
    "browOuterUp_R eyeLookIn_L eyeSquint_R eyeLookUp_L mouthLeft"
).split()


def sent(shapes, head, eyes=None, version: int | None = None) -> IFacialMocap:
    inputs = {"BLENDSHAPES": [(0, shapes)], "POSES": [(0, head)]}
    if eyes is not None:
        inputs["GAZE"] = [(0, eyes)]
    with receiver() as peer:
        side = {"ADDRESS": peer.address} | ({} if version is None else {"VERSION": version})
        counts = run_calculator(NAME, inputs, side).values("SENT")
        (datagram,) = peer.datagrams(1)
        assert not peer.waiting() and counts[-1].sent == 1
        return read_ifacialmocap(datagram, "&" if version == 2 else "-")


@pytest.mark.parametrize("version", [None, 1, 2])
def test_shapes_are_whole_percent_under_the_published_names(version):
    face = sent(coefficients(mouthSmileRight=0.364, jawLeft=0.996, eyeBlinkLeft=0.07), pose(), None, version)
    assert sorted(face.shapes) == sorted(PUBLISHED_NAMES)
    raised = {name: value for name, value in face.shapes.items() if value}
    assert raised == {"mouthSmile_R": 36, "jawLeft": 100, "eyeBlink_L": 7}


@pytest.mark.parametrize(("axis", "place"), [("x", 0), ("y", 1), ("z", 2)])
def test_the_heads_angles_are_degrees_in_arkits_frame(axis, place):
    """Right-handed, +x to the subject's left, +y up, +z out of the face: the frame of the poses."""
    face = sent(coefficients(), pose(turned(axis, 21.5), (3, -10, -65.8)))
    expected = [0.0, 0.0, 0.0]
    expected[place] = 21.5
    assert face.head == pytest.approx([*expected, 0.03, -0.10, -0.658], abs=1e-4)  # degrees and meters


def test_eyes_have_the_signs_of_the_published_sample():
    """There both eyes look down and toward the nose: X is +, Y is + for the right and − for the left."""
    down = np.tan(np.radians(6.03))
    directions = (-np.tan(np.radians(1.67)), -down, 1), (np.tan(np.radians(2.44)), -down, 1)
    face = sent(coefficients(), pose(), gaze(*directions))
    assert face.right_eye == pytest.approx([6.03, 2.44, 0], abs=0.02)  # degrees
    assert face.left_eye == pytest.approx([6.03, -1.67, 0], abs=0.02)


def test_unitys_euler_angles_give_the_rotation_back():
    """Quaternion.Euler turns about z, then x, then y."""
    rotation = turned("y", -30) @ turned("x", 15) @ turned("z", 8)
    x, y, z = sent(coefficients(), pose(rotation)).head[:3]
    np.testing.assert_allclose(turned("y", y) @ turned("x", x) @ turned("z", z), rotation, atol=1e-6)


def test_without_a_face_nothing_is_sent():
    empty = np.zeros((0, 52), np.float32), np.zeros((0, 4, 4), np.float32)
    with receiver() as peer:
        run_calculator(
            NAME, {"BLENDSHAPES": [(0, empty[0])], "POSES": [(0, empty[1])]}, {"ADDRESS": peer.address}
        )
        assert not peer.waiting()


def test_another_version_is_an_error():
    with pytest.raises(CalculatorError, match="VERSION is 3; expected 1 or 2"):
        run_calculator(NAME, {"BLENDSHAPES": [], "POSES": []}, {"ADDRESS": "127.0.0.1", "VERSION": 3})
