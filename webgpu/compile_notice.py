"""CompileNotice: says in the log that a wait is one for the driver's compiler."""

from __future__ import annotations

import logging
import threading
from types import TracebackType

_LONG_S = 1.0  # a wait that is worth a notice

_log = logging.getLogger(__name__)


class CompileNotice:
    """Tells once that shaders are being compiled, if that takes more than a second.

    Some drivers compile a pipeline when it is made, others when it is first used, while a program waits for
    its results. So both count. It is a context manager for a wait.

    Attributes:
        is_told: whether the notice was written. A device needs it once: later frames compile little.
    """

    def __init__(self, adapter: str, long_s: float = _LONG_S) -> None:
        """Takes the adapter's name, and the seconds that are worth a notice."""
        self.is_told = False
        self._adapter, self._long_s = adapter, long_s
        self._made, self._used = 0, 0  # pipelines: all of them, and those before the last wait
        self._seconds = 0.0  # in which they were made
        self._timer: threading.Timer | None = None

    def made_pipeline(self, seconds: float) -> None:
        """Counts a pipeline, and the time in which it was made."""
        self._made += 1
        self._seconds += seconds
        if self._seconds > self._long_s:
            self._tell()

    def __enter__(self) -> None:
        if self._made > self._used and not self.is_told and self._timer is None:
            timer = self._timer = threading.Timer(self._long_s, self._tell)
            timer.daemon = True
            timer.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        timer, self._timer = self._timer, None  # the first of several waits at a time ends the watch
        if timer is not None:
            timer.cancel()
        self._used = self._made

    def _tell(self) -> None:
        if not self.is_told:
            self.is_told = True
            _log.warning(
                "the driver of %s compiles shaders, %d so far: the first frame takes longer than others",
                self._adapter,
                self._made,
            )
