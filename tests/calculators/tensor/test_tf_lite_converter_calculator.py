"""Images as tensors of the same size."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator

NAME = "TfLiteConverterCalculator"
IMAGE = np.array([[[0, 51, 255, 9], [255, 0, 102, 9]]], np.uint8)  # (1, 2, 4)


def run(image, options=None, tag="IMAGE"):
    (tensors,) = run_calculator(NAME, {tag: [(0, image)]}, options=options).values("TENSORS")
    (tensor,) = tensors
    return tensor


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", [-1, -0.6, 1]),
        ("zero_center: false", [0, 0.2, 1]),
        ("output_tensor_float_range { min: -2 max: 3 }", [-2, -1, 3]),
        ("use_custom_normalization: true custom_div: 51 custom_sub: 2", [-2, -1, 3]),
    ],
)
def test_values_are_scaled(options, expected):
    tensor = run(IMAGE, options)
    assert tensor.shape == (1, 1, 2, 3) and tensor.dtype == np.float32
    np.testing.assert_allclose(tensor[0, 0, 0], expected, atol=1e-6)


def test_floats_count_from_0_to_1():
    tensor = run((IMAGE[:, :, 0] / 255).astype(np.float32))
    np.testing.assert_allclose(tensor, [[[[-1], [1]]]], atol=1e-6)


def test_channels_bytes_and_rows():
    assert run(IMAGE, "max_num_channels: 4").shape == (1, 1, 2, 4)
    quantized = run(IMAGE, "use_quantized_tensors: true")
    np.testing.assert_array_equal(quantized, IMAGE[None, :, :, :3])
    rows = np.array([[[0]], [[255]]], np.uint8)
    np.testing.assert_allclose(run(rows, "flip_vertically: true zero_center: false").ravel(), [1, 0])


def test_a_matrix_is_handed_on_row_by_row_or_column_by_column():
    matrix = np.array([[1, 2, 3], [4, 5, 6]], np.float32)
    rows = run(matrix, "row_major_matrix: true", tag="MATRIX")
    np.testing.assert_array_equal(rows, matrix[None, :, :, None])
    columns = run(matrix, tag="MATRIX")
    assert columns.shape == rows.shape
    np.testing.assert_array_equal(columns.ravel(), [1, 4, 2, 5, 3, 6])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("max_num_channels: 5", "max_num_channels is 5"),
        ("use_custom_normalization: true", "custom_div is -1"),
        ("output_tensor_float_range { min: 1 max: 1 }", "min must be below max"),
    ],
)
def test_options_that_cannot_be_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        run(IMAGE, options)


def test_images_that_cannot_be_are_refused():
    with pytest.raises(CalculatorError, match="uint16 images are not supported"):
        run(IMAGE.astype(np.uint16))
    with pytest.raises(CalculatorError, match="quantized tensors take uint8"):
        run(IMAGE.astype(np.float32), "use_quantized_tensors: true")
    with pytest.raises(ConfigError, match="exactly one of IMAGE, IMAGE_GPU and MATRIX"):
        run_calculator(NAME, {"IMAGE": [], "MATRIX": []})
