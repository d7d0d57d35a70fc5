"""One detection an object."""

from functools import partial

import numpy as np
import pytest

from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections

NAME = "NonMaxSuppressionCalculator"
IOU = "min_suppression_threshold: 0.3 overlap_type: INTERSECTION_OVER_UNION "


def make(boxes, scores) -> Detections:
    return Detections(np.array(boxes, float).reshape(-1, 4), np.zeros((len(boxes), 6, 2)), np.array(scores))


PAIR = make([[0, 0, 0.4, 0.4], [0.1, 0, 0.4, 0.4]], [0.25, 0.75])


def test_default_keeps_the_best_and_weighted_averages():
    (best,) = run_calculator(NAME, {"": [(0, PAIR)]}, options=IOU).values("")
    np.testing.assert_allclose(best.boxes, [[0.1, 0, 0.4, 0.4]])
    (mean,) = run_calculator(NAME, {"": [(0, PAIR)]}, options=IOU + "algorithm: WEIGHTED").values("")
    np.testing.assert_allclose(mean.boxes, [[0.075, 0, 0.4, 0.4]], atol=1e-6)


@pytest.mark.parametrize(("send_empty", "packets"), [(False, 0), (True, 1)])
def test_nothing_found_is_no_packet_or_an_empty_one(send_empty, packets):
    options = IOU + f"return_empty_detections: {str(send_empty).lower()}"
    run = run_calculator(NAME, {"": [(10, make([], []))]}, options=options)
    assert [len(value) for value in run.values("")] == [0] * packets
    assert run.bound("") == 11


def test_several_streams_are_taken_together():
    run = run_calculator(
        NAME,
        {":0": [(0, PAIR.take([0]))], ":1": [(0, PAIR.take([1]))], ":2": []},
        options=IOU + "num_detection_streams: 3 algorithm: WEIGHTED",
        bounds={":2": 1},
    )
    assert [len(value) for value in run.values("")] == [1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("num_detection_streams: 2", "num_detection_streams is 2, but 1 are connected"),
        ("max_num_detections: 0", "max_num_detections is 0"),
        ("overlap_type: UNSPECIFIED_OVERLAP_TYPE", "overlap_type is unspecified"),
    ],
)
def test_options_that_cannot_be_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        run_calculator(NAME, {"": [(0, PAIR)]}, options=options)


@pytest.mark.parametrize("algorithm", ["DEFAULT", "WEIGHTED"])
def test_classes_leave_one_another_alone_where_asked(algorithm):
    found = Detections(
        np.tile(np.float32([0.1, 0.1, 0.4, 0.4]), (4, 1)),
        np.zeros((4, 6, 2)),
        np.float32([0.6, 0.9, 0.8, 0.7]),
        label_ids=[1, 2, 1, 2],
    )
    options = f"min_suppression_threshold: 0.3 algorithm: {algorithm} "
    run = partial(run_calculator, "NonMaxSuppressionCalculator", {"": [(0, found)]})
    (together,) = run(options=options).values("")
    assert together.label_ids.tolist() == [2] and together.scores.tolist() == pytest.approx([0.9])
    (apart,) = run(options=options + "multiclass_nms: true").values("")
    assert apart.label_ids.tolist() == [2, 1] and apart.scores.tolist() == pytest.approx([0.9, 0.8])
    (best,) = run(options=options + "multiclass_nms: true max_num_detections: 1").values("")
    assert best.label_ids.tolist() == [2]
