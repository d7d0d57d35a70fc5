"""Image files of all kinds become images."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from attention_mesh.python_bindings.mediapipe_api.image import Image
from attention_mesh.python_bindings.mediapipe_api.image_format import ImageFormat

BGR = np.array([[[10, 20, 30], [40, 50, 60]]], np.uint8)


def test_colors_come_as_rgb(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "color.png"), BGR)
    image = Image.create_from_file(str(tmp_path / "color.png"))
    assert image.image_format is ImageFormat.SRGB and (image.width, image.height) == (2, 1)
    np.testing.assert_array_equal(image.numpy_view(), BGR[..., ::-1])


def test_alpha_is_kept(tmp_path: Path) -> None:
    bgra = np.dstack([BGR, np.full((1, 2), 7, np.uint8)])
    cv2.imwrite(str(tmp_path / "alpha.png"), bgra)
    image = Image.create_from_file(tmp_path / "alpha.png")
    assert image.image_format is ImageFormat.SRGBA
    np.testing.assert_array_equal(image.numpy_view(), bgra[..., [2, 1, 0, 3]])


def test_gray_stays_gray(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "gray.png"), BGR[..., 0])
    image = Image.create_from_file(tmp_path / "gray.png")
    assert image.image_format is ImageFormat.GRAY8
    np.testing.assert_array_equal(image.numpy_view(), BGR[..., 0])


def test_of_16_bits_the_upper_8_are_kept(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "deep.png"), np.full((2, 2), 700, np.uint16))
    assert Image.create_from_file(tmp_path / "deep.png")[0, 0] == 700 >> 8


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no such file.*nothing.png"):
        Image.create_from_file(str(tmp_path / "nothing.png"))


def test_a_file_that_is_no_image(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("text")
    with pytest.raises(RuntimeError, match="unknown image type.*text.png"):
        Image.create_from_file(str(tmp_path / "text.png"))


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are Unicode there")
def test_a_file_whose_name_is_not_utf8_is_read(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"b\xff.png")
    path.write_bytes(cv2.imencode(".png", BGR)[1].tobytes())
    np.testing.assert_array_equal(Image.create_from_file(path).numpy_view(), BGR[..., ::-1])
