"""Where fetched and converted weights are kept."""

from __future__ import annotations

import os
import sys
from pathlib import Path

CACHE_VARIABLE = "ATTENTION_MESH_CACHE"


def cache_folder() -> Path:
    """$ATTENTION_MESH_CACHE, else `attention_mesh` in the user's cache folder (it need not exist yet).

    That is $XDG_CACHE_HOME or ~/.cache; ~/Library/Caches on macOS; %LOCALAPPDATA% on Windows.
    """
    named = os.environ.get(CACHE_VARIABLE)
    if named:
        return Path(named).expanduser()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "attention_mesh"
