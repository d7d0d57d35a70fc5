"""Photos: every kind is read whole, against the library that wrote it, or refused by its name."""

from __future__ import annotations

import io
import struct
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from attention_mesh.media.errors import MediaError
from attention_mesh.media.image_file import read_image
from attention_mesh.media.orientation import upright
from attention_mesh.tests.media.heic_files import write_grid

image_module = pytest.importorskip("PIL.Image", reason="Pillow comes with scikit-image, in the dev extra")
tifffile = pytest.importorskip("tifffile", reason="it comes with scikit-image, in the dev extra")

HEIGHT, WIDTH = 60, 90
ROWS, COLUMNS = np.mgrid[:HEIGHT, :WIDTH]
RGB = np.stack([COLUMNS * 255 // 89, ROWS * 255 // 59, (ROWS + COLUMNS) * 255 // 148], axis=2).astype(
    np.uint8
)
RGB[5:15, 5:25] = (250, 10, 10)  # so that no turn or swap of channels looks like another
GRAY = RGB[..., 0]
GRAY_RGB = np.repeat(GRAY[..., None], 3, axis=2)
ALPHA = np.where(COLUMNS < 45, 100, 255).astype(np.uint8)
BLACK_AND_WHITE = np.where(GRAY > 128, 255, 0).astype(np.uint8)
TURNS: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    1: lambda image: image,
    2: lambda image: image[:, ::-1],
    3: lambda image: image[::-1, ::-1],
    4: lambda image: image[::-1],
    5: lambda image: image.swapaxes(0, 1),
    6: lambda image: np.rot90(image, 3),
    7: lambda image: image[::-1, ::-1].swapaxes(0, 1),
    8: lambda image: np.rot90(image),
}
LOSSLESS, ROUNDED, LOSSY = 0, 1.5, 6  # levels: the largest difference anywhere, but of LOSSY the mean


def deep(image: np.ndarray) -> np.ndarray:
    return image.astype(np.uint16) * 257


def pillow(image: np.ndarray, mode: str | None = None, **options: object) -> Callable[[Path], None]:
    """Writes with Pillow; the suffix chooses the format."""

    def write(path: Path) -> None:
        picture = image_module.fromarray(image)
        (picture if mode is None else picture.convert(mode)).save(path, **options)

    return write


def tiff(image: np.ndarray, photometric: str = "rgb", **options: object) -> Callable[[Path], None]:
    return lambda path: tifffile.imwrite(path, image, photometric=photometric, **options)


def opencv(image: np.ndarray, *options: int) -> Callable[[Path], None]:
    bgr = image if image.ndim == 2 else image[..., [2, 1, 0, 3][: image.shape[2]]]
    return lambda path: path.write_bytes(cv2.imencode(path.suffix, bgr, options)[1].tobytes())


def content(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


def planes(image: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(image.transpose(2, 0, 1))


LZW = (cv2.IMWRITE_TIFF_COMPRESSION, 5)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    PALETTE = image_module.fromarray(RGB).quantize(64)
COLORED = np.asarray(PALETTE.convert("RGB"))

READ = [
    # suffix, kind, writer, truth, tolerance
    (".jpg", "RGB", pillow(RGB, quality=95), RGB, LOSSY),
    (".jpg", "progressive", pillow(RGB, quality=95, progressive=True), RGB, LOSSY),
    (".jpg", "gray", pillow(GRAY, quality=95), GRAY_RGB, LOSSY),
    (".jpg", "CMYK", pillow(RGB, "CMYK", quality=95), RGB, LOSSY),
    (".jpg", "with a film behind its end", None, RGB, LOSSY),
    (".png", "RGB", pillow(RGB), RGB, LOSSLESS),
    (".png", "gray", pillow(GRAY), GRAY_RGB, LOSSLESS),
    (".png", "1 bit", pillow(GRAY > 128), np.repeat(BLACK_AND_WHITE[..., None], 3, 2), LOSSLESS),
    (".png", "palette", lambda path: PALETTE.save(path), COLORED, LOSSLESS),
    (
        ".png",
        "palette with a clear color",
        lambda path: PALETTE.save(path, transparency=3),
        COLORED,
        LOSSLESS,
    ),
    (".png", "gray and alpha", pillow(np.dstack([GRAY, ALPHA]), "LA"), GRAY_RGB, LOSSLESS),
    (".png", "RGBA", pillow(np.dstack([RGB, ALPHA])), RGB, LOSSLESS),
    (".png", "16-bit gray", pillow(deep(GRAY)), GRAY_RGB, LOSSLESS),
    (".png", "16-bit RGB", opencv(deep(RGB)), RGB, LOSSLESS),
    (".png", "16-bit RGBA", opencv(np.dstack([deep(RGB), deep(ALPHA)])), RGB, LOSSLESS),
    (".bmp", "RGB", pillow(RGB), RGB, LOSSLESS),
    (".bmp", "palette", lambda path: PALETTE.save(path), COLORED, LOSSLESS),
    (".bmp", "1 bit", pillow(GRAY > 128), np.repeat(BLACK_AND_WHITE[..., None], 3, 2), LOSSLESS),
    (".webp", "RGB", pillow(RGB, lossless=True), RGB, LOSSLESS),
    (".webp", "RGBA", pillow(np.dstack([RGB, ALPHA]), lossless=True, exact=True), RGB, LOSSLESS),
    (".webp", "lossy", pillow(RGB, quality=95), RGB, LOSSY),
    (".jp2", "RGB", pillow(RGB), RGB, LOSSLESS),
    (".jp2", "16-bit gray", pillow(deep(GRAY)), GRAY_RGB, LOSSLESS),
    (".gif", "one picture", pillow(COLORED), COLORED, LOSSLESS),
    (".ppm", "RGB", pillow(RGB), RGB, LOSSLESS),
    (".ppm", "16 bits", opencv(deep(RGB)), RGB, LOSSLESS),
    (".pgm", "gray", pillow(GRAY), GRAY_RGB, LOSSLESS),
    (
        *(".pgm", "10 bits", content(b"P5 # white\n90 60\n1023\n" + (GRAY * 4.0118).astype(">u2").tobytes())),
        *(GRAY_RGB, ROUNDED),
    ),
    (".pbm", "1 bit", pillow(GRAY > 128), np.repeat(BLACK_AND_WHITE[..., None], 3, 2), LOSSLESS),
    (".tif", "RGB", tiff(RGB), RGB, LOSSLESS),
    (".tif", "RGB, LZW", opencv(RGB, *LZW), RGB, LOSSLESS),
    (".tif", "RGB in tiles", tiff(RGB, tile=(32, 32)), RGB, LOSSLESS),
    (".tif", "RGB in planes", tiff(planes(RGB), planarconfig="separate"), RGB, LOSSLESS),
    (".tif", "RGB, big", tiff(RGB, bigtiff=True), RGB, LOSSLESS),
    (".tif", "RGBA", tiff(np.dstack([RGB, ALPHA]), extrasamples=["unassalpha"]), RGB, ROUNDED),
    (
        *(".tif", "RGBA, multiplied"),
        tiff(
            np.dstack([np.round(RGB * (ALPHA[..., None] / 255)), ALPHA]).astype(np.uint8),
            extrasamples=["assocalpha"],
        ),
        *(RGB, ROUNDED),
    ),
    (".tif", "RGB and a fourth", tiff(np.dstack([RGB, ALPHA]), extrasamples=["unspecified"]), RGB, LOSSLESS),
    (".tif", "gray", tiff(GRAY, "minisblack"), GRAY_RGB, LOSSLESS),
    (".tif", "gray, white is 0", tiff(255 - GRAY, "miniswhite"), GRAY_RGB, LOSSLESS),
    (".tif", "gray and alpha", pillow(np.dstack([GRAY, ALPHA]), "LA"), GRAY_RGB, LOSSLESS),
    (
        ".tif",
        "1 bit, fax",
        pillow(GRAY > 128, compression="group4"),
        np.repeat(BLACK_AND_WHITE[..., None], 3, 2),
        0,
    ),
    (".tif", "palette", lambda path: PALETTE.save(path), COLORED, LOSSLESS),
    (".tif", "CMYK", pillow(RGB, "CMYK"), RGB, LOSSLESS),
    (".tif", "YCbCr, JPEG", pillow(RGB, "YCbCr", compression="jpeg"), RGB, LOSSY),
    (".tif", "16-bit gray", tiff(deep(GRAY), "minisblack"), GRAY_RGB, LOSSLESS),
    (".tif", "16-bit gray, white is 0", tiff(65535 - deep(GRAY), "miniswhite"), GRAY_RGB, LOSSLESS),
    (".tif", "16-bit RGB", tiff(deep(RGB)), RGB, LOSSLESS),
    (".tif", "16-bit RGB, Motorola", tiff(deep(RGB), byteorder=">"), RGB, LOSSLESS),
    (".tif", "16-bit RGB, LZW", opencv(deep(RGB), *LZW), RGB, LOSSLESS),
    (".tif", "16-bit RGB, deflate", tiff(deep(RGB), compression="zlib"), RGB, LOSSLESS),
    (".tif", "16-bit RGB in strips", tiff(deep(RGB), rowsperstrip=7), RGB, LOSSLESS),
    (".tif", "16-bit RGB in tiles", tiff(deep(RGB), tile=(32, 32)), RGB, LOSSLESS),
    (".tif", "16-bit RGB in planes", tiff(planes(deep(RGB)), planarconfig="separate"), RGB, LOSSLESS),
    (
        *(".tif", "16-bit RGB in planes of tiles"),
        *(tiff(planes(deep(RGB)), planarconfig="separate", tile=(32, 32)), RGB, LOSSLESS),
    ),
    (
        *(".tif", "16-bit RGB in planes of tiles, deflate, Motorola"),
        tiff(
            planes(deep(RGB)),
            **dict(planarconfig="separate", tile=(16, 48), compression="zlib", predictor=True, byteorder=">"),
        ),
        *(RGB, LOSSLESS),
    ),
    (
        *(".tif", "16-bit RGB in planes of tiles, big"),
        *(tiff(planes(deep(RGB)), planarconfig="separate", tile=(32, 32), bigtiff=True), RGB, LOSSLESS),
    ),
    (
        *(".tif", "16-bit RGB in planes of strips, deflate"),
        *(
            tiff(planes(deep(RGB)), planarconfig="separate", rowsperstrip=7, compression="zlib"),
            RGB,
            LOSSLESS,
        ),
    ),
    (
        *(".tif", "16-bit RGBA in planes, multiplied"),
        tiff(
            planes(np.dstack([deep(RGB) * (ALPHA[..., None] / 255), deep(ALPHA)]).astype(np.uint16)),
            **dict(planarconfig="separate", tile=(32, 32), extrasamples=["assocalpha"]),
        ),
        *(RGB, ROUNDED),
    ),
    (
        *(".tif", "16-bit gray and alpha in planes"),
        tiff(
            planes(np.dstack([deep(GRAY), deep(ALPHA)])),
            **dict(photometric="minisblack", planarconfig="separate", extrasamples=["unassalpha"]),
        ),
        *(GRAY_RGB, LOSSLESS),
    ),
    (".tif", "16-bit RGB, big", tiff(deep(RGB), bigtiff=True), RGB, LOSSLESS),
    (
        *(".tif", "16-bit RGBA"),
        tiff(np.dstack([deep(RGB), deep(ALPHA)]), extrasamples=["unassalpha"]),
        *(RGB, LOSSLESS),
    ),
    (
        *(".tif", "16-bit RGBA, multiplied"),
        tiff(
            np.dstack([deep(RGB) * (ALPHA[..., None] / 255), deep(ALPHA)]).astype(np.uint16),
            extrasamples=["assocalpha"],
        ),
        *(RGB, ROUNDED),
    ),
    (".heic", "RGB", None, RGB, LOSSY),
    (".heic", "a grid of tiles", None, RGB, LOSSY),
    (".avif", "RGB", None, RGB, LOSSY),
]


@pytest.mark.parametrize(
    ("suffix", "kind", "write", "truth", "tolerance"), READ, ids=[f"{row[0][1:]}: {row[1]}" for row in READ]
)
def test_a_photo_is_read_whole(tmp_path, suffix, kind, write, truth, tolerance):
    path = tmp_path / f"photo{suffix}"
    if suffix in (".heic", ".avif"):
        heif = pytest.importorskip("pillow_heif", reason="in the extra heif")
        heif.register_heif_opener()
        write = pillow(RGB, quality=95)
        if "grid" in kind:
            write = content(write_grid(RGB, 64))
    elif write is None:
        pillow(RGB, quality=95)(path)
        write = content(path.read_bytes() + b"\0\0\0\x18ftypmp42 a film that holds \xff\xd8 \xff\xda")
    write(path)
    read_image_of_before = np.full((HEIGHT, WIDTH, 3), 77, np.uint16)  # in the memory that a reader gets
    del read_image_of_before
    image = read_image(path)
    assert image.dtype == np.uint8 and image.shape == truth.shape
    difference = np.abs(image.astype(int) - truth)
    assert (difference.mean() if tolerance == LOSSY else difference.max()) <= tolerance
    (tmp_path / "photo.jpg.txt").write_bytes(path.read_bytes())
    np.testing.assert_array_equal(read_image(tmp_path / "photo.jpg.txt"), image)  # the content decides


def with_orientation(suffix: str, value: int) -> Callable[[Path], None]:
    if suffix == ".tif, 16 bits":
        return tiff(deep(RGB), extratags=[(274, "H", 1, value, True)])
    if suffix == ".tif, 16 bits, in planes":
        return tiff(planes(deep(RGB)), planarconfig="separate", extratags=[(274, "H", 1, value, True)])
    if suffix == ".tif, alpha":
        alpha = {"extrasamples": ["unassalpha"], "extratags": [(274, "H", 1, value, True)]}
        return tiff(np.dstack([RGB, ALPHA]), **alpha)
    exif = image_module.Exif()
    exif[274] = value
    lossless = {"lossless": True} if suffix == ".webp" else {"quality": 95} if suffix != ".png" else {}
    return pillow(RGB, exif=exif, **lossless)


@pytest.mark.parametrize("value", TURNS)
@pytest.mark.parametrize(
    "suffix",
    [".jpg", ".png", ".webp", ".tif", ".tif, 16 bits", ".tif, 16 bits, in planes", ".tif, alpha", ".avif"],
)
def test_every_orientation_is_turned_upright(tmp_path, suffix, value):
    if suffix == ".avif":
        pytest.importorskip("pillow_heif", reason="in the extra heif")
    path = tmp_path / f"photo{suffix.partition(',')[0]}"
    with_orientation(suffix, value)(path)
    image, truth = read_image(path), TURNS[value](RGB)
    assert image.shape == truth.shape
    assert np.abs(image.astype(int) - truth).mean() < LOSSY


@pytest.mark.parametrize("quarter_turns", range(4))
def test_the_photo_of_a_phone_is_whole_and_upright(tmp_path, quarter_turns):
    pytest.importorskip("pillow_heif", reason="in the extra heif")
    path = tmp_path / "IMG_0001.HEIC"
    stored = RGB.repeat(2, axis=0).repeat(2, axis=1)
    path.write_bytes(write_grid(stored, 64, quarter_turns))  # 3 by 2 tiles
    image, truth = read_image(path), np.rot90(stored, quarter_turns)
    assert image.shape == truth.shape
    assert np.abs(image.astype(int) - truth).mean() < LOSSY


@pytest.mark.parametrize("value", TURNS)
def test_upright_is_the_second_readers(value):
    ops = pytest.importorskip("PIL.ImageOps", reason="Pillow comes with scikit-image, in the dev extra")
    picture = image_module.fromarray(RGB)
    exif = picture.getexif()
    exif[274] = value
    np.testing.assert_array_equal(upright(RGB, value), np.asarray(ops.exif_transpose(picture)))


# A TIFF of a preview (tag 254) with a reference to the real picture (tag 330).
NIKON = b"II*\0\x08\0\0\0" + struct.pack("<HHHIIHHIIQ", 2, 254, 4, 1, 1, 330, 4, 1, 8, 0)
FILM = [RGB, RGB[::-1].copy()]


def animated(**options: object) -> Callable[[Path], None]:
    first, second = map(image_module.fromarray, FILM)
    return lambda path: first.save(path, save_all=True, append_images=[second], duration=100, **options)


REFUSED = [
    ("a.jxl", content(b"\xff\x0a" + bytes(200)), "JPEG XL"),
    ("b.jxl", content(b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(200)), "JPEG XL"),
    ("renamed.jpg", content(b"\xff\x0a" + bytes(200)), "JPEG XL"),
    ("a.psd", content(b"8BPS\0\1" + bytes(200)), "Photoshop"),
    ("a.exr", content(b"\x76\x2f\x31\x01" + bytes(200)), "OpenEXR"),
    ("a.hdr", opencv(RGB.astype(np.float32) / 255), "Radiance HDR"),
    ("a.pfm", opencv(RGB.astype(np.float32) / 255), "Portable FloatMap"),
    ("a.tga", pillow(RGB), "Targa"),
    ("a.ico", pillow(RGB), "icon"),
    ("a.dds", pillow(RGB), "DirectDraw"),
    ("a.cr2", content(b"II*\0\x10\0\0\0CR\2\0" + bytes(200)), "camera raw"),
    ("a.cr3", content(b"\0\0\0\x18ftypcrx \0\0\0\1" + bytes(200)), "camera raw"),
    ("a.raf", content(b"FUJIFILMCCD-RAW " + bytes(200)), "camera raw"),
    ("a.dng", tiff(RGB, extratags=[(50706, "B", 4, (1, 4, 0, 0), True)]), "camera's raw"),
    ("a.nef", content(NIKON), "camera's raw"),
    ("float.tif", tiff(RGB.astype(np.float32) / 255), "32-bit floating-point RGB"),
    ("half.tif", tiff(RGB.astype(np.float16) / 255), "16-bit floating-point RGB"),
    ("gray_float.tif", tiff(GRAY.astype(np.float32), "minisblack"), "32-bit floating-point gray"),
    ("signed.tif", tiff(GRAY.astype(np.int16), "minisblack"), "16-bit signed gray"),
    ("32.tif", tiff(RGB.astype(np.uint32)), "32-bit RGB"),
    ("lab.tif", pillow(RGB, "LAB"), "8-bit CIELab"),
    ("cmyk16.tif", tiff(np.dstack([deep(RGB), deep(ALPHA)]), "separated"), "16-bit CMYK"),
    ("five.tif", tiff(np.dstack([RGB, ALPHA, ALPHA])), "5 channels"),
    ("film.png", animated(), "PNG has several frames"),
    ("film.webp", animated(), "WebP has several frames"),
    ("film.gif", animated(), "GIF has several frames"),
    ("film.avif", animated(), "AVIF has several frames"),
    ("empty.png", content(b""), "0 bytes"),
    ("text.png", content(b"no image"), "damaged or of an unknown format"),
    ("film.jpg", content(b"\0\0\0\x18ftypmp42" + bytes(200)), "damaged or of an unknown format"),
]


@pytest.mark.parametrize(("name", "write", "reason"), REFUSED, ids=[row[0] for row in REFUSED])
def test_a_photo_that_cannot_be_read_is_refused_by_its_kind(tmp_path, name, write, reason):
    path = tmp_path / name
    write(path)
    with pytest.raises(MediaError, match=f"^{path}: .*{reason}"):
        read_image(path)


def test_a_missing_file_is_an_error_that_says_so(tmp_path):
    with pytest.raises(MediaError, match="No such file"):
        read_image(tmp_path / "absent.png")


@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
@pytest.mark.parametrize(
    ("suffix", "write"),
    [
        (".jpg", pillow(RGB, quality=95)),
        (".jpg", pillow(RGB, quality=95, progressive=True)),
        (".png", pillow(RGB)),
        (".webp", pillow(RGB)),
        (".jp2", pillow(RGB)),
        (".bmp", pillow(RGB)),
        (".ppm", pillow(RGB)),
        (".gif", pillow(RGB)),
        (".tif", tiff(deep(RGB))),
        (".tif", tiff(planes(deep(RGB)), planarconfig="separate")),
        (".avif", pillow(RGB)),
        (".heic", pillow(RGB)),
    ],
)
def test_a_photo_that_is_cut_off_is_refused(tmp_path, suffix, write, share):
    if suffix in (".heic", ".avif"):
        pytest.importorskip("pillow_heif", reason="in the extra heif").register_heif_opener()
    path = tmp_path / f"photo{suffix}"
    write(path)
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(MediaError, match="photo.*(cut off|damaged)"):
        read_image(path)


@pytest.mark.parametrize(("suffix", "package"), [(".heic", "pillow_heif"), (".avif", "PIL")])
def test_without_its_package_a_phones_photo_names_the_extra(tmp_path, monkeypatch, suffix, package):
    heif = pytest.importorskip("pillow_heif", reason="in the extra heif")
    heif.register_heif_opener()
    path = tmp_path / f"photo{suffix}"
    pillow(RGB)(path)
    monkeypatch.setitem(sys.modules, package, None)  # import then fails as for a missing package
    with pytest.raises(MediaError, match=rf"photo{suffix}: .*\[heif\]"):
        read_image(path)


def test_only_the_first_page_of_a_tiff_is_read(tmp_path):
    file = io.BytesIO()
    tifffile.imwrite(file, np.stack(FILM), photometric="rgb")
    (tmp_path / "pages.tif").write_bytes(file.getvalue())
    np.testing.assert_array_equal(read_image(tmp_path / "pages.tif"), RGB)
