"""Films that declare too many pixels: refused by their container, by their pictures, or in the middle."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from attention_mesh import limits
from attention_mesh.media.errors import MediaError
from attention_mesh.media.open_source import open_source
from attention_mesh.media.upright_rgb import size_with_square_pixels
from attention_mesh.tests.limited_process import needs_limits, run_program


def write_film(path: Path, declared: list[tuple[int, int]]) -> None:
    """A film of motion JPEG, 64x48 px, whose pictures declare these (width, height)."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        for _ in declared:
            frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
            container.mux(stream.encode(frame.reformat(format="yuvj420p")))
        container.mux(stream.encode(None))
    film = bytearray(path.read_bytes())
    at = 0
    for width, height in declared:
        at = film.index(b"\xff\xc0\x00\x11", at + 1)
        struct.pack_into(">HH", film, at + 5, height, width)
    path.write_bytes(film)


def test_square_pixels_stretch_the_shorter_side() -> None:
    assert size_with_square_pixels((100, 50), Fraction(4, 3)) == (133, 50)
    assert size_with_square_pixels((100, 50), Fraction(1, 2)) == (100, 100)
    assert size_with_square_pixels((100, 50), Fraction(100)) == (100, 50), "an error of the file"
    assert size_with_square_pixels((100, 50), None) == (100, 50)


@needs_limits
def test_no_film_makes_a_reader_take_memory(tmp_path: Path) -> None:
    """Motion JPEG whose pictures are large, and a GIF whose canvas is; 1 s, since memory is a process's."""
    write_film(tmp_path / "a.avi", [(65_000, 65_000)] * 3)
    picture = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"
    head = b"GIF89a" + struct.pack("<HHBBB", 65_000, 65_000, 0x80, 0, 0) + bytes(6)
    (tmp_path / "b.gif").write_bytes(head + 2 * picture + b";")

    printed = run_program(
        """
import av, cv2
from attention_mesh.media.errors import MediaError
from attention_mesh.media.open_source import open_source
from attention_mesh.media.video_file_source import open_film
spend_at_most(300_000_000)
for path in sys.argv[1:]:
    try:
        with open_source(path) as source:
            print(len(list(source)))
    except MediaError as error:
        print("MediaError", "pixels" in str(error) or "can be decoded" in str(error))
""",
        str(tmp_path / "a.avi"),
        str(tmp_path / "b.gif"),
    )

    assert printed.splitlines() == ["MediaError True"] * 2


@pytest.fixture
def most_pixels(monkeypatch: pytest.MonkeyPatch):
    """Sets the limit of pixels for one test."""

    def set_limit(pixels: int) -> None:
        monkeypatch.setenv(limits.MAX_PIXELS_VARIABLE, str(pixels))
        limits.max_pixels.cache_clear()

    yield set_limit
    limits.max_pixels.cache_clear()


def test_a_film_of_large_pictures_is_refused_when_it_opens(tmp_path: Path, most_pixels) -> None:
    write_film(tmp_path / "a.avi", [(64, 48)] * 2)
    most_pixels(64 * 48 - 1)

    with pytest.raises(MediaError, match=r"a\.avi: the pictures of this film are too large: 64x48"):
        open_source(str(tmp_path / "a.avi"))


def test_a_film_whose_pictures_become_large_ends_there(tmp_path: Path, most_pixels) -> None:
    write_film(tmp_path / "a.avi", [(64, 48), (64, 48), (72, 56)])
    most_pixels(64 * 48)
    frames = []

    with open_source(str(tmp_path / "a.avi")) as source, pytest.raises(MediaError, match="72x56"):
        frames.extend(source)
        raise AssertionError("it is read to the end")
