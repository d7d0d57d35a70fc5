"""Lines that libraries write past Python: held back for a while, and some of them dropped."""

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import BinaryIO

STDOUT, STDERR = 1, 2  # file descriptors


@contextlib.contextmanager
def held_lines(is_dropped: Callable[[bytes], bool], descriptor: int = STDERR) -> Iterator[None]:
    """Holds back what this process writes to a file descriptor within the block, and writes it after.

    Args:
      is_dropped: whether a line, with its end, is never written.
      descriptor: STDERR or STDOUT.
    """
    try:
        saved = os.dup(descriptor)
    except OSError:  # the process has none
        yield
        return
    with _nameless_file() as held:
        os.dup2(held.fileno(), descriptor)
        try:
            yield
        finally:
            os.dup2(saved, descriptor)
            os.close(saved)
            held.seek(0)
            for line in held.readlines():
                if not is_dropped(line):
                    os.write(descriptor, line)


def _nameless_file() -> BinaryIO:
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("held lines"), "w+b")
    import tempfile  # here, because it takes longer to load than a network

    return tempfile.TemporaryFile()
