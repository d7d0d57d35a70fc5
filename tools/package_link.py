"""Links the repository into a folder under the package's name: `python tools/package_link.py out/package`.

The repository's root is the package, but its folder may have any name. mypy and mkdocstrings look for a
folder called `attention_mesh`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGE = "attention_mesh"


def link_package(folder: Path) -> Path:
    """Creates `folder` and the link in it, if they do not exist yet, and returns the link.

    On Windows the link is a junction, which needs no privilege.
    """
    link = folder / PACKAGE
    if link.is_dir() and link.resolve() == REPOSITORY:
        return link
    folder.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":
        import _winapi

        if link.exists():
            os.rmdir(link)  # a junction to another place
        _winapi.CreateJunction(str(REPOSITORY), str(link))
    else:
        link.unlink(missing_ok=True)
        link.symlink_to(REPOSITORY, target_is_directory=True)
    return link


if __name__ == "__main__":
    link_package(Path(sys.argv[1]))
