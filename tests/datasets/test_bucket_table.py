"""Tables in a bucket: whole parts, one run at a time, and what a killed run leaves."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import time

import pyarrow.dataset
import pyarrow.fs
import pyarrow.parquet
import pytest
from typer.testing import CliRunner

from attention_mesh.cli.app import app
from attention_mesh.datasets import bucket_lock
from attention_mesh.datasets.arrow import PartWriter, manifest_of_part
from attention_mesh.datasets.bucket_path import BucketPath
from attention_mesh.datasets.errors import TableError
from attention_mesh.datasets.options import DatasetOptions
from attention_mesh.datasets.table_folder import TableFolder
from attention_mesh.tests.datasets.conftest import Bucket, read_table
from attention_mesh.tests.datasets.test_run import command


@pytest.fixture
def quick(monkeypatch) -> None:
    """Locks that are given up after a moment."""
    for name, seconds in {"PERIOD_S": 0.2, "DEAD_S": 1.0, "_SETTLE_S": 0.05}.items():
        monkeypatch.setattr(bucket_lock, name, seconds)


def parts(bucket: Bucket) -> list[str]:
    return [key for key in bucket.keys() if key.startswith("table/faces/") and key.endswith(".parquet")]


def test_a_killed_run_goes_on_in_a_bucket_and_other_programs_read_the_table(
    table, media_folder, bucket: Bucket, default_signals
):
    place = f"{bucket.url}/table"
    arguments = command(media_folder, place, "--jobs", "2")
    driver = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while driver.poll() is None and not parts(bucket):
        time.sleep(0.02)
    os.kill(driver.pid, signal.SIGKILL)
    driver.communicate()
    assert "table/.lock" in bucket.keys()  # nobody has removed it
    left = set(parts(bucket))
    again = CliRunner().invoke(app, ["dataset", "run", str(media_folder), "-o", place, "--jobs", "1"])
    assert again.exit_code == 1, again.output  # for the broken sources
    assert left <= set(parts(bucket)) and "table/.lock" not in bucket.keys()
    system, path = pyarrow.fs.FileSystem.from_uri(place)
    found = pyarrow.dataset.dataset(f"{path}/faces", filesystem=system).to_table().to_pylist()
    assert sorted(found, key=lambda row: (row["source"], row["frame"], row["face"])) == read_table(table)
    assert pyarrow.parquet.read_table(io.BytesIO(bucket.get("table/manifest.parquet"))).num_rows == 10
    status = CliRunner().invoke(app, ["dataset", "status", place])
    assert status.exit_code == 0 and "8 done, 2 failed; 46 frames, 42 faces" in status.stdout
    assert CliRunner().invoke(app, ["dataset", "check", place]).exit_code == 0
    bucket.put(parts(bucket)[0], b"damaged")
    assert CliRunner().invoke(app, ["dataset", "check", place]).exit_code == 1


def test_a_part_that_is_not_committed_leaves_nothing_in_the_bucket_nor_on_the_disk(
    bucket: Bucket, tmp_path, monkeypatch
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    table = TableFolder(f"{bucket.url}/table")
    table.prepare(DatasetOptions())
    writer = PartWriter(table.part_path("ab12"), half=False)
    assert not list(tmp_path.iterdir())  # also if the process is killed now
    writer.discard()
    assert parts(bucket) == []
    PartWriter(table.part_path("ab12"), half=False).commit([])
    assert parts(bucket) == ["table/faces/ab/ab12.parquet"] and table.manifest() == []
    table.remove(["ab12", "gone"])
    assert parts(bucket) == [] and not list(tmp_path.iterdir())


def test_a_second_run_is_refused_while_the_first_gives_signs_of_life(bucket: Bucket, quick, monkeypatch):
    table = TableFolder(f"{bucket.url}/table")
    with table.locked():
        monkeypatch.setattr(socket, "gethostname", lambda: "another")
        with pytest.raises(TableError, match="another run works on this table"), table.locked():
            pass
    assert "table/.lock" not in bucket.keys()


@pytest.mark.parametrize("machine", ["another", "this"])
def test_the_lock_of_a_dead_run_is_taken(bucket: Bucket, quick, machine):
    ended = subprocess.Popen(["true"])
    ended.wait()
    name = bucket_lock.this_machine() if machine == "this" else machine
    state = {"owner": "x", "host": socket.gethostname(), "machine": name, "pid": ended.pid}
    bucket.put("table/.lock", json.dumps(state).encode())
    start = time.monotonic()
    with TableFolder(f"{bucket.url}/table").locked():
        assert json.loads(bucket.get("table/.lock"))["owner"] != "x"
    assert (time.monotonic() - start >= bucket_lock.DEAD_S) == (machine == "another")


def test_a_place_that_cannot_hold_a_table_is_one_clear_error(bucket: Bucket):
    with pytest.raises(TableError, match="a table can be in a folder, or in a bucket"):
        TableFolder("sftp://host/table")
    bucket.put("other/x.txt", b"x")
    with pytest.raises(TableError, match="…@bucket/table: the URL has a password"):
        TableFolder("s3://me:secret@bucket/table")
    with pytest.raises(TableError, match="gone.parquet: the part cannot be read: there is no such file"):
        manifest_of_part(BucketPath(f"{bucket.url}/gone.parquet"))
    with pytest.raises(TableError, match="the folder has other files"):
        TableFolder(f"{bucket.url}/other").prepare(DatasetOptions())
    with pytest.raises(TableError, match="no such bucket"):
        TableFolder("s3://no-such-bucket/table").prepare(DatasetOptions())
    with pytest.raises(TableError, match="is no table of faces"):
        TableFolder(f"{bucket.url}/nothing").options()
    assert str(BucketPath("s3://a/b/") / "c") == "s3://a/b/c"
