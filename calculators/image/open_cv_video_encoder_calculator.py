"""Video encoder: writes frames to a file."""

import logging
from pathlib import Path

import numpy as np

from attention_mesh.framework import Calculator, Input, SideInput, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.media.errors import MediaError
from attention_mesh.media.video_codecs import codec_of_fourcc
from attention_mesh.media.video_header import VideoHeader
from attention_mesh.media.video_writer import FALLBACK_CODEC, VideoWriter

_log = logging.getLogger(__name__)
_CODEC_LENGTH = 4


@calculator
class OpenCvVideoEncoderCalculator(Calculator):
    """Writes frames to a video file, at a constant rate.

    MediaPipe's node of this name. Rate and size come from VIDEO_PRESTREAM if it is connected, else from the
    options. If the installed PyAV does not know the requested codec, or the container does not take it, the
    file is MPEG-4 Part 2, with a warning in the log. Sound is not written: there is no
    AUDIO_FILE_PATH. A frame of another size is an error (officially it is dropped silently).

    Inputs: VIDEO; VIDEO_PRESTREAM.
    Input side packets: OUTPUT_FILE_PATH, whose suffix is the option video_format.
    Options: `codec`, `video_format`, `fps`, `width`, `height`.

    Example::

        node {
          calculator: "OpenCvVideoEncoderCalculator"
          input_stream: "VIDEO:output_video"
          input_stream: "VIDEO_PRESTREAM:input_video_header"
          input_side_packet: "OUTPUT_FILE_PATH:output_video_path"
          node_options {
            [type.googleapis.com/mediapipe.OpenCvVideoEncoderCalculatorOptions] {
              codec: "mp4v"
              video_format: "mp4"
            }
          }
        }
    """

    video = Input("VIDEO", np.ndarray)  # (H, W), (H, W, 3) RGB or (H, W, 4) RGBA uint8
    header = Input("VIDEO_PRESTREAM", VideoHeader, optional=True)
    path = SideInput("OUTPUT_FILE_PATH", str, names="file")

    Options = "mediapipe.OpenCvVideoEncoderCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        options = node.options
        if len(options.codec) != _CODEC_LENGTH:
            raise ValueError(f'codec is "{options.codec}"; expected a code of 4 characters, such as "mp4v"')
        if not options.video_format:
            raise ValueError('video_format is missing; expected the suffix of the file, such as "mp4"')
        if any(connection.entry.tag == "VIDEO_PRESTREAM" for connection in node.inputs):
            return
        for name in ("fps", "width", "height"):
            if getattr(options, name) <= 0:
                raise ValueError(
                    f"{name} is {getattr(options, name):g}; without VIDEO_PRESTREAM it must be above 0"
                )

    def open(self) -> None:
        self._writer: VideoWriter | None = None
        suffix = Path(self.path.value).suffix[1:]
        if suffix != self.options.video_format:
            raise ValueError(
                f"the file {self.path.value} does not end in .{self.options.video_format}, the video_format"
            )
        if not self.header.connected:
            self._start(self.options.fps, (self.options.width, self.options.height))

    def process(self) -> None:
        if not self.header.is_empty:
            header = self.header.value
            self._start(header.frame_rate, (header.width, header.height))
        if self.video.is_empty:
            return
        if self._writer is None:
            raise ValueError(f'stream "{self.header.name}" had no header in front of the first frame')
        self._writer.write(self.video.value)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()

    def _start(self, fps: float, size: tuple[int, int]) -> None:
        path, code = self.path.value, self.options.codec
        codec = codec_of_fourcc(code)
        if codec is not None:
            try:
                self._writer = VideoWriter(path, fps, size, codec)
                return
            except MediaError:
                if codec == FALLBACK_CODEC:
                    raise
        self._writer = VideoWriter(path, fps, size, FALLBACK_CODEC)
        _log.warning('%s: "%s" cannot be encoded; it is written as %s', path, code, FALLBACK_CODEC)
