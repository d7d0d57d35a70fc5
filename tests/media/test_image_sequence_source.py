"""Numbered pictures, and folders of photos, as one film."""

import numpy as np
import pytest

from attention_mesh.media.errors import MediaError
from attention_mesh.media.image_file import write_image
from attention_mesh.media.image_sequence_source import ImageSequenceSource, is_sequence_pattern
from attention_mesh.media.open_source import open_source


def write(folder, *names, size=(8, 6)):
    for level, name in enumerate(names):
        write_image(folder / name, np.full((size[1], size[0], 3), level, np.uint8))


def levels(source):
    return [int(frame.image[0, 0, 0]) for frame in source]


def test_a_pattern_is_a_film_in_the_order_of_the_numbers(tmp_path):
    write(
        tmp_path,
        "f_0008.png",
        "f_0009.png",
        "f_0010.png",
        "f_10000.png",
        "f_12.png",
        "f_0011.jpg",
        "x_0001.png",
    )
    with open_source(str(tmp_path / "f_%04d.png"), fps=25) as source:
        assert isinstance(source, ImageSequenceSource)
        assert (source.still, source.live, source.length, source.fps) == (False, False, 4, 25)
        frames = list(source)
    assert levels(frames) == [0, 1, 2, 3]
    assert [frame.timestamp_us for frame in frames] == [0, 40_000, 80_000, 120_000]
    assert frames[1].name == "f_0009.png" and source.size == (8, 6)
    assert "9989 of the numbers 8 to 10000 are missing" in source.notices[0]


def test_numbers_without_padding_are_numbers_too(tmp_path):
    write(tmp_path, "9 (%).png", "10 (%).png", "011 (%).png")
    with open_source(str(tmp_path / "%d (%).png")) as source:
        assert levels(source) == [0, 1] and source.fps == 30 and source.notices == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("frames_%04d.png", True),
        ("%d.jpg", True),
        ("photo_100%.jpg", False),
        ("%d_%d.png", False),
        ("%s.png", False),
        ("%d/film.mp4", False),
    ],
)
def test_a_pattern_has_one_number_in_its_name(name, expected):
    assert is_sequence_pattern(name) is expected


def test_a_pattern_without_files_is_an_error_that_explains_it(tmp_path):
    write(tmp_path, "f_1.png")
    for name, reason in [("f_%03d.png", "a number for %03d"), ("a/f_%d.png", "No such file")]:
        with pytest.raises(MediaError, match=reason):
            open_source(str(tmp_path / name))


def test_a_folder_as_a_film_keeps_the_time_of_a_picture_that_cannot_be_read(tmp_path):
    write(tmp_path, "img9.png", "img10.png", "img11.png")
    (tmp_path / "img10.png").write_bytes(b"damaged")
    with open_source(str(tmp_path), as_film=True, fps=10) as source:
        frames = list(source)
    assert [frame.timestamp_us for frame in frames] == [0, 200_000] and [f.index for f in frames] == [0, 2]
    assert len(source.failures) == 1 and "img10.png" in source.failures[0]


def test_a_picture_of_another_size_ends_the_film_with_its_name(tmp_path):
    write(tmp_path, "1.png", "2.png")
    write(tmp_path, "3.png", size=(10, 6))
    frames = []
    with open_source(str(tmp_path / "%d.png")) as source:
        with pytest.raises(MediaError, match=r"3\.png: this picture is 10x6, but the first .* is 8x6"):
            frames.extend(source)
    assert len(frames) == 2
