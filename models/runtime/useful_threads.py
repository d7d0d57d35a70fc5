"""How many threads a network of this size is worth on this machine."""

import os
from pathlib import Path

# More than this only wait for each other: the layers are small.
MOST_THREADS = 4


def useful_threads() -> int:
    """The processor cores that this process may use, at most four.

    Two threads of one core share its arithmetic, so they count once: as Linux states it; elsewhere two
    processors are taken for one core where there are more than two.
    """
    if hasattr(os, "sched_getaffinity"):
        processors = os.sched_getaffinity(0)
        cores = {_core(processor) for processor in processors}
        count = len(processors) if None in cores else len(cores)
    else:
        processors = os.cpu_count() or 1
        count = processors if processors <= 2 else processors // 2
    return max(1, min(count, MOST_THREADS))


def _core(processor: int) -> str | None:
    """What identifies a processor's core; None where the system does not say."""
    file = Path(f"/sys/devices/system/cpu/cpu{processor}/topology/thread_siblings_list")
    try:
        return file.read_text().strip()
    except OSError:
        return None
