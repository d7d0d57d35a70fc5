"""Images that solutions take and refuse, as MediaPipe's do."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.python_bindings.solutions.rgb_frame import rgb_frame

IMAGE = np.random.default_rng(7).integers(0, 256, (6, 8, 3), np.uint8)


def test_contiguous_image_is_taken_without_a_copy() -> None:
    assert np.shares_memory(rgb_frame(IMAGE), IMAGE)


def test_read_only_image_is_taken() -> None:
    image = IMAGE.copy()
    image.flags.writeable = False
    np.testing.assert_array_equal(rgb_frame(image), IMAGE)


@pytest.mark.parametrize(
    "image",
    [IMAGE[..., ::-1], IMAGE[2:5, 1:7], IMAGE[::-1], np.asfortranarray(IMAGE), IMAGE.transpose(1, 0, 2)],
    ids=["BGR view", "crop", "flipped", "Fortran order", "transposed"],
)
def test_other_memory_layouts_are_copied(image: np.ndarray) -> None:
    frame = rgb_frame(image)
    assert frame.flags.c_contiguous
    np.testing.assert_array_equal(frame, image)


def test_mask_is_taken_as_0_and_1() -> None:
    frame = rgb_frame(IMAGE > 127)
    assert frame.dtype == np.uint8 and set(np.unique(frame)) == {0, 1}


@pytest.mark.parametrize("shape", [(6, 8), (6, 8, 1), (6, 8, 4), (1, 6, 8, 3)])
def test_wrong_number_of_channels(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="Input image must contain three channel rgb data.") as error:
        rgb_frame(np.zeros(shape, np.uint8))
    assert str(shape) in str(error.value)


@pytest.mark.parametrize("shape", [(0, 0, 3), (0, 8, 3), (6, 0, 3)])
def test_no_pixels(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="no pixels"):
        rgb_frame(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint16, np.int8, np.int64, object])
def test_values_that_do_not_fit_into_uint8(dtype: type) -> None:
    with pytest.raises(TypeError, match="Cannot cast array data from dtype"):
        rgb_frame(IMAGE.astype(dtype))


def test_none_asks_whether_the_file_was_read() -> None:
    with pytest.raises(TypeError, match="NoneType.*was the file read"):
        rgb_frame(None)


def test_list_is_no_image() -> None:
    with pytest.raises(TypeError, match="list, not a numpy array"):
        rgb_frame(IMAGE.tolist())
