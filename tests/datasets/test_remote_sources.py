"""Sources on servers: listed, read by ranges, and failed one by one."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from attention_mesh.datasets import remote_files
from attention_mesh.datasets.errors import TableError
from attention_mesh.datasets.face_rows import face_mesh_rows
from attention_mesh.datasets.remote_files import reason_of
from attention_mesh.datasets.run import run_dataset
from attention_mesh.datasets.sources import find_sources, sources_of_rows
from attention_mesh.datasets.table_folder import TableFolder
from attention_mesh.tests.datasets.conftest import Bucket, read_table
from attention_mesh.tests.datasets.test_shards import write_shard
from attention_mesh.tests.datasets.test_sources import rows


def media_files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def without_place(table: Path, begin: str) -> list[dict]:
    """The rows and the manifest of the sources whose names begin so, without what is of the place."""
    found = read_table(table) + TableFolder(table).manifest()
    ours = [row for row in found if row["source"].startswith(begin)]
    facts = ("part", "seconds", "modified_ns")
    shown = [{name: value for name, value in row.items() if name not in facts} for row in ours]
    return [
        {**row, "source": row["source"][len(begin) :], "error": str(row.get("error")).replace(begin, "")}
        for row in shown
    ]


def test_a_tree_a_shard_and_a_list_on_a_server_make_the_table_of_the_local_files(
    table, media_folder, bucket: Bucket, tmp_path
):
    files = media_files(media_folder)
    for name, content in files.items():
        bucket.put(f"tree/{name}", content)
    bucket.put("shards/000.tar", write_shard(tmp_path / "000.tar", files).read_bytes())
    bucket.put("secret.mp4", files["ward 0/film0.mp4"])
    bucket.forbid("secret.mp4")
    bucket.put("list.csv", b"url\nsecret.mp4\ngone.mp4\nhttp://127.0.0.1:9/x.mp4\n")
    tree, shards, listed = (
        find_sources(f"{bucket.url}/{text}") for text in ("tree", "shards/{000..000}.tar", "list.csv")
    )
    assert len(tree) == len(shards) == 10 and len(listed) == 3
    done = run_dataset([*tree, *shards, *listed], tmp_path / "table")
    local = without_place(table, f"{media_folder}/")
    assert without_place(tmp_path / "table", f"{bucket.url}/tree/") == local
    assert without_place(tmp_path / "table", f"{bucket.url}/shards/000.tar/") == local
    errors = {row["source"].rpartition("/")[2]: row["error"] for row in done if row["status"] == "failed"}
    assert "permission denied" in errors["secret.mp4"] and "\n" not in errors["secret.mp4"]
    assert "there is no such file" in errors["gone.mp4"]
    assert "cannot be opened" in errors["x.mp4"]
    bucket.put("tree/a.png", files["a.png"] + b"changed")
    again = run_dataset(find_sources(f"{bucket.url}/tree"), tmp_path / "table")
    assert f"{bucket.url}/tree/a.png" in {row["source"] for row in again}
    assert {row["kind"] for row in again} == {"photo"}  # the films are as they were


def test_a_server_answers_in_one_line(bucket: Bucket):
    for address, message in {
        "s3://no-such-bucket/films": "there is no such bucket",
        f"{bucket.url}/nothing": "no film or photo is there",
        f"{bucket.url}/*/front.mp4": "no film or photo is there",
        "s3://": "it names no bucket",
        "s3://me:secret@bucket/films": "the URL has a password",
        "nope://films/x": "[Pp]rotocol not known",
    }.items():
        with pytest.raises(TableError, match=message) as error:
            find_sources(address)
        assert "\n" not in str(error.value) and "secret" not in str(error.value)


def test_a_pattern_on_a_server_matches_as_on_a_disk(bucket: Bucket):
    for key in ("a/1/front.mp4", "a/2/front.mp4", "a/2/back.mp4", "a/2/deep/front.mp4", "b/1/front.mp4"):
        bucket.put(key, b"x")

    def keys(pattern: str) -> list[str]:
        return [source.address[len(bucket.url) + 1 :] for source in find_sources(f"{bucket.url}/{pattern}")]

    assert keys("a/*/front.mp4") == ["a/1/front.mp4", "a/2/front.mp4"]
    assert keys("a/**/front.mp4") == ["a/1/front.mp4", "a/2/deep/front.mp4", "a/2/front.mp4"]
    assert keys("{a,b}/[13]/*.mp4") == ["a/1/front.mp4", "b/1/front.mp4"]


def test_sources_of_a_table_are_looked_for_on_their_server(bucket: Bucket):
    bucket.put("1.mp4", b"x")
    before = find_sources(bucket.url)
    bucket.put("1.mp4", b"longer")
    (now,) = sources_of_rows(rows(*before, part="one"))
    assert now.size_bytes == 6
    bucket.delete("1.mp4")
    assert sources_of_rows(rows(*before, part="one")) == before


def test_a_file_system_of_fsspec_is_read_by_ranges(table, media_folder, tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.write(media_folder / "ward 0/film4.mp4", "films/film4.mp4")
    (source,) = find_sources(f"zip://films::{tmp_path}/x.zip")
    assert source.address == f"zip://films/film4.mp4::{tmp_path}/x.zip"
    found = [row for batch in face_mesh_rows(source.address) for row in batch.to_pylist()]
    expected = [row for row in read_table(table) if row["source"].endswith("film4.mp4")]
    assert [row["landmarks_px"] for row in found] == [row["landmarks_px"] for row in expected]


def test_a_long_answer_of_a_server_becomes_a_short_reason():
    text = (
        "When reading 'x': AWS Error SLOW_DOWN during GetObject operation: wait\n a bit (Request ID: abc). "
        "Detail: [errno 5]"
    )
    assert reason_of(OSError(text)).endswith("operation: wait a bit")
    assert len(reason_of(OSError("a" * 9999))) == 300


def test_a_store_of_google_that_nobody_reaches_is_told_within_the_limit(monkeypatch):
    monkeypatch.setenv("CLOUD_STORAGE_EMULATOR_ENDPOINT", "http://127.0.0.1:1")  # nobody listens there
    monkeypatch.setattr(remote_files, "GOOGLE_RETRY_S", 1)
    with pytest.raises(TableError, match="gs://anonymous@nowhere/a.mp4: the server cannot be reached"):
        find_sources("gs://anonymous@nowhere/a.mp4")
