"""The suffix of an output's name says what is written there."""

import numpy as np
import pytest

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.outputs.open_sink import open_sink, sink_kind
from attention_mesh.cli.outputs.record_sink import RecordedPictures
from attention_mesh.media.image_file import WRITABLE_SUFFIXES, read_image, write_image


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.csv", "CsvSink"),
        ("a.JSONL", "JsonLinesSink"),
        ("a.parquet", "ParquetSink"),
        ("a.mp4", "VideoFileSink"),
        ("a.jpg", "ImageFileSink"),
        ("folder", "ImageFolderSink"),
        ("with.dot/", "ImageFolderSink"),
    ],
)
def test_the_suffix_chooses_the_sink(tmp_path, name, kind):
    sink = open_sink(f"{tmp_path}/{name}", 25.0)
    sink.close()
    if isinstance(sink, RecordedPictures):
        sink = sink._sink
    assert type(sink).__name__ == kind


@pytest.mark.parametrize("suffix", WRITABLE_SUFFIXES)
def test_every_image_format_that_is_offered_takes_color(tmp_path, suffix):
    path = tmp_path / f"out{suffix}"
    assert sink_kind(str(path)) == "image"
    write_image(path, np.full((64, 64, 3), (200, 100, 50), np.uint8))
    np.testing.assert_allclose(read_image(path).mean((0, 1)), (200, 100, 50), atol=5)  # levels; JPEG's loss


def test_a_format_without_color_is_an_error_that_lists_those_with():
    with pytest.raises(UsageError, match=r"--output q\.pgm: a \.pgm file holds no color; use one of .*\.png"):
        open_sink("q.pgm", 25.0)


def test_an_unknown_suffix_is_an_error_that_lists_the_known_ones():
    with pytest.raises(UsageError, match=r"\.parquet.*\.mp4"):
        open_sink("out.xls", 25.0)
