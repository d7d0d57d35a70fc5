"""TrackAssociationCalculator: one packet per frame, ids only if frames follow each other."""

import numpy as np
import pytest

from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects

NAME = "TrackAssociationCalculator"


def squares(*centers, ids=None):
    values = np.array([[x, 0.5, 0.2, 0.2, 0] for x in centers], np.float32).reshape(-1, 5)
    return NormalizedRects(values, None if ids is None else np.array(ids))


def run(detected, tracked, times, side=None, options=None):
    inputs = {"TICK": [(t, (640, 480)) for t in times], "DETECTED": detected, "TRACKED": tracked}
    bounds = {port: times[-1] + 1 for port in ("DETECTED", "TRACKED")}
    return run_calculator(NAME, inputs, {"NUM_FACES": 2, **(side or {})}, options, bounds=bounds).packets(
        "ROIS"
    )


def test_every_frame_gets_a_packet_also_without_any_face():
    packets = run([], [], [0, 10, 20])
    assert [(packet.timestamp, len(packet.value)) for packet in packets] == [(0, 0), (10, 0), (20, 0)]


def test_detected_faces_get_ids_and_tracked_ones_keep_theirs():
    packets = run([(0, squares(0.2)), (10, squares(0.2, 0.8))], [(10, squares(0.21, ids=[1]))], [0, 10])
    np.testing.assert_array_equal(packets[0].value.ids, [1])
    np.testing.assert_array_equal(packets[1].value.ids, [1, 2])
    np.testing.assert_allclose(packets[1].value.values[:, 0], [0.21, 0.8], rtol=1e-6)


def test_no_more_than_num_faces():
    assert len(run([(0, squares(0.1, 0.5, 0.9))], [], [0])[0].value) == 2


@pytest.mark.parametrize(("side", "options"), [({"TRACK": False}, None), ({}, "track: false")])
def test_unrelated_images_get_no_ids(side, options):
    packets = run([(0, squares(0.1, 0.5, 0.9)), (10, squares(0.1))], [], [0, 10], side, options)
    np.testing.assert_array_equal(packets[0].value.ids, [0, 0])
    np.testing.assert_array_equal(packets[1].value.ids, [0])


def test_the_recovery_time_is_an_option():
    frames = [(0, squares(0.5)), (300_000, squares(0.5))]
    for seconds, expected in ((0.5, 1), (0.2, 2)):
        packets = run(frames, [], [0, 300_000], options={"recovery_seconds": seconds})
        np.testing.assert_array_equal(packets[1].value.ids, [expected])


def test_num_faces_below_one_is_an_error():
    with pytest.raises(Exception, match="NUM_FACES is 0"):
        run([], [], [0], {"NUM_FACES": 0})


@pytest.mark.parametrize(("wide", "spare", "count"), [(True, 1, 3), (True, 0, 2), (False, 1, 2)])
@pytest.mark.parametrize("track", [True, False])
def test_spare_regions_leave_at_timestamps_of_a_wide_search(wide, spare, count, track):
    inputs = {
        "TICK": [(0, (640, 480))],
        "DETECTED": [(0, squares(0.1, 0.3, 0.5, 0.7, 0.9))],
        "TRACKED": [],
        "WIDE": [(0, True)] if wide else [],
    }
    side = {"NUM_FACES": 2, "SPARE": spare, "TRACK": track}
    found = run_calculator(NAME, inputs, side, bounds={"TRACKED": 1, "WIDE": 1}).values("ROIS")
    assert [len(rois) for rois in found] == [count]
