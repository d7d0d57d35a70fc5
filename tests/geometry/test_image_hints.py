"""The hints lead to the image that was meant, whatever the values are."""

import re
from pathlib import Path

import cv2
import numpy
import numpy as np
import pytest

from attention_mesh.geometry.image_hints import dtype_hint, object_hint, shape_hint

RGB = np.random.default_rng(3).integers(0, 256, (4, 6, 3), np.uint8)


def followed(hint: str, image: np.ndarray) -> np.ndarray:
    """Does what a hint says."""
    line = re.search(r" with (image.*|\(.*|cv2.*|numpy.*)\.$", hint)
    assert line, hint
    return eval(line[1], {"image": image, "numpy": numpy, "cv2": cv2})  # noqa: S307


@pytest.mark.parametrize(
    "image",
    [
        (RGB / 255).astype(np.float32),
        RGB / 255,
        (RGB / 127.5 - 1).astype(np.float32),
        RGB.astype(np.float32),
        RGB.astype(np.float64) + 0.2 * (RGB < 255),
        RGB.astype(np.int64),
        RGB.astype(np.uint16),
        RGB.astype(np.uint16) * 257,
    ],
    ids=["[0, 1]", "[0, 1] double", "[-1, 1]", "0 to 255", "fractions", "int64", "8 of 16 bits", "16 bits"],
)
def test_the_line_for_the_dtype_gives_the_image(image: np.ndarray) -> None:
    bytes_ = followed(dtype_hint(image), image)
    assert bytes_.dtype == np.uint8
    np.testing.assert_array_equal(bytes_, RGB)


def test_half_floats_give_the_image_to_one_level() -> None:
    image = (RGB / 255).astype(np.float16)
    assert np.abs(followed(dtype_hint(image), image).astype(int) - RGB).max() <= 1


def test_a_mask_becomes_black_and_white() -> None:
    assert set(np.unique(followed(dtype_hint(RGB > 127), RGB > 127))) == {0, 255}


def test_values_of_another_range_are_named() -> None:
    assert "between -7 and 999" in dtype_hint(np.array([[-7.0, 999.0]]))
    assert "between -7 and 9" in dtype_hint(np.array([[-7, 9]]))


@pytest.mark.parametrize("image", [RGB, RGB.astype(object), RGB.astype("S"), RGB.astype(complex)])
def test_there_is_no_line_for_bytes_and_for_what_is_no_number(image: np.ndarray) -> None:
    assert dtype_hint(image) == ""


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_not_finite_do_not_count(value: float) -> None:
    image = (RGB / 255).astype(np.float32)
    image[0, 0] = value
    assert "[0, 1]" in dtype_hint(image)


def test_an_image_without_pixels_has_a_line_too() -> None:
    assert dtype_hint(np.zeros((0, 3, 3), np.float32))


@pytest.mark.parametrize("gray", [RGB[..., 0].copy(), RGB[..., :1].copy()])
def test_the_line_for_a_gray_image_gives_three_channels(gray: np.ndarray) -> None:
    assert followed(shape_hint(gray), gray).shape == (4, 6, 3)


def test_the_line_for_an_alpha_channel_drops_it() -> None:
    image = np.dstack([RGB, RGB[..., 0]])
    np.testing.assert_array_equal(followed(shape_hint(image), image), RGB)


def test_there_is_no_line_for_other_shapes() -> None:
    assert shape_hint(RGB) == shape_hint(np.zeros(3)) == ""


@pytest.mark.parametrize(
    ("image", "expected"),
    [(RGB.transpose(2, 0, 1), RGB), (RGB[None], RGB), (np.stack([RGB, RGB]), RGB)],
    ids=["channels first", "batch of one", "batch of two"],
)
def test_the_line_for_the_shape_gives_the_image(image: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_array_equal(followed(shape_hint(image), image), expected)


def pillow() -> object:
    module = pytest.importorskip("PIL.Image", reason="Pillow is in the extras fonts and heif")
    return module.fromarray(RGB)


def jax_tensor() -> object:
    jax = pytest.importorskip("jax.numpy", reason="JAX is in the extra train-jax")
    return jax.asarray(RGB.transpose(2, 0, 1)[None] / 255, jax.float32)


class Tensor:
    """What the hint reads and the line calls of a torch.Tensor; torch itself belongs to no extra."""

    __module__ = "torch"
    dtype = "torch.float32"

    def __init__(self, values: np.ndarray) -> None:
        self.values, self.shape = values, values.shape

    def detach(self) -> "Tensor":
        return self

    def cpu(self) -> "Tensor":
        return self

    def numpy(self) -> np.ndarray:
        return self.values


OBJECTS = {
    "Pillow": pillow,
    "JAX, a batch with channels first": jax_tensor,
    "torch, channels first": lambda: Tensor((RGB.transpose(2, 0, 1) / 255).astype(np.float32)),
    "list": lambda: RGB.tolist(),
    "bytes": lambda: cv2.imencode(".png", cv2.cvtColor(RGB, cv2.COLOR_RGB2BGR))[1].tobytes(),
}


@pytest.mark.parametrize("name", OBJECTS)
def test_the_line_for_what_is_no_array_gives_the_image(name: str) -> None:
    image = OBJECTS[name]()
    np.testing.assert_array_equal(followed(object_hint(image), image), RGB)


@pytest.mark.parametrize("as_path", [str, Path])
def test_the_line_for_a_path_reads_the_file(as_path, tmp_path: Path) -> None:
    file = tmp_path / "photo's.png"
    cv2.imwrite(str(file), cv2.cvtColor(RGB, cv2.COLOR_RGB2BGR))
    np.testing.assert_array_equal(followed(object_hint(as_path(file)), None), RGB)


def test_there_is_no_line_for_what_is_no_image() -> None:
    assert object_hint(3) == object_hint(object()) == ""
