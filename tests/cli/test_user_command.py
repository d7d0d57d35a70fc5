"""Errors of commands: the text that a user reads, and the exit code."""

import signal
import sys

import pytest
import typer

from attention_mesh.cli.errors import OutputError, UsageError
from attention_mesh.cli.stop_signals import Stopped
from attention_mesh.cli.user_command import error_text, user_command
from attention_mesh.errors import AttentionMeshError
from attention_mesh.extras import MissingExtraError, install_command
from attention_mesh.framework.errors import CalculatorError, ConfigError
from attention_mesh.media.errors import MediaError
from attention_mesh.models.errors import DatasetError, NetworkError
from attention_mesh.models.weights.errors import WeightsError


@pytest.mark.parametrize(
    "kind",
    [
        ConfigError,
        CalculatorError,
        MediaError,
        NetworkError,
        DatasetError,
        WeightsError,
        UsageError,
        OutputError,
    ],
)
def test_an_error_of_ours_is_its_own_text(kind):
    assert error_text(kind("a.mp4: the file is empty")) == "a.mp4: the file is empty"


def test_an_error_that_any_room_adds_later_is_its_own_text_too():
    class LaterError(AttentionMeshError):
        pass

    assert error_text(LaterError("the avatar has no head")) == "the avatar has no head"


def test_what_a_node_could_not_read_or_write_is_told_without_the_node():
    outer = CalculatorError('node "observer of drawn"')
    outer.__cause__ = OutputError('output stream "drawn" holds str')
    assert error_text(outer) == 'output stream "drawn" holds str'


def test_an_extra_that_a_node_misses_is_told_without_the_node():
    outer = CalculatorError('node "a" (ACalculator): open() failed: ImportError: …')
    outer.__cause__ = MissingExtraError(f"it needs osc: {install_command('puppet')}")
    assert error_text(outer) == f"it needs osc: {install_command('puppet')}"


def test_what_a_node_raised_that_nobody_foresaw_is_told_with_the_node():
    outer = CalculatorError('node "a" (ACalculator): process() failed: KeyError: 3')
    outer.__cause__ = KeyError(3)
    assert error_text(outer) == 'node "a" (ACalculator): process() failed: KeyError: 3'


def test_an_unforeseen_error_tells_its_type_and_how_to_see_more():
    assert error_text(KeyError("x")) == "unexpected KeyError: 'x' (--debug shows where)"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("x"), 2),
        (MediaError("x"), 1),
        (KeyError("x"), 1),
        (KeyboardInterrupt(), 130),
        (Stopped(15), 143),
    ],
)
def test_the_exit_code_tells_what_kind_of_error_it_was(error, code):
    @user_command
    def command() -> int:
        raise error

    with pytest.raises(typer.Exit) as ended:
        command()
    assert ended.value.exit_code == code


@pytest.fixture
def default_handler(name):
    """The system's handler of the signal, whatever pytest was started with, such as nohup."""
    before = signal.signal(getattr(signal, name), signal.SIG_DFL)
    yield
    signal.signal(getattr(signal, name), before)


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
@pytest.mark.parametrize(("name", "code"), [("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_lets_a_command_clean_up_and_decides_the_exit_code(default_handler, name, code):
    cleaned = []

    @user_command
    def command() -> int:
        try:
            signal.raise_signal(getattr(signal, name))
        finally:
            cleaned.append(name)
        return 0

    with pytest.raises(typer.Exit) as ended:
        command()
    assert ended.value.exit_code == code and cleaned == [name]
    assert signal.getsignal(getattr(signal, name)) == signal.SIG_DFL


def test_debug_lets_an_exception_through():
    @user_command
    def command(debug: bool = False) -> int:
        raise KeyError("x")

    with pytest.raises(KeyError):
        command(debug=True)
