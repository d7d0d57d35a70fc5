"""Encoding video files."""

import os
import shutil
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from attention_mesh.media.errors import MediaError
from attention_mesh.media.video_codecs import VIDEO_CODECS, installed_encoder
from attention_mesh.media.video_reader import VideoReader
from attention_mesh.media.video_writer import VideoWriter


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_what_is_written_can_be_read(tmp_path, channels):
    path = tmp_path / "levels.avi"
    writer = VideoWriter(path, 25.0, (64, 48), "mjpeg")
    for level in (40, 120, 200):
        writer.write(np.full((48, 64, channels), level, np.uint8))
    writer.close()
    writer.close()
    reader = VideoReader(path)
    pictures = list(reader)
    assert (reader.fps, reader.length, reader.size) == (25.0, 3, (64, 48))
    assert [time for _, time in pictures] == [0, 40_000, 80_000]
    assert [round(float(image.mean())) for image, _ in pictures] == pytest.approx([40, 120, 200], abs=3)


def test_odd_sides_lose_a_row_or_column(tmp_path):
    writer = VideoWriter(tmp_path / "odd.mp4", 25.0, (65, 49))
    writer.write(np.zeros((49, 65, 3), np.uint8))
    writer.close()
    assert VideoReader(tmp_path / "odd.mp4").size == (64, 48)


@pytest.mark.parametrize("size", [(64, 48), (64, 50), (66, 50), (66, 48), (65, 51)])
def test_pictures_of_any_height_keep_their_rows_and_colors(tmp_path, size):
    width, height = size
    image = np.zeros((height, width, 3), np.uint8)
    image[:, : width // 2], image[:, width // 2 :] = (200, 60, 60), (60, 60, 200)
    image[height // 2 :] = 255 - image[height // 2 :]
    path = tmp_path / "out.mp4"
    writer = VideoWriter(path, 25, size, crf=1)
    for _ in range(3):
        writer.write(image)
    writer.close()
    for read, _ in VideoReader(path):
        expected = image[: read.shape[0], : read.shape[1]]
        assert read.shape[:2] == (height & ~1, width & ~1)
        # A pixel at an edge between colors gets a mean of both, because colors have half the resolution.
        assert np.median(np.abs(read.astype(int) - expected)) <= 3
        assert np.mean(np.abs(read.astype(int) - expected)) <= 6


def test_colors_stay(tmp_path):
    writer = VideoWriter(tmp_path / "red.avi", 25.0, (64, 48), "mjpeg")
    writer.write(np.full((48, 64, 3), (255, 0, 0), np.uint8))
    writer.close()
    ((image, _),) = VideoReader(tmp_path / "red.avi")
    red, green, blue = image.mean((0, 1))
    assert red > 240 and green < 15 and blue < 15  # the loss of JPEG


def test_what_cannot_be_written_is_refused(tmp_path):
    for path, size, codec, reason in [
        (tmp_path / "absent" / "a.mp4", (64, 48), "mpeg4", "there is no folder"),
        (tmp_path / "a.mp4", (64, 1), "mpeg4", "64x1 is too small"),
        (tmp_path / "a.webm", (64, 48), "h264", "a .webm file does not take the codec h264; it takes vp9"),
        (tmp_path / "a.mp4", (64, 48), "abcd", 'codec "abcd" is unknown'),
    ]:
        with pytest.raises(MediaError, match=reason):
            VideoWriter(path, 25.0, size, codec)
    writer = VideoWriter(tmp_path / "a.mp4", 25.0, (64, 48))
    with pytest.raises(MediaError, match="a picture is 32x48 but the film is 64x48"):
        writer.write(np.zeros((48, 32, 3), np.uint8))
    with pytest.raises(MediaError, match=r"float64 \(48, 64, 3\); expected uint8"):
        writer.write(np.zeros((48, 64, 3)))


def test_a_disk_that_fills_up_ends_the_video_while_it_can_be_finished(tmp_path, monkeypatch):
    path = tmp_path / "full.mp4"
    free = iter([10**9, 10**6, 60 * 1024])  # free bytes before each picture
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=10**9, free=next(free)))
    writer = VideoWriter(path, 25.0, (64, 48))
    for _ in range(2):
        writer.write(np.zeros((48, 64, 3), np.uint8))
    with pytest.raises(MediaError, match=r"full.mp4: the disk is full \(60 KiB are free.* after 2 pictures"):
        writer.write(np.zeros((48, 64, 3), np.uint8))
    writer.close()
    assert len(list(VideoReader(path))) == 2


def test_a_disk_that_does_not_tell_its_room_is_written_to(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=0, free=0))
    writer = VideoWriter(tmp_path / "a.mp4", 25.0, (64, 48))
    writer.write(np.zeros((48, 64, 3), np.uint8))
    writer.close()
    assert VideoReader(tmp_path / "a.mp4").length == 1


@pytest.mark.parametrize("part", [0.1, 0.6, 0.99])
@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".avi", ".mkv"])
def test_a_file_that_could_not_grow_is_an_error(tmp_path, file_size_limit, suffix, part):
    noise = np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8)

    def written(name: str) -> VideoWriter:
        writer = VideoWriter(tmp_path / f"{name}{suffix}", 25.0, (64, 48))
        for shift in range(300):
            writer.write(np.roll(noise, shift, axis=1))
        return writer

    whole = written("whole")
    whole.close()
    limit = int(part * whole.path.stat().st_size)
    with file_size_limit(limit):
        with pytest.raises(MediaError, match=rf"cut{suffix}: File too large; .* not whole.*\d+ pictures"):
            written("cut").close()
    assert (tmp_path / f"cut{suffix}").stat().st_size <= limit


@pytest.mark.parametrize("suffix", [".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".gif", ".ts"])
@pytest.mark.parametrize("count", [1, 2, 30])
def test_a_whole_file_is_taken_for_one(tmp_path, suffix, count):
    writer = VideoWriter(tmp_path / f"whole{suffix}", 30.0, (64, 48))
    for value in range(count):
        writer.write(np.full((48, 64, 3), value, np.uint8))
    writer.close()


def test_room_is_that_of_the_disk_behind_a_link(tmp_path, monkeypatch):
    (tmp_path / "other").mkdir()
    (tmp_path / "a.mp4").symlink_to(tmp_path / "other" / "a.mp4")
    asked = []
    monkeypatch.setattr(
        shutil, "disk_usage", lambda path: asked.append(path) or SimpleNamespace(total=0, free=0)
    )
    writer = VideoWriter(tmp_path / "a.mp4", 25.0, (64, 48))
    writer.write(np.zeros((48, 64, 3), np.uint8))
    writer.close()
    assert set(asked) == {tmp_path / "other"}


@pytest.mark.skipif(sys.platform != "linux", reason="threads are listed as on Linux")
@pytest.mark.parametrize("codec", ["h264", "hevc", "av1", "vp9"])
def test_no_encoder_makes_the_process_or_a_thread_real_time(tmp_path, codec):
    """SVT-AV1 does so if root runs it, and all other programs then starve."""
    assert codec in VIDEO_CODECS
    if installed_encoder(codec) is None:
        pytest.skip(f"this PyAV cannot encode {codec}")
    before = os.sched_getscheduler(0)
    writer = VideoWriter(tmp_path / "film.mkv", 25.0, (64, 48), codec=codec)
    for _ in range(3):
        writer.write(np.zeros((48, 64, 3), np.uint8))
    policies = {os.sched_getscheduler(int(thread)) for thread in os.listdir("/proc/self/task")}
    writer.close()
    assert policies == {before} and os.sched_getscheduler(0) == before
