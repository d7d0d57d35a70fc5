"""The public API changes only together with the file that lists it."""

from __future__ import annotations

import difflib
import importlib

import pytest

from attention_mesh.tools import public_api


def test_public_api_is_the_committed_one() -> None:
    committed = public_api.FILE.read_text(encoding="utf-8").splitlines()
    present = public_api.public_api().splitlines()
    changes = difflib.unified_diff(committed, present, "tests/public_api.txt", "the source", n=0, lineterm="")
    text = "\n".join(changes)
    assert not text, f"the public API differs; if that is meant, run `make api`:\n{text}"


@pytest.mark.parametrize("module", public_api.MODULES)
def test_every_public_name_is_listed(module: str) -> None:
    lines = public_api.FILE.read_text(encoding="utf-8").splitlines()
    listed = {line.removeprefix("class ").partition("(")[0].partition(":")[0] for line in lines}
    for name in getattr(importlib.import_module(module), "__all__", ()):
        assert f"{module}.{name}" in listed


def test_a_changed_default_and_a_lost_name_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    committed = public_api.FILE.read_text(encoding="utf-8")
    assert "attention_mesh.FaceLandmarkerOptions.num_faces: int = 1" in committed
    framework = importlib.import_module("attention_mesh.framework")
    monkeypatch.setattr(framework, "__all__", [name for name in framework.__all__ if name != "Packet"])
    assert "class attention_mesh.framework.Packet" in committed
    assert "class attention_mesh.framework.Packet" not in public_api.public_api()
