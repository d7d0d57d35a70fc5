"""The VMC protocol, read by a receiver that follows its specification."""

import numpy as np
import pytest

from attention_mesh.calculators.output.streaming.vmc_packets import MAX_BYTES, vmc_packets
from attention_mesh.framework import CalculatorError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES
from attention_mesh.tests.calculators.output.faces import coefficients, gaze, pose, turned
from attention_mesh.tests.calculators.output.receivers import Vmc, read_vmc, receiver

NAME = "VmcSenderCalculator"
PACKETS = 2  # with a face and the 52 shapes


def rects(*ids: int) -> NormalizedRects:
    return NormalizedRects(np.tile(np.float32([0.5, 0.5, 0.4, 0.4, 0]), (len(ids), 1)), np.array(ids))


def sent(frames: dict[str, list], packets: int, **side) -> tuple[Vmc, list[bytes]]:
    """Runs the node on frames, 40 ms apart; returns what a receiver knows then, and its datagrams."""
    with receiver() as peer:
        inputs = {
            tag: [(number * 40_000, value) for number, value in enumerate(values) if value is not None]
            for tag, values in frames.items()
        }
        run_calculator(NAME, inputs, {"ADDRESS": peer.address, **side})
        datagrams = peer.datagrams(packets)
        assert not peer.waiting()
        return read_vmc(datagrams), datagrams


def test_every_shape_arrives_with_its_perfect_sync_name():
    values = np.linspace(0, 1, 52, dtype=np.float32)[None]
    vmc, datagrams = sent({"BLENDSHAPES": [values], "POSES": [pose()]}, PACKETS)
    assert vmc.blends == {
        name[0].upper() + name[1:]: pytest.approx(value)
        for name, value in zip(BLENDSHAPE_NAMES, values[0], strict=True)
    }
    assert {"BrowInnerUp", "EyeBlinkLeft", "MouthSmileRight", "TongueOut"} <= vmc.blends.keys()
    assert all(len(data) <= MAX_BYTES for data in datagrams)
    assert vmc.states == [[1, 3, 0, 1]] and vmc.times == [0.0]


def test_coefficients_outside_0_to_1_are_held_there():
    vmc, _ = sent({"BLENDSHAPES": [coefficients(jawOpen=1.2, cheekPuff=-0.1)], "POSES": [pose()]}, PACKETS)
    assert (vmc.blends["JawOpen"], vmc.blends["CheekPuff"]) == (1.0, 0.0)


# An avatar of Unity looks along +z; its right is +x and up is +y. A positive angle about an axis turns by the
# left-hand rule: about x the face looks down, about y to its right, about z the crown moves to its left.
HALF = float(np.sin(np.radians(15)))
WHOLE = float(np.cos(np.radians(15)))


@pytest.mark.parametrize(
    ("axis", "quaternion", "meaning"),
    [
        ("x", (HALF, 0, 0, WHOLE), "looks down"),
        ("y", (0, -HALF, 0, WHOLE), "turns to its left"),
        ("z", (0, 0, -HALF, WHOLE), "leans to its right shoulder"),
    ],
)
def test_the_avatar_moves_as_the_person_does(axis, quaternion, meaning):
    frames = {"BLENDSHAPES": [coefficients()], "POSES": [pose(turned(axis, 30))]}
    vmc, _ = sent(frames, PACKETS)
    assert vmc.bones["Head"] == pytest.approx((0, 0, 0, *quaternion), abs=1e-6), meaning
    assert vmc.bones["LeftEye"] == vmc.bones["RightEye"] == (0, 0, 0, 0, 0, 0, 1)


def test_eyes_turn_within_the_head():
    """The head is turned by 20° to the person's left; the left eye looks at the camera, the right one up."""
    frames = {
        "BLENDSHAPES": [coefficients()],
        "POSES": [pose(turned("y", 20))],
        "GAZE": [gaze((0, 0, 1), turned("y", 20) @ (0, np.sin(0.2), np.cos(0.2)))],
    }
    vmc, _ = sent(frames, PACKETS)
    left, right = vmc.bones["LeftEye"], vmc.bones["RightEye"]
    # 20° to its right, by the left-hand rule about y; 0.2 rad up, by that about x.
    assert left[3:] == pytest.approx((0, np.sin(np.radians(10)), 0, np.cos(np.radians(10))), abs=1e-6)
    assert right[3:] == pytest.approx((-np.sin(0.1), 0, 0, np.cos(0.1)), abs=1e-6)


def test_without_a_face_the_avatar_stays_and_the_status_says_so():
    frames = {
        "BLENDSHAPES": [coefficients(jawOpen=0.5), np.zeros((0, 52), np.float32), None],
        "POSES": [pose(), np.zeros((0, 4, 4), np.float32), None],
        "TICK": [1, 1, 1],
    }
    vmc, datagrams = sent(frames, PACKETS + 2)
    assert vmc.states == [[1, 3, 0, 1], [1, 3, 0, 0], [1, 3, 0, 0]]
    assert vmc.times == pytest.approx([0, 0.04, 0.08])
    later = read_vmc(datagrams[PACKETS:])
    assert not later.blends and not later.bones


@pytest.mark.parametrize("broken", ["BLENDSHAPES", "POSES", "GAZE"])
def test_a_face_that_is_not_finite_is_no_face(broken):
    frame = {"BLENDSHAPES": coefficients(), "POSES": pose(), "GAZE": gaze((0, 0, 1), (0, 0, 1))}
    frame[broken] = frame[broken].copy()
    frame[broken].flat[0] = np.nan
    vmc, _ = sent({tag: [value] for tag, value in frame.items()}, 1)
    assert vmc.states == [[1, 3, 0, 0]] and not vmc.bones


@pytest.mark.parametrize(("kind", "name"), [("vrm0", "Blink_L"), ("vrm1", "blinkLeft")])
def test_presets_for_avatars_without_perfect_sync(kind, name):
    frames = {"BLENDSHAPES": [coefficients(eyeBlinkLeft=0.75)], "POSES": [pose()]}
    vmc, _ = sent(frames, 1, EXPRESSIONS=kind)
    assert vmc.blends[name] == 0.75
    assert sum(vmc.blends.values()) == 0.75 and len(vmc.blends) == 15


def two_faces(*ids: int) -> dict[str, list]:
    faces = {1: coefficients(jawOpen=0.1), 2: coefficients(jawOpen=0.2), 3: coefficients(jawOpen=0.3)}
    return {
        "BLENDSHAPES": np.concatenate([faces[face] for face in ids])
        if ids
        else np.zeros((0, 52), np.float32),
        "POSES": np.repeat(pose(), len(ids), 0),
        "ROIS": rects(*ids),
    }


@pytest.mark.parametrize(
    ("track", "frames", "followed"),
    [
        (0, [(1, 2), (2, 1)], [0.1, 0.1]),  # the first one, wherever it stands
        (0, [(1, 2), (2, 3)], [0.1, 0.2]),  # until it is lost
        (0, [(1, 2), (2,), (1, 2)], [0.1, 0.2, 0.2]),
        (2, [(1, 2), (2, 1)], [0.2, 0.2]),
        (2, [(1, 2), (1,), (1, 2)], [0.2, None, 0.2]),
        (3, [(1, 2)], [None]),
    ],
)
def test_one_of_several_faces_is_followed(track, frames, followed):
    values = [two_faces(*ids) for ids in frames]
    count = sum(1 if value is None else PACKETS for value in followed)
    _, datagrams = sent({tag: [v[tag] for v in values] for tag in values[0]}, count, TRACK=track)
    found = []
    for value in followed:
        size = 1 if value is None else PACKETS
        found.append(read_vmc(datagrams[:size]).blends.get("JawOpen"))
        del datagrams[:size]
    assert found == [None if value is None else pytest.approx(value) for value in followed]


def test_it_rests_without_an_address():
    result = run_calculator(
        NAME, {"BLENDSHAPES": [(0, coefficients())], "POSES": [(0, pose())]}, {"ADDRESS": ""}
    )
    assert result.values("SENT") == []


def test_datagrams_are_counted_whether_a_program_listens_or_not():
    with receiver() as peer:
        nobody = peer.address
    frames = [(time, coefficients()) for time in range(10)], [(time, pose()) for time in range(10)]
    result = run_calculator(NAME, {"BLENDSHAPES": frames[0], "POSES": frames[1]}, {"ADDRESS": nobody})
    counts = result.values("SENT")
    assert [entry.sent for entry in counts] == [PACKETS * (number + 1) for number in range(10)]
    assert counts[-1].refused > 0 and counts[-1].lost == 0


@pytest.mark.parametrize(
    ("side", "message"),
    [
        ({"ADDRESS": "here:there:no"}, "no network address"),
        ({"ADDRESS": "127.0.0.1:9", "TRACK": 2}, "TRACK is 2, but ROIS, which has the track ids"),
        ({"ADDRESS": "no-such-host.invalid"}, "no-such-host.invalid:39539: the host .* is unknown"),
        ({"ADDRESS": "127.0.0.1:9", "EXPRESSIONS": "vrm2"}, "vrm2.*expected one of perfect-sync, vrm0, vrm1"),
    ],
)
def test_what_cannot_be_sent_ends_the_run_at_the_beginning(side, message):
    with pytest.raises(CalculatorError, match=message):
        run_calculator(NAME, {"BLENDSHAPES": [], "POSES": []}, side)


def test_arrays_that_do_not_belong_together_are_an_error():
    inputs = {"BLENDSHAPES": [(0, coefficients())], "POSES": [(0, np.repeat(pose(), 2, 0))]}
    with pytest.raises(CalculatorError, match=r"\(1, 52\) and poses \(2, 4, 4\)"):
        run_calculator(NAME, inputs, {"ADDRESS": "127.0.0.1:9"})


def test_time_has_the_precision_of_milliseconds_after_hours():
    (time_s,) = read_vmc(vmc_packets(None, 4 * 3600 + 0.25)).times
    assert time_s == pytest.approx(4 * 3600 + 0.25, abs=1e-3)  # s, in 32 bits
