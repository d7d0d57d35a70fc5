"""DetectorGateCalculator: when the face detector gets a frame."""

import numpy as np
import pytest

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
