"""Interrupt: counts Ctrl-C without raising it, and restores the handlers."""

import signal
import sys

import pytest

from attention_mesh.cli.interrupt import Interrupt

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")


@pytest.fixture(autouse=True)
def handlers(default_signals):
    """The handlers before the test, which are restored after it."""
    names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in names}
    yield before
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_the_first_asks_and_the_second_is_urgent(name):
    number = getattr(signal, name)
    with Interrupt() as interrupt:
        assert not interrupt.requested and interrupt.signal == 0
        signal.raise_signal(number)
        assert (
            interrupt.signal == number
            and interrupt.requested
            and not interrupt.urgent
            and not interrupt.urgent_for(0)
        )
        for _ in range(3):
            signal.raise_signal(number)
        assert interrupt.urgent and interrupt.urgent_for(0) and not interrupt.urgent_for(600)


def test_the_handlers_from_before_come_back(handlers):
    with Interrupt():
        pass
    assert {number: signal.getsignal(number) for number in handlers} == handlers


def test_once_asked_further_ctrl_c_does_not_disturb_the_end(handlers):
    with Interrupt():
        signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGTERM) == handlers[signal.SIGTERM]


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_that_is_ignored_stays_ignored(name):
    signal.signal(getattr(signal, name), signal.SIG_IGN)
    with Interrupt() as interrupt:
        signal.raise_signal(getattr(signal, name))
        assert not interrupt.requested
