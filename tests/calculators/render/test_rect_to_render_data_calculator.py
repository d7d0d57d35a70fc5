"""Rectangles as shapes."""

import numpy as np
import pytest

from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects

NAME = "RectToRenderDataCalculator"


def shapes(tag: str, rects: list, options: str = ""):
    run = run_calculator(NAME, {tag: [(0, NormalizedRects(np.float32(rects)))]}, options=options)
    return list(run.values("RENDER_DATA")[0].render_annotations)


@pytest.mark.parametrize("tag, normalized", [("NORM_RECT", True), ("RECT", False), ("RECTS", False)])
def test_a_rectangle_by_its_sides(tag, normalized):
    (shape,) = shapes(tag, [(0.5, 0.25, 0.5, 0.125, 0.75)], "thickness: 4 color { r: 9 }")
    rectangle = shape.rectangle
    sides = (rectangle.left, rectangle.top, rectangle.right, rectangle.bottom, rectangle.rotation)
    assert sides == (0.25, 0.1875, 0.75, 0.3125, 0.75) and rectangle.normalized == normalized
    assert not rectangle.HasField("top_left_thickness")
    assert shape.thickness == 4 and (shape.color.r, shape.color.g, shape.color.b) == (9, 0, 0)


@pytest.mark.parametrize(
    "options, kind",
    [
        ("filled: true", "filled_rectangle"),
        ("oval: true", "oval"),
        ("oval: true filled: true", "filled_oval"),
    ],
)
def test_other_shapes(options, kind):
    (shape,) = shapes("NORM_RECTS", [(0.5, 0.5, 0.5, 0.5, 0)], options + " top_left_thickness: 3")
    assert shape.WhichOneof("data") == kind
    inner = getattr(shape, kind)
    rectangle = inner.oval.rectangle if kind == "filled_oval" else inner.rectangle
    assert (rectangle.left, rectangle.bottom, rectangle.top_left_thickness) == (0.25, 0.75, 3)


def test_what_is_outside_has_no_extent():
    outside = [(-1, 0.5, 0.5, 0.5, 0), (0.5, 2, 0.5, 0.5, 0)]
    for shape in shapes("NORM_RECTS", outside):
        assert shape.HasField("rectangle") and not shape.rectangle.HasField("left")
    turned, upright_px = shapes("NORM_RECTS", [(-1, 0.5, 0.5, 0.5, 1)]) + shapes("RECTS", [outside[1]])
    assert turned.rectangle.HasField("left") and upright_px.rectangle.HasField("left")


def test_one_input_is_taken():
    with pytest.raises(ConfigError, match="exactly one of NORM_RECT, RECT, NORM_RECTS, RECTS"):
        run_calculator(NAME, {"RECT": [], "RECTS": []})
