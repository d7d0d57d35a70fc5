"""Folders of photos: which files are photos, which ones are skipped, and their order."""

import os
import time

import cv2
import pytest

from attention_mesh.media import photo_reader
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


@pytest.mark.parametrize("decoders", [1, 3])
def test_the_next_photos_are_decoded_while_one_is_used_but_not_all(tmp_path, photo, monkeypatch, decoders):
    for number in range(8):
        save(tmp_path / f"{number}.png", photo[..., ::-1])
    begun = []

    def read(file):
        begun.append(file.name)
        if file.name == "0.png":
            time.sleep(0.1)  # seconds in which the others are ready first
        return read_image(file)

    read_image = photo_reader.read_image
    monkeypatch.setattr(photo_reader, "read_image", read)
    monkeypatch.setattr(photo_reader, "_MOST_DECODERS", decoders)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    names = []
    for frame in ImageFolderSource(tmp_path):
        names.append(frame.name)
        assert len(begun) <= len(names) + decoders - 1
        if len(names) == 1:
            assert len(begun) >= decoders  # they began before it was ready
    assert names == [f"{number}.png" for number in range(8)]


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


def test_what_looks_like_a_photo_and_is_not_read_is_named(tmp_path, photo):
    save(tmp_path / "a.png", photo)
    (tmp_path / "b.jxl").write_bytes(b"\xff\x0a" + bytes(200))
    (tmp_path / "c.dng").write_bytes(bytes(200))
    (tmp_path / "d.tga").write_bytes(bytes(200))
    (tmp_path / "e.hidden").write_bytes((tmp_path / "a.png").read_bytes())  # a photo by its content
    (tmp_path / "f.psd").write_bytes(b"8BPS" + bytes(200))
    (tmp_path / "._a.png").write_bytes(b"\0\x05\x16\x07" + bytes(60))  # macOS keeps its own data there
    (tmp_path / "film.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(60))
    (tmp_path / "notes.txt").write_text("no photo")
    with ImageFolderSource(tmp_path) as source:
        assert [(frame.index, frame.name) for frame in source] == [(0, "a.png"), (4, "e.hidden")]
    named = [("b.jxl", "JPEG XL"), ("c.dng", "camera raw"), ("d.tga", "Targa"), ("f.psd", "Photoshop")]
    for text, (name, kind) in zip(source.failures, named, strict=True):
        assert text.startswith(f"{tmp_path / name}: ") and kind in text


def test_a_film_in_a_folder_of_photos_is_named(tmp_path, photo):
    image_module = pytest.importorskip("PIL.Image", reason="Pillow comes with scikit-image, in the dev extra")
    picture, other = image_module.fromarray(photo), image_module.fromarray(photo[::-1])
    picture.save(tmp_path / "a.gif", save_all=True, append_images=[other])
    picture.save(tmp_path / "b.gif")
    with ImageFolderSource(tmp_path) as source:
        assert [frame.name for frame in source] == ["b.gif"]
    assert "a.gif: this GIF has several frames, so it is a film" in source.failures[0]
