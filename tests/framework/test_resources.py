"""Relative paths of files are looked for below the resource folder first."""

from __future__ import annotations

from pathlib import Path

import pytest

from attention_mesh.framework import resources


@pytest.fixture(autouse=True)
def restored():
    yield
    resources.set_resource_dir(None)


def test_below_the_folder_then_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here" / "models").mkdir(parents=True)
    (tmp_path / "there" / "models").mkdir(parents=True)
    here, there = (tmp_path / name / "models" / "face.tflite" for name in ("here", "there"))
    here.write_text("here")
    monkeypatch.chdir(tmp_path / "here")
    assert resources.find_resource("models/face.tflite").read_text() == "here"
    resources.set_resource_dir(tmp_path / "there")
    assert resources.find_resource("models/face.tflite").read_text() == "here"
    there.write_text("there")
    assert resources.find_resource("models/face.tflite") == there
    assert resources.find_resource(here) == here
    resources.set_resource_dir(None)
    assert resources.find_resource("models/face.tflite").read_text() == "here"


def test_what_is_nowhere_is_none(tmp_path: Path) -> None:
    resources.set_resource_dir(tmp_path)
    assert resources.find_resource("nothing.tflite") is None
    assert resources.find_resource(tmp_path) is None


def test_finders_are_asked_only_for_what_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def finder(path) -> Path | None:
        asked.append(str(path))
        return tmp_path / "fetched" if str(path) == "model" else None

    monkeypatch.setattr(resources, "_finders", [])
    resources.add_finder(finder)
    (tmp_path / "file").touch()
    assert resources.resource_file(tmp_path / "file") == tmp_path / "file"
    assert resources.resource_file("model") == tmp_path / "fetched"
    with pytest.raises(FileNotFoundError, match="there is no file other, neither as it stands nor below"):
        resources.resource_file("other")
    assert asked == ["model", "other"]
