"""Image files in memory."""

import cv2
import numpy as np
import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator

DECODER = "OpenCvEncodedImageToImageFrameCalculator"
ENCODER = "OpenCvImageEncoderCalculator"


def decode(data: bytes, options: str = "") -> np.ndarray:
    return run_calculator(DECODER, {"": [(0, data)]}, options=options).values("")[0]


@pytest.mark.parametrize("shape, dtype", [((4, 6), np.uint8), ((4, 6, 3), np.uint16), ((4, 6, 4), np.uint8)])
def test_channels_and_depth_are_the_files(shape, dtype):
    image = np.random.default_rng(1).integers(0, 256, shape).astype(dtype)
    bgr = {2: image, 3: image[..., ::-1]}.get(image.ndim if image.shape[-1] != 4 else 0)
    bgr = image[..., [2, 1, 0, 3]] if bgr is None else bgr
    np.testing.assert_array_equal(decode(cv2.imencode(".png", bgr)[1].tobytes()), image)


@pytest.mark.parametrize("asked, shape", [("false", (4, 6, 3)), ("true", (6, 4, 3))])
def test_exif_orientation_on_request(asked, shape):
    data = cv2.imencode(".jpg", np.zeros((4, 6, 3), np.uint8))[1].tobytes()
    # A little-endian TIFF header with one entry: tag 0x112, one SHORT, 6 = to be turned clockwise.
    tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    exif = b"Exif\0\0" + tiff
    turned = data[:2] + b"\xff\xe1" + (2 + len(exif)).to_bytes(2, "big") + exif + data[2:]
    assert decode(turned, f"apply_orientation_from_exif_data: {asked}").shape == shape


@pytest.mark.parametrize("data", [b"", b"this is no image"])
def test_what_is_no_image_is_refused(data):
    with pytest.raises(CalculatorError, match=f"{len(data)} bytes are no image"):
        decode(data)


@pytest.mark.parametrize("shape, space", [((8, 16), 1), ((8, 16, 1), 1), ((8, 16, 3), 2), ((8, 16, 4), 2)])
def test_an_encoded_image_says_what_it_is(shape, space):
    image = np.full(shape, 100, np.uint8)
    image[..., :1] = 200
    (results,) = run_calculator(ENCODER, {"": [(0, image)]}).values("")
    assert (results.width, results.height, results.colorspace) == (16, 8, space)
    back = decode(results.encoded_image)
    assert back.shape == (8, 16) if space == 1 else (8, 16, 3)
    if space == 2:
        assert back[..., 0].mean() > 190 and back[..., 2].mean() < 110  # red stays red


def test_quality_costs_bytes():
    image = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    sizes = [
        len(
            run_calculator(ENCODER, {"": [(0, image)]}, options=f"quality: {quality}")
            .values("")[0]
            .encoded_image
        )
        for quality in (10, 90)
    ]
    assert sizes[0] < sizes[1] / 2


def test_what_cannot_be_encoded_is_refused():
    with pytest.raises(ConfigError, match="quality is 101; expected 0 to 100"):
        run_calculator(ENCODER, {"": []}, options="quality: 101")
    with pytest.raises(CalculatorError, match=r"float32 \(4, 4\); expected uint8"):
        run_calculator(ENCODER, {"": [(0, np.zeros((4, 4), np.float32))]})
