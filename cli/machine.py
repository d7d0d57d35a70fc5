"""The machine on which a measurement was made, for the head of every report."""

from __future__ import annotations

import os
import platform
import sys


def machine_description() -> str:
    """Text such as "AMD EPYC 7B13, 2 cores, Linux, Python 3.11.7", without host name and paths."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{_cpu_name()}, {cores} cores, {platform.system()}, Python {sys.version.split()[0]}"


def _cpu_name() -> str:
    """The processor's own name for itself."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass  # not Linux
    return platform.processor() or platform.machine()
