"""Shapes on images of a stream."""

import numpy as np
import pytest
from google.protobuf import text_format

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.calculators.proto.render_data_pb2 import RenderData
from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.tests.webgpu.gpu_process import gpu_recorder, on_gpu

NAME, UPLOAD = "AnnotationOverlayCalculator", "ImageFrameToGpuBufferCalculator"


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


SHAPES = """
    thickness: 3 color { r: 250 } rectangle { left: 5 top: 6 right: 40 bottom: 30 rotation: 0.3 }
    color { g: 200 } filled_rectangle { rectangle { left: 60 top: -9 right: 99 bottom: 8 } }
    color { r: 90 g: 90 } filled_oval { oval { rectangle { left: 50 top: 9 right: 70 bottom: 30 } } }
    thickness: 2 line { x_start: 0.1 y_start: 0.9 x_end: 0.9 y_end: 0.2 normalized: true }
    thickness: 4 gradient_line { x_start: 80 y_start: 10 x_end: 85 y_end: 55 color1 { r: 255 } }
    thickness: 2 color { r: 255 g: 255 b: 255 } arrow { x_start: 50 y_start: 50 x_end: 75 y_end: 40 }
"""
SOFT = """
    rounded_rectangle { rectangle { left: 8 top: 33 right: 40 bottom: 50 } corner_radius: 5 line_type: 16 }
    thickness: 1 color { r: 7 } text { display_text: "ab" left: 30 baseline: 58 font_height: 12 }
"""


@on_gpu
@pytest.mark.parametrize("shape", [(60, 90), (60, 90, 3), (60, 90, 4)], ids=["gray", "RGB", "RGBA"])
@pytest.mark.parametrize("more, levels", [("", 0), (SOFT, 2)], ids=["hard", "soft"])
def test_on_a_gpu_the_pixels_are_those_of_the_cpu(shape: tuple[int, ...], more: str, levels: int) -> None:
    """Shapes of each kind, some of them over the border. Each soft one is rounded once more."""
    shapes = RenderData()
    for line in (SHAPES.rstrip() + more).strip().splitlines():
        text_format.Parse(line, shapes.render_annotations.add())
    gpu = gpu_recorder()
    services = {GPU_SERVICE: gpu}
    image = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    drawn = {"": [(0, shapes)], "VECTOR": [(0, [dot(85, 55, g=255)])]}
    (expected,) = run_calculator(NAME, {"IMAGE": [(0, image)], **drawn}).values("IMAGE")
    (picture,) = run_calculator(UPLOAD, {"": [(0, image)]}, services=services).values("")
    inputs = {"IMAGE_GPU": [(0, picture)], **drawn}
    (made,) = run_calculator(NAME, inputs, services=services).values("IMAGE_GPU")
    assert made.channels == expected.shape[2]
    found = gpu.read_picture(made).result()[..., : made.channels].astype(int)
    assert np.abs(found - expected).max() <= levels


@on_gpu
def test_an_image_on_a_gpu_on_which_nothing_is_drawn_passes() -> None:
    gpu = gpu_recorder()
    picture = gpu.picture((8, 8))
    inputs = {"IMAGE_GPU": [(0, picture)], "": [(0, dot(90, 90))]}
    assert run_calculator(NAME, inputs, services={GPU_SERVICE: gpu}).values("IMAGE_GPU") == [picture]


@pytest.mark.parametrize(
    ("inputs", "output", "message"),
    [
        (["IMAGE", "IMAGE_GPU"], "IMAGE", "one of the inputs IMAGE and IMAGE_GPU"),
        (["IMAGE_GPU"], "IMAGE", "connect the output IMAGE_GPU"),
        (["IMAGE"], "IMAGE_GPU", "connect the output IMAGE:"),
        ([""], "IMAGE_GPU", "connect the output IMAGE:"),
    ],
    ids=["two images", "GPU to CPU", "CPU to GPU", "canvas"],
)
def test_the_result_is_where_the_image_is(inputs: list[str], output: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        run_calculator(NAME, {tag: [] for tag in inputs}, outputs=[output])
