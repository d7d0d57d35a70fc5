"""Limits: the number of pixels that the user sets, and files that are read whole or refused."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from attention_mesh import limits
from attention_mesh.geometry.crop import Cropper
from attention_mesh.geometry.image_transformation import ImageTransformation
from attention_mesh.limits import LimitError, check_size, read_file, read_text_file, size_problem
from attention_mesh.python_bindings.errors import InputError
from attention_mesh.python_bindings.images import expect_drawable, rgb_array, rgb_frame


@pytest.fixture
def set_limit(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    def set_to(text: str) -> None:
        monkeypatch.setenv(limits.MAX_PIXELS_VARIABLE, text)
        limits.max_pixels.cache_clear()

    yield set_to
    limits.max_pixels.cache_clear()


def picture(width: int, height: int) -> np.ndarray:
    """Of any size in three bytes of memory."""
    return np.broadcast_to(np.zeros(3, np.uint8), (height, width, 3))


@pytest.mark.parametrize("size", [(1, 1), (16_320, 12_240), (32_766, 7000)])
def test_pictures_of_the_largest_cameras_are_taken(size: tuple[int, int]) -> None:
    assert size_problem(*size) == ""


@pytest.mark.parametrize(
    ("size", "problem"),
    [
        ((27_000, 27_000), "27000x27000 are more than the 250000000 pixels .* may have; scale it down$"),
        ((16_000, 16_000), "scale it down, or set ATTENTION_MESH_MAX_PIXELS"),
        ((100_000, 1), "longer than the 32766 pixels that a side may have; cut it up"),
        ((1, 100_000), "1x100000 is longer"),
    ],
)
def test_a_refused_size_says_the_limit_and_the_way_out(size: tuple[int, int], problem: str) -> None:
    with pytest.raises(LimitError, match=f"^the photo is too large: .*{problem}"):
        check_size(*size, "the photo")


def test_the_environment_sets_the_limit(set_limit: Callable[[str], None]) -> None:
    set_limit("500000000")

    assert size_problem(16_000, 16_000) == ""
    assert size_problem(27_000, 27_000)


@pytest.mark.parametrize("text", ["0", "-1", "many", "1e6", "500000001", "9" * 400])
def test_a_wrong_limit_is_refused(text: str, set_limit: Callable[[str], None]) -> None:
    set_limit(text)

    with pytest.raises(LimitError, match="ATTENTION_MESH_MAX_PIXELS is .*from 1 to 500000000"):
        size_problem(1, 1)


@pytest.mark.parametrize("size", [(27_000, 27_000), (100_000, 1), (1, 100_000)])
@pytest.mark.parametrize(
    ("take", "error"),
    [
        (rgb_array, InputError),
        (rgb_frame, InputError),
        (expect_drawable, InputError),
        (lambda image: Cropper((8, 8)).crop(image, [[5.0, 5.0, 8.0, 8.0, 0.1]]), ValueError),
        (lambda image: ImageTransformation(degrees=180).apply(image), ValueError),
    ],
)
def test_arrays_are_refused_before_they_are_warped(
    size: tuple[int, int], take: Callable[[np.ndarray], object], error: type[Exception]
) -> None:
    with pytest.raises(error, match=f"image is too large: {size[0]}x{size[1]}"):
        take(picture(*size))


def test_options_of_a_graph_make_no_large_picture() -> None:
    with pytest.raises(ValueError, match="the transformed image is too large: 60000x60000"):
        ImageTransformation(60_000, 60_000).apply(picture(8, 8))
    with pytest.raises(ValueError, match="a crop is too large: 60000x60000"):
        Cropper((60_000, 60_000))


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    data = os.urandom(200_000)
    (tmp_path / "data").write_bytes(data)

    assert read_file(tmp_path / "data") == data
    assert read_file(str(tmp_path / "data"), len(data)) == data


def test_text_has_the_line_ends_of_python(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes("ä\r\nb\rc\n".encode())

    assert read_text_file(tmp_path / "text") == "ä\nb\nc\n"


def test_a_file_beyond_the_limit_is_refused_without_being_read(tmp_path: Path) -> None:
    with (tmp_path / "data").open("wb") as file:
        file.truncate(1 << 40)  # a hole that takes no disk, and would not fit into memory

    with pytest.raises(OSError, match="more than the 2000000000 bytes"):
        read_file(tmp_path / "data")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices as POSIX has them")
def test_only_regular_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(tmp_path / "socket"))
    (tmp_path / "link").symlink_to(tmp_path / "pipe")

    for path in (tmp_path / "pipe", tmp_path / "socket", tmp_path / "link", Path("/dev/zero")):
        with pytest.raises(OSError, match="this is no regular file"):
            read_file(path)
    with pytest.raises(IsADirectoryError):
        read_file(tmp_path)
    with pytest.raises(FileNotFoundError):
        read_file(tmp_path / "nothing")
