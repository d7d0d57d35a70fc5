"""Every name of MediaPipe's Python framework is here, with the names of its arguments.

framework_api.json was read from mediapipe 0.10.21 (of functions in C++, the arguments that have a name): a
missing name or argument fails here.
"""

from __future__ import annotations

import importlib
import inspect
import json
from pathlib import Path

import pytest

import attention_mesh as mp

API = json.loads((Path(__file__).parent / "framework_api.json").read_text())
PACKAGE_NAMES = API.pop("mediapipe")
PACKET_DATA_TYPES = API.pop("PacketDataType")
ABSENT = {"model_ckpt_util"}  # it converts the checkpoints of language models


def home_of(name: str) -> object:
    if name == "SolutionBase":
        return importlib.import_module("attention_mesh.python.solution_base").SolutionBase
    return getattr(mp, name)


@pytest.mark.parametrize("name", [name for name in PACKAGE_NAMES if name not in ABSENT])
def test_name_of_the_package(name: str) -> None:
    assert getattr(mp, name) is not None
    assert name in dir(mp)


def test_absent_names_are_absent() -> None:
    assert not any(hasattr(mp, name) for name in ABSENT)


@pytest.mark.parametrize(("home", "name"), [(home, name) for home, names in API.items() for name in names])
def test_name_and_arguments(home: str, name: str) -> None:
    owner = home_of(home)
    if isinstance(owner, type) and name in getattr(owner, "__members__", {}):
        return
    found = inspect.getattr_static(owner, name)
    found = found.__func__ if isinstance(found, (staticmethod, classmethod)) else found
    expected = API[home][name]
    if not callable(found):
        assert not expected
        return
    parameters = [p for n, p in inspect.signature(found).parameters.items() if n not in ("self", "cls")]
    described = [
        p.name if p.default is p.empty or "=" not in e else f"{p.name}={p.default!r}"
        for p, e in zip(parameters, expected, strict=False)
    ]
    assert described == expected


def test_kinds_of_packets() -> None:
    kinds = importlib.import_module("attention_mesh.python.solution_base").PacketDataType
    assert {kind.name: kind.value for kind in kinds} == PACKET_DATA_TYPES
