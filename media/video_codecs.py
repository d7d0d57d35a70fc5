"""The codecs of films that are written: their encoders, settings and containers."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from attention_mesh.media.errors import MediaError


@dataclass(frozen=True)
class VideoCodec:
    """A codec as this package uses it.

    Attributes:
      encoders: FFmpeg's names; the first that the installed PyAV has is used.
      pixel_format: that it takes.
      ticks: its clock, per second. MPEG-4 Part 2 permits no finer one than 65535.
      options: of the encoder. The settings are the fast ones: a film is written while faces are found.
      crf: the default of the quality that --crf sets; None if the codec has none.
      highest_crf: the worst quality.
      bits_per_pixel: bit rate for encoders that need one, in bits per pixel; 0 for none.
    """

    encoders: tuple[str, ...]
    pixel_format: str = "yuv420p"
    ticks: int = 90_000
    options: Mapping[str, str] = field(default_factory=dict)
    crf: float | None = None
    highest_crf: float = 63
    bits_per_pixel: float = 0


_REALTIME = {"deadline": "realtime", "cpu-used": "8", "row-mt": "1", "lag-in-frames": "0"}
_QUALITY_4 = {"flags": "+qscale", "global_quality": str(4 * 118)}  # 118 is FFmpeg's FF_QP2LAMBDA
VIDEO_CODECS: dict[str, VideoCodec] = {
    "h264": VideoCodec(
        ("libx264", "libopenh264", "h264_videotoolbox", "h264_mf"),
        options={"preset": "ultrafast"},
        crf=24,  # as fast as OpenCV's MPEG-4 Part 2, and better
        highest_crf=51,
    ),
    "hevc": VideoCodec(
        ("libx265", "hevc_videotoolbox", "hevc_mf"),
        options={"preset": "ultrafast", "x265-params": "log-level=none"},
        crf=28,
        highest_crf=51,
    ),
    "av1": VideoCodec(("libsvtav1", "libaom-av1"), options={"preset": "12"}, crf=35),
    "vp9": VideoCodec(("libvpx-vp9",), options=_REALTIME, crf=31),
    "vp8": VideoCodec(
        ("libvpx",), options={"deadline": "realtime", "cpu-used": "12"}, crf=10, bits_per_pixel=0.1
    ),
    "mpeg4": VideoCodec(("mpeg4",), ticks=60_000, options=_QUALITY_4),
    "mjpeg": VideoCodec(("mjpeg",), pixel_format="yuvj420p", options=_QUALITY_4),
    "prores": VideoCodec(("prores_ks", "prores"), pixel_format="yuv422p10le"),
    "gif": VideoCodec(("gif",), pixel_format="pal8", ticks=100),
}
"""Codec of the option --codec -> how it is encoded. "gif" is the codec of .gif alone."""

# Suffix -> its codecs, the default first. A container that FFmpeg knows but this table does not takes H.264.
_CODECS_OF_SUFFIX = {
    ".mp4": ("h264", "hevc", "av1", "vp9", "mpeg4", "mjpeg"),
    ".m4v": ("h264", "hevc", "av1", "vp9", "mpeg4"),
    ".mov": ("h264", "hevc", "prores", "mpeg4", "mjpeg"),
    ".mkv": ("h264", "hevc", "av1", "vp9", "vp8", "prores", "mpeg4", "mjpeg"),
    ".webm": ("vp9", "vp8", "av1"),
    ".avi": ("mpeg4", "h264", "mjpeg"),
    ".gif": ("gif",),
}
VIDEO_SUFFIXES = tuple(_CODECS_OF_SUFFIX)

_OF_FOURCC = {
    **dict.fromkeys(("avc1", "avc3", "h264", "x264"), "h264"),
    **dict.fromkeys(("hvc1", "hev1", "hevc"), "hevc"),
    **dict.fromkeys(("mp4v", "xvid", "divx", "fmp4"), "mpeg4"),
    **dict.fromkeys(("mjpg", "jpeg"), "mjpeg"),
    **{"av01": "av1", "vp09": "vp9", "vp90": "vp9", "vp80": "vp8", "vp08": "vp8"},
}


def codec_of_fourcc(code: str) -> str | None:
    """The codec that a code of four characters, such as "avc1", stands for; None if it is unknown."""
    return _OF_FOURCC.get(code.lower())


def choose_codec(path: str | os.PathLike[str], codec: str | None = None, crf: float | None = None) -> str:
    """The codec of a film that is written to `path`.

    Args:
      path: its suffix is that of the container.
      codec: the wanted one, a key of `VIDEO_CODECS`; None for the container's default.
      crf: the wanted quality, which the codec must have.

    Raises:
      MediaError: the codec is unknown, the container does not take it, or it has no such quality.
    """
    suffix = Path(path).suffix.lower()
    possible = _CODECS_OF_SUFFIX.get(suffix, ("h264", "hevc", "mpeg4"))
    chosen = codec or possible[0]
    if chosen not in possible:
        if chosen not in VIDEO_CODECS:
            raise MediaError(f'{path}: codec "{chosen}" is unknown; use one of {", ".join(VIDEO_CODECS)}.')
        raise MediaError(
            f"{path}: a {suffix} file does not take the codec {chosen}; it takes {', '.join(possible)}."
        )
    entry = VIDEO_CODECS[chosen]
    if crf is not None and entry.crf is None:
        raise MediaError(f"{path}: the codec {chosen} has no constant rate factor; leave out --crf.")
    if crf is not None and not 0 <= crf <= entry.highest_crf:
        raise MediaError(f"{path}: crf is {crf:g}; {chosen} takes 0 (best) to {entry.highest_crf:g}.")
    return chosen


# If the process is killed, the film plays up to half a second before that. An MP4 is then a file of
# fragments; when it ends, FFmpeg makes an ordinary one of it.
_FRAGMENT_US = 500_000


def container_options(is_mp4: bool, is_pipe: bool) -> dict[str, str]:
    """FFmpeg's options for the container of a film that is written.

    Args:
      is_mp4: whether it is an MP4 or a MOV.
      is_pipe: whether it goes to a pipe, which cannot be rewound.
    """
    options = {"flush_packets": "1", "cluster_time_limit": str(_FRAGMENT_US // 1000)}
    if is_mp4 and is_pipe:
        options["movflags"] = "+frag_keyframe+empty_moov"
    elif is_mp4:
        options |= {"movflags": "+hybrid_fragmented", "frag_duration": str(_FRAGMENT_US)}
    return options


def installed_encoder(codec: str) -> str | None:
    """The encoder for a codec that the installed PyAV has; None if it has none."""
    import av

    return next((name for name in VIDEO_CODECS[codec].encoders if name in av.codecs_available), None)


@contextlib.contextmanager
def ordinary_priority() -> Iterator[None]:
    """Around the opening of an encoder: the process and its threads keep their scheduling policy.

    If root runs SVT-AV1, it makes the calling thread and its own threads real-time (SCHED_FIFO, priority 99).
    They, and all that the process starts, would then starve every other program.
    """
    if sys.platform != "linux":
        yield
        return
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        for thread in os.listdir("/proc/self/task"):
            with contextlib.suppress(ProcessLookupError):  # it has ended
                if os.sched_getscheduler(int(thread)) != policy:
                    os.sched_setscheduler(int(thread), policy, parameters)
