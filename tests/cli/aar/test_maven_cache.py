"""The files that android/dependencies.txt names: read, fetched once, verified, and clear errors."""

from __future__ import annotations

import hashlib
import stat
import sys
import zipfile
from pathlib import Path

import pytest

from attention_mesh.cli.aar import maven_cache
from attention_mesh.cli.aar.maven_cache import Artifact, class_path, fetch, read_dependencies
from attention_mesh.cli.errors import AarError

CONTENT = b"a jar"
SHA256 = hashlib.sha256(CONTENT).hexdigest()

needs_shell = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for Maven is a shell script")


def artifact(sha256: str = SHA256, extension: str = "jar") -> Artifact:
    return Artifact("tool", "org.example", "thing", "1.0", "", extension, sha256)


def fake_maven(folder: Path, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts a program named mvn, and nothing else of that name, on the PATH."""
    program = folder / "mvn"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_the_committed_list_names_each_artifact_of_a_role_once() -> None:
    listed = [(a.role, a.group, a.name, a.classifier) for a in read_dependencies()]
    assert len(listed) == len(set(listed))
    files = {(a.file_name, a.sha256) for a in read_dependencies() if a.sha256 != "-"}
    assert len({name for name, _ in files}) == len(files), "two files of one name, with different contents"
    assert {a.coordinate for a in read_dependencies() if a.role == "declared"} == {
        "com.google.ai.edge.litert:litert:1.4.2",
        "androidx.annotation:annotation:1.3.0",
    }


@pytest.mark.parametrize(
    ("line", "coordinate", "file_name"),
    [
        ("tool a.b:c:1 00", "a.b:c:1", "c-1.jar"),
        ("tool a.b:c:1@aar 00", "a.b:c:1@aar", "c-1.aar"),
        ("test a.b:c:1:arm64 00", "a.b:c:1:arm64", "c-1-arm64.jar"),
        ("test a.b:c:1:arm64@exe 00", "a.b:c:1:arm64@exe", "c-1-arm64.exe"),
    ],
)
def test_a_line_is_an_artifact(tmp_path: Path, line: str, coordinate: str, file_name: str) -> None:
    (tmp_path / "list.txt").write_text(f"# a comment\n\n{line}\n")
    (found,) = read_dependencies(tmp_path / "list.txt")
    assert (found.coordinate, found.file_name) == (coordinate, file_name)


@pytest.mark.parametrize("line", ["tool a:b:1", "toll a:b:1 00", "tool a:b 00", "tool a:b:1:c:d 00"])
def test_a_wrong_line_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "list.txt").write_text(f"# a comment\n{line}\n")
    with pytest.raises(AarError, match=r"list\.txt:2: .*expected a role"):
        read_dependencies(tmp_path / "list.txt")


def test_without_a_checkout_the_error_says_so(tmp_path: Path) -> None:
    with pytest.raises(AarError, match="built from a checkout"):
        read_dependencies(tmp_path / "none.txt")


@needs_shell
def test_a_file_is_fetched_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache"
    fake_maven(
        tmp_path, f"echo >> {tmp_path}/calls; printf 'a jar' > {cache}/.fetched/thing-1.0.jar", monkeypatch
    )
    for _ in range(2):
        (path,) = fetch([artifact()], cache)
        assert path.read_bytes() == CONTENT
    assert (tmp_path / "calls").read_text() == "\n"


@needs_shell
@pytest.mark.parametrize("damage", ["other bytes", "a folder", "a link"])
def test_a_damaged_file_is_fetched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    cache = tmp_path / "cache"
    fake_maven(tmp_path, f"printf 'a jar' > {cache}/.fetched/thing-1.0.jar", monkeypatch)
    (path,) = fetch([artifact()], cache)
    path.unlink()
    if damage == "other bytes":
        path.write_bytes(b"a jag")
    elif damage == "a folder":
        path.mkdir()
    else:
        path.symlink_to("nothing")
    assert fetch([artifact()], cache) == [path] and path.read_bytes() == CONTENT


@needs_shell
@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("printf other > CACHE/.fetched/thing-1.0.jar", "has the SHA-256 .*, expected"),
        ("echo '[ERROR] Network is unreachable'; exit 1", "Network is unreachable; it needs a network once"),
        ("exit 7", "exit code 7"),
    ],
    ids=["another file", "no network", "no message"],
)
def test_what_cannot_be_fetched_is_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, message: str
) -> None:
    cache = tmp_path / "cache"
    fake_maven(tmp_path, body.replace("CACHE", str(cache)), monkeypatch)
    with pytest.raises(AarError, match=f"org.example:thing:1.0.*{message}"):
        fetch([artifact()], cache)
    assert not (cache / "thing-1.0.jar").exists()


def test_without_maven_the_error_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AarError, match=r"needs Maven \(mvn\)"):
        fetch([artifact()], tmp_path)


def test_a_declared_artifact_is_never_fetched(tmp_path: Path) -> None:
    with pytest.raises(AarError, match="never fetched"):
        fetch([artifact("-")], tmp_path)


def test_an_archive_of_android_is_its_classes_on_a_class_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(tmp_path / "thing-1.0.aar", "w") as archive:
        archive.writestr("classes.jar", CONTENT)
    digest = hashlib.sha256((tmp_path / "thing-1.0.aar").read_bytes()).hexdigest()
    monkeypatch.setattr(maven_cache, "artifacts", lambda *roles: [artifact(digest, extension="aar")])
    (path,) = class_path("tool", folder=tmp_path)
    assert path.read_bytes() == CONTENT
    path.write_bytes(b"damaged")
    assert class_path("tool", folder=tmp_path) == [path] and path.read_bytes() == CONTENT
