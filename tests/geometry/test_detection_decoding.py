"""Decoding raw boxes and scores."""

import numpy as np
import pytest

from attention_mesh.geometry.detection_decoding import (
    BoxCoding,
    decode_boxes,
    decode_detections,
    score_to_logit,
)

CODING = BoxCoding(8, 100.0, 100.0, 100.0, 100.0, num_keypoints=2)
ANCHORS = np.array([[0.25, 0.75, 1, 1], [0.5, 0.5, 1, 1], [0.75, 0.25, 0.5, 2]], np.float32)
# center +10, -20; size 40 × 20; keypoints +5, +6 and -5, -6, all in hundredths of the anchor
RAW = np.tile(np.array([10, -20, 40, 20, 5, 6, -5, -6], np.float32), (3, 1))


def test_boxes_and_keypoints_are_relative_to_their_anchor():
    boxes, keypoints = decode_boxes(RAW, ANCHORS, CODING)
    np.testing.assert_allclose(boxes[0], [0.25 + 0.1 - 0.2, 0.75 - 0.2 - 0.1, 0.4, 0.2], rtol=1e-6)
    np.testing.assert_allclose(keypoints[1], [[0.55, 0.56], [0.45, 0.44]], rtol=1e-6)
    # An anchor of another size scales the numbers relative to it.
    np.testing.assert_allclose(boxes[2], [0.75 + 0.05 - 0.1, 0.25 - 0.4 - 0.2, 0.2, 0.4], atol=1e-6)


def test_the_three_formats_code_the_same_box():
    expected, points = decode_boxes(RAW, ANCHORS, CODING)
    swapped = RAW[:, [1, 0, 3, 2, 5, 4, 7, 6]]
    by_yxhw = BoxCoding(8, 100.0, 100.0, 100.0, 100.0, num_keypoints=2, format="YXHW")
    boxes, keypoints = decode_boxes(swapped, ANCHORS, by_yxhw)
    np.testing.assert_allclose(boxes, expected, rtol=1e-6)
    np.testing.assert_allclose(keypoints, points, rtol=1e-6)
    sides = RAW.copy()
    sides[:, :4] = [20 - 10, 10 + 20, 20 + 10, 10 - 20]  # left, top, right, bottom of the anchor's center
    by_sides = BoxCoding(8, 100.0, 100.0, 100.0, 100.0, num_keypoints=2, format="XYXY")
    np.testing.assert_allclose(decode_boxes(sides, ANCHORS, by_sides)[0], expected, rtol=1e-5, atol=1e-6)


def test_exponential_sizes():
    coding = BoxCoding(4, 1.0, 1.0, 5.0, 5.0, exponential_size=True)
    boxes, keypoints = decode_boxes(np.array([[0, 0, 5, -5]], np.float32), ANCHORS[1:2], coding)
    np.testing.assert_allclose(boxes[0, 2:], [np.e, 1 / np.e], rtol=1e-6)
    assert keypoints.shape == (1, 0, 2)


def test_only_scores_that_reach_the_threshold_are_kept_in_order_of_the_anchors():
    logits = np.array([score_to_logit(s) for s in (0.9, 0.4999, 0.5)], np.float32)
    found = decode_detections(RAW, logits, ANCHORS, CODING, min_score=0.5)
    np.testing.assert_allclose(found.scores, [0.9, 0.5], atol=1e-6)
    assert len(decode_detections(RAW, logits, ANCHORS, CODING, min_score=0.95)) == 0
    assert len(decode_detections(RAW, logits, ANCHORS, CODING, min_score=None)) == 3
    assert len(decode_detections(RAW, logits, ANCHORS, CODING, min_score=0.0, max_results=1)) == 1


@pytest.mark.parametrize("threshold", [0.0, 1.0])
def test_thresholds_at_the_ends_of_the_range(threshold):
    logits = np.array([-200.0, 0.0, 200.0], np.float32)
    found = decode_detections(RAW, logits, ANCHORS, CODING, min_score=threshold)
    assert len(found) == (3 if threshold == 0 else 1)


def test_scores_without_sigmoid_and_of_several_classes():
    scores = np.array([[0.2, 0.7], [0.1, 0.3], [0.9, 0.0]], np.float32)
    found = decode_detections(RAW, scores, ANCHORS, CODING, min_score=0.5, sigmoid_score=False)
    np.testing.assert_allclose(found.scores, [0.7, 0.9])


def test_boxes_of_negative_or_undefined_size_are_left_out():
    raw = RAW.copy()
    raw[0, 2] = -1
    raw[1, 3] = np.nan
    found = decode_detections(raw, np.zeros(3, np.float32), ANCHORS, CODING, min_score=0.4)
    assert len(found) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x_scale": 0.0}, "x_scale must be positive"),
        ({"format": "XXYY"}, "box format"),
        ({"num_keypoints": 3}, "3 keypoints at offset 4 do not fit 8"),
        ({"box_offset": 6}, "a box at offset 6 does not fit 8"),
    ],
)
def test_a_coding_that_cannot_be_is_refused(arguments, message):
    given = {"x_scale": 1.0, "y_scale": 1.0, "w_scale": 1.0, "h_scale": 1.0, **arguments}
    with pytest.raises(ValueError, match=message):
        BoxCoding(8, **given)
