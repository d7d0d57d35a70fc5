"""Photos: how files become 8-bit RGB, which ones are skipped, and their order."""

import os

import cv2
import numpy as np
import pytest

from attention_mesh.media.errors import MediaError
from attention_mesh.media.image_file import read_image
from attention_mesh.media.image_folder_source import ImageFolderSource


@pytest.fixture
def photo(astronaut):
    return astronaut[:100, :160]


def save(path, array):
    assert cv2.imwrite(str(path), array)
    return path


def test_a_photo_is_read_as_rgb(tmp_path, photo):
    path = save(tmp_path / "photo.png", photo[..., ::-1])
    np.testing.assert_array_equal(read_image(path), photo)


def test_gray_becomes_rgb(tmp_path, photo):
    path = save(tmp_path / "gray.png", photo[..., 1])
    np.testing.assert_array_equal(read_image(path), np.repeat(photo[..., 1:2], 3, axis=2))


def test_the_alpha_channel_is_dropped(tmp_path, photo):
    alpha = np.full(photo.shape[:2], 100, np.uint8)
    path = save(tmp_path / "alpha.png", np.dstack([photo[..., ::-1], alpha]))
    np.testing.assert_array_equal(read_image(path), photo)


@pytest.mark.parametrize("channels", [1, 3])
def test_16_bit_is_scaled_to_8(tmp_path, photo, channels):
    deep = photo.astype(np.uint16) * 257
    path = save(tmp_path / "deep.png", deep[..., 0] if channels == 1 else deep[..., ::-1])
    expected = np.repeat(photo[..., :1], 3, axis=2) if channels == 1 else photo
    np.testing.assert_array_equal(read_image(path), expected)


def test_a_float_image_is_refused(tmp_path, photo):
    path = save(tmp_path / "float.tiff", photo.astype(np.float32))
    with pytest.raises(MediaError, match="float32"):
        read_image(path)


@pytest.mark.parametrize(("orientation", "turned"), [(1, 0), (3, 2), (6, 3), (8, 1)])
def test_the_exif_orientation_is_honoured(tmp_path, photo, orientation, turned):
    image_module = pytest.importorskip("PIL.Image", reason="Pillow comes with scikit-image, in the dev extra")
    image = image_module.fromarray(photo)
    exif = image.getexif()
    exif[0x0112] = orientation  # the tag Orientation
    path = tmp_path / "turned.jpg"
    image.save(path, exif=exif, quality=95)
    expected = np.rot90(photo, turned).astype(int)
    read = read_image(path)
    assert read.shape == expected.shape
    assert np.abs(read - expected).mean() < 3  # levels, the loss of JPEG


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "0 bytes"), (b"no image", "no image OpenCV can decode"), (None, "No such file")],
)
def test_a_file_that_is_no_image_is_an_error_that_says_so(tmp_path, content, reason):
    path = tmp_path / "bad.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MediaError, match=reason):
        read_image(path)


def test_a_folder_comes_in_natural_order_and_skips_what_cannot_be_read(tmp_path, photo):
    for name in ("img10.png", "img2.png", "img1.PNG"):
        save(tmp_path / name, photo[..., ::-1])
    (tmp_path / "img3.png").write_bytes(b"damaged")
    (tmp_path / "notes.txt").write_text("no image")
    (tmp_path / "folder.png").mkdir()
    with ImageFolderSource(tmp_path) as source:
        assert source.length == 4 and source.still and not source.live
        frames = list(source)
    assert [frame.name for frame in frames] == ["img1.PNG", "img2.png", "img10.png"]
    assert [frame.index for frame in frames] == [0, 1, 3]
    times = [frame.timestamp_us for frame in frames]
    assert times == sorted(set(times))
    assert len(source.failures) == 1 and "img3.png" in source.failures[0]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_in_a_folder_is_skipped_instead_of_waited_for(tmp_path, photo):
    save(tmp_path / "a.png", photo)
    os.mkfifo(tmp_path / "b.png")
    save(tmp_path / "c.png", photo)
    with ImageFolderSource(tmp_path) as source:
        assert [frame.name for frame in source] == ["a.png", "c.png"]
    assert source.failures == [f"{tmp_path / 'b.png'}: this is no regular file."]


def test_one_image_is_a_source_of_one_frame(tmp_path, photo):
    source = ImageFolderSource(save(tmp_path / "photo.png", photo[..., ::-1]))
    (frame,) = source
    assert (frame.name, frame.size, source.length) == ("photo.png", (160, 100), 1)


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_skipped(tmp_path, photo):
    path = save(tmp_path / "locked.png", photo)
    path.chmod(0)
    source = ImageFolderSource(tmp_path)
    assert list(source) == [] and "Permission denied" in source.failures[0]


def test_a_folder_without_images_and_an_absent_one_are_errors(tmp_path):
    with pytest.raises(MediaError, match="has no image"):
        ImageFolderSource(tmp_path)
    with pytest.raises(MediaError, match="no such file or folder"):
        ImageFolderSource(tmp_path / "absent")
