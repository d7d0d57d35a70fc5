"""Checks of a model that is not known by its hash: of its content, then a trial in a child process."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Collection
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from attention_mesh.limits import MAX_MODEL_BYTES
from attention_mesh.models.weights.cache import cache_folder
from attention_mesh.models.weights.checking.check_model import check_model
from attention_mesh.models.weights.checking.flatbuffer_reader import DamagedFileError
from attention_mesh.models.weights.errors import ModelFileError

TRIAL_S = 120.0  # a trial takes a second; on a busy machine, some
_PROGRAM = Path(__file__).with_name("trial_program.py")
_RUNTIME = "ai-edge-litert"


def check_unknown_model(content: bytes, name: str = "the model", custom: Collection[bytes] = ()) -> None:
    """Checks a model's content, see `check_model`.

    Args:
      content: of a .tflite file.
      name: for errors.
      custom: names of the custom operators that may occur.

    Raises:
      ModelFileError: the file is damaged, or holds what is not run.
    """
    if len(content) > MAX_MODEL_BYTES:
        raise ModelFileError(f"{name} has {len(content)} bytes; the limit is {MAX_MODEL_BYTES}")
    try:
        check_model(content, custom)
    except DamagedFileError as error:
        raise ModelFileError(f"{name}: this is no model that can be run: {error}") from error


def try_unknown_model(content: bytes, name: str = "the model") -> None:
    """Loads and runs a model in a child process, because LiteRT may end the process that does.

    What passes is remembered in the cache folder, by its hash and LiteRT's version. Without a Python to
    start, as in a program that was frozen into one file, there is no trial.

    Args:
      content: of a file that `check_unknown_model` takes.
      name: for errors.

    Raises:
      ModelFileError: LiteRT refuses the model, or the child did not survive it.
    """
    mark = cache_folder() / "tried" / f"{hashlib.sha256(content).hexdigest()}-{_runtime_version()}"
    if mark.is_file() or getattr(sys, "frozen", False) or not sys.executable:
        return
    answer = _trial(content, name)
    if answer != "OK":
        raise ModelFileError(f"{name}: LiteRT cannot run it: {answer}")
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    except OSError:
        pass  # without a cache, each program tries again


def _trial(content: bytes, name: str) -> str:
    """What the child says. Raises ModelFileError if it says nothing."""
    paths = json.dumps([path for path in sys.path if path])  # "" is any folder that the user stands in
    command = [sys.executable, "-I", str(_PROGRAM), paths]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    try:
        child = subprocess.run(command, input=content, capture_output=True, timeout=TRIAL_S, env=environment)
    except subprocess.TimeoutExpired as error:
        raise ModelFileError(f"{name}: a trial run did not end within {TRIAL_S:.0f} s") from error
    except OSError as error:
        raise ModelFileError(f"{name}: a trial run needs a process of its own: {error}") from error
    lines = child.stdout.decode(errors="replace").strip().splitlines()
    if child.returncode != 0 or not lines:
        said = child.stderr.decode(errors="replace").strip().splitlines()
        how = f"signal {-child.returncode}" if child.returncode < 0 else (said or ["no answer"])[-1]
        raise ModelFileError(f"{name}: LiteRT does not survive a trial run of it ({how})")
    return lines[-1] if lines[-1] == "OK" else " ".join(lines)


def _runtime_version() -> str:
    try:
        return version(_RUNTIME)
    except PackageNotFoundError:
        return "unknown"
