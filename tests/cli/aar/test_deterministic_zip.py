"""Zip archives that are the same bytes for the same entries."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from attention_mesh.cli.aar.deterministic_zip import read_zip, write_zip


def test_the_order_of_the_entries_and_the_time_do_not_matter() -> None:
    one = write_zip({"b": b"2", "a": b"1" * 100, "c.jar": b"3"}, first=["c.jar"], stored=[".jar"])
    other = write_zip({"a": b"1" * 100, "c.jar": b"3", "b": b"2"}, first=["c.jar"], stored=[".jar"])
    assert one == other
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        assert archive.namelist() == ["c.jar", "a", "b"]
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.getinfo("c.jar").compress_type == zipfile.ZIP_STORED
        assert archive.getinfo("a").compress_size < 100
        assert archive.testzip() is None


def test_reading_gives_what_was_written_without_folders(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("folder/", b"")
        archive.writestr("folder/file", b"1")
    assert read_zip(tmp_path / "a.zip") == {"folder/file": b"1"}
