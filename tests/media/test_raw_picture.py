"""Raw pictures become the RGB that FFmpeg and OpenCV make of them, and say which layout is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from attention_mesh.media.raw_picture import LUMA_WEIGHTS, RAW_FORMATS, RawPicture
from attention_mesh.media.video_reader import VideoReader
from attention_mesh.tests.media.film_files import write_film

FFMPEG = {
    "gray": "gray",
    "rgb": "rgb24",
    "bgr": "bgr24",
    "rgba": "rgba",
    "bgra": "bgra",
    "yuy2": "yuyv422",
    "nv12": "nv12",
    "i420": "yuv420p",
}
MATRIX = {"bt601": 5, "bt709": 1, "bt2020": 9}  # FFmpeg's AVColorSpace
# FFmpeg without its shortcuts in rounding (SWS_ACCURATE_RND, SWS_FULL_CHR_H_INT), and with chroma as it is.
EXACT = int(av.video.reformatter.Interpolation.POINT) | 0x40000 | 0x2000
SIZES = [(64, 48), (33, 17), (1, 1), (2, 3)]


def picture(size: tuple[int, int]) -> np.ndarray:
    """(H, W, 3) uint8: all colors, changing slowly, so that it does not matter whether chroma is smoothed."""
    width, height = size
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    color = np.stack([255 * x, 255 * y, 255 * (1 - x) * (0.3 + 0.7 * y)], axis=2)
    return np.round(color).astype(np.uint8)


def frame_of(rgb: np.ndarray, format: str, matrix: str, is_full_range: bool) -> av.VideoFrame:
    """The picture in a format, by FFmpeg, tagged with its matrix and range."""
    frame = av.VideoFrame.from_ndarray(rgb, "rgb24").reformat(
        format=FFMPEG[format],
        dst_colorspace=MATRIX[matrix],
        dst_color_range=2 if is_full_range else 1,
        interpolation=EXACT,
    )
    frame.colorspace, frame.color_range = MATRIX[matrix], 2 if is_full_range else 1
    return frame


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("format", ["yuy2", "nv12", "i420"])
@pytest.mark.parametrize("matrix, is_full_range", [("bt601", False), ("bt709", True), ("bt2020", False)])
def test_luma_and_chroma_become_the_colors_of_ffmpeg(
    size: tuple[int, int], format: str, matrix: str, is_full_range: bool
) -> None:
    """Compared with FFmpeg's own way back, so that the loss of the format itself does not count."""
    # A picture of odd size is a part of one of even size: there, FFmpeg does not resample chroma.
    even = size[0] + size[0] % 2, size[1] + size[1] % 2
    frame = frame_of(picture(even), format, matrix, is_full_range)
    raw = RawPicture.from_frame(frame)
    assert raw is not None and (raw.format, raw.size) == (format, even)
    assert (raw.matrix, raw.is_full_range) == (matrix, is_full_range)
    raw = replace(raw, size=size)
    expected = frame.reformat(format="rgb24", interpolation=EXACT).to_ndarray()[: size[1], : size[0]]
    assert np.abs(raw.to_rgb().astype(int) - expected).max() <= 1


@pytest.mark.parametrize("format", ["yuy2", "nv12", "i420"])
def test_a_frame_of_odd_size_is_the_one_of_ffmpeg(format: str) -> None:
    rgb = picture((641, 361))
    raw = RawPicture.from_frame(frame_of(rgb, format, "bt709", False))
    assert raw is not None
    # FFmpeg stretches chroma by 641/321 instead of 2, which moves it by less than a pixel.
    assert np.quantile(np.abs(raw.to_rgb().astype(int) - rgb), 0.99) <= 2


@pytest.mark.parametrize("format", ["gray", "rgb", "bgr", "rgba", "bgra"])
@pytest.mark.parametrize("size", SIZES)
def test_formats_without_chroma_change_no_value(format: str, size: tuple[int, int]) -> None:
    frame = av.VideoFrame.from_ndarray(picture(size), "rgb24").reformat(format=FFMPEG[format])
    raw = RawPicture.from_frame(frame)
    kept = "rgba" if format in ("rgba", "bgra") else "rgb24"
    if format == "gray":
        expected = np.repeat(frame.to_ndarray()[:, :, None], 3, axis=2)
    else:
        expected = frame.reformat(format=kept).to_ndarray()
    np.testing.assert_array_equal(raw.to_rgb(), expected)


@pytest.mark.parametrize(
    "format, code",
    [("nv12", cv2.COLOR_YUV2RGB_NV12), ("i420", cv2.COLOR_YUV2RGB_I420), ("yuy2", cv2.COLOR_YUV2RGB_YUY2)],
)
def test_arrays_of_a_camera_are_read_as_opencv_reads_them(format: str, code: int) -> None:
    random = np.random.default_rng(0)
    shape = (48, 64, 2) if format == "yuy2" else (72, 64)
    array = random.integers(16, 256, shape, np.uint8)  # OpenCV takes luma below black as black
    raw = RawPicture.from_array(array, format)
    assert raw.size == (64, 48)
    away = np.abs(raw.to_rgb().astype(int) - cv2.cvtColor(array, code))
    assert away.max() <= 1  # OpenCV rounds its coefficients


@pytest.mark.parametrize("format", RAW_FORMATS)
def test_planes_that_are_too_small_are_refused(format: str) -> None:
    raw = RawPicture.from_frame(frame_of(picture((8, 6)), format, "bt601", False))
    with pytest.raises(ValueError, match=f"a {format} picture of 800x6 has uint8 planes of"):
        RawPicture(format, (800, 6), raw.planes)


@pytest.mark.parametrize(
    "arguments, text",
    [
        (("yv12", (2, 2), ()), "the format is 'yv12'; expected one of gray, rgb"),
        (("gray", (0, 2), ()), "a picture of 0x2 has no pixels"),
        (
            ("gray", (1, 1), (np.zeros((1, 1), np.uint8),), "bt470"),
            "the matrix is 'bt470'; expected one of bt601",
        ),
        (("rgb", (1, 1), (np.zeros((1, 3)),)), "uint8 planes"),
    ],
)
def test_what_is_no_picture_is_refused(arguments: tuple, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        RawPicture(*arguments)


def test_an_array_of_another_layout_is_refused() -> None:
    with pytest.raises(ValueError, match=r"an array of nv12 has the shape \(H \* 3/2, W\), not \(5, 4\)"):
        RawPicture.from_array(np.zeros((5, 4), np.uint8), "nv12")


def test_a_frame_of_another_format_is_none() -> None:
    frame = av.VideoFrame.from_ndarray(picture((8, 6)), "rgb24").reformat(format="yuv444p")
    assert RawPicture.from_frame(frame) is None
    assert set(LUMA_WEIGHTS) == set(MATRIX)


@pytest.mark.parametrize("rotation, is_kept", [(0, True), (90, False)])
def test_a_film_hands_over_its_format_unless_it_has_to_be_turned(
    tmp_path: Path, rotation: int, is_kept: bool
) -> None:
    path = tmp_path / "film.mp4"
    pictures = [picture((64, 48))] * 2
    write_film(path, (0, 40), codec="mpeg4", size=(64, 48), rotation=rotation or None, pictures=pictures)
    reader, rgb = VideoReader(path, keeps_format=True), VideoReader(path)
    assert reader.size == rgb.size == ((64, 48) if is_kept else (48, 64))
    for (kept, at_us), (expected, expected_at_us) in zip(list(reader), rgb, strict=True):
        assert at_us == expected_at_us and isinstance(kept, RawPicture) == is_kept
        own = kept.to_rgb() if isinstance(kept, RawPicture) else kept
        # FFmpeg's fast conversion, which films have else, rounds coarsely.
        assert np.abs(own.astype(int) - expected).max() <= 3
