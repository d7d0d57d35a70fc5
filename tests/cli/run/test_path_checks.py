"""Checks of paths: a run overwrites no input, writes no file twice, and needs names."""

import os
from pathlib import Path

import pytest

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.run.path_checks import check_paths


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    """Two photos, one of them in a folder, and links to the first."""
    monkeypatch.chdir(tmp_path)
    Path("photos").mkdir()
    for name in ("a.jpg", "photos/b.jpg", "photos/c.pgm", "clip.mp4", "graph.pbtxt"):
        Path(name).write_text(name)
    os.link("a.jpg", "hard.jpg")
    Path("soft.jpg").symlink_to("a.jpg")


@pytest.mark.parametrize(
    ("source", "output", "message"),
    [
        ("a.jpg", "a.jpg", "--output a.jpg is the input"),
        ("a.jpg", "photos/../a.jpg", "is the input"),
        ("a.jpg", "hard.jpg", "--output hard.jpg is the input"),
        ("soft.jpg", "hard.jpg", "--output hard.jpg is the input"),
        ("a.jpg", ".", "--output . would overwrite a.jpg, which the run reads"),
        ("photos/b.jpg", "photos", "--output photos would overwrite photos/b.jpg"),
        ("photos", "photos", "--output photos is the input"),
        ("photos", "photos/b.jpg", "--output photos/b.jpg would overwrite photos/b.jpg"),
        ("clip.mp4", "clip.mp4", "is the input"),
    ],
)
def test_an_output_over_the_input_is_refused(source, output, message):
    with pytest.raises(UsageError, match=message.replace(".", r"\.")):
        check_paths(source, [output])


@pytest.mark.parametrize(
    ("source", "output"),
    [("a.jpg", "photos"), ("photos", "."), ("photos/c.pgm", "photos"), ("clip.mp4", "."), ("0", "0")],
)
def test_a_folder_in_which_nothing_is_overwritten_may_be_written_to(source, output):
    check_paths(source, [output, "out.csv"], Path("trace.json"), [Path("graph.pbtxt")])


def test_a_picture_in_a_folder_that_is_a_link_to_the_input_is_refused():
    os.link("a.jpg", "photos/a.jpg")
    with pytest.raises(UsageError, match=r"--output photos would overwrite a\.jpg"):
        check_paths("a.jpg", ["photos"])


def test_two_photos_that_would_be_one_picture_are_refused():
    Path("photos/c.pgm.png").write_text("")
    with pytest.raises(UsageError, match=r"--output out writes out/c\.pgm\.png, and so does another pict"):
        check_paths("photos", ["out"])


@pytest.mark.parametrize("trace", ["clip.mp4", "graph.pbtxt"])
def test_a_trace_over_what_is_read_is_refused(trace):
    with pytest.raises(UsageError, match=rf"--trace {trace}"):
        check_paths("clip.mp4", ["out.csv"], Path(trace), [Path("graph.pbtxt")])


@pytest.mark.parametrize("existing", [False, True])
def test_two_outputs_in_one_file_are_refused(existing):
    if existing:
        Path("t.csv").write_text("")
    with pytest.raises(UsageError, match=r"--trace t\.csv writes t\.csv, and so does --output t\.csv"):
        check_paths("clip.mp4", ["t.csv"], Path("t.csv"))
    with pytest.raises(UsageError, match=r"--output photos/\.\./t\.csv writes"):
        check_paths("clip.mp4", ["t.csv", "photos/../t.csv"])
    with pytest.raises(UsageError, match="--output out/a.jpg writes"):
        check_paths("a.jpg", ["out", "out/a.jpg"])


def test_a_device_may_take_several_outputs():
    for name in ("null.csv", "null.jsonl"):
        Path(name).symlink_to(os.devnull)
    check_paths("clip.mp4", ["null.csv", "null.jsonl"])


@pytest.mark.parametrize(
    ("source", "output", "message"),
    [
        ("", "out.csv", "--input is empty"),
        ("clip.mp4", "", "--output is empty"),
        ("clip.mp4", " ", "--output is empty"),
        ("clip.mp4", "-", "--output -: standard input and output are not supported"),
        ("-", "out.csv", "--input -: standard input"),
    ],
)
def test_no_name_is_refused(source, output, message):
    with pytest.raises(UsageError, match=message):
        check_paths(source, [output])


def test_an_empty_trace_is_refused():
    with pytest.raises(UsageError, match="--trace .: this is a folder"):
        check_paths("clip.mp4", ["out.csv"], Path(""))
