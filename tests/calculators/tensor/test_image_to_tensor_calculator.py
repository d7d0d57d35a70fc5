"""Image regions as a network's input."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.crop import Cropper
from attention_mesh.geometry.normalized_rects import NormalizedRects

OPTIONS = "output_tensor_width: 32 output_tensor_height: 24 output_tensor_float_range { min: 0 max: 1 }"
PORTS = ["TENSORS", "MATRIX", "LETTERBOX_PADDING"]


@pytest.fixture
def image() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8)


def run(image, regions=None, options=OPTIONS, **arguments):
    inputs = {"IMAGE": [(10, image)]}
    if regions is not None:
        inputs["NORM_RECT"] = [(10, regions)]
    return run_calculator("ImageToTensorCalculator", inputs, options=options, outputs=PORTS, **arguments)


def test_without_regions_the_whole_image_is_stretched(image):
    out = run(image)
    (tensors,) = out.values("TENSORS")
    assert len(tensors) == 1 and tensors[0].shape == (1, 24, 32, 3) and tensors[0].dtype == np.float32
    expected = Cropper((32, 24)).crop(image, np.array([[40, 30, 80, 60, 0]]))
    np.testing.assert_array_equal(tensors[0], expected)
    np.testing.assert_allclose(out.values("MATRIX")[0], np.eye(4)[None], atol=1e-6)
    np.testing.assert_array_equal(out.values("LETTERBOX_PADDING")[0], np.zeros((1, 4)))


def test_the_byte_range_gives_the_pixels_that_the_float_range_scales(image):
    regions = NormalizedRects(np.array([[0.5, 0.5, 0.5, 0.5, 0.3]]))
    options = "output_tensor_width: 32 output_tensor_height: 24 output_tensor_uint_range { min: 0 max: 255 }"
    (pixels,) = run(image, regions, options).values("TENSORS")[0]
    (floats,) = run(image, regions).values("TENSORS")[0]
    assert pixels.dtype == np.uint8
    # One rounding of a float32 apart.
    np.testing.assert_allclose(pixels / 255, floats, atol=1e-7)


def test_all_regions_of_a_frame_are_one_batch(image):
    regions = NormalizedRects(np.array([[0.5, 0.5, 0.5, 0.5, 0.3], [0.1, 0.9, 0.4, 0.2, -2]]))
    out = run(image, regions)
    expected = Cropper((32, 24)).crop(image, regions.rows_in_pixels((80, 60)))
    np.testing.assert_array_equal(out.values("TENSORS")[0][0], expected)
    assert out.values("MATRIX")[0].shape == (2, 4, 4)
    assert out.values("LETTERBOX_PADDING")[0].shape == (2, 4)


def test_keep_aspect_ratio_pads_with_the_border_mode_and_tells_the_padding(image):
    white = np.full_like(image, 255)
    options = (
        "output_tensor_width: 32 output_tensor_height: 32 keep_aspect_ratio: true "
        "output_tensor_float_range { min: -1 max: 1 } border_mode: BORDER_ZERO"
    )
    out = run(white, options=options)
    tensor = out.values("TENSORS")[0][0][0]
    np.testing.assert_allclose(out.values("LETTERBOX_PADDING")[0], [[0, 0.125, 0, 0.125]], atol=1e-6)
    np.testing.assert_allclose(tensor[:3], -1, atol=1e-6)
    np.testing.assert_allclose(tensor[5:27, 1:-1], 1, atol=1e-6)
    # The matrix undoes the padding: the tensor's row 4 of 32 is the image's top.
    np.testing.assert_allclose(out.values("MATRIX")[0][0] @ [0, 0.125, 0, 1], [0, 0, 0, 1], atol=1e-6)
    replicated = run(white, options=options.replace("BORDER_ZERO", "BORDER_REPLICATE"))
    np.testing.assert_allclose(replicated.values("TENSORS")[0][0], 1, atol=1e-6)


def test_no_region_gives_an_empty_batch_and_no_packet_gives_none(image):
    out = run(image, NormalizedRects.empty())
    assert out.values("TENSORS")[0][0].shape == (0, 24, 32, 3)
    assert out.values("MATRIX")[0].shape == (0, 4, 4)
    silent = run_calculator(
        "ImageToTensorCalculator",
        {"IMAGE": [(10, image)], "NORM_RECT": []},
        options=OPTIONS,
        bounds={"NORM_RECT": 11},
    )
    assert silent.values("TENSORS") == [] and silent.bound("TENSORS") == 11


def test_a_region_of_zeros_that_stands_for_nothing_gives_no_packet(image):
    out = run(image, NormalizedRects(np.zeros((1, 5))))
    assert out.values("TENSORS") == [] and out.bound("TENSORS") == 11


def test_without_output_size_the_image_keeps_its_own(image):
    out = run(image, options="output_tensor_float_range { min: 0 max: 255 }")
    np.testing.assert_allclose(out.values("TENSORS")[0][0][0], image, atol=1e-3)


def test_tensors_of_different_frames_share_no_memory(image):
    out = run_calculator(
        "ImageToTensorCalculator", {"IMAGE": [(10, image), (20, image // 2)]}, options=OPTIONS
    )
    first, second = (tensors[0] for tensors in out.values("TENSORS"))
    assert not np.shares_memory(first, second)
    assert first.mean() > 1.8 * second.mean()


@pytest.mark.parametrize(
    ("shape", "dtype", "message"),
    [
        ((60,), np.uint8, r"shape \(60,\)"),
        ((60, 80, 2), np.uint8, r"shape \(60, 80, 2\)"),
        ((60, 80), np.float32, r"shape \(60, 80\) and type float32"),
        ((60, 80, 3), np.uint16, "type uint16"),
        ((0, 80, 3), np.uint8, "has no pixels"),
    ],
)
def test_what_is_no_rgb_image_is_refused_by_name_and_timestamp(shape, dtype, message):
    with pytest.raises(CalculatorError, match=f'timestamp 10.*stream "in_0".*{message}'):
        run(np.zeros(shape, dtype))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("output_tensor_width: 8", "output_tensor_float_range is missing"),
        (
            "output_tensor_uint_range { min: 0 max: 256 }",
            "uint_range is 0 to 256; it must lie between 0 and 255",
        ),
        ("output_tensor_int_range { min: 0 max: 255 }", "int_range is 0 to 255; it must lie between -128"),
        ("output_tensor_float_range { min: 1 max: 0 }", "min must be"),
        (OPTIONS.replace("32", "0"), "output_tensor_width is 0"),
    ],
)
def test_options_that_give_no_tensor_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        run(np.zeros((4, 4, 3), np.uint8), options=options)


def test_signed_and_narrow_bytes_are_the_floats_rounded(image):
    floats = run(image, options="output_tensor_float_range { min: -128 max: 127 }").values("TENSORS")[0][0]
    (signed,) = run(image, options="output_tensor_int_range { min: -128 max: 127 }").values("TENSORS")[0]
    assert signed.dtype == np.int8
    np.testing.assert_allclose(signed, floats, atol=1e-4)
    (narrow,) = run(image, options="output_tensor_uint_range { min: 10 max: 100 }").values("TENSORS")[0]
    assert narrow.dtype == np.uint8
    np.testing.assert_allclose(narrow, 10 + (floats + 128) * (90 / 255), atol=0.501)


def test_alpha_is_left_out_and_gray_stays_one_channel(image):
    (expected,) = run(image).values("TENSORS")[0]
    rgba = np.dstack([image, np.full(image.shape[:2], 7, np.uint8)])
    np.testing.assert_array_equal(run(rgba).values("TENSORS")[0][0], expected)
    for gray in (image[:, :, 1].copy(), image[:, :, 1:2].copy()):
        (tensor,) = run(gray).values("TENSORS")[0]
        np.testing.assert_array_equal(tensor, expected[:, :, :, 1:2])
