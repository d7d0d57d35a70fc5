"""Image and ImageFrame hold pixels that cannot change, laid out and read as MediaPipe's."""

from __future__ import annotations

import gc
import sys

import numpy as np
import pytest

from attention_mesh.python_bindings.mediapipe_api.image import Image
from attention_mesh.python_bindings.mediapipe_api.image_format import ImageFormat
from attention_mesh.python_bindings.mediapipe_api.image_frame import ImageFrame

LAYOUTS = {
    ImageFormat.GRAY8: (np.uint8, 1),
    ImageFormat.SRGB: (np.uint8, 3),
    ImageFormat.SRGBA: (np.uint8, 4),
    ImageFormat.GRAY16: (np.uint16, 1),
    ImageFormat.SRGB48: (np.uint16, 3),
    ImageFormat.SRGBA64: (np.uint16, 4),
    ImageFormat.VEC32F1: (np.float32, 1),
    ImageFormat.VEC32F2: (np.float32, 2),
}
KINDS = [Image, ImageFrame]


def pixels(dtype: type, channels: int, height: int = 4, width: int = 5) -> np.ndarray:
    shape = (height, width) if channels == 1 else (height, width, channels)
    return np.random.default_rng(1).uniform(0, 200, shape).astype(dtype)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("image_format", LAYOUTS, ids=lambda found: found.name)
def test_every_layout_keeps_its_pixels(kind: type, image_format: ImageFormat) -> None:
    dtype, channels = LAYOUTS[image_format]
    data = pixels(dtype, channels)
    image = kind(image_format=image_format, data=data)
    assert (image.width, image.height, image.channels) == (5, 4, channels)
    assert image.image_format is image_format and not image.is_empty()
    view = image.numpy_view()
    assert view.dtype == dtype and not view.flags.writeable and view.flags.c_contiguous
    np.testing.assert_array_equal(view, data)


def test_properties_of_one_kind_only() -> None:
    data = pixels(np.uint16, 3)
    assert ImageFrame(ImageFormat.SRGB48, data).byte_depth == 2
    image = Image(ImageFormat.SRGB48, data)
    assert image.step == 32 and not image.uses_gpu()  # 5 · 3 · 2 = 30 bytes, in steps of 4


def test_a_gray_image_may_have_a_third_axis() -> None:
    data = pixels(np.uint8, 1)
    assert ImageFrame(ImageFormat.GRAY8, data[..., np.newaxis]).numpy_view().shape == (4, 5)


def test_data_of_any_memory_order_are_copied() -> None:
    data = pixels(np.uint8, 3)
    image = Image(ImageFormat.SRGB, data[:, ::-1, ::-1])
    before = data[:, ::-1, ::-1].copy()
    data[:] = 0
    np.testing.assert_array_equal(image.numpy_view(), before)


@pytest.mark.parametrize("kind", KINDS)
def test_rows_start_at_multiples_of_four_bytes(kind: type) -> None:
    padded = kind(ImageFormat.SRGB, pixels(np.uint8, 3, width=5))  # 15 bytes a row
    packed = kind(ImageFormat.SRGBA, pixels(np.uint8, 4, width=5))
    assert padded.is_aligned(4) and packed.is_aligned(4)
    assert not padded.is_contiguous() and packed.is_contiguous()


def test_alignment_must_be_a_power_of_two() -> None:
    with pytest.raises(ValueError, match="power of 2"):
        Image(ImageFormat.SRGB, pixels(np.uint8, 3)).is_aligned(3)


@pytest.mark.parametrize("kind", KINDS)
def test_a_view_keeps_the_image_alive_where_it_shares_its_memory(kind: type) -> None:
    image = kind(ImageFormat.SRGBA, pixels(np.uint8, 4))
    before = sys.getrefcount(image)
    views = [image.numpy_view(), image.numpy_view()]
    assert sys.getrefcount(image) == before + 2
    expected = views[0].copy()
    del views[1]
    gc.collect()
    assert sys.getrefcount(image) == before + 1
    del image
    np.testing.assert_array_equal(views[0], expected)


@pytest.mark.parametrize("kind", KINDS)
def test_a_view_of_padded_rows_is_one_copy(kind: type) -> None:
    image = kind(ImageFormat.SRGB, pixels(np.uint8, 3))
    before = sys.getrefcount(image)
    first, second = image.numpy_view(), image.numpy_view()
    assert first is second
    assert sys.getrefcount(image) == before


def test_numpy_takes_it_as_an_array() -> None:
    data = pixels(np.uint8, 3)
    np.testing.assert_array_equal(np.asarray(Image(ImageFormat.SRGB, data)), data)


def test_pixels_cannot_be_written() -> None:
    view = Image(ImageFormat.SRGBA, pixels(np.uint8, 4)).numpy_view()
    with pytest.raises(ValueError, match="read-only"):
        view[0, 0, 0] = 1
    with pytest.raises(ValueError, match="cannot set WRITEABLE"):
        view.flags.writeable = True


def test_indexing_gives_plain_numbers() -> None:
    data = pixels(np.uint8, 3)
    image = Image(ImageFormat.SRGB, data)
    assert image[1, 2, 0] == data[1, 2, 0] and type(image[1, 2, 0]) is int
    depth = Image(ImageFormat.VEC32F1, pixels(np.float32, 1))
    assert type(depth[0, 0]) is float


@pytest.mark.parametrize(
    ("place", "error", "message"),
    [
        ((9, 0, 0), IndexError, "out of bounds"),
        ((0, 9, 0), IndexError, "out of bounds"),
        ((0, 0, 3), IndexError, "out of bounds"),
        ((0, 0), IndexError, "Invalid index dimension: 2"),
        ((0, 0, 0, 0), IndexError, "index dimension mismatch: 4"),
        (0, TypeError, "a pixel's place"),
        (slice(0, 1), TypeError, "numpy_view.. can be sliced"),
    ],
)
def test_places_outside_are_refused(place: object, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        Image(ImageFormat.SRGB, pixels(np.uint8, 3))[place]


@pytest.mark.parametrize(
    ("image_format", "data", "error", "message"),
    [
        (
            ImageFormat.SRGB,
            pixels(np.uint16, 3),
            RuntimeError,
            "uint16 image data .* GRAY16, SRGB48, SRGBA64",
        ),
        (ImageFormat.SBGRA, pixels(np.uint8, 4), RuntimeError, "GRAY8, SRGB, SRGBA"),
        (ImageFormat.SRGB, pixels(np.int32, 3), TypeError, "dtype int32"),
        (ImageFormat.VEC32F1, pixels(np.float64, 1), TypeError, "dtype float64"),
        (ImageFormat.SRGB, pixels(np.uint8, 4), ValueError, r"SRGB is \(H, W, 3\)"),
        (ImageFormat.GRAY8, pixels(np.uint8, 3), ValueError, r"GRAY8 is \(H, W\)"),
        (ImageFormat.SRGB, np.zeros(3, np.uint8), ValueError, "shape"),
        (ImageFormat.SRGB, [[1]], TypeError, "numpy array"),
        (1, pixels(np.uint8, 3), TypeError, "ImageFormat.SRGB"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_data_that_do_not_fit_the_format_are_refused(
    kind: type, image_format: ImageFormat, data: object, error: type, message: str
) -> None:
    with pytest.raises(error, match=message):
        kind(image_format=image_format, data=data)


def test_an_image_without_pixels_is_empty() -> None:
    assert Image(ImageFormat.SRGB, np.zeros((0, 5, 3), np.uint8)).is_empty()
