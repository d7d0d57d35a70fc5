"""Folders of photos: which files are photos, which ones are skipped, and their order."""

import os

import cv2
import pytest

from attention_mesh.media.errors import MediaError
from attention_mesh.media.image_folder_source import ImageFolderSource


@pytest.fixture
def photo(astronaut):
    return astronaut[:100, :160]


def save(path, array):
    assert cv2.imwrite(str(path), array)
    return path


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
