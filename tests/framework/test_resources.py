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
