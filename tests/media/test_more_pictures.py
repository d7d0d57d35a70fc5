"""Files with more pictures than the one that is read: the report says so, or they are films."""

import numpy as np
import pytest

from attention_mesh.media.errors import MediaError
from attention_mesh.media.image_file import read_image
from attention_mesh.media.image_folder_source import ImageFolderSource
from attention_mesh.media.more_pictures import more_pictures
from attention_mesh.media.open_source import open_source
from attention_mesh.media.video_file_source import VideoFileSource

image_module = pytest.importorskip("PIL.Image", reason="Pillow comes with scikit-image, in the dev extra")
tifffile = pytest.importorskip("tifffile", reason="it comes with scikit-image, in the dev extra")

LEVELS = (16, 60, 100, 140)
PICTURES = [np.full((48, 64, 3), level, np.uint8) for level in LEVELS]
DURATIONS_MS = (40, 60, 100, 40)
REDUCED, MASK = 1, 4  # bits of TIFF's tag 254


def save_all(path, **options):
    first, *others = map(image_module.fromarray, PICTURES)
    first.save(path, save_all=True, append_images=others, **options)


def write_tiff(path, kinds, **options):
    with tifffile.TiffWriter(path, **options) as file:
        for picture, kind in zip(PICTURES, kinds, strict=False):
            image, channels = (picture[..., 0] > 50, "mask") if kind & MASK else (picture, "rgb")
            file.write(image, photometric=channels, subfiletype=kind, metadata=None)


@pytest.mark.parametrize("options", [{}, {"bigtiff": True}, {"byteorder": ">"}])
@pytest.mark.parametrize(
    ("kinds", "count"), [([0], 1), ([0, 0, 0], 3), ([2, 2], 2), ([0, REDUCED], 1), ([0, MASK, 0], 2)]
)
def test_the_pages_of_a_tiff_are_counted(tmp_path, kinds, count, options):
    write_tiff(tmp_path / "a.tif", kinds, **options)
    text = more_pictures(tmp_path / "a.tif")
    assert text == (
        "" if count == 1 else f"the first of {count} pages was read; save the others as files of their own."
    )


def test_the_pictures_of_a_heic_are_counted(tmp_path):
    pytest.importorskip("pillow_heif", reason="in the extra heif").register_heif_opener()
    save_all(tmp_path / "many.heic", quality=95)
    image_module.fromarray(PICTURES[0]).save(tmp_path / "one.heic")
    assert more_pictures(tmp_path / "one.heic") == ""
    assert more_pictures(tmp_path / "many.heic").startswith("the main one of 4 pictures was read")


def test_a_source_names_such_a_file_and_goes_on(tmp_path):
    write_tiff(tmp_path / "a.tif", [0, 0])
    write_tiff(tmp_path / "b.tif", [0])
    with ImageFolderSource(tmp_path) as source:
        assert [frame.name for frame in source] == ["a.tif", "b.tif"]
    assert source.notices == [
        f"{tmp_path / 'a.tif'}: the first of 2 pages was read; save the others as files of their own."
    ]
    assert source.failures == []


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_sequence_in_an_avif_is_a_film(tmp_path, mode):
    path = tmp_path / "film.avif"
    first, *others = (image_module.fromarray(picture).convert(mode) for picture in PICTURES)
    first.save(path, save_all=True, append_images=others, duration=list(DURATIONS_MS), quality=95)
    with open_source(str(path)) as source:
        assert isinstance(source, VideoFileSource) and source.length == 4
        frames = list(source)
    assert [frame.timestamp_us for frame in frames] == [0, 40_000, 100_000, 200_000]
    assert [float(frame.image.mean()) for frame in frames] == pytest.approx(LEVELS, abs=3)  # it is lossy
    with pytest.raises(MediaError, match="AVIF has several frames"):
        read_image(path)


def test_an_avif_of_one_picture_is_a_photo(tmp_path):
    pytest.importorskip("pillow_heif", reason="in the extra heif")
    image_module.fromarray(PICTURES[0]).save(tmp_path / "photo.avif")
    with open_source(str(tmp_path / "photo.avif")) as source:
        assert source.still and len(list(source)) == 1
