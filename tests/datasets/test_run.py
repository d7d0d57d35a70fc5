"""Runs over a dataset: what is in the table, once, whatever happens meanwhile."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pyarrow.parquet
import pytest

from attention_mesh.datasets.errors import TableError
from attention_mesh.datasets.face_rows import face_mesh_rows
from attention_mesh.datasets.options import DatasetOptions
from attention_mesh.datasets.run import run_dataset
from attention_mesh.datasets.sources import find_sources
from attention_mesh.datasets.table_folder import TableFolder
from attention_mesh.datasets.task_pool import Limits
from attention_mesh.tests.datasets.conftest import read_table

FRAMES = 5 * 8 + 2  # with a face: of five films and two photos


def statuses(folder: Path) -> dict[str, str]:
    return {Path(row["source"]).name: row["status"] for row in TableFolder(folder).manifest()}


def command(source: Path, folder: Path, *options: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "attention_mesh",
        "dataset",
        "run",
        str(source),
        "-o",
        str(folder),
        *options,
    ]


def test_every_source_is_in_the_table_and_a_broken_one_says_why(table, media_folder):
    rows = read_table(table)
    assert len(rows) == FRAMES
    assert [len(row["landmarks_px"]) for row in rows] == [3 * 478] * FRAMES
    manifest = {Path(row["source"]).name: row for row in TableFolder(table).manifest()}
    assert len(manifest) == 10
    film = manifest["film3.mp4"]
    assert (film["status"], film["frames"], film["faces"], film["kind"]) == ("done", 8, 8, "film")
    assert (film["width"], film["height"], film["fps"], film["rotation_degrees"]) == (192, 192, 25.0, 0)
    assert film["duration_s"] == pytest.approx(7 / 25)
    assert len(film["weights_sha256"]) == 64
    assert (manifest["empty.mp4"]["status"], manifest["empty.mp4"]["faces"]) == ("done", 0)
    for broken in ("broken.mp4", "c.jpg"):
        assert manifest[broken]["status"] == "failed" and broken in manifest[broken]["error"]
    assert manifest["a.png"]["kind"] == "photo"
    assert pyarrow.parquet.read_table(table / "manifest.parquet").num_rows == 10


def test_tracks_and_smoothing_begin_anew_with_each_film(table, media_folder):
    rows = [row for row in read_table(table) if row["source"].endswith("film4.mp4")]
    alone = [row for batch in face_mesh_rows(media_folder / "ward 0/film4.mp4") for row in batch.to_pylist()]
    assert alone == rows
    assert {row["track_id"] for row in rows} == {1}
    assert [row["timestamp_us"] for row in rows] == [40_000 * frame for frame in range(8)]


def test_two_processes_make_the_same_table(table, media_folder, tmp_path):
    run_dataset(find_sources(str(media_folder)), tmp_path / "two", jobs=2)
    assert read_table(tmp_path / "two") == read_table(table)
    assert statuses(tmp_path / "two") == statuses(table)


def test_a_second_run_does_only_what_is_new_or_changed(table, media_folder, tmp_path):
    folder, media = tmp_path / "table", tmp_path / "media"
    shutil.copytree(media_folder / "ward 0", media)
    first = run_dataset(find_sources(str(media)), folder)
    assert len(first) == 3
    assert run_dataset(find_sources(str(media)), folder) == []
    shutil.copy(media_folder / "ward 1/film1.mp4", media / "new.mp4")
    shutil.copy(media_folder / "ward 1/film3.mp4", media / "film2.mp4")  # in place of another film
    again = run_dataset(find_sources(str(media)), folder)
    done = {Path(row["source"]).name for row in again}
    assert {"new.mp4", "film2.mp4"} <= done
    assert set(statuses(folder)) == {"film0.mp4", "film2.mp4", "film4.mp4", "new.mp4"}
    expected = {row["frame"]: row for row in read_table(table) if row["source"].endswith("film3.mp4")}
    changed = [row for row in read_table(folder) if row["source"].endswith("film2.mp4")]
    assert [row["landmarks_px"] for row in changed] == [row["landmarks_px"] for row in expected.values()]


@pytest.mark.parametrize("victim", ["worker", "driver"])
def test_a_killed_process_costs_no_source_and_doubles_none(
    table, media_folder, tmp_path, default_signals, victim
):
    folder = tmp_path / "table"
    arguments = command(media_folder, folder, "--jobs", "2")
    driver = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while driver.poll() is None and not list(folder.glob("faces/*/.*.part")):  # until a worker writes
        time.sleep(0.01)
    process = psutil.Process(driver.pid)
    workers = [child for child in process.children() if "spawn_main" in " ".join(child.cmdline())]
    assert workers, "the run ended before a worker could be killed"
    os.kill(workers[0].pid if victim == "worker" else driver.pid, signal.SIGKILL)
    driver.communicate()
    if victim == "driver":
        _, alive = psutil.wait_procs(workers, timeout=30)
        assert not alive  # nobody is left behind to write
        assert subprocess.run(arguments, capture_output=True).returncode == 1  # for the broken sources
    assert read_table(folder) == read_table(table)
    assert statuses(folder) == statuses(table)
    assert not list(folder.glob("faces/*/.*.part"))


def test_a_source_beyond_its_limits_fails_alone_and_may_be_retried(media_folder, tmp_path):
    sources = find_sources(str(media_folder / "ward 0"))
    slow = run_dataset(sources, tmp_path / "time", limits=Limits(seconds=0.01))
    assert [row["error"] for row in slow] == ["it took more than 0.01 seconds"] * 3
    small = run_dataset(sources, tmp_path / "memory", limits=Limits(memory_bytes=100_000_000))
    assert {row["status"] for row in small} == {"failed"}
    again = run_dataset(sources, tmp_path / "memory", retry_failed=True)
    assert {row["status"] for row in again} == {"done"}
    assert set(statuses(tmp_path / "memory").values()) == {"done"}
    assert len(read_table(tmp_path / "memory")) == 24


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_is_no_utf_8_is_escaped_in_the_table(media_folder, tmp_path):
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.png")
    shutil.copy(media_folder / "a.png", odd)
    (batch,) = face_mesh_rows(odd)
    run_dataset(find_sources(odd), tmp_path / "table")
    rows = read_table(tmp_path / "table")
    assert rows == batch.to_pylist() and rows[0]["source"].endswith("/\\udcff.png")


def test_half_halves_the_numbers_and_keeps_landmarks_to_a_quarter_of_a_pixel(table, media_folder, tmp_path):
    run_dataset(find_sources(str(media_folder / "a.png")), tmp_path, DatasetOptions(half=True))
    (half,) = read_table(tmp_path)
    whole = next(row for row in read_table(table) if row["source"] == half["source"])
    np.testing.assert_allclose(half["landmarks_px"], whole["landmarks_px"], atol=0.07)  # px, below 192
    schema = pyarrow.parquet.read_schema(next(tmp_path.glob("faces/*/*.parquet")))
    assert str(schema.field("landmarks_px").type) == "fixed_size_list<element: halffloat>[1434]"


def test_a_table_that_cannot_be_written_ends_the_run_and_blames_no_film(media_folder, tmp_path):
    TableFolder(tmp_path).prepare(DatasetOptions())
    (tmp_path / "faces").write_text("in the way")
    with pytest.raises(TableError, match="the table cannot be written"):
        run_dataset(find_sources(str(media_folder / "a.png")), tmp_path)


def test_other_options_another_table_and_a_second_run_are_refused(table, media_folder, tmp_path):
    sources = find_sources(str(media_folder / "a.png"))
    with pytest.raises(TableError, match="was made with num_faces 1, half False; give the same"):
        run_dataset(sources, table, DatasetOptions(num_faces=2, half=True))
    with pytest.raises(TableError, match="the folder has other files"):
        run_dataset(sources, media_folder)
    with TableFolder(table).locked(), pytest.raises(TableError, match="another run works on this table"):
        run_dataset(sources, table)
    with pytest.raises(TableError, match="is no table of faces"):
        TableFolder(tmp_path).options()
