"""The adapter from records to sinks of pictures."""

import numpy as np

from attention_mesh.cli.outputs.frame_record import FrameRecord
from attention_mesh.cli.outputs.record_sink import RecordedPictures
from attention_mesh.media.image_file import read_image
from attention_mesh.media.image_folder_sink import ImageFolderSink


def test_the_picture_of_a_record_is_written_under_its_name(tmp_path):
    sink = RecordedPictures(ImageFolderSink(tmp_path / "out"))
    assert sink.takes_pictures and not sink.begun and sink.name == str(tmp_path / "out")
    image = np.full((8, 6, 3), (10, 20, 30), np.uint8)
    sink.write(FrameRecord(0, "a.png", 0))  # without a picture
    assert not sink.begun
    sink.write(FrameRecord(1, "b.png", 40_000, image))
    sink.close()
    assert sink.begun and sink.summary().endswith("1 picture")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["b.png"]
    np.testing.assert_array_equal(read_image(tmp_path / "out" / "b.png"), image)


def test_a_record_gives_its_picture_as_a_frame():
    image = np.zeros((8, 6, 3), np.uint8)
    picture = FrameRecord(3, "frame_000003", 120_000, image).picture
    assert picture.image is image and picture.size == (6, 8)
    assert (picture.index, picture.name, picture.timestamp_us) == (3, "frame_000003", 120_000)
    assert FrameRecord(3, "frame_000003", 120_000).picture is None
