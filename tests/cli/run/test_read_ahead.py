"""ReadAhead: a file loses no frame, a camera keeps its newest, and errors come in their place."""

import threading
import time

import numpy as np
import pytest

from attention_mesh.cli.run.read_ahead import End, ReadAhead
from attention_mesh.media.errors import MediaError
from attention_mesh.media.frame import Frame
from attention_mesh.media.video_file_source import VideoFileSource

THREAD = "attention-mesh decode"


class Paced:
    """A live source of numbered frames, as fast as they are taken."""

    live, still, length, fps, size, name = True, False, None, None, None, "paced"

    def __init__(self, count, error=None):
        self.count, self.error, self.yielded = count, error, 0

    def __iter__(self):
        for index in range(self.count):
            self.yielded = index + 1
            yield Frame(np.zeros((2, 2, 3), np.uint8), index, index, str(index))
        if self.error is not None:
            raise self.error


def test_every_frame_of_a_file_comes_in_order(clip):
    with VideoFileSource(clip) as source, ReadAhead(source, depth=2) as reader:
        indices = []
        while (frame := reader.next(5)) is not End.END:
            time.sleep(0.005)  # slower than decoding
            indices.append(frame.index)
    assert indices == list(range(20))


def test_of_a_live_source_the_newest_frame_waits():
    source = Paced(50)
    with ReadAhead(source) as reader:
        deadline = time.monotonic() + 10
        while reader.dropped < 49 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert reader.next(5).index == 49
        assert reader.next(5) is End.END


def test_an_error_comes_after_the_frames_before_it():
    source = Paced(3, MediaError("unplugged"))
    source.live = False
    with ReadAhead(source) as reader:
        assert [reader.next(5).index for _ in range(3)] == [0, 1, 2]
        with pytest.raises(MediaError, match="unplugged"):
            reader.next(5)


def test_waiting_ends_with_the_timeout_and_leaving_ends_the_thread(clip):
    class Silent(Paced):
        def __iter__(self):
            self.released.wait(10)
            return iter(())

    source = Silent(0)
    source.released = threading.Event()
    with ReadAhead(source) as reader:
        assert reader.next(0.05) is None
        source.released.set()
    with VideoFileSource(clip) as video, ReadAhead(video, depth=1) as reader:
        assert reader.next(5).index == 0  # and leave the rest
    assert THREAD not in [thread.name for thread in threading.enumerate()]
