"""Makes films for tests with PyAV itself: any codec, times, rotation, pixel aspect and sound."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from attention_mesh.media.video_codecs import ordinary_priority

SIZE = (64, 48)
TIMES_MS = tuple(range(0, 800, 40))


def level_of(index: int) -> int:
    """The gray level of the picture at an index, which names it."""
    return 16 + 10 * (index % 22)


def write_film(
    path: Path,
    times_ms: Sequence[int] = TIMES_MS,
    *,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    size: tuple[int, int] = SIZE,
    pixel_aspect: Fraction | None = None,
    rotation: float | None = None,
    mirrored: bool = False,
    sound: str | None = None,
    ordered: bool = True,
    pictures: Sequence[np.ndarray] | None = None,
    options: dict[str, str] | None = None,
) -> Path:
    """Writes a film whose pictures have the levels of `level_of`, or are `pictures`, (H, W, 3) uint8 RGB.

    Sound is a tone as long as the film, of this codec. If the pictures are not `ordered`, then some are
    stored before others that they follow.
    """
    width, height = size
    with av.open(f"file:{path}", "w", options=options or {}) as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = width, height, pixel_format
        stream.codec_context.time_base = stream.time_base = Fraction(1, 1000)
        stream.codec_context.gop_size = 5
        if codec == "mpeg4":
            stream.codec_context.bit_rate = 2_000_000
        stream.codec_context.max_b_frames = 0 if ordered else 2
        if str(path).endswith(".avi"):  # which counts pictures
            stream.codec_context.time_base = stream.time_base = Fraction(1, 25)
        if pixel_aspect is not None:
            stream.codec_context.sample_aspect_ratio = pixel_aspect
        tone = container.add_stream(sound, rate=48_000) if sound else None
        with ordinary_priority():
            container.start_encoding()
        for index, time_ms in enumerate(times_ms):
            if pictures is not None:
                image = pictures[index]
            else:
                image = np.full((height, width, 3), level_of(index), np.uint8)
            frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format=pixel_format)
            frame.pts = round(time_ms / 1000 / stream.codec_context.time_base)
            frame.time_base = stream.codec_context.time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if tone is not None:
            _write_tone(container, tone, times_ms)
    if rotation is not None or mirrored:
        _turn(path, rotation or 0, mirrored)
    return path


def _turn(path: Path, degrees: float, mirrored: bool) -> None:
    """Writes the display matrix into an MP4: counterclockwise degrees, then mirrored left to right."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    sign = -1 if mirrored else 1
    matrix = [sign * cos, -sin, 0, sign * sin, cos, 0, 0, 0, 2**14]
    data = bytearray(path.read_bytes())
    at = data.find(b"tkhd") + 4 + 40  # ISO/IEC 14496-12, a track header of version 0
    data[at : at + 36] = struct.pack(">9i", *(round(65536 * number) for number in matrix))
    path.write_bytes(data)


def _write_tone(
    container: av.container.OutputContainer, tone: av.AudioStream, times_ms: Sequence[int]
) -> None:
    samples = round((times_ms[-1] - times_ms[0] + 40) * 48)
    wave = (8000 * np.sin(np.arange(samples) * 2 * np.pi * 440 / 48_000)).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(np.repeat(wave, 2)[None], format="s16", layout="stereo")
    frame.sample_rate, frame.pts = 48_000, times_ms[0] * 48
    frame.time_base = Fraction(1, 48_000)
    resampler = av.AudioResampler(tone.format, "stereo", 48_000, frame_size=tone.frame_size or 1024)
    for part in [*resampler.resample(frame), *resampler.resample(None)]:
        container.mux(tone.encode(part))
    container.mux(tone.encode())


def indices(images: Sequence[np.ndarray]) -> list[int]:
    """The index, modulo 22, that the level of each picture names."""
    return [round((float(image.mean()) - 16) / 10) for image in images]
