"""Sinks of pictures: videos, images and folders, read back."""

import errno
import os
from functools import partial

import cv2
import numpy as np
import pytest

from attention_mesh.media.errors import MediaError
from attention_mesh.media.frame import Frame
from attention_mesh.media.image_file import read_image
from attention_mesh.media.image_file_sink import ImageFileSink
from attention_mesh.media.image_folder_sink import ImageFolderSink
from attention_mesh.media.video_file_sink import VideoFileSink
from attention_mesh.media.video_file_source import VideoFileSource


def picture(index=0, timestamp_us=None, size=(64, 48), name=None):
    """A frame whose red level is 10 times its index."""
    image = np.zeros((size[1], size[0], 3), np.uint8)
    image[..., 0] = 10 * index
    timestamp_us = round(index * 1e6 / 25) if timestamp_us is None else timestamp_us
    return Frame(image, timestamp_us, index, name or f"frame_{index:06d}")


def reds(path):
    with VideoFileSource(path) as source:
        return [round(frame.image[..., 0].mean() / 10) for frame in source]


@pytest.mark.parametrize("suffix", [".mp4", ".m4v", ".mov", ".avi", ".mkv"])
def test_a_video_holds_every_picture_at_its_rate(tmp_path, suffix):
    path = tmp_path / f"out{suffix}"
    sink = VideoFileSink(path, 25.0)
    for index in range(12):
        sink.write(picture(index))
    sink.close()
    sink.close()
    assert reds(path) == list(range(12))
    with VideoFileSource(path) as source:
        assert (source.fps, source.size) == (25.0, (64, 48))
    assert "12 frames at 25 fps" in sink.summary()


def test_an_odd_last_row_and_column_are_left_out(tmp_path):
    sink = VideoFileSink(tmp_path / "odd.mp4", 25.0)
    sink.write(picture(3, size=(65, 49)))
    sink.close()
    with VideoFileSource(tmp_path / "odd.mp4") as source:
        assert source.size == (64, 48)


def test_a_constant_rate_runs_as_fast_as_the_timestamps(tmp_path):
    path = tmp_path / "camera.mp4"
    sink = VideoFileSink(path, 10.0, keep_time=True, constant=True)
    for index, timestamp_us in enumerate([5_000_000, 5_100_000, 5_400_000, 5_420_000, 5_500_000]):
        sink.write(picture(index, timestamp_us))
    sink.close()
    assert reds(path) == [0, 1, 1, 1, 2, 4]  # 1 stands for 0.3 s; 3 came 20 ms after 2 and has no place


def test_a_second_size_is_an_error_and_the_file_stays_good(tmp_path):
    sink = VideoFileSink(tmp_path / "sizes.mp4", 25.0)
    sink.write(picture(1))
    with pytest.raises(MediaError, match="32x32 but the video began with 64x48"):
        sink.write(picture(2, size=(32, 32)))
    sink.close()
    assert reds(tmp_path / "sizes.mp4") == [1]


def test_a_video_of_a_strange_format_is_an_error(tmp_path):
    sink = VideoFileSink(tmp_path / "out.xyz", 25.0)
    with pytest.raises(MediaError, match="cannot be written"):
        sink.write(picture())
    sink.close()


def test_a_video_that_is_not_whole_is_an_error_and_does_not_count_its_frames(tmp_path, file_size_limit):
    noise = np.random.default_rng(1).integers(0, 255, (240, 320, 3), np.uint8)
    sink = VideoFileSink(tmp_path / "large.mp4", 25.0)
    with file_size_limit(100_000), pytest.raises(MediaError, match="File too large"):
        for index in range(10):
            turned = np.roll(noise, index, axis=1)
            sink.write(Frame(turned, 40_000 * index, index, f"frame_{index:06d}"))
        sink.close()
    assert sink.summary().endswith("large.mp4: not whole")


def test_a_folder_keeps_photos_names_and_numbers_frames(tmp_path):
    sink = ImageFolderSink(tmp_path / "a" / "b")
    for record in (picture(4, name="face.jpg"), picture(5), picture(6, name="scan.pgm")):
        sink.write(record)
    sink.close()
    names = sorted(path.name for path in (tmp_path / "a" / "b").iterdir())
    assert names == ["face.jpg", "frame_000005.png", "scan.pgm.png"]
    np.testing.assert_array_equal(read_image(tmp_path / "a" / "b" / "frame_000005.png"), picture(5).image)


@pytest.mark.parametrize(
    ("sink_class", "name", "made"),
    [
        (partial(VideoFileSink, fps=25.0), "out.mp4", "out.mp4"),
        (ImageFileSink, "out.png", "out.png"),
        (ImageFolderSink, "out", "out/a.png"),
    ],
)
def test_a_missing_folder_is_made_at_the_first_picture(tmp_path, sink_class, name, made):
    sink = sink_class(tmp_path / "a" / "b" / name)
    sink.close()
    assert not sink.begun and list(tmp_path.iterdir()) == []
    sink.write(picture(name="a.png"))
    sink.close()
    assert sink.begun and (tmp_path / "a" / "b" / made).is_file()


def test_a_folder_where_a_file_is_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "sub"):
        with pytest.raises(MediaError, match="cannot be made: Not a directory"):
            ImageFolderSink(path)


@pytest.mark.parametrize("what", ["deleted", "replaced", "renamed"])
@pytest.mark.parametrize("more", [False, True])
def test_a_folder_of_pictures_that_is_taken_away_is_an_error(tmp_path, what, more):
    folder = tmp_path / "out"
    sink = ImageFolderSink(folder)
    sink.write(picture(0))
    sink.write(picture(1))
    (folder / "frame_000001.png").unlink()  # by a program that takes pictures as they come
    folder.rename(tmp_path / "moved")
    if what != "renamed":
        (tmp_path / "moved" / "frame_000000.png").unlink()
        (tmp_path / "moved").rmdir()
    if what == "replaced":
        (tmp_path / "other").mkdir()
        folder.mkdir()  # a second new folder, whose number is not that of the old one
    with pytest.raises(MediaError, match="out: the folder was deleted, moved or replaced after 2 pictures"):
        sink.write(picture(2)) if more else sink.close()
    assert not folder.exists() or list(folder.iterdir()) == []


def test_a_picture_that_is_deleted_before_the_end_is_an_error(tmp_path):
    sink = ImageFileSink(tmp_path / "one.png")
    sink.write(picture(1))
    (tmp_path / "one.png").unlink()
    with pytest.raises(MediaError, match="one.png: the picture was deleted or moved"):
        sink.close()


def test_an_image_holds_one_picture(tmp_path):
    sink = ImageFileSink(tmp_path / "one.png")
    sink.write(picture(9))
    with pytest.raises(MediaError, match="one picture"):
        sink.write(picture(8))
    np.testing.assert_array_equal(read_image(tmp_path / "one.png"), picture(9).image)


@pytest.mark.parametrize("sink_class", [ImageFileSink, ImageFolderSink])
def test_a_picture_that_the_disk_does_not_take_leaves_the_one_of_before(
    tmp_path, file_size_limit, sink_class
):
    path = tmp_path / "one.png"
    path.write_text("old")
    sink = sink_class(path if sink_class is ImageFileSink else tmp_path)
    noise = np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8)
    with file_size_limit(4096), pytest.raises(MediaError, match="one.png: File too large"):
        sink.write(Frame(noise, 0, 0, "one.png"))
    assert path.read_text() == "old" and not sink.begun
    assert list(tmp_path.iterdir()) == [path]


def test_a_picture_keeps_the_link_and_the_mode_of_the_file_it_replaces(tmp_path):
    (tmp_path / "file.png").write_text("old")
    (tmp_path / "file.png").chmod(0o640)
    (tmp_path / "link.png").symlink_to("file.png")
    ImageFileSink(tmp_path / "link.png").write(picture(9))
    assert (tmp_path / "link.png").is_symlink()
    assert (tmp_path / "file.png").stat().st_mode & 0o777 == 0o640
    np.testing.assert_array_equal(read_image(tmp_path / "file.png"), picture(9).image)


@pytest.mark.parametrize("code", [errno.EBUSY, errno.EACCES])
def test_a_picture_that_nothing_can_take_the_place_of_is_written_in_place(tmp_path, monkeypatch, code):
    path = tmp_path / "mounted.png"
    path.write_text("old")

    def refuse(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(type(path), "replace", refuse)
    ImageFileSink(path).write(picture(9))
    np.testing.assert_array_equal(read_image(path), picture(9).image)
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(MediaError, match=os.strerror(code)):
        ImageFileSink(tmp_path / "new.png").write(picture(9))
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["out.png", "out.mp4"])
def test_the_folder_behind_a_link_is_made(tmp_path, name):
    (tmp_path / name).symlink_to(tmp_path / "absent" / name)
    sink = ImageFileSink(tmp_path / name) if name.endswith("png") else VideoFileSink(tmp_path / name, 25.0)
    sink.write(picture(9))
    sink.close()
    assert (tmp_path / "absent" / name).stat().st_size


def test_an_unwritable_image_format_is_an_error(tmp_path):
    with pytest.raises(MediaError, match="cannot encode"):
        ImageFileSink(tmp_path / "one.xyz").write(picture())
    assert cv2.haveImageWriter("one.png")
