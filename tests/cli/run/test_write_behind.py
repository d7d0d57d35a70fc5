"""WriteBehind: keeps the order, holds the graph back, and finishes every file, whatever fails."""

import threading
import time

import numpy as np

from attention_mesh.cli.outputs.csv_sink import CsvSink
from attention_mesh.cli.outputs.frame_record import FrameRecord
from attention_mesh.cli.outputs.record_sink import RecordedPictures
from attention_mesh.cli.run.write_behind import WriteBehind
from attention_mesh.media.errors import MediaError
from attention_mesh.media.image_folder_sink import ImageFolderSink
from attention_mesh.media.video_file_sink import VideoFileSink
from attention_mesh.media.video_file_source import VideoFileSource


def record(index, size=64, image=True):
    picture = np.full((size, size, 3), index, np.uint8) if image else None
    return FrameRecord(index, f"frame_{index}", 1000 * index, picture)


class Gated:
    """A sink whose writes wait for the test to release them."""

    takes_pictures, name = False, "gated"

    def __init__(self):
        self.gate, self.indices, self.written = threading.Semaphore(0), [], 0
        self.entered = threading.Event()

    def write(self, record):
        self.entered.set()
        assert self.gate.acquire(timeout=120)
        self.indices.append(record.index)

    def close(self):
        self.closed = True


def with_deadline(condition):
    """Waits until `condition` holds, at most ten seconds."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_errors_of_finishing_are_kept_for_every_sink(tmp_path):
    class Unfinished(Gated):
        def close(self):
            raise MediaError(f"{self.name} is not whole")

    writer = WriteBehind([Unfinished(), Unfinished()])
    writer.close()
    assert [str(error) for error in writer.errors] == ["gated is not whole"] * 2


def test_records_are_written_in_order_and_put_waits_when_the_queue_is_full():
    sink = Gated()
    writer = WriteBehind([sink], depth=2)
    feeder = threading.Thread(target=lambda: [writer.put(record(index)) for index in range(6)])
    feeder.start()
    feeder.join(timeout=0.3)
    assert feeder.is_alive()  # one is being written, two wait, and the fourth is held back
    sink.gate.release(6)
    feeder.join(timeout=120)
    writer.close()
    assert sink.indices == list(range(6)) and sink.closed
    assert (writer.count, writer.latest.index, writer.errors) == (6, 5, [])


def test_a_sink_that_fails_is_finished_at_once_and_the_others_go_on(tmp_path):
    video, pictures = VideoFileSink(tmp_path / "out.mp4", 25.0), ImageFolderSink(tmp_path / "pictures")
    gated = Gated()
    writer = WriteBehind([RecordedPictures(video), RecordedPictures(pictures), gated], depth=4)
    for each in (record(0), record(1), record(2, size=32), record(3)):
        writer.put(each)
    gated.gate.release(2)
    with_deadline(lambda: pictures.written == 3)
    with VideoFileSource(tmp_path / "out.mp4") as source:  # while the run goes on
        assert sum(1 for _ in source) == 2
    gated.gate.release(2)
    writer.close()
    (error,) = writer.errors
    assert "out.mp4: frame_2 is 32x32 but the video began with 64x64" in str(error)
    assert (video.written, pictures.written, gated.indices) == (2, 4, [0, 1, 2, 3])
    assert writer.count == 4 and not writer.futile


def test_where_every_sink_has_failed_later_records_are_let_go_and_all_files_are_finished(tmp_path):
    videos = [VideoFileSink(tmp_path / name, 25.0) for name in ("a.mp4", "b.mp4")]
    writer = WriteBehind([RecordedPictures(video) for video in videos])
    for each in (record(0), record(1), record(2, size=32), record(3)):
        writer.put(each)
    writer.close()
    assert writer.futile and writer.count == 2
    assert [type(error) for error in writer.errors] == [MediaError, MediaError]
    for video in videos:
        with VideoFileSource(video.path) as source:
            assert sum(1 for _ in source) == 2
    assert "attention-mesh write" not in [thread.name for thread in threading.enumerate()]


def test_a_frame_without_a_picture_is_no_frame_of_the_video(tmp_path):
    video = VideoFileSink(tmp_path / "out.mp4", 25.0)
    writer = WriteBehind([RecordedPictures(video)])
    writer.put(record(0))
    writer.put(record(1, image=False))
    writer.close()
    assert (video.written, writer.count) == (1, 2)


def test_a_sink_that_hangs_is_given_up_and_the_others_are_finished(tmp_path):
    hanging, table = Gated(), CsvSink(tmp_path / "out.csv")
    writer = WriteBehind([table, hanging], depth=1)
    for index in range(2):
        writer.put(record(index))  # one is being written, one waits: there is no room for the end mark
    assert hanging.entered.wait(timeout=120)
    writer.close(give_up=lambda: True)
    (error,) = writer.errors
    assert writer.hangs and "gated: it does not take" in str(error)
    assert not hasattr(hanging, "closed")
    assert (tmp_path / "out.csv").read_text().startswith("frame,name")
    hanging.gate.release(2)


def test_after_closing_records_are_let_go():
    sink = Gated()
    writer = WriteBehind([sink], depth=1)
    writer.close()
    feeder = threading.Thread(target=lambda: [writer.put(record(index)) for index in range(3)], daemon=True)
    feeder.start()
    feeder.join(timeout=120)
    assert not feeder.is_alive()  # it would wait for room if they were kept
    assert sink.indices == [] and writer.count == 0
