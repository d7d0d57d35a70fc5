"""Names are names: a file with any name that the file system takes is read and written as what it is."""

from __future__ import annotations

import os
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from attention_mesh.cli.outputs.frame_record import FrameRecord
from attention_mesh.cli.outputs.open_sink import FilmOptions, open_sink
from attention_mesh.cli.run.path_checks import check_paths
from attention_mesh.media.image_file import read_image
from attention_mesh.media.open_source import open_source
from attention_mesh.python_bindings.landmarker.face_landmarker_result import FaceLandmarkerResult

posix = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="these names are not possible here")
NAMES = [
    "two words",
    "photo_100%",
    "frame_%d",
    "frame_%04d",
    "%s%n",
    "[a-z]",
    "{1..3}",
    pytest.param("star*", marks=posix),
    pytest.param("what?", marks=posix),
    pytest.param("a|b", marks=posix),
    pytest.param('"quoted"', marks=posix),
    pytest.param("two\nlines", marks=posix),
    pytest.param("tab\t", marks=posix),
    pytest.param("back\\slash", marks=posix),
    pytest.param("file:name", marks=posix),
    pytest.param("concat:a|b", marks=posix),
    pytest.param("http:", marks=posix),
    "-dash",
    "--input",
    "~",
    "$HOME",
    "#1&2;3",
    "комната",
    "写真",
    "🙂",
    unicodedata.normalize("NFC", "Zoë"),
    unicodedata.normalize("NFD", "Zoë"),
    "0",
    "12",
    "1e3",
    "nul.tar",
    " leading and trailing ",
    pytest.param(os.fsdecode(b"b\xff\xfe"), marks=posix, id="not UTF-8"),
    pytest.param("x" * 240, id="very long"),
]
IMAGE = np.full((48, 64, 3), (200, 40, 90), np.uint8)


def record(name: str = "frame_000000", image: np.ndarray = IMAGE) -> FrameRecord:
    result = FaceLandmarkerResult(
        np.zeros((1, 478, 3)), np.ones(1), np.zeros((1, 5)), np.ones(1, int), 0, (64, 48)
    )
    return FrameRecord(0, name, 0, image, result)


def write(output: str, count: int = 1) -> None:
    check_paths(None, [output])
    sink = open_sink(output, 25.0, FilmOptions())
    for index in range(count):
        sink.write(record(f"frame_{index:06d}", IMAGE // (index + 1)))
    sink.close()
    assert sink.begun and output in sink.summary()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif"])
def test_a_photo(here, name, suffix):
    write(name + suffix)
    assert files(here) == {name + suffix}
    with open_source(name + suffix) as source:
        (frame,) = source
    assert source.still and frame.name == name + suffix
    assert np.abs(frame.image.astype(int) - IMAGE).max() < 6  # levels, the loss of JPEG and WebP


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".gif"])
def test_a_film(here, name, suffix):
    write(name + suffix, 3)
    assert files(here) == {name + suffix}
    with open_source(name + suffix) as source:
        assert not source.still and not source.live
        assert len(list(source)) == 3


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("suffix", [".png", ".webp"])
def test_an_animated_picture(here, name, suffix):
    image_module = pytest.importorskip("PIL.Image", reason="Pillow comes with scikit-image, in the dev extra")
    pictures = [image_module.fromarray(IMAGE // part) for part in (1, 2, 3)]
    with open(name + suffix, "wb") as file:  # Pillow chooses the format by the argument
        kind = suffix[1:].upper()
        pictures[0].save(file, kind, save_all=True, append_images=pictures[1:], duration=40)
    with open_source(name + suffix) as source:
        assert not source.still and not source.live
        assert [frame.timestamp_us for frame in source] == [0, 40_000, 80_000]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_a_table(here, name, suffix):
    if suffix == ".parquet":
        pytest.importorskip("pyarrow", reason="pyarrow is in the dev extra")
    write(name + suffix)
    assert files(here) == {name + suffix}
    assert (here / (name + suffix)).stat().st_size > 1000


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_and_a_file_without_a_suffix(here, name):
    if "." in name:
        name = name.replace(".", "_")
    write(name, 2)
    assert files(here) == {name} and files(here / name) == {"frame_000000.png", "frame_000001.png"}
    with open_source(name) as source:
        assert source.still and source.length == 2
    with open_source(name, as_film=True) as source:
        assert not source.still and len(list(source)) == 2
    (here / name / "frame_000000.png").rename(here / "photo")
    (here / name / "frame_000001.png").unlink()
    (here / name).rmdir()
    (here / "photo").rename(here / name)
    with open_source(name) as source:
        (frame,) = source
    np.testing.assert_array_equal(frame.image, IMAGE)


@posix
def test_a_path_that_looks_like_a_url(here):
    folder = here / "http:" / "example.com"
    folder.mkdir(parents=True)
    for name in ("film.mp4", "photo.png"):
        write(str(folder / name))
        with open_source(f"http://example.com/{name}") as source:
            assert len(list(source)) == 1 and not source.live


@pytest.mark.parametrize("name", ["-", pytest.param(" ", marks=posix)])
def test_a_name_that_is_usually_a_mistake_is_meant_if_the_file_is_there(here, name):
    write("photo.png")
    (here / "photo.png").rename(here / name)
    check_paths(name, ["out.csv"])
    with open_source(name) as source:
        assert len(list(source)) == 1


def test_pictures_keep_the_names_of_photos_as_long_as_they_may_be(here):
    sink = open_sink("out/", 25.0)
    longest = "é" * 125 + ".heic"  # 255 bytes in UTF-8
    for name in ("photo_100%.jpg", "two\nlines.png", longest, "-dash.heic"):
        sink.write(record(name))
    sink.close()
    written = files(here / "out")
    assert {"photo_100%.jpg", "two\nlines.png", "-dash.heic.png"} < written and len(written) == 4
    (long,) = (name for name in written if name.startswith("é"))
    assert long.endswith(".png") and len(os.fsencode(long)) <= 255
    np.testing.assert_array_equal(read_image(here / "out" / long), IMAGE)
