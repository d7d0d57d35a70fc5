"""A detector's outputs as detections."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.projection import crop_to_image_matrices

OPTIONS = """
num_classes: 1 num_boxes: 3 num_coords: 8 num_keypoints: 2 keypoint_coord_offset: 4
reverse_output_order: true sigmoid_score: true score_clipping_thresh: 100 min_score_thresh: 0.5
x_scale: 100 y_scale: 100 w_scale: 100 h_scale: 100
"""
ANCHORS = np.array([[0.25, 0.75, 1, 1], [0.5, 0.5, 1, 1], [0.75, 0.25, 1, 1]], np.float32)
BOXES = np.tile(np.array([0, 0, 20, 10, 5, 5, -5, -5], np.float32), (1, 3, 1))
SCORES = np.array([[[2.0], [-2.0], [0.5]]], np.float32)


def run(tensors, options=OPTIONS, matrix=None, **side):
    inputs = {"TENSORS": [(10, tensors)]}
    if matrix is not None:
        inputs["PROJECTION_MATRIX"] = [(10, matrix)]
    return run_calculator(
        "TensorsToDetectionsCalculator", inputs, {"ANCHORS": ANCHORS} | side, options=options
    )


def found(*arguments, **named):
    (detections,) = run(*arguments, **named).values("DETECTIONS")
    return detections


def test_what_scores_high_enough_is_decoded():
    detections = found([BOXES, SCORES])
    np.testing.assert_allclose(detections.boxes, [[0.15, 0.7, 0.2, 0.1], [0.65, 0.2, 0.2, 0.1]], atol=1e-6)
    np.testing.assert_allclose(detections.keypoints[0], [[0.3, 0.8], [0.2, 0.7]], atol=1e-6)
    np.testing.assert_allclose(detections.scores, 1 / (1 + np.exp([-2, -0.5])), rtol=1e-6)


def test_nothing_found_is_a_packet_without_detections():
    detections = found([BOXES, SCORES - 10])
    assert len(detections) == 0 and detections.keypoints.shape == (0, 2, 2)


def test_the_side_packet_overrides_the_threshold():
    assert len(found([BOXES, SCORES], MIN_SCORE_THRESH=0.1)) == 3
    assert len(found([BOXES, SCORES], MIN_SCORE_THRESH=0.8)) == 1
    with pytest.raises(CalculatorError, match="is 1.5; expected 0 to 1"):
        run([BOXES, SCORES], MIN_SCORE_THRESH=1.5)


def test_a_batch_of_regions_comes_out_in_the_image_s_coordinates():
    rects = np.array([[25, 25, 50, 50, 0], [75, 25, 50, 50, 0]])
    matrices = crop_to_image_matrices(rects, (100, 50))
    boxes, scores = np.concatenate([BOXES, BOXES]), np.concatenate([SCORES, SCORES - 1])
    detections = found([boxes, scores], matrix=matrices)
    assert len(detections) == 3
    np.testing.assert_allclose(detections.boxes[0], [0.075, 0.7, 0.1, 0.1], atol=1e-6)
    np.testing.assert_allclose(detections.boxes[2], [0.575, 0.7, 0.1, 0.1], atol=1e-6)


def test_no_region_is_no_detection():
    detections = found([BOXES[:0], SCORES[:0]], matrix=np.empty((0, 4, 4), np.float32))
    assert len(detections) == 0


def test_the_network_s_own_anchors_are_read_y_first():
    own = ANCHORS[:, [1, 0, 3, 2]]
    (detections,) = run_calculator(
        "TensorsToDetectionsCalculator", {"TENSORS": [(0, [BOXES, SCORES, own])]}, options=OPTIONS
    ).values("DETECTIONS")
    np.testing.assert_allclose(detections.boxes, found([BOXES, SCORES]).boxes)


def test_a_mapping_names_the_tensors():
    options = OPTIONS + "tensor_mapping { detections_tensor_index: 1 scores_tensor_index: 0 }"
    np.testing.assert_allclose(found([SCORES, BOXES], options).boxes, found([BOXES, SCORES]).boxes)


def test_classes_can_be_ignored_or_chosen():
    options = OPTIONS.replace("num_classes: 1", "num_classes: 2")
    scores = np.concatenate([SCORES, np.full_like(SCORES, 3.0)], axis=2)
    assert len(found([BOXES, scores], options)) == 3
    assert len(found([BOXES, scores], options + "ignore_classes: 1")) == 2
    assert len(found([BOXES, scores], options + "allow_classes: 0")) == 2
    assert len(found([BOXES, scores], options, IGNORE_CLASSES=[1])) == 2


def test_flip_vertically_and_max_results():
    detections = found([BOXES, SCORES], OPTIONS + "flip_vertically: true max_results: 1")
    np.testing.assert_allclose(detections.boxes, [[0.15, 0.2, 0.2, 0.1]], atol=1e-6)
    np.testing.assert_allclose(detections.keypoints[0], [[0.3, 0.2], [0.2, 0.3]], atol=1e-6)


def test_box_format_counts_before_the_old_option():
    options = OPTIONS + "box_format: YXHW"
    swapped = BOXES[:, :, [1, 0, 3, 2, 5, 4, 7, 6]]
    np.testing.assert_allclose(found([swapped, SCORES], options).boxes, found([BOXES, SCORES]).boxes)


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ([BOXES], "holds 1 tensors"),
        ([BOXES[:, :2], SCORES], r"the boxes: shape \(1, 2, 8\)"),
        ([BOXES, SCORES[:, :, 0]], r"the scores: shape \(1, 3\)"),
    ],
)
def test_tensors_that_do_not_fit_the_options_are_refused(tensors, message):
    with pytest.raises(CalculatorError, match=message):
        run(tensors)


def test_missing_anchors_and_wrong_anchors_are_refused():
    with pytest.raises(CalculatorError, match="no anchors"):
        run_calculator("TensorsToDetectionsCalculator", {"TENSORS": [(0, [BOXES, SCORES])]}, options=OPTIONS)
    with pytest.raises(CalculatorError, match=r"ANCHORS: shape \(2, 4\)"):
        run([BOXES, SCORES], ANCHORS=ANCHORS[:2])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (OPTIONS.replace("num_boxes: 3", ""), "num_boxes is 0"),
        (OPTIONS + "max_results: 0", "max_results is 0"),
        (OPTIONS + "allow_classes: 0 ignore_classes: 0", "exclude each other"),
        (OPTIONS + "num_values_per_keypoint: 3", "expected 2"),
        (OPTIONS.replace("x_scale: 100", ""), "x_scale must be positive"),
    ],
)
def test_options_that_cannot_be_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        run([BOXES, SCORES], options)


def test_detections_of_several_classes_carry_their_class():
    options = OPTIONS.replace("num_classes: 1", "num_classes: 3")
    scores = np.concatenate([SCORES - 1, SCORES, np.full_like(SCORES, -9.0)], axis=2)
    best = found([BOXES, scores], options)
    assert best.label_ids.tolist() == [1, 1]
    np.testing.assert_allclose(best.scores, found([BOXES, SCORES]).scores)
    np.testing.assert_allclose(best.boxes, found([BOXES, SCORES]).boxes)
    chosen = found([BOXES, scores], options + "allow_classes: 0 allow_classes: 2")
    assert chosen.label_ids.tolist() == [0]
    several = found([BOXES, scores], options + "max_classes_per_detection: 2")
    assert several.label_ids.tolist() == [1, 0, 1]
    np.testing.assert_allclose(several.boxes[:2], best.boxes[[0, 0]])
    everything = found(
        [BOXES, scores], options.replace("0.5\n", "0\n") + "max_classes_per_detection: -1 max_results: 2"
    )
    assert everything.label_ids.tolist() == [1, 0, 2] * 2


DECODED = "num_classes: 3 num_coords: 4 min_score_thresh: 0.5 "
DECODED_TENSORS = [
    np.float32([[[0.1, 0.2, 0.5, 0.4], [0, 0, 1, 1], [0.5, 0.5, 0.4, 0.6]]]),  # ymin, xmin, ymax, xmax
    np.float32([[2, 1, 0]]),
    np.float32([[0.75, 0.25, 0.9]]),
    np.float32([3]),
]


def test_what_a_network_has_decoded_by_itself_is_selected():
    detections = found(DECODED_TENSORS, DECODED)
    np.testing.assert_allclose(detections.boxes, [[0.2, 0.1, 0.2, 0.4]], atol=1e-6)
    assert detections.label_ids.tolist() == [2] and detections.scores.tolist() == [0.75]
    assert len(found(DECODED_TENSORS, DECODED.replace("0.5", "0.2"))) == 2
    assert len(found(DECODED_TENSORS, DECODED + "ignore_classes: 2")) == 0
    assert len(found(DECODED_TENSORS, DECODED.replace("0.5", "0.2") + "max_results: 1")) == 1
    none = [*DECODED_TENSORS[:3], np.float32([0])]
    assert len(found(none, DECODED)) == 0


def test_mapping_and_sides_of_decoded_boxes():
    mapping = """
    tensor_mapping {
      detections_tensor_index: 3 classes_tensor_index: 2 scores_tensor_index: 1 num_detections_tensor_index: 0
    }
    box_boundaries_indices { xmin: 0 ymin: 1 xmax: 2 ymax: 3 }
    """
    tensors = [*reversed(DECODED_TENSORS[1:]), DECODED_TENSORS[0][:, :, [1, 0, 3, 2]]]
    expected = found(DECODED_TENSORS, DECODED)
    np.testing.assert_allclose(found(tensors, DECODED + mapping).boxes, expected.boxes)


def test_rows_of_several_classes_of_one_box():
    tensors = [
        np.repeat(DECODED_TENSORS[0][:, :1], 2, axis=1),
        np.float32([[2, 1]]),
        np.float32([[0.75, 0.6]]),
    ]
    detections = found([*tensors, np.float32([1])], DECODED)
    assert detections.label_ids.tolist() == [2, 1]
    assert len(found([*tensors, np.float32([1])], DECODED + "max_results: 1")) == 2, "one box"
    with pytest.raises(CalculatorError, match="3 rows for 2 boxes"):
        run([*DECODED_TENSORS[:3], np.float32([2])], DECODED)


def test_an_axis_more_of_raw_tensors_is_dropped():
    expected = found([BOXES, SCORES])
    np.testing.assert_allclose(found([BOXES[:, None], SCORES[:, None]]).boxes, expected.boxes)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (OPTIONS + "max_classes_per_detection: 0", "max_classes_per_detection is 0"),
        (OPTIONS + "box_boundaries_indices {}", "for networks that decode by themselves"),
        (DECODED + "box_boundaries_indices { xmin: 0 }", "must be 0, 1, 2 and 3, each once"),
        (
            DECODED + "tensor_mapping { detections_tensor_index: 0 scores_tensor_index: 1 }",
            "tensors 0 to 3 once",
        ),
        (
            OPTIONS + "tensor_mapping { detections_tensor_index: 0 scores_tensor_index: 0 }",
            "tensors 0 to 1 once",
        ),
    ],
)
def test_mappings_and_classes_that_cannot_be_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        run([BOXES, SCORES], options)


def test_four_tensors_or_scales():
    with pytest.raises(CalculatorError, match="holds 2 tensors; without x_scale"):
        run([BOXES, SCORES], DECODED)
