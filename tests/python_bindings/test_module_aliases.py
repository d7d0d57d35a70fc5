"""The names that MediaPipe's programs import by lead to the very modules of the package, once."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

import attention_mesh
from attention_mesh.python_bindings import module_aliases

MODULES = ("drawing_styles", "drawing_utils", "face_detection", "face_mesh", "face_mesh_connections")


def test_attribute_of_the_package() -> None:
    assert attention_mesh.solutions is importlib.import_module("attention_mesh.python_bindings.solutions")


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("package", ["attention_mesh.solutions", "attention_mesh.python.solutions"])
def test_alias_is_the_module_itself(package: str, name: str) -> None:
    real = importlib.import_module(f"attention_mesh.python_bindings.solutions.{name}")
    assert importlib.import_module(f"{package}.{name}") is real
    assert getattr(attention_mesh.solutions, name) is real
    assert real.__spec__.name == real.__name__ == f"attention_mesh.python_bindings.solutions.{name}"


PROGRAMS = {
    "attribute": "import attention_mesh as mp; FaceMesh = mp.solutions.face_mesh.FaceMesh",
    "package": "import attention_mesh.solutions as s; FaceMesh = s.face_mesh.FaceMesh",
    "module": "import attention_mesh.solutions.face_mesh as m; FaceMesh = m.FaceMesh",
    "from package": "from attention_mesh.solutions import face_mesh; FaceMesh = face_mesh.FaceMesh",
    "from module": "from attention_mesh.solutions.face_mesh import FaceMesh",
    "python package": "import attention_mesh.python.solutions.face_mesh as m; FaceMesh = m.FaceMesh",
    "from python package": "from attention_mesh.python.solutions.face_mesh import FaceMesh",
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_every_spelling_works_as_the_first_import(program: str) -> None:
    """In a fresh interpreter, where nothing has loaded the real module before."""
    check = (
        "; from attention_mesh.python_bindings.solutions.face_mesh import FaceMesh as real"
        "; assert FaceMesh is real"
    )
    subprocess.run([sys.executable, "-c", program + check], check=True)


def test_a_missing_module_is_reported_under_a_name_that_exists() -> None:
    with pytest.raises(ModuleNotFoundError, match="solutions.hands"):
        importlib.import_module("attention_mesh.solutions.hands")


def test_installing_twice_adds_one_finder() -> None:
    module_aliases.install()
    module_aliases.install()
    finders = [finder for finder in sys.meta_path if isinstance(finder, module_aliases._AliasFinder)]
    assert len(finders) == 1
