"""EXIF of photos."""

import io

import cv2
import numpy as np
import pytest

from attention_mesh.media.errors import MediaError
from attention_mesh.media.exif import Exif, read_exif
from attention_mesh.tests.media.jpeg_with_exif import jpeg_with_exif


@pytest.mark.parametrize("order", ["<", ">"])
def test_size_and_lens_are_read_in_both_byte_orders(order):
    assert read_exif(jpeg_with_exif(order=order)) == Exif((2448, 3264), 3.38, 25.0)


def test_another_reader_sees_the_same():
    image = pytest.importorskip("PIL.Image")
    folder = image.open(io.BytesIO(jpeg_with_exif())).getexif().get_ifd(0x8769)
    assert (folder[0xA002], folder[0xA003], folder[0xA405]) == (2448, 3264, 25)
    assert float(folder[0x920A]) == pytest.approx(3.38)


def test_exif_of_another_writer_is_read():
    image = pytest.importorskip("PIL.Image")
    length = pytest.importorskip("PIL.TiffImagePlugin").IFDRational(17, 4)
    photo, exif, file = image.new("RGB", (32, 16)), image.Exif(), io.BytesIO()
    exif[0x010F] = "a maker"
    exif[0x8769] = {0x920A: length, 0xA405: 27, 0xA002: 4032, 0xA003: 3024, 0x9003: "2024:05:01"}
    photo.save(file, "jpeg", exif=exif)
    assert read_exif(file.getvalue()) == Exif((4032, 3024), 4.25, 27.0)


def test_a_fraction_of_zeros_is_unknown():
    assert read_exif(jpeg_with_exif(focal_mm=(0, 0))).focal_mm == 0


@pytest.mark.parametrize(
    "data, problem",
    [
        (b"", "the image is no JPEG file"),
        (cv2.imencode(".png", np.zeros((4, 4), np.uint8))[1].tobytes(), "no JPEG file"),
        (cv2.imencode(".jpg", np.zeros((4, 4), np.uint8))[1].tobytes(), "the photo has no EXIF"),
        (jpeg_with_exif().replace(b"Exif\0\0II", b"Exif\0\0XX"), "EXIF is broken: its byte order is unknown"),
        (jpeg_with_exif()[:60], "EXIF is broken"),
    ],
)
def test_what_cannot_be_read_is_told(data, problem):
    with pytest.raises(MediaError, match=problem):
        read_exif(data)


def test_damaged_files_are_errors_and_nothing_else():
    whole = jpeg_with_exif()
    random = np.random.default_rng(0)
    for _ in range(300):
        damaged = bytearray(whole[:140])
        for place in random.integers(0, 140, 4):
            damaged[place] = random.integers(256)
        try:
            read_exif(bytes(damaged))
        except MediaError:
            pass
