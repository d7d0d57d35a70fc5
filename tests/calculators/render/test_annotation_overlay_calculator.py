"""Shapes on images of a stream."""

import numpy as np
import pytest

from attention_mesh.calculators.proto.render_data_pb2 import RenderData
from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator

NAME = "AnnotationOverlayCalculator"


def dot(x: float, y: float, **color) -> RenderData:
    data = RenderData()
    annotation = data.render_annotations.add(thickness=2)
    annotation.point.x, annotation.point.y = x, y
    for channel, value in color.items():
        setattr(annotation.color, channel, value)
    return data


def test_all_inputs_are_drawn_in_their_order_on_a_copy():
    image = np.zeros((20, 30, 3), np.uint8)
    run = run_calculator(
        NAME,
        {
            "IMAGE": [(0, image)],
            ":0": [(0, dot(5, 5, r=255))],
            ":1": [(0, dot(5, 5, g=255))],
            "VECTOR:0": [(0, [dot(15, 5, b=255), dot(25, 5, b=200)])],
            "VECTOR:1": [],
        },
    )
    (made,) = run.values("IMAGE")
    np.testing.assert_array_equal(made[5, [5, 15, 25]], [(0, 255, 0), (0, 0, 255), (0, 0, 200)])
    assert not image.any()


@pytest.mark.parametrize("shape", [(20, 30), (20, 30, 1)])
def test_gray_becomes_rgb(shape):
    run = run_calculator(NAME, {"IMAGE": [(0, np.full(shape, 9, np.uint8))], "": [(0, dot(5, 5, r=255))]})
    (made,) = run.values("IMAGE")
    assert made.shape == (20, 30, 3)
    np.testing.assert_array_equal(made[[5, 15], [5, 15]], [(255, 0, 0), (9, 9, 9)])


def test_without_image_a_canvas_is_made():
    options = "canvas_width_px: 30 canvas_height_px: 20 canvas_color { r: 1 g: 2 b: 3 }"
    run = run_calculator(NAME, {"": [(4, dot(5, 5, r=255))]}, options=options)
    (packet,) = run.packets("IMAGE")
    assert packet.timestamp == 4 and packet.value.shape == (20, 30, 3)
    np.testing.assert_array_equal(packet.value[[5, 15], [5, 15]], [(255, 0, 0), (1, 2, 3)])


def test_a_canvas_needs_its_size():
    with pytest.raises(ConfigError, match="without an IMAGE the option canvas_height_px is needed"):
        run_calculator(NAME, {"": []}, options="canvas_width_px: 30")


def test_without_frame_nothing_is_drawn_and_without_shapes_the_frame_passes():
    image = np.full((8, 8, 3), 7, np.uint8)
    run = run_calculator(NAME, {"IMAGE": [(1, image)], "": [(0, dot(1, 1))]}, bounds={"": 5, "IMAGE": 5})
    (packet,) = run.packets("IMAGE")
    assert packet.timestamp == 1 and (packet.value == 7).all() and run.bound("IMAGE") == 5


def test_other_images_are_refused():
    with pytest.raises(CalculatorError, match=r"float32 \(8, 8, 3\); expected uint8 gray, RGB or RGBA"):
        run_calculator(NAME, {"IMAGE": [(0, np.zeros((8, 8, 3), np.float32))]})
