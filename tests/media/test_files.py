"""write_whole: a file is there with its old or its new content, never in part."""

from __future__ import annotations

import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from attention_mesh.media.files import write_whole

posix = pytest.mark.skipif(sys.platform == "win32", reason="links, modes and pipes as POSIX has them")


def fail_to_replace(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def replace(self: Path, target: Path) -> None:
        raise OSError(number, os.strerror(number), str(self))

    monkeypatch.setattr(Path, "replace", replace)


def test_it_writes_a_new_file_and_leaves_nothing_beside_it(tmp_path):
    write_whole(tmp_path / "a.bin", b"new")
    assert (tmp_path / "a.bin").read_bytes() == b"new"
    assert [file.name for file in tmp_path.iterdir()] == ["a.bin"]


def test_it_replaces_the_content(tmp_path):
    file = tmp_path / "a.bin"
    file.write_bytes(b"old")
    write_whole(file, b"new")
    assert file.read_bytes() == b"new"


def test_it_makes_the_folder_only_if_asked(tmp_path):
    file = tmp_path / "folder" / "a.bin"
    with pytest.raises(FileNotFoundError) as error:
        write_whole(file, b"new")
    assert error.value.filename == str(file)
    write_whole(file, b"new", make_folder=True)
    assert file.read_bytes() == b"new"


def test_a_failure_leaves_the_old_content_and_nothing_beside_it(tmp_path, monkeypatch):
    file = tmp_path / "a.bin"
    file.write_bytes(b"old")
    fail_to_replace(monkeypatch, 28)  # ENOSPC
    with pytest.raises(OSError) as error:
        write_whole(file, b"new", or_in_place=True)
    assert error.value.filename == str(file)
    assert file.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.bin"]


def test_a_file_that_cannot_be_replaced_is_overwritten_only_if_asked(tmp_path, monkeypatch):
    file = tmp_path / "a.bin"
    file.write_bytes(b"old")
    fail_to_replace(monkeypatch, 16)  # EBUSY, a file that is mounted by itself
    with pytest.raises(OSError):
        write_whole(file, b"new")
    assert file.read_bytes() == b"old"
    write_whole(file, b"new", or_in_place=True)
    assert file.read_bytes() == b"new"
    assert [file.name for file in tmp_path.iterdir()] == ["a.bin"]


@posix
def test_a_link_stays_and_the_file_it_leads_to_changes(tmp_path):
    (tmp_path / "target.bin").write_bytes(b"old")
    (tmp_path / "link.bin").symlink_to("target.bin")
    write_whole(tmp_path / "link.bin", b"new")
    assert (tmp_path / "link.bin").is_symlink()
    assert (tmp_path / "target.bin").read_bytes() == b"new"


@posix
def test_the_file_keeps_its_mode(tmp_path):
    file = tmp_path / "a.bin"
    file.write_bytes(b"old")
    file.chmod(0o640)
    write_whole(file, b"new")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


@posix
def test_a_pipe_is_written_directly(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, b"new")
    reader.join()
    assert read == [b"new"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
