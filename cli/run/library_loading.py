"""Shared libraries of a run: loads them on a thread, while the main thread imports Python modules."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

# The library of each package that takes longest to load, with all that it needs.
NETWORKS = ("ai_edge_litert", "_pywrap_litert_interpreter_wrapper.so")
FILMS = ("av", "_core.*.so")
PICTURES = ("cv2", "cv2.*.so")
PARQUET = ("pyarrow", "lib.*.so")


def libraries_of_run(source: str, outputs: Sequence[str]) -> list[tuple[str, str]]:
    """The libraries that a run needs, in the order in which it does.

    Args:
      source: what it reads; a text that names no folder may be a film.
      outputs: what it writes.
    """
    films = [] if os.path.isdir(source) else [FILMS]
    tables = [PARQUET] if any(name.lower().endswith(".parquet") for name in outputs) else []
    return [NETWORKS, *films, PICTURES, *tables]


def load_libraries_meanwhile(libraries: Sequence[tuple[str, str]]) -> threading.Thread | None:
    """Begins to load libraries that Python loads again soon, and finds ready then.

    Python keeps its lock while it loads a library. This thread does not, so that another core does the work.
    What is not there is left out: Python will say so.

    Args:
      libraries: packages and patterns of file names in them.

    Returns:
      The thread, where the system is Linux.
    """
    if not sys.platform.startswith("linux"):
        return None
    thread = threading.Thread(target=_load, args=(libraries,), name="attention-mesh libraries", daemon=True)
    thread.start()
    return thread


def _load(libraries: Sequence[tuple[str, str]]) -> None:
    load = ctypes.CDLL(None).dlopen
    load.argtypes, load.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    for package, pattern in libraries:
        spec = importlib.util.find_spec(package)
        for folder in (spec.submodule_search_locations or []) if spec else []:
            for file in Path(folder).glob(pattern):
                load(os.fsencode(file), os.RTLD_LAZY)
