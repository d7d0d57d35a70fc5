"""`attention-mesh run` from film to film: times, sound, codecs, names, and films at URLs."""

from __future__ import annotations

import os
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from typer.testing import CliRunner

from attention_mesh.cli.app import app
from attention_mesh.media.video_reader import VideoReader
from attention_mesh.tests.cli.run.output_files import rows
from attention_mesh.tests.media.film_files import TIMES_MS, write_film

VARIABLE_MS = [0, 40, 100, 120, 300, 333, 700, 733, 1500]


def run(*arguments):
    """Runs the command in this process; returns the exit code and the output."""
    result = CliRunner().invoke(app, ["run", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def times_ms(path: Path) -> list[int]:
    return [round(time_us / 1000) for _, time_us in VideoReader(path)]


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".m4v", ".mkv", ".webm", ".gif"])
def test_frames_stand_where_they_stood(tmp_path, user_graph, suffix):
    film = write_film(tmp_path / "in.mkv", VARIABLE_MS)
    code, text = run("-i", film, *user_graph, "-o", tmp_path / f"out{suffix}")
    assert code == 0, text
    exact = 0 if suffix != ".gif" else 10  # ms; a GIF counts hundredths
    np.testing.assert_allclose(times_ms(tmp_path / f"out{suffix}"), VARIABLE_MS, atol=exact)


def test_a_browsers_film_keeps_its_length(tmp_path, user_graph):
    """A film of MediaRecorder says neither its length nor its rate."""
    film = write_film(tmp_path / "in.webm", VARIABLE_MS, codec="libvpx", options={"live": "1"})
    assert VideoReader(film).length is None
    code, text = run("-i", film, *user_graph, "-o", tmp_path / "out.mp4", "-o", tmp_path / "out.avi")
    assert code == 0, text
    assert times_ms(tmp_path / "out.mp4") == VARIABLE_MS
    reader = VideoReader(tmp_path / "out.avi")  # which has a constant rate
    assert len(list(reader)) / reader.fps == pytest.approx(1.54, abs=0.03)


def test_fps_gives_a_constant_rate_and_the_same_length(tmp_path, user_graph):
    film = write_film(tmp_path / "in.mkv", VARIABLE_MS)
    code, text = run("-i", film, *user_graph, "-o", tmp_path / "out.mp4", "--fps", "10")
    assert code == 0, text
    assert times_ms(tmp_path / "out.mp4") == list(range(0, 1600, 100))


def sound_of(path: Path) -> tuple[str, float, float] | None:
    """(codec, time of the first packet in s, of the last) of a film's sound; None if it has none."""
    with av.open(str(path)) as container:
        if not container.streams.audio:
            return None
        stream = container.streams.audio[0]
        times = [float(p.pts * p.time_base) for p in container.demux(stream) if p.pts is not None]
        return stream.codec_context.name, times[0], times[-1]


@pytest.mark.parametrize(
    ("source", "sound", "output", "passed"),
    [
        ("in.mp4", "aac", "out.mp4", True),
        ("in.mp4", "aac", "out.mkv", True),
        ("in.ts", "aac", "out.mp4", True),
        ("in.ts", "aac", "out.mkv", True),
        ("in.mkv", "libopus", "out.webm", True),
        ("in.mkv", "libopus", "out.mp4", True),
        ("in.mkv", "pcm_s16le", "out.mov", True),
        ("in.mkv", "libmp3lame", "out.avi", True),
        ("in.mp4", "aac", "out.webm", False),
        ("in.mp4", "aac", "out.gif", False),
    ],
)
def test_sound_is_copied_where_the_container_takes_it(tmp_path, user_graph, source, sound, output, passed):
    film = write_film(tmp_path / source, [*range(0, 2000, 40)], sound=sound)
    code, text = run("-i", film, *user_graph, "-o", tmp_path / output)
    assert code == 0, text
    before, after = sound_of(film), sound_of(tmp_path / output)
    if not passed:
        assert after is None and "without sound, because" in text
        return
    assert after is not None and after[0] == before[0]
    assert after[1] == pytest.approx(0, abs=0.05) and after[2] == pytest.approx(2.0, abs=0.06)  # s
    assert "without sound" not in text


def test_sound_goes_into_every_film_and_none_with_no_audio(tmp_path, user_graph):
    film = write_film(tmp_path / "in.mp4", sound="aac")
    outputs = ["-o", tmp_path / "a.mp4", "-o", tmp_path / "b.mkv"]
    assert run("-i", film, *user_graph, *outputs)[0] == 0
    assert sound_of(tmp_path / "a.mp4") and sound_of(tmp_path / "b.mkv")
    code, text = run("-i", film, *user_graph, *outputs, "--no-audio")
    assert code == 0 and "without sound" not in text
    assert sound_of(tmp_path / "a.mp4") is None and sound_of(tmp_path / "b.mkv") is None


def test_sound_and_pictures_of_joined_recordings_go_on_together(tmp_path, user_graph):
    parts = [write_film(tmp_path / f"{name}.ts", sound="aac").read_bytes() for name in "ab"]
    (tmp_path / "joined.ts").write_bytes(b"".join(parts))
    code, text = run("-i", tmp_path / "joined.ts", *user_graph, "-o", tmp_path / "out.mp4")
    assert code == 0 and text.count("its times fell back or jumped 1 time,") == 1
    assert times_ms(tmp_path / "out.mp4") == list(range(0, 1600, 40))
    assert sound_of(tmp_path / "out.mp4")[2] == pytest.approx(1.6, abs=0.1)


@pytest.mark.parametrize(
    ("output", "options", "codec"),
    [
        ("out.mp4", [], "h264"),
        ("out.mov", [], "h264"),
        ("out.mkv", [], "h264"),
        ("out.webm", [], "vp9"),
        ("out.webm", ["--codec", "vp8"], "vp8"),
        ("out.mp4", ["--codec", "hevc", "--crf", "30"], "hevc"),
        ("out.mp4", ["--codec", "av1"], "av1"),
        ("out.mp4", ["--codec", "mpeg4"], "mpeg4"),
        ("out.mov", ["--codec", "prores"], "prores"),
        ("out.avi", [], "mpeg4"),
        ("out.gif", [], "gif"),
    ],
)
def test_codecs_and_containers(tmp_path, user_graph, output, options, codec):
    film = write_film(tmp_path / "in.mkv", size=(66, 50))
    code, text = run("-i", film, *user_graph, "-o", tmp_path / output, *options)
    assert code == 0, text
    with av.open(str(tmp_path / output)) as container:
        name = container.streams.video[0].codec_context.name
    assert name.startswith({"av1": ("libdav1d", "av1")}.get(codec, codec))
    assert len(times_ms(tmp_path / output)) == 20


def test_an_mp4_can_be_played_everywhere(tmp_path, user_graph):
    film = write_film(tmp_path / "in.mkv", size=(65, 49), codec="libvpx-vp9")
    assert run("-i", film, *user_graph, "-o", tmp_path / "out.mp4")[0] == 0
    data = (tmp_path / "out.mp4").read_bytes()
    assert data.find(b"moov") < data.find(b"mdat")  # it plays while it is fetched
    with av.open(str(tmp_path / "out.mp4")) as container:
        stream = container.streams.video[0]
        assert stream.pix_fmt == "yuv420p" and (stream.width, stream.height) == (64, 48)
        assert stream.duration * stream.time_base == pytest.approx(Fraction(8, 10), abs=0.01)


def test_crf_decides_size_and_quality(tmp_path, user_graph):
    noise = np.random.default_rng(1).integers(0, 255, (20, 48, 64, 3), np.uint8)
    film = write_film(tmp_path / "in.mkv", pictures=list(noise))
    sizes = []
    for crf in (10, 40):
        assert run("-i", film, *user_graph, "-o", tmp_path / f"{crf}.mp4", "--crf", crf)[0] == 0
        sizes.append((tmp_path / f"{crf}.mp4").stat().st_size)
    assert sizes[0] > 2 * sizes[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "a.webm", "--codec", "h264"], "a .webm file does not take the codec h264"),
        (["-o", "a.mp4", "--codec", "divx"], 'codec "divx" is unknown'),
        (["-o", "a.mp4", "--codec", "mpeg4", "--crf", "20"], "mpeg4 has no constant rate factor"),
        (["-o", "a.mp4", "--crf", "60"], "crf is 60; h264 takes 0 (best) to 51"),
        (["-o", "a.csv", "--codec", "h264"], "--codec does not apply: no --output is a film"),
    ],
)
def test_what_no_film_can_have_is_refused_before_anything_is_written(
    tmp_path, user_graph, monkeypatch, arguments, message
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.mp4").write_text("good")
    code, text = run("-i", write_film(tmp_path / "in.mkv"), *user_graph, *arguments)
    assert code == 2 and message in text
    assert (tmp_path / "a.mp4").read_text() == "good"


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="fewer names are allowed there")
@pytest.mark.parametrize(
    "name", ["a b", "100%d", "-x", "a:b", "http:x", "Ümläut 顔", "new\nline", os.fsdecode(b"b\xff\xfe")]
)
def test_any_name_is_one_for_input_and_output(tmp_path, user_graph, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    write_film(tmp_path / "plain.mp4").rename(tmp_path / f"{name}.mp4")
    code, text = run(f"--input={name}.mp4", *user_graph, f"--output={name}.out.mp4", f"--output={name}.csv")
    assert code == 0, text
    assert times_ms(tmp_path / f"{name}.out.mp4") == list(TIMES_MS)
    assert len(rows(tmp_path / f"{name}.csv")) == 20
