"""Ctrl-C as a wish to stop rather than an exception in the middle of something."""

from __future__ import annotations

import signal
import time
from types import FrameType
from typing import Any

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # the last is that of a terminal that closes; Windows has none


class Interrupt:
    """While entered, Ctrl-C raises nothing: the first sets `requested`, a second one `urgent`.

    SIGTERM and SIGHUP count as Ctrl-C. A signal that is already ignored stays ignored: nohup ignores SIGHUP,
    and a shell ignores SIGINT in what it starts in the background. Once asked, further Ctrl-C is ignored
    after leaving: it would only disturb the orderly end that follows.

    For the main thread, the one that gets signals: it should only wait meanwhile, as it cannot get them
    inside of foreign code.
    """

    def __init__(self) -> None:
        self.requested = False
        self._urgent_since: float | None = None
        self._before: dict[int, Any] = {}

    @property
    def urgent(self) -> bool:
        """Whether a second Ctrl-C came."""
        return self._urgent_since is not None

    def urgent_for(self, seconds: float) -> bool:
        """Whether a second Ctrl-C came, at least so long ago."""
        return self._urgent_since is not None and time.monotonic() - self._urgent_since >= seconds

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.requested and self._urgent_since is None:
            self._urgent_since = time.monotonic()
        self.requested = True

    def __enter__(self) -> Interrupt:
        for name in _SIGNALS:
            number = getattr(signal, name, None)
            if number is None or signal.getsignal(number) is signal.SIG_IGN:
                continue
            self._before[number] = signal.signal(number, self._handle)
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, signal.SIG_IGN if self.requested and number == signal.SIGINT else handler)
