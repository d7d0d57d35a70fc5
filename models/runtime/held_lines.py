"""Lines that libraries write past Python to stderr: held back for a while, and some of them dropped."""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator

_STDERR = 2


@contextlib.contextmanager
def held_lines(is_dropped: Callable[[bytes], bool]) -> Iterator[None]:
    """Holds back what this process writes to file descriptor 2 within the block, and writes it after.

    Args:
      is_dropped: whether a line, with its end, is never written.
    """
    try:
        saved = os.dup(_STDERR)
    except OSError:  # the process has no stderr
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), _STDERR)
        try:
            yield
        finally:
            os.dup2(saved, _STDERR)
            os.close(saved)
            held.seek(0)
            for line in held.readlines():
                if not is_dropped(line):
                    os.write(_STDERR, line)
