"""An opened film or stream: its container, its pictures as they are decoded, and what it says of itself."""

from __future__ import annotations

import errno
import os
import re
import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from attention_mesh.forks import free_lock, keep_forever, tell_forked_process
from attention_mesh.limits import max_pixels, size_problem
from attention_mesh.media.errors import MediaError
from attention_mesh.media.image_format import HEAD_BYTES, head_of_file, image_format
from attention_mesh.media.network_address import is_session_description, is_url
from attention_mesh.media.sound_track import SoundTrack
from attention_mesh.media.upright_rgb import size_with_square_pixels

if TYPE_CHECKING:
    from av import Packet, VideoFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.video.stream import VideoStream

# Their pictures come at the world's pace, whatever length the sender announces.
_LIVE_PROTOCOLS = ("rtsp", "rtsps", "rtp", "srtp", "udp", "tcp", "srt")
_RELAYED = ("srt", "rist")  # PyAV's wheels come without their libraries
_LIVE_FORMATS = {"mpjpeg", "rtsp", "sdp", "rtp"}
# A server that says nothing for so long is given up: (until it is open, between two packets), in s.
_TIMEOUT_S = (20.0, 20.0)
_CUT_FORMATS = 0x0200  # FFmpeg's AVFMT_TS_DISCONT: times may jump, as in MPEG-TS and HLS
_FASTEST_FPS = 1000.0  # beyond, a container gives its clock for a rate
# Their index leads to the pictures of any time, which have exact times of their own.
_INDEXED_FORMATS = {"mov", "matroska", "webm"}
_REORDERED_US = 1_000_000  # by which a picture is shown after it is decoded, at most
_QUICK_CODECS = {"h264", "mpeg4", "mpeg2video", "mjpeg", "vp8"}
_SMALL_PIXELS = 1280 * 720
# FFmpeg compares its limit with sizes that are rounded up to blocks of the codec, so it gets some more.
_ROUNDED_UP_PIXELS = 20_000_000
_UNKNOWN_CODEC = re.compile(r"Video: (?:none \((?P<tag>[^/]+?) /|(?P<name>\w+))")
_WHAT_TO_DO = "Convert it first, for example: ffmpeg -i INPUT -c:v libx264 -crf 18 OUTPUT.mp4"


class FilmInput:
    """A film or stream that FFmpeg, through PyAV, has opened.

    Opening raises MediaError if there is no such file or server, if it is no film, if its pictures have more
    pixels than `limits.max_pixels`, or if no decoder knows its codec; the text names the codec and says what
    to do.

    Args:
      address: a file's path, or a URL.
      file: an open file that is read instead of what is at the address; closed with the film.

    Attributes:
      name: what messages call it.
      live: whether the pictures come at the world's pace. What was opened decides: a camera's motion
        JPEG, a stream over RTSP or UDP, or one of neither known length nor known size are live.
      fps: frames per second; None if it does not say.
      time_base: unit of the times of its pictures, in s.
      has_decoding_times: whether its times are only those of decoding, as in an AVI.
      length: how many pictures it announces; None if it does not say.
      pixel_aspect: width of a pixel over its height; None if it does not say.
      cut: whether its format permits times that jump, as MPEG-TS and HLS do.
      seekable: whether it is a file of a format with an index, such as MP4 and Matroska, which `seek` needs.
      restart_ticks: after `seek`, the time of the key picture from which the film is decoded, in `time_base`;
        None until it is read.
      codec: name of the codec of its pictures.
      sound: its sound; None if it has none.
      damaged: how many packets could not be decoded so far.
      closed: whether `close` was called. Iterations then end without an error.
    """

    def __init__(self, address: str | os.PathLike[str], file: BinaryIO | None = None) -> None:
        text = os.fspath(address)
        self.name = text
        self._is_url = is_url(text) and file is None
        self._file = file
        self._lock = threading.Lock()  # held while FFmpeg works on the container
        self.closed = False
        self._is_left = False  # to the process that opened it
        self.damaged = 0
        try:
            self._container = self._open(text)
        except BaseException:
            if file is not None:
                file.close()
            raise
        try:
            self._stream = self._find_pictures()
            self._describe(text)
            tell_forked_process(self)
        except BaseException:
            self._container.close()
            if file is not None:
                file.close()
            raise

    def _open(self, text: str) -> InputContainer:
        import av

        options: dict[str, str] = {}
        if self._file is not None:
            options["protocol_whitelist"] = "none"  # a playlist must not lead to other files or servers
        elif not self._is_url:
            _check_file(Path(text))
            if is_session_description(text):
                options["protocol_whitelist"] = "file,rtp,udp"
            text = f"file:{text}"  # a colon or a percent sign in a name means nothing then
        elif text.lower().startswith("rtsp"):
            options["rtsp_flags"] = "prefer_tcp"  # loses nothing; some cameras only have UDP
        try:
            return av.open(
                text if self._file is None else self._file,
                "r",
                # By the name, FFmpeg takes frame_%d.png and photo*.png for patterns of several files.
                format="apng" if not self._is_url and image_format(self._head()) == "PNG" else None,
                options=options | _decoder_limits(),
                timeout=_TIMEOUT_S if self._file is None and (self._is_url or options) else None,
                metadata_errors="replace",
            )
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise MediaError(f"{self.name}: {self._why_not_opened(error)}") from error

    def _head(self) -> bytes:
        """The first bytes of the file; empty for what comes over a network."""
        if self._is_url:
            return b""
        if self._file is None:
            return head_of_file(Path(self.name))
        self._file.seek(0)
        head = self._file.read(HEAD_BYTES)
        self._file.seek(0)
        return head

    def _why_not_opened(self, error: Exception) -> str:
        import av

        scheme = self.name.split("://", 1)[0].lower() if self._is_url else ""
        if scheme in ("rtp", "srtp") and isinstance(error, av.error.InvalidDataError | av.error.ExitError):
            return (
                "it cannot be opened: nothing came that describes itself, as MPEG-TS does. What RTP carries "
                "else, only an SDP file of the sender says; give that file."
            )
        if isinstance(error, av.error.ExitError):
            return f"it cannot be opened: no answer within {_TIMEOUT_S[0]:g} s."
        if isinstance(error, av.error.ProtocolNotFoundError):
            relay = " Relay it: ffmpeg -i URL -c copy -f mpegts udp://127.0.0.1:5000"
            return f"it cannot be opened: the installed PyAV does not know the scheme {scheme}://." + (
                relay if scheme in _RELAYED else ""
            )
        if isinstance(error, av.error.InvalidDataError):
            if self._head()[4:8] == b"ftyp":
                return (
                    "this film cannot be read, because its index (moov), which MP4 keeps at the end, is "
                    "missing: it is cut off, or still being recorded. Copy or record it again."
                )
            return "this is no film that FFmpeg can read; it is damaged, cut off, or of an unknown format."
        text = getattr(error, "strerror", None) or str(error)
        return f"it cannot be opened: {text}."

    def _find_pictures(self) -> VideoStream:
        import av

        covers = av.stream.Disposition.attached_pic  # a record's cover is no film
        found = [stream for stream in self._container.streams.video if not stream.disposition & covers]
        if not found:
            sound = ", ".join(s.codec_context.name for s in self._container.streams.audio if s.codec_context)
            raise MediaError(
                f"{self.name}: this file has no pictures" + (f", only sound ({sound})." if sound else ".")
            )
        known = [stream for stream in found if stream.codec_context is not None]
        if not known:
            raise MediaError(
                f"{self.name}: no decoder knows the codec of its pictures, {self._unknown_codec()}. "
                f"{_WHAT_TO_DO}"
            )
        for video in known:
            video.codec_context.options = _decoder_limits()
        # An AVIF has a single picture beside the sequence, in the same size.
        best = max(known, key=lambda stream: (stream.width * stream.height, stream.frames))
        for stream in self._container.streams:
            if stream is not best and stream.type != "audio":
                stream.discard = av.stream.Discard.all  # else HLS fetches every quality
        return best

    def _unknown_codec(self) -> str:
        """The codec's name or four-character code, which only FFmpeg's printed description has."""
        import av

        level = av.logging.get_level()
        av.logging.set_level(av.logging.INFO)
        try:
            described = self._container.dumps_format()  # type: ignore[attr-defined]  # PyAV's stub lacks it
        finally:
            av.logging.set_level(level)
        match = _UNKNOWN_CODEC.search(described)
        return f'"{match["tag"] or match["name"]}"' if match else "which the file does not name"

    def _describe(self, text: str) -> None:
        stream, container = self._stream, self._container
        self.codec = stream.codec_context.name
        names = set(container.format.name.split(","))
        by_protocol = self._is_url and text.lower().startswith(tuple(f"{p}://" for p in _LIVE_PROTOCOLS))
        # The size of a playlist is not that of the film.
        self._is_sized = container.size > 0 and "hls" not in names
        self.pixel_aspect: Fraction | None = stream.sample_aspect_ratio
        self._checked_size: tuple[int, int] | None = None
        self._check_size((stream.width, stream.height))
        endless = self._is_url and container.duration is None and not self._is_sized
        from_network = self._is_url or "sdp" in names  # a recording of motion JPEG is a film
        self.live = by_protocol or (from_network and bool(names & _LIVE_FORMATS)) or endless
        self.seekable = bool(names & _INDEXED_FORMATS) and not self._is_url
        self._has_sought = False
        self.restart_ticks: int | None = None
        self.cut = bool(container.format.flags & _CUT_FORMATS)
        rate = float(stream.average_rate or stream.guessed_rate or 0)
        self.fps = rate if 0 < rate < _FASTEST_FPS else None
        self.has_decoding_times = "avi" in names
        self.time_base = stream.time_base or Fraction(1, 1_000_000)
        self.length = None if self.live else self._length()
        self.sound: SoundTrack | None = None
        self._sound_stream: AudioStream | None = next(
            (sound for sound in container.streams.audio if sound.codec_context is not None), None
        )
        if self._sound_stream is not None and not self.live:
            self.sound = SoundTrack(self._sound_stream, self.cut)
        # Frame threads hold pictures back, so a live stream goes without them. They also touch more memory
        # than the caches hold, which costs a fifth; one thread decodes a small picture in a millisecond.
        is_small = 0 < stream.width * stream.height <= _SMALL_PIXELS and self.codec in _QUICK_CODECS
        stream.thread_type = "SLICE" if self.live else "NONE" if is_small else "AUTO"

    def _length(self) -> int | None:
        """The number of pictures; of an MP4 whose edit list leaves some out, the number that is shown."""
        stream, container = self._stream, self._container
        duration_s: Fraction | None = None
        if stream.duration is not None and stream.time_base is not None:
            duration_s = stream.duration * stream.time_base
        elif container.duration is not None:
            duration_s = Fraction(container.duration, 1_000_000)
        by_time = round(duration_s * Fraction(self.fps)) if duration_s is not None and self.fps else None
        if stream.frames and by_time and "mov" in container.format.name:
            return min(stream.frames, by_time)
        return stream.frames or by_time or None

    def seek(self, time_us: int) -> None:
        """Lets `frames` begin at the last key picture that is well before a time; for before its first call.

        Pictures before `restart_ticks` may be damaged: they need what was not decoded.

        Args:
          time_us: the film's own, in µs.

        Raises:
          MediaError: the film has no such place.
        """
        import av

        ticks = int((time_us - _REORDERED_US) / 1_000_000 / self.time_base)
        try:
            self._container.seek(ticks, stream=self._stream)
        except (av.error.FFmpegError, OSError) as error:
            raise MediaError(f"{self.name}: it cannot be read from {time_us / 1e6:g} s: {error}.") from error
        self._has_sought = True

    def frames(self) -> Iterator[VideoFrame]:
        """Decodes the pictures, once. Packets that cannot be decoded are passed over and counted.

        Raises MediaError, after the last good picture, if the file or server fails.
        """
        decoded = self._decode()
        while True:
            with self._lock:
                if self._is_left:
                    raise MediaError(
                        f"{self.name}: it was opened before this process was forked, and is read by its "
                        "parent only; open it here."
                    )
                if self.closed:
                    return
                frame = next(decoded, None)
            if self.closed:  # `close` came while a read was under way, and left the container to this thread
                self.close()
                return
            if frame is None:
                return
            self._check_size((frame.width, frame.height))
            yield frame

    def _check_size(self, size: tuple[int, int]) -> None:
        """Raises MediaError for pictures of a size, in px, that is too large once their pixels are square."""
        if size != self._checked_size:
            problem = size_problem(*size_with_square_pixels(size, self.pixel_aspect))
            if problem:
                raise MediaError(f"{self.name}: the pictures of this film are too large: {problem}.")
            self._checked_size = size

    def _decode(self) -> Iterator[VideoFrame]:
        import av

        failure: Exception | None = None
        packets = self._packets()
        while True:
            try:
                packet = next(packets, None)
            except (av.error.FFmpegError, OSError) as error:
                failure, packet = error, None
            if packet is None:
                break
            if packet.stream is self._sound_stream:
                if self.sound is not None:
                    self.sound.feed(packet)
                continue
            yield from self._decoded(packet)
        yield from self._decoded(None)
        if (
            self._is_url
            and not self._is_sized
            and isinstance(failure, OSError)
            and failure.errno == errno.EIO
        ):
            failure = None  # a server that did not say how much comes just hangs up
        if self.closed:
            return  # what failed then is the read that `close` interrupted
        if failure is not None and not isinstance(failure, av.error.InvalidDataError):
            reason = failure.strerror if isinstance(failure, OSError) and failure.strerror else str(failure)
            if isinstance(failure, av.error.ExitError):
                reason = f"nothing came for {_TIMEOUT_S[1]:g} s"
            raise MediaError(f"{self.name}: it cannot be read further: {reason}.")

    def _packets(self) -> Iterator[Packet]:
        streams = [self._stream, self._sound_stream] if self._sound_stream else [self._stream]
        for packet in self._container.demux(streams):
            if self._has_sought and packet.stream is self._stream:
                self._has_sought = False
                self.restart_ticks = packet.pts if packet.is_keyframe else None
            if packet.dts is not None or packet.size:  # an empty one would end the decoder
                yield packet

    def _decoded(self, packet: Packet | None) -> list[VideoFrame]:
        import av

        try:
            return self._stream.decode(packet)
        except av.error.EOFError:
            return []
        except (av.error.FFmpegError, OSError, ValueError, MemoryError):
            self.damaged += 1
            return []

    def undecodable(self) -> str:
        """The error text for a film of which no picture could be decoded."""
        if not self._stream.width:  # FFmpeg found none, or one that it may not decode
            return (
                f"{self.name}: the size of its pictures (codec {self.codec}) cannot be read, or they have "
                f"more than the {max_pixels()} pixels that a picture may have. {_WHAT_TO_DO}"
            )
        if self.damaged:
            return (
                f"{self.name}: none of its pictures can be decoded (codec {self.codec}, "
                f"{self.damaged} packets tried); the film is damaged, protected, or of a kind that FFmpeg "
                f"does not know. {_WHAT_TO_DO}"
            )
        return f"{self.name}: the film has no readable picture (codec {self.codec})."

    def leave_to_parent(self) -> None:
        """Leaves the film to the parent of a forked process, which lacks FFmpeg's threads."""
        free_lock(self._lock)
        keep_forever(self._container, *(stream.codec_context for stream in self._container.streams))
        self.closed = self._is_left = True

    def close(self) -> None:
        """Closes the container. May be called twice, and while another thread iterates, which then ends."""
        self.closed = True
        if not self._is_left and self._lock.acquire(blocking=False):
            try:
                self._container.close()
                if self._file is not None:
                    self._file.close()
            finally:
                self._lock.release()


def _decoder_limits() -> dict[str, str]:
    """Options by which FFmpeg's decoders refuse pictures before they take memory for them."""
    return {"max_pixels": str(max_pixels() + _ROUNDED_UP_PIXELS)}


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise MediaError(f"{path}: this is a folder, not a film.")
    if not path.exists():
        raise MediaError(f"{path}: there is no such file.")
    if not os.access(path, os.R_OK):
        raise MediaError(f"{path}: no permission to read the file.")
    if path.is_file() and path.stat().st_size == 0:
        raise MediaError(f"{path}: the file is empty (0 bytes).")
