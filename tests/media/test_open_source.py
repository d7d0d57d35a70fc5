"""Opening the source that a text names."""

import os
import sys

import cv2
import numpy as np
import pytest

from attention_mesh.media.errors import MediaError
from attention_mesh.media.image_folder_source import ImageFolderSource
from attention_mesh.media.open_source import open_source
from attention_mesh.media.video_file_source import VideoFileSource


def test_a_number_is_a_camera_and_so_is_a_stream():
    for text, name in [
        ("97", "camera 97"),
        ("/dev/video97", "/dev/video97"),
        ("rtsp://127.0.0.1:1/x", "rtsp"),
    ]:
        with pytest.raises(MediaError, match=f"{name}.*cannot be opened"):
            open_source(text)


def test_files_and_folders_are_told_apart(clip, tmp_path, astronaut):
    cv2.imwrite(str(tmp_path / "one.png"), astronaut)
    assert isinstance(open_source(str(tmp_path)), ImageFolderSource)
    assert isinstance(open_source(str(tmp_path / "one.png")), ImageFolderSource)
    (tmp_path / "without_suffix").write_bytes((tmp_path / "one.png").read_bytes())
    assert isinstance(open_source(str(tmp_path / "without_suffix")), ImageFolderSource)
    (tmp_path / "film").write_bytes(clip.read_bytes())
    with open_source(str(tmp_path / "film")) as source:
        assert isinstance(source, VideoFileSource)
    with open_source(str(clip)) as source:
        assert isinstance(source, VideoFileSource)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are Unicode there")
def test_a_name_that_is_no_text_is_a_name(clip, tmp_path):
    for name in (b"b\xff", b"b\xff.mp4"):
        path = tmp_path / os.fsdecode(name)
        path.write_bytes(clip.read_bytes())
        with open_source(str(path)) as source:
            assert isinstance(source, VideoFileSource) and source.length == 20
    photo = tmp_path / os.fsdecode(b"photo\xff")
    cv2.imwrite(str(tmp_path / "photo.png"), np.zeros((8, 8, 3), np.uint8))
    (tmp_path / "photo.png").rename(photo)
    assert isinstance(open_source(str(photo)), ImageFolderSource)
