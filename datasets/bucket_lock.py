"""Lock of a table in a bucket: a file that its owner renews, because a bucket has no locks."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attention_mesh.datasets.bucket_path import BucketPath
from attention_mesh.datasets.errors import TableError

LOCK_NAME = ".lock"

PERIOD_S = 5.0
"""Between two signs of life."""

DEAD_S = 30.0
"""Without a sign, the owner is dead: it missed six."""

_SETTLE_S = 1.0  # in which a second run, which also saw no lock, has written its own


@contextlib.contextmanager
def bucket_lock(folder: BucketPath) -> Iterator[None]:
    """Keeps other runs away from a table inside the `with` block.

    A lock of a run that was killed on this machine is taken at once; one of another machine, after it gave no
    sign for 30 s. Two runs that begin within the same second on a slow server may both go on: a bucket cannot
    prevent it.

    Raises:
      TableError: another run works on the table, or the bucket cannot be written.
    """
    file = folder / LOCK_NAME
    state: dict[str, Any] = {
        "owner": uuid.uuid4().hex,
        "host": socket.gethostname(),
        "machine": this_machine(),
        "pid": os.getpid(),
    }
    try:
        _wait_for_other(file)
        _renew(file, state)
        time.sleep(_SETTLE_S)
        if (_read(file) or {}).get("owner") != state["owner"]:
            raise TableError(f"{folder}: another run works on this table")
    except OSError as error:
        raise TableError(f"{folder}: the table cannot be locked: {error}") from error
    ended = threading.Event()
    renewing = threading.Thread(target=_keep, args=(file, state, ended), name="table lock", daemon=True)
    renewing.start()
    try:
        yield
    finally:
        ended.set()
        renewing.join()
        with contextlib.suppress(OSError):
            if (_read(file) or {}).get("owner") == state["owner"]:
                file.unlink(missing_ok=True)


def this_machine() -> str:
    """What tells this machine, since it was started, from others: machines in clouds may share a name.

    Two containers are two machines, because each counts its own processes.
    """
    parts = [socket.gethostname()]
    with contextlib.suppress(OSError):  # other systems than Linux have neither
        parts += [
            Path("/proc/sys/kernel/random/boot_id").read_text().strip(),
            os.readlink("/proc/self/ns/pid"),
        ]
    return " ".join(parts)


def _keep(file: BucketPath, state: dict[str, Any], ended: threading.Event) -> None:
    while not ended.wait(PERIOD_S):
        with contextlib.suppress(OSError):  # a server may be away for a moment
            if (_read(file) or state).get("owner") != state["owner"]:
                print(f"attention_mesh: another run took {file}", file=sys.stderr, flush=True)
                return
            _renew(file, state)


def _renew(file: BucketPath, state: dict[str, Any]) -> None:
    file.write_bytes(json.dumps({**state, "sign": uuid.uuid4().hex}).encode())


def _read(file: BucketPath) -> dict[str, Any] | None:
    """What is in the lock; None if there is none."""
    try:
        found = json.loads(file.read_text())
    except (FileNotFoundError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _wait_for_other(file: BucketPath) -> None:
    """Returns when no other run holds the lock. Raises TableError if one gives a sign of life."""
    first = _read(file)
    if first is None or _is_dead_here(first):
        return
    owner = f"process {first.get('pid')} on {first.get('host')}"
    print(f"attention_mesh: looking whether {owner} still works on the table", file=sys.stderr, flush=True)
    end = time.monotonic() + DEAD_S
    while time.monotonic() < end:
        time.sleep(PERIOD_S / 5)
        now = _read(file)
        if now is None:
            return
        if now != first:
            raise TableError(f"{str(file)[: -len(LOCK_NAME) - 1]}: another run works on this table ({owner})")


def _is_dead_here(state: dict[str, Any]) -> bool:
    if os.name != "posix" or state.get("machine") != this_machine():
        return False
    try:
        os.kill(int(state["pid"]), 0)
    except ProcessLookupError:
        return True
    except (OSError, KeyError, TypeError, ValueError):
        return False
    return False
