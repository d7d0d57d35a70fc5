"""Encoding video files."""

import os
import shutil
import sys
from dataclasses import replace
from types import SimpleNamespace

import av
import numpy as np
import pytest

from attention_mesh.media.errors import MediaError
from attention_mesh.media.growing_file import GrowingFile
from attention_mesh.media.mp4_index import boxes, move_index_to_front
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
    free = iter([10**9, 10**6, 60 * 1024, 0])  # free bytes before each picture, and at the end
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


def noise_film(path, count: int, size: tuple[int, int] = (64, 48)) -> VideoWriter:
    """An open writer after so many pictures of noise that moves, at 25 fps."""
    noise = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), np.uint8)
    writer = VideoWriter(path, 25.0, size)
    for shift in range(count):
        writer.write(np.roll(noise, shift, axis=1))
    return writer


def pictures_of(path) -> int:
    """How many pictures FFmpeg decodes."""
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


def boxes_of(path) -> list[bytes]:
    """The kinds of a film's boxes, in order."""
    with path.open("rb") as file:
        return [kind for kind, _, _ in boxes(file, 0, path.stat().st_size)]


@pytest.mark.parametrize("part", [0.1, 0.6, 0.99, 0.999])
@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".avi", ".mkv"])
def test_a_file_that_could_not_grow_is_an_error_and_plays(tmp_path, file_size_limit, suffix, part):
    whole = noise_film(tmp_path / f"whole{suffix}", 300)
    whole.close()
    cut = tmp_path / f"cut{suffix}"
    limit = int(part * whole.path.stat().st_size)
    with file_size_limit(limit):
        with pytest.raises(MediaError, match=rf"cut{suffix}: File too large; .* not whole.*\d+ pictures"):
            noise_film(cut, 300).close()
    assert cut.stat().st_size <= limit
    # A second is 25 pictures, and the first of a film, which has no picture before it, is larger than others.
    assert 300 * part - 25 <= pictures_of(cut) <= 300


@pytest.mark.parametrize("suffix", [".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".gif"])
def test_a_film_plays_at_any_time_up_to_half_a_second_before_its_end(tmp_path, suffix):
    path, cut = tmp_path / f"film{suffix}", tmp_path / f"cut{suffix}"
    writer = noise_film(path, 1)
    for count in range(2, 64):
        writer.write(np.full((48, 64, 3), count, np.uint8))
        if count % 20 == 0:
            shutil.copy(path, cut)  # what a killed process leaves
            held = os.cpu_count() or 1  # x264 works on so many pictures at once
            assert count - 13 - held <= pictures_of(cut) <= count
    writer.close()
    assert pictures_of(path) == 63


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".avi"])
def test_a_film_plays_after_every_write_that_finishes_it(tmp_path, monkeypatch, suffix):
    path, played = tmp_path / f"film{suffix}", []
    writer = noise_film(path, 60)
    put = GrowingFile._put

    def put_and_play(self: GrowingFile, at: int, data: bytes) -> None:
        put(self, at, data)
        played.append(pictures_of(path))

    monkeypatch.setattr(GrowingFile, "_put", put_and_play)
    writer.close()
    assert len(played) > 1 and min(played) >= 60 - 13 - (os.cpu_count() or 1) and played[-1] == 60


@pytest.mark.parametrize("suffix", [".mp4", ".m4v", ".mov"])
def test_the_index_of_a_film_that_is_whole_is_in_front(tmp_path, suffix):
    path = tmp_path / f"film{suffix}"
    noise_film(path, 60).close()
    assert boxes_of(path)[:2] == [b"ftyp", b"moov"] and b"moof" in path.read_bytes()
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    reader = VideoReader(path)
    assert reader.length == 60 and len(list(reader)) == 60


def test_the_index_stays_behind_if_there_is_no_room_for_a_second_film(tmp_path, monkeypatch):
    path = tmp_path / "film.mp4"
    writer = noise_film(path, 60)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=10**9, free=10**7))
    writer.close()
    assert boxes_of(path)[-1] == b"moov" and pictures_of(path) == 60
    monkeypatch.undo()
    assert move_index_to_front(path) and move_index_to_front(path) and pictures_of(path) == 60


@pytest.mark.parametrize("damage", ["no film", "cut", "offsets"])
def test_an_index_that_is_odd_stays_where_it_is(tmp_path, monkeypatch, damage):
    path = tmp_path / "film.mp4"
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=10**9, free=10**7))
    noise_film(path, 10).close()
    monkeypatch.undo()
    content = path.read_bytes()
    if damage == "no film":
        content = b"not a film at all"
    elif damage == "cut":
        content = content[:-9]
    else:
        at = content.rindex(b"stco")  # one of the fragments' lies before
        content = content[: at + 12] + b"\xff\xff\xff\xff" + content[at + 16 :]
    path.write_bytes(content)
    assert not move_index_to_front(path) and path.read_bytes() == content
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".avi", ".gif"])
@pytest.mark.parametrize(
    ("what", "told"),
    [("deleted", "nothing is left of it"), ("replaced", "replaced by another"), ("renamed", "was moved")],
)
def test_a_film_that_is_taken_away_is_an_error(tmp_path, suffix, what, told):
    path = tmp_path / f"film{suffix}"
    writer = noise_film(path, 10)
    if what == "renamed":
        path.rename(tmp_path / f"moved{suffix}")
    else:
        path.unlink()
    if what == "replaced":
        path.write_text("another's")
    with pytest.raises(MediaError, match=f"film{suffix}: .*{told}"):
        writer.close()
    writer.close()
    if what == "renamed":
        assert pictures_of(tmp_path / f"moved{suffix}") == 10
    if what == "replaced":
        assert path.read_text() == "another's"


def test_a_film_that_is_deleted_ends_at_the_next_picture(tmp_path):
    writer = noise_film(tmp_path / "film.mp4", 10)
    (tmp_path / "film.mp4").unlink()
    with pytest.raises(MediaError, match="deleted while it was written"):
        writer.write(np.zeros((48, 64, 3), np.uint8))


@pytest.mark.parametrize("codec", [*VIDEO_CODECS])
@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".avi", ".webm"])
def test_a_film_without_a_picture_ends_without_a_crash(tmp_path, suffix, codec):
    if installed_encoder(codec) is None:
        pytest.skip(f"this PyAV cannot encode {codec}")
    try:
        writer = VideoWriter(tmp_path / f"film{suffix}", 25.0, (64, 48), codec)
    except MediaError as error:
        assert "does not take" in str(error)  # noqa: PT017 - the other pairs of container and codec go on
        return
    writer.close()


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_a_film_of_one_picture_plays(tmp_path, codec):
    if installed_encoder(codec) is None:
        pytest.skip(f"this PyAV cannot encode {codec}")
    for number in range(5):  # x265 leaves a time of an only picture to chance
        writer = VideoWriter(tmp_path / f"{number}.mp4", 25.0, (64, 48), codec)
        writer.write(np.zeros((48, 64, 3), np.uint8))
        writer.close()
        assert pictures_of(tmp_path / f"{number}.mp4") == 1


def test_a_film_that_cannot_be_begun_leaves_the_one_of_before(tmp_path, monkeypatch):
    path = tmp_path / "film.mp4"
    path.write_text("old")
    monkeypatch.setitem(VIDEO_CODECS, "h264", replace(VIDEO_CODECS["h264"], pixel_format="pal8"))
    with pytest.raises(MediaError, match="cannot be written"):
        VideoWriter(path, 25.0, (64, 48))
    assert path.read_text() == "old"


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
