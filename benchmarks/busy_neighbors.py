"""BusyNeighbors: processes that compute without a pause, beside which a benchmark measures."""

from __future__ import annotations

import subprocess
import sys

# It ends with the process that started it, however that ends.
_PROGRAM = """
import os
parent = os.getppid()
while os.getppid() == parent:
    for _ in range(1_000_000):
        pass
"""


class BusyNeighbors:
    """Runs `count` busy processes while its `with` block runs."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> BusyNeighbors:
        self._processes = [subprocess.Popen([sys.executable, "-c", _PROGRAM]) for _ in range(self._count)]
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.kill()
            process.wait()
