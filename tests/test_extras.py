"""Extras: the command that installs one fits the package's own installation, and one page lists all."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from attention_mesh.extras import _what_to_install, install_command

REPOSITORY = Path(__file__).resolve().parents[1]
REQUIREMENTS = [
    "numpy>=1.26",
    'keras>=3.8; extra == "train"',
    'tomli>=2; python_version < "3.11" and extra == "train"',
    "keras>=3.8; extra == 'train-jax'",
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: a clone in `clone`, a wheel beside it, and an installed package in `site`."""
    for name in ("clone/pyproject.toml", "a.whl", "site/extras.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("root", "direct_url", "expected"),
    [
        pytest.param("clone", None, "-e clone[train]", id="a checkout on the path"),
        pytest.param("clone", {"url": "{}/clone"}, "-e clone[train]", id="an editable install"),
        pytest.param("site", {"url": "{}/clone", "dir_info": {}}, "clone[train]", id="a copy of a checkout"),
        pytest.param("site", {"url": "{}/a.whl"}, os.path.join(".", "a.whl[train]"), id="a wheel"),
        pytest.param("site", None, "attention-mesh[train]", id="the package index"),
        pytest.param(
            "site",
            {"url": "https://x.org/a.whl"},
            "attention-mesh[train] @ https://x.org/a.whl",
            id="an address",
        ),
        pytest.param(
            "site",
            {"url": "https://x.org/a", "vcs_info": {"vcs": "git"}},
            "attention-mesh[train] @ git+https://x.org/a",
            id="a repository",
        ),
        pytest.param(
            "site",
            {"url": "{}/gone.whl"},
            'keras>=3.8 tomli>=2; python_version < "3.11"',
            id="a wheel that is gone",
        ),
    ],
)
def test_the_command_fits_the_installation(
    folder: Path, root: str, direct_url: dict[str, Any] | None, expected: str
) -> None:
    if direct_url:
        direct_url = direct_url | {"url": direct_url["url"].format(folder.as_uri())}
    words = _what_to_install("train", folder / root, direct_url, REQUIREMENTS)
    assert " ".join(words) == expected


def test_in_the_checkout_the_path_is_a_dot(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder / "clone")
    assert _what_to_install("gpu", folder / "clone", None, []) == ["-e", ".[gpu]"]


@pytest.mark.parametrize("is_active", [True, False])
def test_the_command_installs_for_the_python_that_runs(is_active: bool, monkeypatch) -> None:
    """`pip` alone would be another Python's if the environment is not active, as after `make demo`."""
    folders = [str(Path(sys.executable).parent)] if is_active else []
    monkeypatch.setenv("PATH", os.pathsep.join(folders))
    if is_active and not (Path(sys.executable).parent / "python").exists():
        pytest.skip("this Python is not called python")
    words = shlex.split(install_command("train"))
    assert words[0] == "pip" if is_active else words[1:3] == ["-m", "pip"]
    if not is_active:
        assert os.path.samefile(words[0], sys.executable)


@pytest.mark.skipif(not (REPOSITORY / "pyproject.toml").is_file(), reason="the tests run without a checkout")
def test_pip_takes_the_command() -> None:
    """Without dependencies, so without a package index."""
    words = shlex.split(install_command("parquet"))
    pip = [sys.executable, "-m", "pip"]
    alone = ["--dry-run", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
    done = subprocess.run([*pip, *words[words.index("install") :], *alone], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Would install attention-mesh" in done.stdout


def test_the_page_lists_every_extra() -> None:
    page = (REPOSITORY / "docs" / "install.md").read_text(encoding="utf-8")
    pyproject = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    section = pyproject.partition("[project.optional-dependencies]")[2].partition("\n[project.")[0]
    extras = re.findall(r"^([\w-]+) = \[", section, re.MULTILINE)
    assert sorted(re.findall(r"^\| `([\w-]+)` \|", page, re.MULTILINE)) == sorted(extras)
