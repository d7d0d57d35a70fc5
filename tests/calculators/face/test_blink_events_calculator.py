"""BlinkEventsCalculator: blinks by id, options, closed eyes."""

import numpy as np
import pytest

from attention_mesh.framework.errors import CalculatorError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects

NAME = "BlinkEventsCalculator"
FRAME_US = 40_000


def frames(shut: range, count: int = 40, faces: int = 1):
    """Ratios of faces of which the last one has shut eyes in some frames."""
    values = []
    for frame in range(count):
        ratios = np.full((faces, 2), 0.3, np.float32)
        if frame in shut:
            ratios[-1] = 0.04
        values.append((frame * FRAME_US, ratios))
    return values


def test_a_blink_is_sent_with_the_frame_in_which_it_ends():
    ratios = frames(range(10, 14), faces=2)
    rois = [(t, NormalizedRects(np.zeros((2, 5), np.float32), np.array([3, 8]))) for t, _ in ratios]
    run = run_calculator(NAME, {"EYE_ASPECT_RATIOS": ratios, "ROIS": rois})
    assert len(run.packets("BLINKS")) == len(ratios)
    (packet,) = (packet for packet in run.packets("BLINKS") if len(packet.value))
    assert packet.timestamp == 14 * FRAME_US
    blink = packet.value
    assert (blink.track_ids.tolist(), blink.eye_names()) == ([8], ["both"])
    assert (blink.starts_us.tolist(), blink.lengths_us.tolist()) == ([10 * FRAME_US], [4 * FRAME_US])
    closed = run.values("EYES_CLOSED")
    assert [frame for frame, value in enumerate(closed) if value[1].all()] == [10, 11, 12, 13]
    assert not any(value[0].any() for value in closed)


def test_without_rois_the_place_tells_faces_apart():
    run = run_calculator(NAME, {"EYE_ASPECT_RATIOS": frames(range(10, 14), faces=2)})
    assert [name for value in run.values("BLINKS") for name in value.track_ids] == [2]


def test_options_reach_the_detector():
    ratios = {"EYE_ASPECT_RATIOS": frames(range(10, 38))}
    assert sum(map(len, run_calculator(NAME, ratios).values("BLINKS"))) == 0
    assert sum(map(len, run_calculator(NAME, ratios, options="longest_seconds: 0").values("BLINKS"))) == 1


def test_wrong_options_are_an_error_of_the_node():
    with pytest.raises(CalculatorError, match="close_share is 0.9"):
        run_calculator(NAME, {"EYE_ASPECT_RATIOS": []}, options="close_share: 0.9")


def test_a_timestamp_without_ratios_passes():
    run = run_calculator(NAME, {"EYE_ASPECT_RATIOS": []}, bounds={"EYE_ASPECT_RATIOS": 90})
    assert run.values("BLINKS") == [] and run.bound("BLINKS") == 90
