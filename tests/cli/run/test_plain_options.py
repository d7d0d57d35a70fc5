"""The everyday command line without typer: it is read as typer reads it, or left to typer."""

import os
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from attention_mesh.cli.app import app
from attention_mesh.cli.outputs.face_columns import FACE_COLUMNS
from attention_mesh.cli.run.plain_options import _COLUMNS, _SWITCHES, _VALUES, plain_options
from attention_mesh.cli.run.plan import RunOptions

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows leaves every line to typer")

LINES = [
    "-i film.mp4 -o a.csv",
    "--input film.mp4 --output a.csv --output b.mp4 -o c.jsonl",
    "--input=film.mp4 --output=a=b.csv",
    "--input film.mp4 --output a.mp4 --num-faces 3 --detector full --threads 0 --max-frames 12",
    "--input film.mp4 --output a.mp4 --fps 29.97 --codec vp9 --crf 31 --no-audio",
    "--input photos --output a.csv --fps 5 --as-video --all-frames --smooth",
    "--input film.mp4 --output a.csv --no-smooth --crf 0",
    f"--input film.mp4 --output a.csv {' '.join(reversed(FACE_COLUMNS))}",
    "--input film.mp4 --output a.mp4 --draw mesh,contours,gaze",
    "--input film.mp4 --draw=roi",
    "--input film.mp4 --rerun out.rrd --pose",
    "--input film.mp4",
    "film.mp4 -o a.csv --pose --weights open",
    "-o a.csv film.mp4",
    "0",
    "",
]
FOR_TYPER = [
    "--help",
    "--input film.mp4 --output a.csv --show",
    "--input film.mp4 --output a.csv --graph g.pbtxt",
    "--input film.mp4 --output a.csv --debug",
    "--input film.mp4 --input other.mp4",
    "--input film.mp4 --output",
    "--input film.mp4 --output a.csv --num-faces 0",
    "--input film.mp4 --output a.csv --num-faces two",
    "--input film.mp4 --output a.csv --num-faces 1.5",
    "--input film.mp4 --output a.csv --fps 0.05",
    "--input film.mp4 --output a.csv --crf -1",
    "--input film.mp4 --output a.csv --fps nan",
    "--input film.mp4 --output a.csv --smooth --no-smooth",
    "--input film.mp4 --output a.csv --smooth=yes",
    "--input film.mp4 --output --all-frames",
    "film.mp4 other.mp4",
    "film.mp4 --input film.mp4",
    "-- film.mp4",
    "-ifilm.mp4 -o a.csv",
    "--walk",
    "--",
]


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_read_as_typer_reads_it(line, monkeypatch):
    read = []
    monkeypatch.setattr(
        "attention_mesh.cli.run.perform.perform", lambda options, debug=False: read.append(options) or 0
    )
    arguments = ["run", *line.split()]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert RunOptions(**plain_options(arguments)) == read[0]


def test_every_option_for_columns_is_known():
    assert tuple(FACE_COLUMNS) == _COLUMNS


@pytest.mark.parametrize("line", FOR_TYPER)
def test_what_needs_an_explanation_is_left_to_typer(line):
    assert plain_options(["run", *line.split()]) is None


@pytest.mark.parametrize("arguments", [[], ["bench"], ["--help"], ["RUN", "-i", "a"]])
def test_other_commands_are_left_to_typer(arguments):
    assert plain_options(arguments) is None


def test_every_flag_is_one_of_typers():
    parameters = typer.main.get_command(app).commands["run"].params
    flags = {flag for parameter in parameters for flag in (*parameter.opts, *parameter.secondary_opts)}
    assert {*_VALUES, *_SWITCHES} <= flags


# What takes long to load, and what a run on the CPU without a window does not need.
NEEDLESS = (
    "typer",
    "rich",
    "pydantic",
    "keras",
    "ssl",
    "shutil",
    "tempfile",
    "attention_mesh.media.display_window",
    "attention_mesh.webgpu.compiler",
    "attention_mesh.webgpu.device",
    "attention_mesh.media.video_writer",
)
FILM_NEEDLESS = ("attention_mesh.media.image_file", "attention_mesh.media.photo_reader")
PHOTO_NEEDLESS = ("av",)


@pytest.mark.parametrize("kind", ["photo", "film"])
def test_a_plain_run_loads_nothing_needless_and_tells_what_it_wrote(tmp_path, photos, clip, kind):
    source, frames = (photos / "a.png", 1) if kind == "photo" else (clip, 20)
    needless = (*NEEDLESS, *(PHOTO_NEEDLESS if kind == "photo" else FILM_NEEDLESS))
    code = (
        "import sys; from attention_mesh.cli import interrupt, program; "
        f"needless = {needless}; "
        "set_flags = sys.setdlopenflags; "
        "sys.setdlopenflags = lambda flags: print('numpy' in sys.modules or set_flags(flags)); "
        "interrupt.os._exit = lambda code: print(code, [name for name in needless if name in sys.modules]); "
        "program.main()"
    )
    output = tmp_path / "a.csv"
    command = [sys.executable, "-c", code, "run", "--input", str(source), "--output", str(output)]
    hidden = {name: value for name, value in os.environ.items() if not name.startswith(("TTY_", "FORCE_"))}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True, env=hidden)
    assert done.stdout.splitlines() == ["None", "0 []"]  # no library came before the choice how to load them
    assert f"{frames}/{frames} frames" in done.stderr and f"{output}: {frames} row" in done.stderr
    assert len(output.read_text(encoding="utf-8").splitlines()) == 1 + frames
