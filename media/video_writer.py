"""Encodes pictures of one size into a film."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from attention_mesh.forks import keep_forever, tell_forked_process
from attention_mesh.media.errors import MediaError
from attention_mesh.media.files import check_in_place, check_not_deleted, free_bytes
from attention_mesh.media.gif_palette import PaletteFilter
from attention_mesh.media.growing_file import GrowingFile
from attention_mesh.media.mp4_index import move_index_to_front
from attention_mesh.media.sound_track import SoundQueue
from attention_mesh.media.video_codecs import (
    VIDEO_CODECS,
    choose_codec,
    container_options,
    installed_encoder,
    ordinary_priority,
)

if TYPE_CHECKING:
    from av import Packet, VideoFrame
    from av.audio.stream import AudioStream
    from av.container import OutputContainer
    from av.video.stream import VideoStream

FALLBACK_CODEC = "mpeg4"
"""MPEG-4 Part 2, which every build of FFmpeg encodes."""

# The film ends while there is room to finish it: for what the encoder and the container hold back, and for
# the index. Without an index it plays, too, but many players then cannot jump.
_BUFFER_BYTES = 96 * 1024
_INDEX_BYTES_PER_PICTURE = 64

_TO_RGB = {1: cv2.COLOR_GRAY2RGB, 4: cv2.COLOR_RGBA2RGB}
_TO_I420 = {3: cv2.COLOR_RGB2YUV_I420, 4: cv2.COLOR_RGBA2YUV_I420}
_LIMITED_RANGE, _FULL_RANGE, _BT709, _BT601 = 1, 2, 1, 6  # FFmpeg's numbers of AVCOL_RANGE, AVCOL_SPC
_SHORTEST_GIF_S = Fraction(2, 100)  # browsers show a shorter picture for 0.1 s


_MOST_REORDERING = 10**9  # ticks; an hour is below half of it
_NEVER_FINISHED: list[OutputContainer] = []


class VideoWriter:
    """Encodes pictures of one size, with FFmpeg through PyAV.

    The film is made for players: H.264 in yuv420p, with the index of an MP4 at its beginning. If no codec was
    asked for and the installed PyAV has no encoder for the container's default, the film is MPEG-4 Part 2.

    Raises MediaError if the file cannot be written, or if a picture has another size. If the disk fills up,
    `write` raises it while there is room to finish the file. If something else stops the growth of the file,
    or if the file is deleted, replaced or moved meanwhile, then `write` or `close` raises it. In any case,
    and if the process is killed, what is in the file plays, up to half a second before the end.

    Args:
      path: its suffix chooses the container.
      fps: frames per second, for pictures without a time.
      size: (width, height) px of the pictures. An odd last row or column is left out, except in a .gif,
        because codecs halve the colors' resolution.
      codec: a key of `VIDEO_CODECS`; None for the container's default.
      crf: quality, lower is better; None for the codec's default.
      sound: sound of the film that the pictures are from, which is copied as it is. `notices` says so if the
        container does not take it.

    Attributes:
      written: how many pictures went in.
      codec: the codec in use.
      notices: texts about what is other than was wanted.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        fps: float,
        size: tuple[int, int],
        codec: str | None = None,
        crf: float | None = None,
        sound: SoundQueue | None = None,
    ) -> None:
        self.path = Path(path)
        self.name = os.fspath(path)
        self.size = size
        self.written = 0
        self.notices: list[str] = []
        self.codec = self._available_codec(codec, crf)
        if not self.path.parent.is_dir():
            raise MediaError(f"{self.name}: there is no folder {self.path.parent}.")
        if min(size) < 2:
            raise MediaError(
                f"{self.name}: a picture of {size[0]}x{size[1]} is too small for a film; needs 2x2 pixels."
            )
        self._kind = VIDEO_CODECS[self.codec]
        self._cropped = size if self.codec == "gif" else (size[0] & ~1, size[1] & ~1)
        self._fps = Fraction(fps).limit_denominator(1001)
        self._last_tick, self._step = -1, 1
        self._encoded = self._bytes = self._largest = 0
        self._queue: SoundQueue | None = None
        self._sound: AudioStream | None = None
        self._palette: PaletteFilter | None = None
        self._container: OutputContainer | None = None
        self._is_begun = False  # whether FFmpeg has begun the container
        self._file: GrowingFile | None = None  # None for a pipe
        self._is_mp4 = self.path.suffix.lower() in (".mp4", ".m4v", ".mov")
        self._open(crf, sound)
        tell_forked_process(self)

    def leave_to_parent(self) -> None:
        """Leaves the file to the parent of a forked process; here, the film counts as closed."""
        sound = None if self._sound is None else self._sound.codec_context
        keep_forever(self._container, self._palette, self._stream.codec_context, sound)
        self._container = None

    def _available_codec(self, codec: str | None, crf: float | None) -> str:
        chosen = choose_codec(self.path, codec, crf)
        if installed_encoder(chosen) is not None:
            return chosen
        if codec is not None:
            raise MediaError(
                f'{self.name}: the installed PyAV cannot encode the codec "{codec}"; leave out --codec.'
            )
        fallback = choose_codec(self.path, FALLBACK_CODEC)
        self.notices.append(f"this PyAV cannot encode {chosen}, so it is {fallback}")
        return fallback

    def _open(self, crf: float | None, sound: SoundQueue | None) -> None:
        import av

        streams = self.path.exists() and not self.path.is_file()
        takes_sound = sound is not None and not streams
        while True:
            try:
                self._file = None if streams else GrowingFile(self.path)
                self._container, self._stream = self._new_container(crf)
                if sound is not None and takes_sound:
                    self._sound = self._container.add_stream_from_template(sound.stream)
                with ordinary_priority():
                    self._container.start_encoding()
                if self._file is not None:
                    self._file.begin()
                    self._file.check()
                self._is_begun = True
                break
            except (av.error.FFmpegError, OSError, ValueError) as error:
                self._leave()
                if takes_sound:
                    takes_sound, self._sound = False, None
                    continue
                raise MediaError(f"{self.name}: the film cannot be written: {_reason(error)}.") from error
        if sound is not None and self._sound is None:
            sound.stop()
            self.notices.append(
                f"without sound, because a {self.path.suffix} file does not take its codec, {sound.codec}; "
                "an .mkv takes any"
            )
        if sound is not None and self._sound is not None:
            self._queue = sound

    def _new_container(self, crf: float | None) -> tuple[OutputContainer, VideoStream]:
        import av

        kind = self._kind
        settings = container_options(self._is_mp4, is_pipe=self._file is None)
        if self._file is None:
            container = av.open(f"file:{self.name}", "w", container_options=settings)
        else:
            container = av.open(self._file, "w", container_options=settings)
        options = dict(kind.options)
        if kind.crf is not None:
            options["crf"] = f"{kind.crf if crf is None else crf:g}"
            if not kind.bits_per_pixel:
                options["b"] = "0"
        encoder = installed_encoder(self.codec)
        assert encoder is not None
        stream = container.add_stream(encoder, rate=self._fps, options=options)
        assert isinstance(stream, av.video.stream.VideoStream)
        context = stream.codec_context
        context.width, context.height = self._cropped
        context.pix_fmt = kind.pixel_format
        ticks = Fraction(1, kind.ticks)
        # An AVI counts pictures, and formats beyond our table may permit only the rates of television.
        self._tick_s = 1 / self._fps if self.path.suffix.lower() == ".avi" else ticks
        context.time_base = stream.time_base = self._tick_s
        context.thread_count = 0
        if kind.bits_per_pixel:
            width, height = self._cropped
            context.bit_rate = round(width * height * float(self._fps) * kind.bits_per_pixel)
        if self.codec == "gif":
            self._palette = PaletteFilter(self._cropped, self._tick_s)
        else:
            context.color_range = _FULL_RANGE if self.codec == "mjpeg" else _LIMITED_RANGE
            context.colorspace, context.color_primaries, context.color_trc = _BT601, _BT709, _BT709
        if self.codec == "hevc" and self._is_mp4:
            context.codec_tag = "hvc1"  # Apple's players know no other
        return container, stream

    @property
    def is_open(self) -> bool:
        """Whether pictures can be appended."""
        return self._container is not None

    def write(self, image: np.ndarray, timestamp_us: int | None = None) -> None:
        """Appends a picture.

        Args:
          image: (H, W), (H, W, 1), (H, W, 3) RGB or (H, W, 4) RGBA uint8.
          timestamp_us: its time from the film's beginning, in µs; None for one frame interval after the
            picture before. A time that is not above the one before is moved behind it.
        """
        channels = image.shape[2] if image.ndim == 3 else 1
        if image.dtype != np.uint8 or channels not in (1, 3, 4):
            raise MediaError(
                f"{self.name}: a picture is {image.dtype} {image.shape}; expected uint8 gray, RGB or RGBA"
            )
        size = (image.shape[1], image.shape[0])
        if size != self.size:
            raise MediaError(
                f"{self.name}: a picture is {size[0]}x{size[1]} but the film is {self.size[0]}x{self.size[1]}"
            )
        if self._container is None:
            raise MediaError(f"{self.name}: the film is closed.")
        if timestamp_us is None:
            time_s = self.written / self._fps
        else:
            time_s = Fraction(timestamp_us, 1_000_000)
        tick = round(time_s / self._tick_s)
        if self.codec == "gif" and self._last_tick >= 0 and tick - self._last_tick < _SHORTEST_GIF_S * 100:
            self.written += 1
            return
        tick = max(tick, self._last_tick + 1)
        if self._last_tick >= 0:
            self._step = tick - self._last_tick
        self._last_tick = tick
        self._check_room()
        frame = self._frame(image, channels)
        frame.pts, frame.time_base = tick, self._tick_s
        self._put([frame] if self._palette is None else self._palette.apply(frame))
        self.written += 1

    def _frame(self, image: np.ndarray, channels: int) -> VideoFrame:
        import av

        width, height = self._cropped
        image = image[:height, :width]
        if channels == 1:
            image = cv2.cvtColor(np.ascontiguousarray(image), _TO_RGB[1])
            channels = 3
        if self._kind.pixel_format == "yuv420p":  # three times as fast as FFmpeg's own conversion
            planes = np.asarray(cv2.cvtColor(image, _TO_I420[channels]), np.uint8)
            # Without a copy, for which PyAV takes the planes' height to be a multiple of four.
            make = av.VideoFrame.from_ndarray if height % 4 else av.VideoFrame.from_numpy_buffer
            return make(planes, format="yuv420p")
        if channels == 4:
            image = cv2.cvtColor(image, _TO_RGB[4])
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
        if self._palette is not None:
            return frame
        return frame.reformat(
            format=self._kind.pixel_format,
            dst_colorspace="SMPTE170M",
            dst_color_range="JPEG" if self.codec == "mjpeg" else "MPEG",
        )

    def _put(self, frames: Sequence[VideoFrame | None]) -> None:
        """Encodes pictures and writes what the encoder gives out, and the sound up to their time."""
        import av

        assert self._container is not None
        try:
            for frame in frames:
                for packet in self._stream.encode(frame):
                    self._mux(packet)
                    self._encoded += 1
            end_s = (self._last_tick + self._step) * self._tick_s
            packets = self._queue.packets if self._queue is not None else None
            while self._sound is not None and packets and packets[0].start_s < end_s:
                self._mux(packets.popleft().for_stream(self._sound))
        except (av.error.FFmpegError, OSError) as error:
            self._abandon(error)

    def _mux(self, packet: Packet) -> None:
        assert self._container is not None
        packet = self._timed(packet)
        self._bytes += packet.size
        self._largest = max(self._largest, packet.size)
        self._container.mux_one(packet)
        if self._file is not None:
            self._file.check()
            self._file.mark()

    def _timed(self, packet: Packet) -> Packet:
        """Completes the times of a packet."""
        if not packet.duration:
            packet.duration = self._step
        if (
            packet.pts is not None
            and packet.dts is not None
            and abs(packet.pts - packet.dts) > _MOST_REORDERING
        ):
            packet.dts = packet.pts  # x265 sets none if a film has one picture
        return packet

    def _abandon(self, error: Exception) -> None:
        """Closes what is there after an error of the disk, and raises the MediaError that says so."""
        self._leave()
        raise MediaError(
            f"{self.name}: {_reason(error)}; the film is not whole: it ends up to a second early and has no "
            f"index ({self.written} pictures went in)."
        ) from error

    def _leave(self) -> None:
        """Closes the container and the file after an error."""
        import av

        with contextlib.suppress(av.error.FFmpegError, OSError):  # the same error again
            self._end_container()
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.finished()
            self._file.release()

    def _end_container(self) -> None:
        """Lets FFmpeg finish the film."""
        container, self._container = self._container, None
        if container is None:
            return
        if self._is_begun and not self._bytes and self._is_mp4 and self._file is not None:
            self._file.drop()
            self._mux_any(container)
        container.close()

    def _mux_any(self, container: OutputContainer) -> None:
        """Gives FFmpeg a packet, because FFmpeg 7 and 8 crash if they finish fragments without one."""
        _NEVER_FINISHED.append(container)  # if the encoder fails: PyAV would finish it when it is freed
        width, height = self._cropped
        frame = self._frame(np.zeros((height, width, 3), np.uint8), 3)
        frame.pts, frame.time_base = 0, self._tick_s
        for packet in [*self._stream.encode(frame), *self._stream.encode(None)]:
            container.mux_one(self._timed(packet))
        _NEVER_FINISHED.remove(container)

    def _check_room(self) -> None:
        if self._file is not None:
            check_not_deleted(self.path, self._file.fileno())
        free = free_bytes(self.path)
        if free is None:
            return
        width, height = self._cropped
        held_pictures = self.written - self._encoded + 1
        needed = _BUFFER_BYTES + held_pictures * max(width * height // 2, self._largest)
        if self._file is not None:
            needed += max(0, self._bytes - self._file.end)  # held back, as Matroska does with a whole cluster
        needed += _INDEX_BYTES_PER_PICTURE * self.written
        if free < needed:
            raise MediaError(
                f"{self.name}: the disk is full ({free // 1024} KiB are free, the next picture needs up to "
                f"{needed // 1024}); the film ends after {self.written} pictures."
            )

    def close(self) -> None:
        """Finishes the file. May be called twice.

        Raises MediaError if the file is incomplete.
        """
        import av

        if self._container is None:
            return
        if self._last_tick >= 0:
            self._put([None] if self._palette is None else [*self._palette.finish(), None])
        try:
            if self._file is not None:
                self._file.finish()
            self._end_container()
            if self._file is not None:
                self._file.check()
                self._file.finished()
        except (av.error.FFmpegError, OSError) as error:
            self._abandon(error)
        if self._file is not None:
            try:
                check_in_place(self.path, self._file.fileno())
            finally:
                self._file.release()
            if self._is_mp4:
                move_index_to_front(self.path)


def _reason(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text.rstrip(".")
