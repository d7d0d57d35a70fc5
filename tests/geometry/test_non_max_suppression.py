"""Non-maximum suppression, plain and weighted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.non_max_suppression import (
    box_overlaps,
    non_max_suppression,
    weighted_non_max_suppression,
)


def make(boxes, scores) -> Detections:
    boxes = np.array(boxes, np.float32).reshape(-1, 4)
    keypoints = np.repeat(boxes[:, None, :2] + boxes[:, None, 2:] / 2, 6, axis=1)
    return Detections(boxes, keypoints, np.array(scores, np.float32))


def test_overlap_is_divided_by_what_its_type_says():
    one = np.array([0, 0, 2, 2], np.float32)
    others = np.array([[1, 1, 2, 2], [0, 0, 2, 2], [5, 5, 1, 1], [2, 0, 1, 1]], np.float32)
    np.testing.assert_allclose(box_overlaps(one, others), [1 / 7, 1, 0, 0])
    np.testing.assert_allclose(box_overlaps(one, others, "JACCARD"), [1 / 9, 1, 0, 0])
    np.testing.assert_allclose(box_overlaps(one, others, "MODIFIED_JACCARD"), [1 / 4, 1, 0, 0])
    np.testing.assert_array_equal(box_overlaps(np.zeros(4, np.float32), np.zeros((1, 4), np.float32)), [0])
    with pytest.raises(ValueError, match="overlap_type must be one of"):
        box_overlaps(one, others, "IOU")


def test_plain_keeps_the_best_of_each_group():
    kept = non_max_suppression(
        make([[0, 0, 1, 1], [0.1, 0, 1, 1], [3, 3, 1, 1]], [0.6, 0.9, 0.7]), max_overlap=0.3
    )
    np.testing.assert_allclose(kept.scores, [0.9, 0.7])
    np.testing.assert_allclose(kept.boxes[0], [0.1, 0, 1, 1])


def test_weighted_averages_boxes_and_keypoints_by_score_and_keeps_the_best_score():
    found = make([[0, 0, 1, 1], [0.2, 0, 1, 1]], [0.25, 0.75])
    merged = weighted_non_max_suppression(found, max_overlap=0.3)
    np.testing.assert_allclose(merged.boxes, [[0.15, 0, 1, 1]], rtol=1e-6)
    np.testing.assert_allclose(merged.keypoints[0, 0], [0.65, 0.5], rtol=1e-6)
    np.testing.assert_allclose(merged.scores, [0.75])


def test_weighted_groups_around_the_best_not_in_chains():
    """The third overlaps the second, not the best: it stays a detection of its own."""
    merged = weighted_non_max_suppression(
        make([[0, 0, 1, 1], [0.4, 0, 1, 1], [0.8, 0, 1, 1]], [0.9, 0.8, 0.7]), max_overlap=0.3
    )
    np.testing.assert_allclose(merged.scores, [0.9, 0.7])


@pytest.mark.parametrize("suppress", [non_max_suppression, weighted_non_max_suppression])
def test_limits_on_score_and_number(suppress):
    found = make([[0, 0, 1, 1], [3, 0, 1, 1], [6, 0, 1, 1]], [0.5, 0.9, 0.7])
    np.testing.assert_allclose(suppress(found, max_overlap=0.3, min_score=0.6).scores, [0.9, 0.7])
    np.testing.assert_allclose(suppress(found, max_overlap=0.3, max_detections=1).scores, [0.9])
    assert len(suppress(make([], []), max_overlap=0.3)) == 0


def test_boxes_without_area_end_the_weighted_loop():
    merged = weighted_non_max_suppression(make([[0, 0, 0, 0]] * 3, [0.9, 0.8, 0.7]), max_overlap=0.3)
    np.testing.assert_allclose(merged.scores, [0.9, 0.8, 0.7])


@settings(max_examples=50)
@given(st.integers(1, 20), st.integers(0, 10_000))
def test_what_is_kept_does_not_overlap_and_covers_what_is_dropped(count, seed):
    random = np.random.default_rng(seed)
    boxes = np.concatenate([random.random((count, 2)), 0.1 + 0.4 * random.random((count, 2))], axis=1)
    found = make(boxes, random.random(count))
    kept = non_max_suppression(found, max_overlap=0.3)
    assert (np.diff(kept.scores) <= 0).all()
    for index, box in enumerate(kept.boxes):
        assert (box_overlaps(box, np.delete(kept.boxes, index, axis=0)) <= 0.3).all()
    for box, score in zip(found.boxes, found.scores, strict=True):
        better = kept.boxes[kept.scores >= score]
        assert (box_overlaps(box, better) > 0.3).any() or (box_overlaps(box, better) == 1).any()
