"""The folder that mypy and mkdocstrings read: the rooms and the root's modules under the package's name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def test_the_folder_holds_the_rooms_and_the_modules_of_the_root_and_nothing_else(tmp_path: Path) -> None:
    command = [sys.executable, REPOSITORY / "tools" / "package_link.py", tmp_path, "framework", "geometry"]
    for _ in range(2):  # the second time all is there
        subprocess.run(command, check=True)
    package = tmp_path / "attention_mesh"
    found = {entry.name for entry in package.iterdir()}
    assert found >= {"framework", "geometry", "__init__.py", "errors.py", "py.typed"}
    assert not found & {"setup.py", "tests", "tools", "out", ".venv"}
    assert (package / "geometry" / "__init__.py").samefile(REPOSITORY / "geometry" / "__init__.py")
