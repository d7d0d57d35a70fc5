"""Video decoder: reads the frames of a file."""

import logging

import numpy as np

from attention_mesh.framework import STOP, Calculator, Output, SideInput, calculator
from attention_mesh.framework.timestamps import PRE_STREAM
from attention_mesh.media.errors import MediaError
from attention_mesh.media.video_header import VideoHeader
from attention_mesh.media.video_reader import VideoReader

_log = logging.getLogger(__name__)


@calculator
class OpenCvVideoDecoderCalculator(Calculator):
    """Reads a video file to its end: the source of a graph without inputs.

    MediaPipe's node of this name. A frame's timestamp is its own time in the file (the official node gives
    each the time that OpenCV reports before reading it, which in newer versions is that of the frame before).
    A file that breaks off early is used up to there, with a warning in the log. Sound is not read: there is
    no SAVED_AUDIO_PATH.

    Input side packets: INPUT_FILE_PATH.
    Outputs: VIDEO; VIDEO_PRESTREAM, once, before the frames.

    Example::

        node {
          calculator: "OpenCvVideoDecoderCalculator"
          input_side_packet: "INPUT_FILE_PATH:input_video_path"
          output_stream: "VIDEO:input_video"
          output_stream: "VIDEO_PRESTREAM:input_video_header"
        }
    """

    path = SideInput("INPUT_FILE_PATH", str, names="film")
    video = Output("VIDEO", np.ndarray)  # (H, W, 3) uint8 RGB
    header = Output("VIDEO_PRESTREAM", VideoHeader)

    def open(self) -> None:
        self._reader = VideoReader(self.path.value)
        self._frames = iter(self._reader)
        if not self.header.connected:
            return
        if self._reader.fps is None:
            raise MediaError(
                f"{self._reader.name}: the file does not state its frame rate, which VIDEO_PRESTREAM needs"
            )
        width, height = self._reader.size
        duration_s = (self._reader.length or 0) / self._reader.fps
        header = VideoHeader(width, height, self._reader.fps, duration_s)
        self.header.send(header, timestamp=PRE_STREAM)
        self.header.close()

    def process(self) -> object:
        try:
            image, timestamp_us = next(self._frames)
        except StopIteration:
            return STOP
        except MediaError as error:
            _log.warning("%s", error)
            return STOP
        self.video.send(image, timestamp=timestamp_us)
        return None

    def close(self) -> None:
        self._reader.close()
