"""Which images the Python API takes, and what it says about others."""

import numpy as np
import pytest

from attention_mesh.python_bindings.landmarker.image_input import rgb_array

RGB = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)


class Viewable:
    def numpy_view(self):
        return RGB


def test_an_rgb_array_is_taken_without_a_copy():
    assert np.shares_memory(rgb_array(RGB), RGB)


def test_a_reversed_view_becomes_contiguous_with_the_same_values():
    view = RGB[:, ::-1, ::-1]
    array = rgb_array(view)
    assert array.flags.c_contiguous
    np.testing.assert_array_equal(array, view)


def test_an_object_with_numpy_view_is_taken():
    assert np.shares_memory(rgb_array(Viewable()), RGB)


@pytest.mark.parametrize(
    ("image", "error", "hint"),
    [
        (RGB[..., 0], ValueError, "COLOR_GRAY2RGB"),
        (RGB[..., :1], ValueError, "COLOR_GRAY2RGB"),
        (np.dstack([RGB, RGB[..., 0]]), ValueError, r"image\[..., :3\]"),
        (RGB.astype(np.uint16), ValueError, "image >> 8"),
        (RGB.astype(np.float32), ValueError, r"image \* 255"),
        (RGB[:0], ValueError, "no pixels"),
        (np.zeros((0, 0, 3), np.uint8), ValueError, "no pixels"),
        ("photo.jpg", TypeError, "str"),
        (None, TypeError, "NoneType"),
    ],
)
def test_another_image_is_refused_with_a_way_out(image, error, hint):
    with pytest.raises(error, match=hint):
        rgb_array(image)
