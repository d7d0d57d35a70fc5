"""FilmPiece: the pictures and times of the whole film from the middle, or a refusal."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from attention_mesh.media.film_input import FilmInput
from attention_mesh.media.film_piece import FilmPiece, PieceError
from attention_mesh.media.open_source import open_source

STEADY = [40 * index for index in range(150)]
VARIABLE = np.cumsum(np.random.default_rng(1).integers(20, 60, 150)).tolist()


def write_film(path: Path, times_ms: list[int], codec: str, options: dict[str, str], key_every: int) -> None:
    """Noise that moves, so that every picture differs from all others and depends on those before."""
    noise = np.random.default_rng(0).integers(0, 255, (48, 64, 3), np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, 25, options=options)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.gop_size = key_every
        if path.suffix != ".avi":  # which counts pictures
            stream.codec_context.time_base = Fraction(1, 1000)
        for index, time_ms in enumerate(times_ms):
            frame = av.VideoFrame.from_ndarray(np.roll(noise, 2 * index, 1) // 2 + index % 100, "rgb24")
            frame.time_base = stream.codec_context.time_base or Fraction(1, 25)
            frame.pts = round(time_ms / 1000 / frame.time_base)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def frames_of(source) -> list[tuple[int, np.ndarray]]:
    with source:
        return [(frame.timestamp_us, frame.image.copy()) for frame in source]


def piece_of(path: Path, start_us: int, end_us: int | None, size=(64, 48)) -> list[tuple[int, np.ndarray]]:
    with open_source(str(path)) as whole:
        first_us = whole.first_us
    return frames_of(FilmPiece(FilmInput(path), first_us, start_us, end_us, size))


def test_pieces_of_every_indexed_film_are_the_whole_film(tmp_path):
    quick = {"preset": "ultrafast"}
    kinds = {
        "one picture after the other.mp4": (STEADY, "libx264", quick, 20),
        "pictures out of order.mp4": (STEADY, "libx264", {"preset": "veryfast", "bf": "3"}, 25),
        "open groups.mp4": (
            STEADY,
            "libx264",
            {"preset": "veryfast", "x264-params": "open-gop=1:bframes=3"},
            25,
        ),
        "open groups.mkv": (
            STEADY,
            "libx265",
            {"preset": "ultrafast", "x265-params": "open-gop=1:bframes=3:log-level=error"},
            25,
        ),
        "refreshed without key pictures.mkv": (STEADY, "libx264", {"x264-params": "intra-refresh=1"}, 20),
        "odd times.mp4": (VARIABLE, "libx264", {"preset": "veryfast", "bf": "2"}, 20),
        "odd times.mkv": ([time + 77 for time in VARIABLE], "libx264", quick, 20),
        "one key picture.mp4": (STEADY, "libx264", quick, 1000),
        "VP9.webm": (STEADY, "libvpx-vp9", {"deadline": "realtime", "cpu-used": "8"}, 20),
        "MPEG-4.mov": (STEADY, "mpeg4", {}, 12),
    }
    for name, (times, *how) in kinds.items():
        path = tmp_path / name
        write_film(path, times, *how)
        whole = frames_of(open_source(str(path)))
        cut_us = whole[90][0]
        for start_us, end_us in ((0, cut_us), (cut_us, None), (cut_us + 1, whole[130][0])):
            wanted = [entry for entry in whole if start_us <= entry[0] < (end_us or 10**12)]
            found = piece_of(path, start_us, end_us)
            assert [time for time, _ in found] == [time for time, _ in wanted], name
            for (_, image), (_, expected) in zip(found, wanted, strict=True):
                np.testing.assert_array_equal(image, expected, name)


@pytest.mark.parametrize("name", ["film.avi", "film.ts"])
def test_a_format_without_an_index_is_refused(tmp_path, name):
    write_film(tmp_path / name, STEADY, "mpeg4", {}, 12)
    with pytest.raises(PieceError, match="its format has no index"):
        piece_of(tmp_path / name, 3_000_000, None)


def test_a_piece_that_the_film_does_not_have_whole_is_refused(tmp_path):
    path = tmp_path / "film.mp4"
    write_film(path, STEADY, "libx264", {"preset": "ultrafast"}, 20)
    with pytest.raises(PieceError, match="the pictures have another size there"):
        piece_of(path, 3_000_000, None, (96, 48))
    with pytest.raises(PieceError, match="it ends early"):
        piece_of(path, 3_000_000, 60_000_000)
    data = bytearray(path.read_bytes())
    middle = data.index(b"mdat") + 4 * len(data) // 5
    data[middle : middle + 2000] = bytes(2000)
    path.write_bytes(data)
    with pytest.raises(PieceError):
        piece_of(path, 3_000_000, None)


def test_a_film_whose_only_key_picture_is_far_away_is_refused(tmp_path):
    path = tmp_path / "film.mp4"
    write_film(path, [40 * index for index in range(900)], "libx264", {"preset": "ultrafast"}, 10_000)
    with pytest.raises(PieceError, match="no key picture shortly before it"):
        piece_of(path, 34_000_000, None)
