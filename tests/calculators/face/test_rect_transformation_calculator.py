"""Rectangles, squared and scaled."""

import numpy as np
import pytest

from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects

NAME = "RectTransformationCalculator"
RECTS = NormalizedRects(np.array([[0.5, 0.5, 0.1, 0.4, 0.25]]), np.array([3]))
SIZE = [(5, (200, 100))]


@pytest.mark.parametrize("tag", ["NORM_RECT", "NORM_RECTS"])
def test_the_face_region_is_a_square_one_and_a_half_times_the_box(tag):
    run = run_calculator(
        NAME,
        {tag: [(5, RECTS)], "IMAGE_SIZE": SIZE},
        options="scale_x: 1.5 scale_y: 1.5 square_long: true",
    )
    (region,) = run.values("")
    np.testing.assert_allclose(region.in_pixels((200, 100)), [[100, 50, 60, 60, 0.25]], rtol=1e-6)
    np.testing.assert_array_equal(region.ids, [3])


def test_rotation_in_degrees_and_shift():
    run = run_calculator(
        NAME,
        {"NORM_RECT": [(5, NormalizedRects.whole_frame())], "IMAGE_SIZE": SIZE},
        options="rotation_degrees: 90 shift_x: 0.1",
    )
    region = run.values("")[0].in_pixels((200, 100))[0]
    np.testing.assert_allclose(region[[0, 1, 4]], [100, 70, np.pi / 2], atol=1e-4)


def test_no_rectangle_stays_none_and_no_packet_gives_none():
    run = run_calculator(
        NAME,
        {"NORM_RECTS": [(5, NormalizedRects.empty())], "IMAGE_SIZE": [*SIZE, (6, (200, 100))]},
        options="square_long: true",
        bounds={"NORM_RECTS": 7},
    )
    assert [len(value) for value in run.values("")] == [0] and run.bound("") == 7


@pytest.mark.parametrize(
    ("inputs", "options", "message"),
    [
        ({"NORM_RECT": [], "NORM_RECTS": []}, "", "one of the inputs NORM_RECT, NORM_RECTS"),
        ({"NORM_RECT": []}, "rotation: 1 rotation_degrees: 1", "rotation and rotation_degrees"),
        ({"NORM_RECT": []}, "square_long: true square_short: true", "square_long and square_short"),
    ],
)
def test_graphs_that_cannot_be_are_refused(inputs, options, message):
    with pytest.raises(ConfigError, match=message):
        run_calculator(NAME, inputs | {"IMAGE_SIZE": []}, options=options)


@pytest.mark.parametrize("tag", ["RECT", "RECTS"])
def test_rectangles_in_pixels_need_no_size(tag):
    rects = NormalizedRects(np.array([[100, 50, 20, 40, 0.25]]))
    run = run_calculator(NAME, {tag: [(5, rects)]}, options="scale_x: 1.5 scale_y: 1.5 square_long: true")
    np.testing.assert_allclose(run.values("")[0].values, [[100, 50, 60, 60, 0.25]])


def test_normalized_rectangles_need_the_size():
    with pytest.raises(ConfigError, match="IMAGE_SIZE is missing"):
        run_calculator(NAME, {"NORM_RECT": []})
