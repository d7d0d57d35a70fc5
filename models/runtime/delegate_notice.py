"""Keeps the runtime's one line about its delegate off the user's terminal."""

import contextlib
import os
import tempfile
import threading
from collections.abc import Iterator

_NOTICE = b"Created TensorFlow Lite XNNPACK delegate"
_STDERR = 2
_lock = threading.Lock()
_done = False


@contextlib.contextmanager
def without_delegate_notice() -> Iterator[None]:
    """Around what makes the process's first interpreter: holds back the notice, and nothing else.

    The runtime writes it once a process, past Python, straight to file descriptor 2, and offers no switch.
    What others write to the descriptor in that moment is held as well and written right after.
    """
    global _done
    if _done:
        yield
        return
    with _lock:
        try:
            saved = os.dup(_STDERR)
        except OSError:  # a process without stderr: nothing to keep clean
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
                    if _NOTICE not in line:
                        os.write(_STDERR, line)
        _done = True
