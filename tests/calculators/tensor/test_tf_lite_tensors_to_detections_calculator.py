"""Detections from tensors, under the node's older name."""

import numpy as np
import pytest

from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator

OPTIONS = (
    "num_classes: 3 num_boxes: 2 num_coords: 4 ignore_classes: 0 sigmoid_score: true min_score_thresh: 0.6 "
    "x_scale: 10 y_scale: 10 w_scale: 5 h_scale: 5 apply_exponential_on_box_size: true"
)
ANCHORS = np.float32([[0.5, 0.5, 0.25, 0.25], [0.25, 0.5, 0.5, 0.5]])
BOXES = np.float32([[[1, 2, 0, 0], [0, 0, 0, 0]]])  # y, x, h, w
SCORES = np.float32([[[9, 1, 2], [9, 0.1, 0]]])


def detections(name: str, options: str = OPTIONS):
    inputs = {"TENSORS": [(0, [BOXES, SCORES])]}
    (found,) = run_calculator(name, inputs, {"ANCHORS": ANCHORS}, options=options).values("DETECTIONS")
    return found


def test_the_best_class_that_is_not_ignored_counts():
    found = detections("TfLiteTensorsToDetectionsCalculator")
    # The first anchor, moved by a fifth and a tenth of its size; the second one's scores are too low.
    np.testing.assert_allclose(
        found.boxes, [[0.5 + 0.05 - 0.125, 0.5 + 0.025 - 0.125, 0.25, 0.25]], atol=1e-6
    )
    assert found.label_ids.tolist() == [2]
    np.testing.assert_allclose(found.scores, [1 / (1 + np.exp(-2))], atol=1e-6)


def test_it_gives_the_same_as_the_newer_node():
    old, new = (detections(f"{prefix}TensorsToDetectionsCalculator") for prefix in ("TfLite", ""))
    np.testing.assert_array_equal(old.boxes, new.boxes)
    np.testing.assert_array_equal(old.scores, new.scores)


def test_options_that_lack_a_number_are_refused():
    with pytest.raises(ConfigError, match="num_classes is 0"):
        detections("TfLiteTensorsToDetectionsCalculator", OPTIONS.replace("num_classes: 3", ""))
