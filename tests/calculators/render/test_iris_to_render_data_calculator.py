"""Irises as shapes."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks

NAME = "IrisToRenderDataCalculator"
SIZE = (200, 100)
# In pixels: diameters 20 and 10 about (50, 40); 8 and 8 about (150, 40).
RIMS = [((10, 0), (0, 5), (-10, 0), (0, -5)), ((4, 0), (0, 4), (-4, 0), (0, -4))]
CENTERS = [(50, 40), (150, 40)]
IRISES = NormalizedLandmarks(
    np.float32(
        [[(*p, 0) for c, rim in zip(CENTERS, RIMS, strict=True) for p in [c, *(np.add(c, d) for d in rim)]]]
    )
    / np.float32([*SIZE, 1])
)


def shapes(options: str = "", face=IRISES, **depths) -> list:
    inputs = {
        "IRIS": [(0, face)],
        "IMAGE_SIZE": [(0, SIZE)],
        **{tag: [(0, mm)] for tag, mm in depths.items()},
    }
    (data,) = run_calculator(NAME, inputs, options=options).values("RENDER_DATA")
    return list(data.render_annotations)


def test_each_iris_is_a_circle_and_its_points():
    made = shapes("oval_color { b: 255 } landmark_color { g: 255 } oval_thickness: 4 landmark_thickness: 2")
    assert [shape.WhichOneof("data") for shape in made] == (["oval"] + ["point"] * 5) * 2
    first, second = made[0].oval.rectangle, made[6].oval.rectangle
    corners = [(r.left, r.top, r.right, r.bottom) for r in (first, second)]
    np.testing.assert_allclose(corners[0], (42.5 / 200, 32.5 / 100, 57.5 / 200, 47.5 / 100), atol=1e-6)
    np.testing.assert_allclose(corners[1], (146 / 200, 36 / 100, 154 / 200, 44 / 100), atol=1e-6)
    assert first.normalized and made[0].thickness == 4 and made[0].color.b == 255
    assert made[1].thickness == 2 and made[1].color.g == 255 and made[1].point.x == pytest.approx(0.25)


@pytest.mark.parametrize("location, baselines", [("TOP_LEFT", [25, 40]), ("BOTTOM_LEFT", [80, 95])])
def test_distances_are_written(location, baselines):
    options = (
        f"font_height_px: 10 horizontal_offset_px: 7 vertical_offset_px: 10 font_face: 2 location: {location}"
    )
    lines = [shape for shape in shapes(options, LEFT_IRIS_DEPTH_MM=456.0, RIGHT_IRIS_DEPTH_MM=444.0)[12:]]
    assert [shape.text.display_text for shape in lines] == ["Left : :46 cm", "Right : :44 cm"]
    assert [shape.text.baseline for shape in lines] == baselines
    assert all(s.text.left == 7 and s.text.font_height == 10 and s.text.font_face == 2 for s in lines)


def test_unknown_distances_are_not():
    assert len(shapes(LEFT_IRIS_DEPTH_MM=float("inf"))) == 12


def test_both_irises_are_needed():
    with pytest.raises(CalculatorError, match="5 landmarks; expected 5 an iris, of both eyes"):
        shapes(face=NormalizedLandmarks(IRISES.points[:, :5]))
