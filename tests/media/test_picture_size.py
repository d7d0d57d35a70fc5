"""Declared sizes: photos and films that declare too many pixels are refused before memory is taken."""

from __future__ import annotations

import contextlib
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from attention_mesh import limits
from attention_mesh.media.errors import MediaError
from attention_mesh.media.image_file import read_image
from attention_mesh.media.image_folder_source import ImageFolderSource
from attention_mesh.media.image_format import image_format
from attention_mesh.media.picture_size import check_encoded_size, declared_sizes
from attention_mesh.tests.limited_process import needs_limits, run_program
from attention_mesh.tests.media.declared_pictures import OTHERS, PHOTOS, jpeg_2000

LARGE = (16_383, 16_383)  # what every format can declare, a WebP no more


def made(kind: str, size: tuple[int, int]) -> bytes:
    try:
        return {**PHOTOS, **OTHERS}[kind](*size)
    except ImportError:
        pytest.skip("HEIC needs the extra heif")


@pytest.mark.parametrize("kind", [*PHOTOS, *OTHERS])
@pytest.mark.parametrize("size", [(320, 200), LARGE, (12, 9000)])
def test_the_declared_size_is_read_from_the_header(kind: str, size: tuple[int, int]) -> None:
    data = made(kind, size)

    name = image_format(data[:128])

    assert name is not None
    assert size in declared_sizes(data, name)


@pytest.mark.parametrize("kind", list(PHOTOS))
def test_a_photo_that_declares_too_many_pixels_is_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"photo.{kind}"
    path.write_bytes(made(kind, LARGE))

    with pytest.raises(MediaError, match="16383x16383 are more than the 250000000 pixels") as caught:
        read_image(path)

    assert str(caught.value).startswith(f"{path}: this ")


@pytest.mark.parametrize("kind", [*PHOTOS, *OTHERS])
def test_a_node_refuses_encoded_pictures_of_too_many_pixels(kind: str) -> None:
    with pytest.raises(MediaError, match="16383x16383"):
        check_encoded_size(made(kind, LARGE))


@pytest.mark.parametrize("kind", ["png", "jp2", "bmp", "ppm", "tif"])
def test_a_side_beyond_what_opencv_warps_is_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"photo.{kind}"
    path.write_bytes(made(kind, (40_000, 20)))

    with pytest.raises(MediaError, match="40000x20 is longer than the 32766 pixels"):
        read_image(path)


@needs_limits
def test_no_header_makes_a_reader_take_memory(tmp_path: Path) -> None:
    """A process of its own, 2 s: memory is limited for the whole process. Before, the largest took 9.8 GB."""
    for kind in PHOTOS:
        for number, size in enumerate([LARGE] if "webp" in kind else [LARGE, (60_000, 60_000)]):
            with contextlib.suppress(ImportError):
                (tmp_path / f"{number}.{kind}").write_bytes(PHOTOS[kind](*size))

    printed = run_program(
        """
import pathlib
from attention_mesh.media.open_source import open_source
folder, = sys.argv[1:]
with open_source(folder) as source:
    spend_at_most(100_000_000)
    assert [frame.name for frame in source] == [], "nothing is read"
    print("MemoryError" in str(source.failures), len(source.failures))
    print(sum("too large" in failure for failure in source.failures))
""",
        str(tmp_path),
    )

    count = len(list(tmp_path.iterdir()))
    assert printed.split() == ["False", str(count), str(count)]


def test_a_large_photo_in_a_folder_is_skipped_and_named(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(PHOTOS["png"](*LARGE))
    cv2.imwrite(str(tmp_path / "b.png"), np.zeros((4, 6, 3), np.uint8))

    with ImageFolderSource(tmp_path) as source:
        frames = list(source)

    assert [frame.name for frame in frames] == ["b.png"]
    assert len(source.failures) == 1
    assert source.failures[0].startswith(f"{tmp_path / 'a.png'}: this PNG is too large")


def test_the_limit_is_settable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cv2.imwrite(str(tmp_path / "photo.png"), np.zeros((4, 6, 3), np.uint8))
    monkeypatch.setenv(limits.MAX_PIXELS_VARIABLE, "23")
    limits.max_pixels.cache_clear()
    try:
        with pytest.raises(MediaError, match="6x4 are more than the 23 pixels.*ATTENTION_MESH_MAX_PIXELS"):
            read_image(tmp_path / "photo.png")
    finally:
        limits.max_pixels.cache_clear()


def test_a_png_whose_part_declares_more_than_the_file_is_refused(tmp_path: Path) -> None:
    """OpenCV 5 took 2.2 GB for a chunk that declares them."""
    data = bytearray(PHOTOS["png"](320, 200))
    struct.pack_into(">I", data, 33, 2_258_639_675)  # the length of the chunk IDAT
    (tmp_path / "a.png").write_bytes(data)

    with pytest.raises(MediaError, match="declares 2258639675 bytes, the file has 65"):
        read_image(tmp_path / "a.png")


def test_a_wrong_limit_is_no_fault_of_the_photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cv2.imwrite(str(tmp_path / "photo.png"), np.zeros((4, 6, 3), np.uint8))
    monkeypatch.setenv(limits.MAX_PIXELS_VARIABLE, "many")
    limits.max_pixels.cache_clear()
    try:
        with pytest.raises(limits.LimitError, match="ATTENTION_MESH_MAX_PIXELS is 'many'"):
            read_image(tmp_path / "photo.png")
    finally:
        limits.max_pixels.cache_clear()


@pytest.mark.parametrize(
    ("place", "form", "value", "problem"),
    [(40, ">H", 1000, "1000 channels"), (24, ">I", 1, "64 tiles|tiles cannot")],
)
def test_a_jpeg_2000_of_many_parts_is_refused(place: int, form: str, value: int, problem: str) -> None:
    data = bytearray(jpeg_2000(15_000, 15_000))
    struct.pack_into(form, data, data.index(b"\xff\x4f\xff\x51") + place, value)

    with pytest.raises(MediaError, match=problem):
        check_encoded_size(bytes(data))
