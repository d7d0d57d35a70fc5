"""Writing behind: in order, with back-pressure, and every file finished whatever fails."""

import threading

import numpy as np

from attention_mesh.python_bindings.cli.write_behind import WriteBehind
from attention_mesh.python_bindings.video.csv_sink import CsvSink
from attention_mesh.python_bindings.video.frame_record import FrameRecord
from attention_mesh.python_bindings.video.sink_error import SinkError
from attention_mesh.python_bindings.video.video_file_sink import VideoFileSink
from attention_mesh.python_bindings.video.video_file_source import VideoFileSource


def record(index, size=64, image=True):
    picture = np.full((size, size, 3), index, np.uint8) if image else None
    return FrameRecord(index, f"frame_{index}", 1000 * index, picture)


class Gated:
    """A sink that writes when it is let."""

    needs_image, name = False, "gated"

    def __init__(self):
        self.gate, self.indices, self.written = threading.Semaphore(0), [], 0

    def write(self, record):
        assert self.gate.acquire(timeout=10)
        self.indices.append(record.index)

    def close(self):
        self.closed = True


def test_records_are_written_in_order_and_put_waits_when_the_queue_is_full():
    sink = Gated()
    writer = WriteBehind([sink], depth=2)
    feeder = threading.Thread(target=lambda: [writer.put(record(index)) for index in range(6)])
    feeder.start()
    feeder.join(timeout=0.3)
    assert feeder.is_alive()  # one in hand, two waiting, the fourth held back
    sink.gate.release(6)
    feeder.join(timeout=10)
    writer.close()
    assert sink.indices == list(range(6)) and sink.closed
    assert (writer.count, writer.latest.index, writer.error) == (6, 5, None)


def test_after_a_failure_later_records_are_let_go_and_all_files_are_finished(tmp_path):
    video, table = VideoFileSink(tmp_path / "out.mp4", 25.0), CsvSink(tmp_path / "out.csv")
    writer = WriteBehind([video, table])
    for each in (record(0), record(1), record(2, size=32), record(3)):
        writer.put(each)
    writer.close()
    assert isinstance(writer.error, SinkError) and writer.count == 2
    with VideoFileSource(tmp_path / "out.mp4") as source:
        assert sum(1 for _ in source) == 2
    assert (tmp_path / "out.csv").read_text().startswith("frame,name")
    assert "attention-mesh write" not in [thread.name for thread in threading.enumerate()]


def test_a_frame_without_a_picture_is_no_frame_of_the_video(tmp_path):
    video = VideoFileSink(tmp_path / "out.mp4", 25.0)
    writer = WriteBehind([video])
    writer.put(record(0))
    writer.put(record(1, image=False))
    writer.close()
    assert (video.written, writer.count) == (1, 2)
