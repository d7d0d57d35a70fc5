"""Every name, argument and default of MediaPipe's solutions for faces is here.

public_api.json was read from mediapipe 0.10.21: a missing name or a changed default fails here.
"""

from __future__ import annotations

import enum
import inspect
import json
from pathlib import Path

import pytest

import attention_mesh as mp

API = json.loads((Path(__file__).parent / "public_api.json").read_text())


def parameters(function) -> list[str]:
    return [
        parameter.name if parameter.default is parameter.empty else f"{parameter.name}={parameter.default!r}"
        for parameter in inspect.signature(function).parameters.values()
    ]


def described(value, expected):
    """A name's value in the form that public_api.json has."""
    if isinstance(value, type) and issubclass(value, enum.Enum):
        return {member.name: member.value for member in value}
    if isinstance(value, type):
        return {name: parameters(value if name == "__init__" else getattr(value, name)) for name in expected}
    if callable(value):
        return parameters(value)
    return f"frozenset of {len(value)}" if isinstance(value, frozenset) else repr(value)


@pytest.mark.parametrize(
    ("module", "name"), [(module, name) for module, names in API.items() for name in names]
)
def test_name_is_as_in_mediapipe(module: str, name: str) -> None:
    expected = API[module][name]
    assert described(getattr(getattr(mp.solutions, module), name), expected) == expected


def test_solutions_list_their_modules() -> None:
    assert set(API) <= set(dir(mp.solutions))


@pytest.mark.parametrize("name", ["hands", "pose", "holistic", "objectron", "selfie_segmentation"])
def test_solutions_for_other_things_are_declined(name: str) -> None:
    with pytest.raises(AttributeError, match=f"no solutions.{name}: it covers faces only"):
        getattr(mp.solutions, name)


def test_misspelt_solution_is_an_ordinary_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'face_mash'"):
        mp.solutions.face_mash  # noqa: B018  (the look-up is what is tested)


@pytest.mark.parametrize(
    "solution", [mp.solutions.face_mesh.FaceMesh, mp.solutions.face_detection.FaceDetection]
)
def test_unknown_argument(solution: type) -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'num_faces'"):
        solution(num_faces=2)
