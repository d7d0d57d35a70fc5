"""Decoding video files: frames, times, and the errors for damaged files."""

import contextlib
import gc
import os
import threading
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from attention_mesh.media.errors import MediaError
from attention_mesh.media.video_file_source import VideoFileSource
from attention_mesh.media.video_writer import VideoWriter


def mjpeg(path: Path, frames: int = 30, size: tuple[int, int] = (160, 120)) -> Path:
    """A video whose frames have gray levels that rise by 8 per frame."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 30.0, size)
    for index in range(frames):
        writer.write(np.full((size[1], size[0], 3), 8 * index, np.uint8))
    writer.release()
    return path


def cut(path: Path, share: float) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def test_frames_come_in_order_with_the_containers_times(tmp_path):
    with VideoFileSource(mjpeg(tmp_path / "levels.avi")) as source:
        assert (source.fps, source.length, source.size) == (30.0, 30, (160, 120))
        frames = list(source)
    assert [frame.index for frame in frames] == list(range(30))
    assert [round(frame.image.mean() / 8) for frame in frames] == list(range(30))
    times = [frame.timestamp_us for frame in frames]
    assert times == [round(index * 1e6 / 30) for index in range(30)]
    assert frames[3].name == "frame_000003" and frames[3].size == (160, 120)


def test_pictures_are_freed_without_the_garbage_collector(tmp_path):
    def pictures() -> int:
        return sum(isinstance(thing, av.VideoFrame) for thing in gc.get_objects())

    with VideoFileSource(mjpeg(tmp_path / "levels.avi")) as source:
        gc.collect()
        gc.disable()
        try:
            before = pictures()
            counts = [pictures() - before for _ in source]
        finally:
            gc.enable()
    assert len(counts) == 30
    assert max(counts) <= 4  # the one that is shown, the one behind it, and what is being decoded


def test_frames_are_rgb(tmp_path):
    path = tmp_path / "red.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 30.0, (64, 64))
    writer.write(np.full((64, 64, 3), (0, 0, 255), np.uint8))  # BGR
    writer.release()
    with VideoFileSource(path) as source:
        red, green, blue = next(iter(source)).image.mean((0, 1))
    assert red > 240 and green < 15 and blue < 15  # the loss of JPEG


@pytest.mark.parametrize("size", [(160, 120), (98, 54)], ids=["whole rows", "padded rows"])
def test_four_channels_have_the_same_colors(tmp_path, size):
    film = tmp_path / "noise.mp4"
    noise = np.random.default_rng(0)
    with contextlib.closing(VideoWriter(film, 30.0, size)) as writer:
        for _ in range(3):
            small = noise.integers(0, 256, (6, 8, 3), np.uint8)
            writer.write(cv2.resize(small, size, interpolation=cv2.INTER_CUBIC))
    with VideoFileSource(film) as three, VideoFileSource(film, channels=4) as four:
        for narrow, wide in zip(three, four, strict=True):
            assert wide.image.shape == (size[1], size[0], 4) and wide.size == narrow.size
            np.testing.assert_array_equal(wide.image[..., :3], narrow.image)


def test_a_file_trimmed_by_an_edit_list_is_as_long_as_it_plays(shared_data):
    """obama.mp4 stores 158 samples and plays 55 of them."""
    with VideoFileSource(shared_data / "videos" / "obama.mp4") as source:
        assert source.length == 55
        assert sum(1 for _ in source) == 55


def test_a_variable_frame_rate_is_kept(tmp_path):
    path = tmp_path / "variable.mkv"
    times_ms = [0, 40, 100, 120, 300, 333]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        stream.codec_context.time_base = stream.time_base = Fraction(1, 1000)
        for time_ms in times_ms:
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            frame.pts = time_ms
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    with VideoFileSource(path) as source:
        assert [frame.timestamp_us for frame in source] == [1000 * time for time in times_ms]


@pytest.mark.parametrize("suffix", [".avi", ".mkv"])
def test_a_cut_off_file_gives_its_good_frames_and_then_an_error(tmp_path, suffix):
    path = cut(mjpeg(tmp_path / f"cut{suffix}"), 0.5)
    frames = []
    with VideoFileSource(path) as source, pytest.raises(MediaError, match=r"after \d+ of 30 announced"):
        frames.extend(source)  # extend keeps the items before an exception
    assert 5 < len(frames) < 25
    assert [round(frame.image.mean() / 8) for frame in frames] == list(range(len(frames)))


def test_an_mp4_without_its_end_cannot_be_opened(clip, tmp_path):
    path = tmp_path / "cut.mp4"
    path.write_bytes(clip.read_bytes())
    with pytest.raises(MediaError, match=r"its index \(moov\).* is missing"):
        VideoFileSource(cut(path, 0.5))


def test_files_that_are_no_video_are_errors_that_say_so(tmp_path):
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("this is no video" * 100)
    for name, reason in [
        ("absent.mp4", "no such file"),
        ("empty.mp4", "0 bytes"),
        ("text.mp4", "no film that FFmpeg can read"),
        (".", "folder"),
    ]:
        with pytest.raises(MediaError, match=reason):
            VideoFileSource(tmp_path / name)


def test_a_video_without_frames_is_an_error(tmp_path):
    path = tmp_path / "none.avi"
    cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 30.0, (64, 64)).release()
    with pytest.raises(MediaError, match="none.avi"):
        VideoFileSource(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_whose_writer_goes_away_ends_with_an_error_after_the_good_frames(tmp_path):
    data = mjpeg(tmp_path / "whole.avi").read_bytes()
    pipe = tmp_path / "pipe.avi"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(data[: len(data) // 2]), daemon=True)
    writer.start()
    frames = []
    with VideoFileSource(pipe) as source, pytest.raises(MediaError, match="cut off"):
        frames.extend(source)
    writer.join(timeout=120)
    assert len(frames) > 5
