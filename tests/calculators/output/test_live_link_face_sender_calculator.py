"""The datagrams of Live Link Face, read as the plugin of Unreal Engine reads them."""

import numpy as np
import pytest

from attention_mesh.calculators.output.streaming.live_link_face_packet import live_link_face_packet
from attention_mesh.calculators.output.streaming.puppet_face import puppet_face
from attention_mesh.framework.testing import run_calculator
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES
from attention_mesh.tests.calculators.output.faces import coefficients, gaze, pose, turned
from attention_mesh.tests.calculators.output.receivers import (
    LIVE_LINK_ORDER,
    LiveLink,
    read_live_link,
    receiver,
)

NAME = "LiveLinkFaceSenderCalculator"


def sent(frames: dict[str, list], options=None) -> list[LiveLink]:
    inputs = {
        tag: [(number * 50_000, value) for number, value in enumerate(values)]
        for tag, values in frames.items()
    }
    with receiver() as peer:
        run_calculator(NAME, inputs, {"ADDRESS": peer.address}, options)
        datagrams = peer.datagrams(len(frames["POSES"]))
        assert not peer.waiting()
        return [read_live_link(data) for data in datagrams]


def test_every_shape_is_at_its_place():
    values = np.linspace(0, 1, 52, dtype=np.float32)[None]
    (packet,) = sent({"BLENDSHAPES": [values], "POSES": [pose()]})
    assert packet.version == 6 and packet.subject == "AttentionMesh" and packet.rate == (60, 1)
    for name, value in zip(BLENDSHAPE_NAMES, values[0], strict=True):
        assert packet.values[name[0].upper() + name[1:]] == pytest.approx(value)
    assert all(packet.values[name] == 0 for name in LIVE_LINK_ORDER[52:])


def test_frame_times_follow_the_film():
    packets = sent({"BLENDSHAPES": [coefficients()] * 3, "POSES": [pose()] * 3})
    assert np.diff([packet.frame for packet in packets]) == pytest.approx([3, 3])  # 50 ms at 60 Hz
    assert 0 <= packets[0].frame < 24 * 3600 * 60


def test_at_midnight_a_new_day_starts():
    face = puppet_face(coefficients(), pose(), None, 0)
    times = [read_live_link(live_link_face_packet(face, "", "", t)).frame for t in (86399.99, 86400.01)]
    assert times == pytest.approx([86399.99 * 60, 0.6], abs=1e-2)


def test_the_subject_has_a_name_and_an_id_that_stays():
    frames = {"BLENDSHAPES": [coefficients()], "POSES": [pose()]}
    first, again, other = (sent(frames, {"subject": name})[0] for name in ("Ada", "Ada", "Zoë"))
    assert (first.subject, other.subject) == ("Ada", "Zoë")
    assert first.device_id == again.device_id != other.device_id
    assert len(first.device_id) == 36  # programs that do not read the length expect this one


@pytest.mark.parametrize(
    ("axis", "name", "sign"),
    [("x", "HeadPitch", 1), ("y", "HeadYaw", -1), ("z", "HeadRoll", -1)],
)
def test_the_heads_rotation_is_in_radians(axis, name, sign):
    """Pitch is positive down, yaw to the subject's right, roll toward its left shoulder."""
    (packet,) = sent({"BLENDSHAPES": [coefficients()], "POSES": [pose(turned(axis, 20))]})
    rotations = {key: packet.values[key] for key in ("HeadYaw", "HeadPitch", "HeadRoll")}
    expected = dict.fromkeys(rotations, 0.0) | {name: sign * np.radians(20)}
    assert rotations == pytest.approx(expected, abs=1e-6)


def test_eyes_have_the_signs_of_a_recording_of_the_app():
    """The left eye looks 0.34 inward, the right 0.24 outward, both 0.21 down; it has these angles."""
    recorded = {"LeftEyeYaw": 0.145, "LeftEyePitch": 0.127, "RightEyeYaw": 0.207, "RightEyePitch": 0.125}

    def direction(yaw: float, pitch: float) -> tuple[float, float, float]:
        """To the subject's right by `yaw`, down by `pitch`."""
        return -np.sin(yaw) * np.cos(pitch), -np.sin(pitch), np.cos(yaw) * np.cos(pitch)

    angles = list(recorded.values())
    frames = {
        "BLENDSHAPES": [coefficients()],
        "POSES": [pose()],
        "GAZE": [gaze(direction(*angles[:2]), direction(*angles[2:]))],
    }
    (packet,) = sent(frames)
    assert {name: packet.values[name] for name in recorded} == pytest.approx(recorded, abs=1e-5)


def test_without_a_face_nothing_is_sent():
    with receiver() as peer:
        run_calculator(
            NAME,
            {
                "BLENDSHAPES": [(0, np.zeros((0, 52), np.float32))],
                "POSES": [(0, np.zeros((0, 4, 4), np.float32))],
            },
            {"ADDRESS": peer.address},
        )
        assert not peer.waiting()
