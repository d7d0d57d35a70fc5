"""Which images the landmarker and the solutions take, and what they say about others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import attention_mesh as mp
from attention_mesh import FaceMeshAnnotator, Makeup
from attention_mesh.python_bindings.images import rgb_array, rgb_frame
from attention_mesh.python_bindings.mediapipe_api import packet_creator

RGB = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)


class Viewable:
    def numpy_view(self) -> np.ndarray:
        return RGB


def test_the_landmarker_takes_an_rgb_array_without_a_copy() -> None:
    assert np.shares_memory(rgb_array(RGB), RGB)


def test_the_landmarker_makes_a_reversed_view_contiguous() -> None:
    view = RGB[:, ::-1, ::-1]
    array = rgb_array(view)
    assert array.flags.c_contiguous
    np.testing.assert_array_equal(array, view)


def test_the_landmarker_takes_an_object_with_numpy_view() -> None:
    assert np.shares_memory(rgb_array(Viewable()), RGB)


@pytest.mark.parametrize(
    ("image", "error", "hint"),
    [
        (RGB[..., 0], ValueError, "COLOR_GRAY2RGB"),
        (RGB[..., :1], ValueError, "COLOR_GRAY2RGB"),
        (np.dstack([RGB, RGB[..., 0]]), ValueError, r"image\[..., :3\]"),
        (RGB.astype(np.uint16) * 257, ValueError, "image >> 8"),
        ((RGB / 255).astype(np.float32), ValueError, r"\(image \* 255\).round"),
        (RGB.astype(np.float32), ValueError, r"image.round\(\).astype"),
        (RGB.astype(np.int64), ValueError, r"image.astype\(numpy.uint8\)"),
        (RGB > 9, ValueError, r"\* 255"),
        (RGB[:0], ValueError, "no pixels"),
        (np.zeros((0, 0, 3), np.uint8), ValueError, "no pixels"),
        (RGB.transpose(2, 0, 1)[:, :, :2], ValueError, r"image.transpose\(1, 2, 0\)"),
        ("photo.jpg", TypeError, r"str; .*cv2.imread\('photo.jpg'\)"),
        (None, TypeError, "NoneType; .*Was the file read"),
    ],
)
def test_the_landmarker_refuses_another_image_with_a_way_out(
    image: object, error: type[Exception], hint: str
) -> None:
    with pytest.raises(error, match=hint):
        rgb_array(image)


IMAGE = np.random.default_rng(7).integers(0, 256, (6, 8, 3), np.uint8)


def test_the_solutions_take_a_contiguous_image_without_a_copy() -> None:
    assert np.shares_memory(rgb_frame(IMAGE), IMAGE)


def test_the_solutions_take_a_read_only_image() -> None:
    image = IMAGE.copy()
    image.flags.writeable = False
    np.testing.assert_array_equal(rgb_frame(image), IMAGE)


@pytest.mark.parametrize(
    "image",
    [IMAGE[..., ::-1], IMAGE[2:5, 1:7], IMAGE[::-1], np.asfortranarray(IMAGE), IMAGE.transpose(1, 0, 2)],
    ids=["BGR view", "crop", "flipped", "Fortran order", "transposed"],
)
def test_the_solutions_copy_other_memory_layouts(image: np.ndarray) -> None:
    frame = rgb_frame(image)
    assert frame.flags.c_contiguous
    np.testing.assert_array_equal(frame, image)


def test_the_solutions_take_a_mask_as_0_and_1() -> None:
    frame = rgb_frame(IMAGE > 127)
    assert frame.dtype == np.uint8 and set(np.unique(frame)) == {0, 1}


@pytest.mark.parametrize("shape", [(6, 8), (6, 8, 1), (6, 8, 4), (1, 6, 8, 3)])
def test_the_solutions_refuse_a_wrong_number_of_channels(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="Input image must contain three channel rgb data.") as error:
        rgb_frame(np.zeros(shape, np.uint8))
    assert str(shape) in str(error.value)


@pytest.mark.parametrize("shape", [(0, 0, 3), (0, 8, 3), (6, 0, 3)])
def test_the_solutions_refuse_an_image_without_pixels(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="no pixels"):
        rgb_frame(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint16, np.int8, np.int64, object])
def test_the_solutions_refuse_values_that_do_not_fit_into_uint8(dtype: type) -> None:
    with pytest.raises(TypeError, match="Cannot cast array data from dtype"):
        rgb_frame(IMAGE.astype(dtype))


def test_the_solutions_refuse_none_and_ask_whether_the_file_was_read() -> None:
    with pytest.raises(TypeError, match="NoneType.*Was the file read"):
        rgb_frame(None)


def test_the_solutions_refuse_a_list() -> None:
    with pytest.raises(TypeError, match="list, not a numpy array"):
        rgb_frame(IMAGE.tolist())


def test_the_solutions_tell_a_float_image_to_scale_and_not_to_cast() -> None:
    with pytest.raises(
        TypeError, match=r"Cannot cast array data .*\(image \* 255\)\.round\(\)\.astype"
    ) as error:
        rgb_frame((IMAGE / 255).astype(np.float32))
    assert "image.astype" not in str(error.value)


@pytest.mark.parametrize(
    ("image", "hint"),
    [(IMAGE[..., 0], "COLOR_GRAY2RGB"), (np.dstack([IMAGE, IMAGE[..., 0]]), r"image\[..., :3\]")],
)
def test_the_solutions_say_how_to_get_three_channels(image: np.ndarray, hint: str) -> None:
    with pytest.raises(ValueError, match=f"must contain three channel rgb data.*{hint}"):
        rgb_frame(image)


def test_the_solutions_ask_for_the_array_of_an_image_object() -> None:
    with pytest.raises(TypeError, match=r"numpy_view\(\)"):
        rgb_frame(Viewable())


PICTURE = Path("photo.jpg")
CHANNELS_FIRST = np.zeros((3, 6, 8), np.uint8)


@pytest.mark.parametrize(
    ("take", "image", "line"),
    [
        (lambda image: FaceMeshAnnotator().annotate(image, np.zeros((0, 478, 3))), PICTURE, "cv2.imread"),
        (lambda image: mp.Image(image_format=mp.ImageFormat.SRGB, data=image), PICTURE, "cv2.imread"),
        (lambda image: mp.Image(image_format=mp.ImageFormat.SRGB, data=image), CHANNELS_FIRST, "transpose"),
        (
            lambda image: packet_creator.create_image(image, image_format=mp.ImageFormat.SRGB),
            PICTURE,
            "imread",
        ),
        (lambda image: Makeup("red_gloss").apply(image, np.zeros((0, 478, 3))), PICTURE, "cv2.imread"),
        (lambda image: Makeup("red_gloss").apply(image, np.zeros((0, 478, 3))), CHANNELS_FIRST, "transpose"),
        (lambda image: rgb_array(image), CHANNELS_FIRST, "transpose"),
        (lambda image: rgb_frame(image), CHANNELS_FIRST, "transpose"),
    ],
)
def test_whoever_takes_an_image_gives_the_line_that_makes_one(take, image, line) -> None:
    with pytest.raises((TypeError, ValueError), match=line):
        take(image)
