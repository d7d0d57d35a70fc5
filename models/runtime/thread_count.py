"""The default number of threads for a network of this size on this machine."""

import os
from pathlib import Path

# More threads only wait for each other, because the layers are small.
MAX_THREADS = 4


def default_thread_count() -> int:
    """The number of processor cores that this process may use, at most four.

    Two hardware threads of one core share its arithmetic, so they count once. Linux says which processors
    share a core. On other systems, two processors count as one core if there are more than two.
    """
    if hasattr(os, "sched_getaffinity"):
        processors = os.sched_getaffinity(0)
        cores = {_core(processor) for processor in processors}
        count = len(processors) if None in cores else len(cores)
    else:
        total = os.cpu_count() or 1
        count = total if total <= 2 else total // 2
    return max(1, min(count, MAX_THREADS))


def _core(processor: int) -> str | None:
    """A text that identifies a processor's core; None if the system does not say."""
    file = Path(f"/sys/devices/system/cpu/cpu{processor}/topology/thread_siblings_list")
    try:
        return file.read_text().strip()
    except OSError:
        return None
