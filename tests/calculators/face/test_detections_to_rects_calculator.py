"""Rectangles around detections."""

import math

import numpy as np
import pytest

from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections

NAME = "DetectionsToRectsCalculator"
EYES = (
    "rotation_vector_start_keypoint_index: 0 rotation_vector_end_keypoint_index: 1 "
    "rotation_vector_target_angle_degrees: 0"
)
FACES = Detections(
    np.array([[0.1, 0.2, 0.2, 0.2], [0.5, 0.5, 0.1, 0.1]]),
    np.array([[[0.1, 0.2], [0.3, 0.2]], [[0.5, 0.5], [0.6, 0.7]]]),
    np.array([0.9, 0.8]),
)
SIZE = [(5, (200, 100))]


def test_each_detection_gives_a_rectangle_turned_to_its_eyes():
    run = run_calculator(
        NAME, {"DETECTIONS": [(5, FACES)], "IMAGE_SIZE": SIZE}, options=EYES, outputs=["NORM_RECTS"]
    )
    (rects,) = run.values("NORM_RECTS")
    expected = [[0.2, 0.3, 0.2, 0.2, 0], [0.55, 0.55, 0.1, 0.1, math.pi / 4]]
    np.testing.assert_allclose(rects.values, expected, atol=1e-6)


def test_a_target_angle_in_radians_equals_one_in_degrees():
    degrees, radians = (
        run_calculator(
            NAME,
            {"DETECTIONS": [(5, FACES)], "IMAGE_SIZE": SIZE},
            options=EYES.replace("_degrees: 0", target),
            outputs=["NORM_RECTS"],
        ).values("NORM_RECTS")[0]
        for target in ("_degrees: 90", f": {math.pi / 2}")
    )
    np.testing.assert_allclose(degrees.values, radians.values, atol=1e-6)
    np.testing.assert_allclose(degrees.values[0, 4], math.pi / 2, atol=1e-6)


def test_use_keypoints_takes_the_box_around_them():
    run = run_calculator(
        NAME, {"DETECTIONS": [(5, FACES)]}, options="conversion_mode: USE_KEYPOINTS", outputs=["NORM_RECTS"]
    )
    np.testing.assert_allclose(run.values("NORM_RECTS")[0].values[1], [0.55, 0.6, 0.1, 0.2, 0], atol=1e-6)


@pytest.mark.parametrize("tag", ["DETECTION", "DETECTIONS"])
def test_norm_rect_is_the_first_one_s(tag):
    run = run_calculator(NAME, {tag: [(5, FACES)]}, outputs=["NORM_RECT"])
    (rect,) = run.values("NORM_RECT")
    np.testing.assert_allclose(rect.values, [[0.2, 0.3, 0.2, 0.2, 0]], atol=1e-6)


def test_no_detection_is_no_rectangle_and_no_single_packet():
    inputs = {"DETECTIONS": [(5, Detections.empty())]}
    (rects,) = run_calculator(NAME, inputs, outputs=["NORM_RECTS"]).values("NORM_RECTS")
    assert len(rects) == 0
    single = run_calculator(NAME, inputs, outputs=["NORM_RECT"])
    assert single.values("NORM_RECT") == [] and single.bound("NORM_RECT") == 6


def test_a_rectangle_of_zeros_stands_for_none_where_asked():
    (rect,) = run_calculator(
        NAME,
        {"DETECTIONS": [(5, Detections.empty())]},
        options="output_zero_rect_for_empty_detections: true",
        outputs=["NORM_RECT"],
    ).values("NORM_RECT")
    np.testing.assert_array_equal(rect.values, np.zeros((1, 5)))


@pytest.mark.parametrize(
    ("inputs", "options", "outputs", "message"),
    [
        (
            {"DETECTIONS": [], "DETECTION": []},
            "",
            ["NORM_RECT"],
            "one of the inputs DETECTION and DETECTIONS",
        ),
        ({"DETECTIONS": []}, "", ["NORM_RECT", "NORM_RECTS"], "one of the outputs NORM_RECT and NORM_RECTS"),
        ({"DETECTIONS": []}, EYES, ["NORM_RECT"], "the input IMAGE_SIZE is missing"),
        ({"DETECTIONS": []}, "rotation_vector_start_keypoint_index: 0", ["NORM_RECT"], "end_keypoint_index"),
        ({"DETECTIONS": []}, EYES + " rotation_vector_target_angle: 1", ["NORM_RECT"], "give one of"),
    ],
)
def test_graphs_that_cannot_be_are_refused(inputs, options, outputs, message):
    with pytest.raises(ConfigError, match=message):
        run_calculator(NAME, inputs, options=options, outputs=outputs)
