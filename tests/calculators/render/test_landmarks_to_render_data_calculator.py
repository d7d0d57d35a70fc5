"""Landmarks as shapes."""

import numpy as np
import pytest

from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks

NAME = "LandmarksToRenderDataCalculator"
FACE = NormalizedLandmarks(np.float32([[(0.25, 0.5, -1), (0.5, 0.75, 0), (0.75, 0.125, 1)]]))
FLAT = "visualize_landmark_depth: false "


def shapes(options: str, face=FACE, tag: str = "NORM_LANDMARKS", **more) -> list:
    inputs = {tag: [(0, face)], **{name: [(0, value)] for name, value in more.items()}}
    (data,) = run_calculator(NAME, inputs, options=options).values("RENDER_DATA")
    return list(data.render_annotations)


def rgb(color) -> tuple[int, int, int]:
    return (color.r, color.g, color.b)


@pytest.mark.parametrize("tag, normalized", [("NORM_LANDMARKS", True), ("LANDMARKS", False)])
def test_lines_come_first_then_points(tag, normalized):
    options = (
        FLAT + "landmark_connections: [0, 2] thickness: 2 landmark_color { r: 1 } connection_color { g: 2 }"
    )
    line, *points = shapes(options, tag=tag)
    ends = line.line
    assert (ends.x_start, ends.y_start, ends.x_end, ends.y_end) == (0.25, 0.5, 0.75, 0.125)
    assert ends.normalized == normalized and rgb(line.color) == (0, 2, 0) and line.thickness == 2
    assert [(shape.point.x, shape.point.y) for shape in points] == [(0.25, 0.5), (0.5, 0.75), (0.75, 0.125)]
    assert all(p.point.normalized == normalized and p.scene_tag == "KEYPOINT" for p in points)
    assert all(rgb(p.color) == (1, 0, 0) and p.thickness == 2 for p in points)


def test_points_can_be_left_out_and_missing_ones_have_no_lines():
    assert shapes(FLAT + "render_landmarks: false landmark_connections: [0, 3, 4, 1]") == []


def test_depth_shows_in_size_and_color():
    options = "landmark_connections: [0, 2] min_depth_circle_thickness: 2 max_depth_circle_thickness: 10"
    line, near, middle, far = shapes(options)
    assert rgb(line.gradient_line.color1) == (255, 255, 255)  # the nearest end has max_depth_line_color
    assert rgb(line.gradient_line.color2) == (0, 0, 0)
    assert [shape.thickness for shape in (near, middle, far)] == [10, 6, 2]
    assert [shape.color.r for shape in (near, middle, far)] == [255, 128, 1]


def test_colors_of_depth_can_be_chosen():
    options = "landmark_connections: [0, 2] min_depth_line_color { r: 10 } max_depth_line_color { b: 20 }"
    ends = shapes(options)[0].gradient_line
    assert rgb(ends.color1) == (0, 0, 20) and rgb(ends.color2)[0] == 9  # 10, times almost 1, cut


def test_flat_faces_have_no_depth():
    flat = NormalizedLandmarks(FACE.points * np.float32([1, 1, 1e-4]))
    assert [shape.color.g for shape in shapes("landmark_color { g: 7 }", flat)] == [7, 7, 7]


def test_scale_multiplies_the_thickness():
    assert shapes(FLAT + "thickness: 4", RENDER_SCALE=0.5)[0].thickness == 2


def test_all_faces_of_a_packet_are_drawn():
    two = NormalizedLandmarks(np.concatenate([FACE.points, FACE.points + 0.125]))
    kinds = [shape.WhichOneof("data") for shape in shapes(FLAT + "landmark_connections: [0, 1]", two)]
    assert kinds == ["line", "point", "point", "point"] * 2
    assert shapes(FLAT, NormalizedLandmarks.empty(3)) == []


@pytest.mark.parametrize(
    "options, message",
    [("landmark_connections: 1", "has 1 entries"), ("landmark_connections: [1, -1]", "negative index")],
)
def test_wrong_connections_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        shapes(options)


def test_one_kind_of_landmarks_is_taken():
    with pytest.raises(ConfigError, match="exactly one of NORM_LANDMARKS and LANDMARKS"):
        run_calculator(NAME, {"RENDER_SCALE": []})
