"""The layouts of pixels have MediaPipe's names and numbers."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.python_bindings.mediapipe_api.image_format import ImageFormat

NUMBERS = {
    "SRGB": 1,
    "SRGBA": 2,
    "GRAY8": 3,
    "GRAY16": 4,
    "SRGB48": 7,
    "SRGBA64": 8,
    "VEC32F1": 9,
    "SBGRA": 11,
    "VEC32F2": 12,
}


def test_numbers() -> None:
    assert {name: int(value) for name, value in ImageFormat.__members__.items()} == NUMBERS


def test_reads_as_its_name() -> None:
    assert repr(ImageFormat.SRGB) == "<ImageFormat.SRGB: 1>" and str(ImageFormat.SRGB) == "ImageFormat.SRGB"


@pytest.mark.parametrize("image_format", set(ImageFormat) - {ImageFormat.SBGRA}, ids=lambda f: f.name)
def test_an_array_tells_its_layout(image_format: ImageFormat) -> None:
    pixels = np.zeros((2, 3, image_format.channels), image_format.dtype)
    assert ImageFormat.of_array(pixels) is image_format
    if image_format.channels == 1:
        assert ImageFormat.of_array(pixels[..., 0]) is image_format


@pytest.mark.parametrize("pixels", [np.zeros((2, 3, 2), np.uint8), np.zeros((2, 3)), np.zeros(4, np.uint8)])
def test_an_array_that_is_no_image(pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="is no image"):
        ImageFormat.of_array(pixels)
