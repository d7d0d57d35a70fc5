"""Extras: the optional parts of the package, and the command that installs one into this environment."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from attention_mesh.errors import AttentionMeshError

_NAME = "attention-mesh"


class MissingExtraError(AttentionMeshError, ImportError):
    """An optional package is not installed; the text says how to install the extra that brings it."""


def install_command(extra: str) -> str:
    """The command that installs an extra for the Python that runs, such as "pip install -e '.[train]'".

    It installs the package as it was installed before: from its checkout, its wheel, its address or the
    package index. If the checkout or wheel is gone, it installs the packages of the extra instead.

    Args:
      extra: a name of `[project.optional-dependencies]` in pyproject.toml.
    """
    # Imported here: only an error needs them, and every program loads this module.
    import shlex
    import subprocess
    from importlib.metadata import PackageNotFoundError, distribution

    root = Path(__file__).resolve().parent
    try:
        installed = distribution(_NAME)
        direct_url = json.loads(installed.read_text("direct_url.json") or "null")
        requirements = installed.requires or []
    except PackageNotFoundError:
        direct_url, requirements = None, []
    words = [*_pip(), "install", *_what_to_install(extra, root, direct_url, requirements)]
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def _what_to_install(
    extra: str, root: Path, direct_url: dict[str, Any] | None, requirements: list[str]
) -> list[str]:
    """The last words of the command.

    Args:
      extra: the extra's name.
      root: the folder of the package that runs.
      direct_url: where pip found the package (direct_url.json of PEP 610); None if in the package index.
      requirements: of the installed package, with their markers.
    """
    if (root / "pyproject.toml").is_file():
        return ["-e", f"{_short(root)}[{extra}]"]
    if direct_url is None:
        return [f"{_NAME}[{extra}]"]
    url = direct_url["url"]
    if urlsplit(url).scheme != "file":
        vcs = direct_url.get("vcs_info", {}).get("vcs")
        return [f"{_NAME}[{extra}] @ {f'{vcs}+' if vcs else ''}{url}"]
    from urllib.request import url2pathname  # here, because it loads HTTP and TLS

    place = Path(url2pathname(urlsplit(url).path))
    if place.exists():
        return [f"{_short(place)}[{extra}]"]
    return [
        re.sub(r"\s*;\s*$", "", re.sub(rf"(\s+and\s+)?{_marker(extra)}", "", requirement))
        for requirement in requirements
        if re.search(_marker(extra), requirement)
    ]


def _marker(extra: str) -> str:
    return rf"extra == ['\"]{re.escape(extra)}['\"]"


def _pip() -> list[str]:
    """How a shell calls the pip of this Python: by its name, if that is the one it would find."""
    import shutil
    from importlib.util import find_spec

    found = shutil.which("python") or ""
    is_first = os.path.abspath(found) == os.path.abspath(sys.executable)
    if find_spec("pip") is None:  # environments of uv have none
        return ["uv", "pip"] if is_first else ["uv", "pip", "--python", _short(Path(sys.executable))]
    return ["pip"] if is_first else [_short(Path(sys.executable)), "-m", "pip"]


def _short(path: Path) -> str:
    """The path, from the working folder if it is below that."""
    try:
        inside = path.relative_to(Path.cwd())
    except (ValueError, FileNotFoundError):
        return str(path)
    return "." if not inside.parts else os.path.join(".", inside) if path.suffix == ".whl" else str(inside)
