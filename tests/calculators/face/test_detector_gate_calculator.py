"""DetectorGateCalculator: when the face detector gets a frame."""

import numpy as np
import pytest

from attention_mesh.calculators.face.detector_gate_calculator import NARROW, WIDER, WIDER_IF_NEEDED
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects

NAME = "DetectorGateCalculator"
IMAGE = np.zeros((4, 6, 3), np.uint8)


def tracked(count):
    return NormalizedRects(np.zeros((count, 5), np.float32))


def searched(rois, **side):
    """The timestamps at which a frame passes; `rois`: tracked regions by timestamp."""
    inputs = {
        "IMAGE": [(timestamp, IMAGE) for timestamp in range(3)],
        "TRACKED": [(timestamp, tracked(count)) for timestamp, count in rois.items()],
    }
    return [packet.timestamp for packet in run_calculator(NAME, inputs, side).packets("IMAGE")]


def test_frames_pass_while_fewer_faces_are_tracked_than_wanted():
    assert searched({0: 1, 1: 2, 2: 3}, NUM_FACES=2) == [0]


def test_a_frame_without_tracked_regions_passes():
    assert searched({1: 1}, NUM_FACES=1) == [0, 2]


def test_every_frame_passes_where_nothing_is_tracked():
    assert searched({0: 5, 1: 5, 2: 5}, NUM_FACES=1, TRACK=False) == [0, 1, 2]


def test_the_frame_itself_is_handed_on():
    run = run_calculator(NAME, {"IMAGE": [(0, IMAGE)], "TRACKED": [(0, tracked(0))]}, {"NUM_FACES": 1})
    assert run.values("IMAGE")[0] is IMAGE or np.shares_memory(run.values("IMAGE")[0], IMAGE)


def test_no_face_wanted_is_an_error():
    with pytest.raises(Exception, match="NUM_FACES is 0; expected at least 1"):
        searched({}, NUM_FACES=0)


def efforts(regions, num_faces=2, options=None, **side):
    """The efforts of frames with these tracked regions: one list of x centers per frame, ids by place."""
    inputs = {"IMAGE": [], "TRACKED": []}
    for timestamp, centers in enumerate(regions):
        values = np.array([[x, 0.5, 0.2, 0.2, 0] for x in centers], np.float32).reshape(-1, 5)
        inputs["IMAGE"].append((timestamp, IMAGE))
        inputs["TRACKED"].append((timestamp, NormalizedRects(values, np.arange(1, len(centers) + 1))))
    run = run_calculator(NAME, inputs, {"NUM_FACES": num_faces, **side}, options)
    assert [len(known) for known in run.values("TRACKED")] == [len(c) for c in regions if len(c) < num_faces]
    return run.values("EFFORT")


def test_wider_looks_become_rarer_while_nothing_changes():
    due = [frame for frame, effort in enumerate(efforts([[0.5]] * 64)) if effort == WIDER]
    assert due == [1, 3, 7, 15, 31, 47, 63]
    due = [
        frame for frame, effort in enumerate(efforts([[0.5]] * 9, options={"longest_rest": 1})) if effort == 2
    ]
    assert due == list(range(1, 9))


@pytest.mark.parametrize(
    "change", [[], [0.2], [0.55]], ids=["lost", "found elsewhere", "moved by a quarter of its region"]
)
def test_a_change_starts_the_search_again(change):
    sequence = efforts([[0.5]] * 5 + [change] * 3)
    assert sequence[4] == NARROW
    assert sequence[5:7] == [WIDER_IF_NEEDED, WIDER]


def test_a_face_that_hardly_moves_is_no_change():
    assert efforts([[0.5], [0.51], [0.52]]) == [WIDER_IF_NEEDED, WIDER, NARROW]


def test_faces_enough_end_the_search_and_a_loss_starts_it_at_once():
    assert efforts([[0.2], [0.2], [0.2], [0.2, 0.8], [0.2]])[-1] == WIDER_IF_NEEDED


def test_unrelated_images_get_a_wider_look_if_they_need_one_each():
    inputs = {"IMAGE": [(t, IMAGE) for t in range(3)], "TRACKED": [(t, tracked(0)) for t in range(3)]}
    run = run_calculator(NAME, inputs, {"NUM_FACES": 1, "TRACK": False})
    assert run.values("EFFORT") == [WIDER_IF_NEEDED] * 3
    assert efforts([[0.5]] * 3, options={"always_wider": True}) == [WIDER] * 3
