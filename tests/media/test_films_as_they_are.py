"""Films as people have them: joined, turned, of odd pixels and rates, in many codecs, damaged."""

from __future__ import annotations

import os
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from attention_mesh.media.errors import MediaError
from attention_mesh.media.video_file_source import VideoFileSource
from attention_mesh.media.video_reader import VideoReader
from attention_mesh.tests.media.film_files import SIZE, TIMES_MS, indices, write_film


def times_ms(path: Path) -> list[int]:
    return [round(time_us / 1000) for _, time_us in VideoReader(path)]


@pytest.mark.parametrize(
    ("codec", "suffix", "pixel_format"),
    [
        ("libx264", ".mp4", "yuv420p"),
        ("libx264", ".mp4", "yuv420p10le"),
        ("libx264", ".mkv", "yuv444p"),
        ("libx265", ".mp4", "yuv420p"),
        ("libx265", ".mp4", "yuv420p10le"),
        ("libsvtav1", ".mp4", "yuv420p"),
        ("libsvtav1", ".mkv", "yuv420p10le"),
        ("libvpx-vp9", ".webm", "yuv420p"),
        ("libvpx", ".webm", "yuv420p"),
        ("prores_ks", ".mov", "yuv422p10le"),
        ("ffv1", ".mkv", "gray16le"),
        ("mjpeg", ".mov", "yuvj420p"),
        ("qtrle", ".mov", "rgb24"),
    ],
)
def test_every_codec_and_depth_is_read_with_its_times_and_levels(tmp_path, codec, suffix, pixel_format):
    if codec not in av.codecs_available:
        pytest.skip(f"this PyAV cannot encode {codec}")
    path = write_film(tmp_path / f"film{suffix}", codec=codec, pixel_format=pixel_format)
    reader = VideoReader(path)
    pictures = list(reader)
    assert reader.size == SIZE and reader.fps == pytest.approx(25, rel=0.01)
    assert indices([image for image, _ in pictures]) == list(range(20))
    assert [round(time_us / 1000) for _, time_us in pictures] == list(TIMES_MS)
    assert reader.notices == []


@pytest.mark.parametrize("suffix", [".avi", ".mp4", ".mkv", ".ts"])
@pytest.mark.parametrize("codec", ["mpeg4", "libx264"])
def test_pictures_that_are_stored_out_of_order_are_shown_in_order(tmp_path, suffix, codec):
    path = write_film(tmp_path / f"a{suffix}", codec=codec, ordered=False)
    with av.open(str(path)) as container:
        stored = [packet.pts for packet in container.demux(video=0) if packet.pts is not None]
    assert suffix == ".avi" or stored != sorted(stored)
    reader = VideoReader(path)
    pictures = list(reader)
    assert indices([image for image, _ in pictures]) == list(range(20))
    times = [time_us for _, time_us in pictures]
    np.testing.assert_allclose(np.diff(times), 40_000, atol=1000)  # µs
    assert reader.notices == []


def joined(tmp_path: Path, first: Path, second: Path) -> Path:
    path = tmp_path / "joined.ts"
    path.write_bytes(first.read_bytes() + second.read_bytes())
    return path


@pytest.mark.parametrize("second_begins_ms", [0, 400, 3_600_000])
def test_time_goes_on_where_recordings_were_joined(tmp_path, second_begins_ms):
    first = write_film(tmp_path / "a.ts")
    second = write_film(tmp_path / "b.ts", [time + second_begins_ms for time in TIMES_MS])
    reader = VideoReader(joined(tmp_path, first, second))
    pictures = list(reader)
    assert len(pictures) == 40
    intervals = np.diff([time_us for _, time_us in pictures])
    assert set(intervals.tolist()) <= {40_000}
    (notice,) = reader.notices
    assert "its times fell back or jumped 1 time," in notice


@pytest.mark.parametrize("begin_ms", [0, 1400, 95_443_000])  # 2^33 / 90 kHz is 95 443.7 s
def test_times_begin_at_zero_and_pass_the_wrap_of_33_bits(tmp_path, begin_ms):
    path = write_film(tmp_path / "a.ts", [time + begin_ms for time in range(0, 1600, 40)])
    assert times_ms(path) == list(range(0, 1600, 40))


def test_the_pieces_of_hls_are_one_film(tmp_path):
    options = {"hls_time": "0.4", "hls_playlist_type": "vod", "hls_segment_filename": f"{tmp_path}/p%d.ts"}
    path = write_film(tmp_path / "film.m3u8", options=options)
    assert len(list(tmp_path.glob("p*.ts"))) > 1
    text = path.read_text()
    assert "ENDLIST" in text
    assert times_ms(path) == list(TIMES_MS)


def corners(size: tuple[int, int]) -> np.ndarray:
    """A picture whose top left quarter is red and whose top right quarter is green."""
    width, height = size
    image = np.zeros((height, width, 3), np.uint8)
    image[: height // 2, : width // 2, 0] = 255
    image[: height // 2, width // 2 :, 1] = 255
    return image


@pytest.mark.parametrize(
    ("rotation", "mirrored", "shape", "red", "green"),
    [
        (None, False, (64, 96), "top left", "top right"),
        (90, False, (96, 64), "bottom left", "top left"),
        (-90, False, (96, 64), "top right", "bottom right"),
        (180, False, (64, 96), "bottom right", "bottom left"),
        (0, True, (64, 96), "top right", "top left"),
    ],
)
def test_rotation_and_mirroring_are_applied(tmp_path, rotation, mirrored, shape, red, green):
    path = write_film(
        tmp_path / "a.mp4",
        [0],
        size=(96, 64),
        rotation=rotation,
        mirrored=mirrored,
        pictures=[corners((96, 64))],
    )
    ((image, _),) = VideoReader(path)
    assert image.shape[:2] == shape
    height, width = shape
    places = {
        "top left": image[: height // 2 - 4, : width // 2 - 4],
        "top right": image[: height // 2 - 4, width // 2 + 4 :],
        "bottom left": image[height // 2 + 4 :, : width // 2 - 4],
        "bottom right": image[height // 2 + 4 :, width // 2 + 4 :],
    }
    for place, channel in ((red, 0), (green, 1)):
        assert places[place][..., channel].min() > 200, place  # levels; the loss of H.264


@pytest.mark.parametrize(
    ("aspect", "size"),
    [
        (Fraction(2), (128, 48)),
        (Fraction(1, 2), (64, 96)),
        (Fraction(16, 15), (68, 48)),
        (Fraction(1), SIZE),
        (Fraction(1, 5000), SIZE),
    ],
)
def test_pixels_become_square(tmp_path, aspect, size):
    path = write_film(tmp_path / "a.mp4", pixel_aspect=aspect)
    reader = VideoReader(path)
    assert reader.size == size
    assert all(image.shape == (size[1], size[0], 3) for image, _ in reader)


@pytest.mark.parametrize("size", [(65, 49), (63, 48), (34, 33)])
def test_odd_sizes_are_read_whole(tmp_path, size):
    path = write_film(tmp_path / "a.webm", codec="libvpx-vp9", size=size)
    with VideoFileSource(path) as source:
        assert source.size == size
        frames = [frame.image for frame in source]
    assert indices(frames) == list(range(20)) and frames[0].flags["C_CONTIGUOUS"]


@pytest.mark.parametrize(("space", "number"), [("ITU601", 5), ("ITU709", 1)])
def test_the_tags_choose_the_color_matrix(tmp_path, space, number):
    """BT.709 decoded as BT.601 would be off by up to 30 levels."""
    image = np.zeros((48, 64, 3), np.uint8)
    image[:] = (200, 40, 60)
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "4"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.colorspace, stream.codec_context.color_range = number, 1
        frame = av.VideoFrame.from_ndarray(image, format="rgb24")
        container.mux(stream.encode(frame.reformat(format="yuv420p", dst_colorspace=space)))
        container.mux(stream.encode())
    ((read, _),) = VideoReader(path)
    assert np.abs(read.astype(int) - image).max() <= 4  # levels: rounding, and the codec


def test_colors_are_those_of_opencvs_reader(tmp_path, astronaut):
    import cv2

    path = write_film(tmp_path / "a.mp4", [0, 40], size=(512, 512), pictures=[astronaut, astronaut])
    capture = cv2.VideoCapture(str(path))
    for image, _ in VideoReader(path):
        _, other = capture.read()
        assert np.abs(image.astype(int) - cv2.cvtColor(other, cv2.COLOR_BGR2RGB)).max() <= 2  # levels
    capture.release()


NAMES = [
    "a film.mp4",
    "100%d.mp4",
    "-x.mp4",
    "a:b.mp4",
    "http:x.mp4",
    "file:x.mp4",
    "pipe:0.mp4",
    "Ümläut 顔.mp4",
    "new\nline.mp4",
    "[brackets] & 'quotes\".mp4",
    os.fsdecode(b"b\xff\xfe.mp4"),
]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="fewer names are allowed there")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("relative", [False, True])
def test_a_name_is_a_name(tmp_path, monkeypatch, name, relative):
    monkeypatch.chdir(tmp_path)
    path = Path(name) if relative else tmp_path / name
    write_film(tmp_path / "plain.mp4").rename(tmp_path / name)
    assert times_ms(path) == list(TIMES_MS)


def test_a_codec_without_a_decoder_is_named(tmp_path):
    path = write_film(tmp_path / "a.mp4")
    path.write_bytes(path.read_bytes().replace(b"avc1", b"xyz1"))
    with pytest.raises(MediaError, match=r'no decoder knows the codec .*"xyz1".*ffmpeg -i'):
        VideoReader(path)


def test_a_film_that_cannot_be_decoded_is_told_with_its_codec(tmp_path):
    path = write_film(tmp_path / "a.mkv")
    reader = av.open(str(path))
    data = bytearray(path.read_bytes())
    for packet in reader.demux(video=0):
        if packet.size:
            start = data.find(bytes(packet))
            data[start : start + packet.size] = b"\xff" * packet.size
    reader.close()
    path.write_bytes(data)
    with pytest.raises(MediaError, match=r"none of its pictures can be decoded \(codec h264, \d+ packets"):
        VideoReader(path)


def test_damage_in_the_middle_is_passed_over_and_told(tmp_path):
    noise = np.random.default_rng(1).integers(0, 255, (20, 48, 64, 3), np.uint8)
    path = write_film(tmp_path / "a.mkv", codec="mjpeg", pixel_format="yuvj420p", pictures=list(noise))
    reader = av.open(str(path))
    packet = [packet for packet in reader.demux(video=0) if packet.size][9]
    data = bytearray(path.read_bytes())
    start = data.find(bytes(packet))
    data[start : start + packet.size] = bytes(packet.size)
    reader.close()
    path.write_bytes(data)
    damaged = VideoReader(path)
    assert [round(time / 1000) for _, time in damaged] == [t for t in TIMES_MS if t != 360]
    assert "1 damaged packet could not be decoded (codec mjpeg)" in damaged.notices[0]


@pytest.mark.parametrize("suffix", [".mkv", ".ts", ".webm"])
def test_of_a_film_that_is_cut_off_what_is_whole_is_read(tmp_path, suffix):
    noise = np.random.default_rng(1).integers(0, 255, (20, 48, 64, 3), np.uint8)
    codec = "libvpx" if suffix == ".webm" else "libx264"
    path = write_film(tmp_path / f"a{suffix}", codec=codec, pictures=list(noise))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    reader, pictures = VideoReader(path), []
    try:
        pictures.extend(reader)
    except MediaError as error:
        assert "the film ends after" in str(error)  # noqa: PT017 - a .ts announces no length
    else:
        assert suffix == ".ts"
    assert 8 <= len(pictures) <= 13


def test_sound_alone_is_no_film(tmp_path):
    path = tmp_path / "a.m4a"
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=48_000)
        frame = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = 48_000, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    with pytest.raises(MediaError, match=r"no pictures, only sound \(aac\)"):
        VideoReader(path)
