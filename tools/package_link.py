"""A folder with the package under its name: `python tools/package_link.py FOLDER ROOM …`.

The repository's root is the package, but its folder may have any name. mypy and mkdocstrings look for a
folder called `attention_mesh`. This program makes it of links to the rooms, so that it holds nothing else of
the repository: no environments, no tests, not itself.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGE = "attention_mesh"


def link_package(folder: Path, rooms: list[str]) -> None:
    """Makes FOLDER/attention_mesh with a link to each room and to the modules in the root.

    On Windows, where links need a privilege, rooms are junctions and modules are copies.
    """
    package = folder / PACKAGE
    package.mkdir(parents=True, exist_ok=True)
    modules = [file.name for file in REPOSITORY.glob("*.py") if file.name != "setup.py"]
    for name in [*rooms, *modules, "py.typed"]:
        _link(REPOSITORY / name, package / name)


def _link(target: Path, link: Path) -> None:
    if sys.platform != "win32":
        if not link.is_symlink():
            link.symlink_to(target, target_is_directory=target.is_dir())
    elif target.is_file():
        shutil.copyfile(target, link)
    elif not link.exists():
        import _winapi

        _winapi.CreateJunction(str(target), str(link))


if __name__ == "__main__":
    link_package(Path(sys.argv[1]), sys.argv[2:])
