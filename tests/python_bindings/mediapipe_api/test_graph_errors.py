"""Errors of the engine are, for programs, also the exceptions that MediaPipe raises."""

from __future__ import annotations

import pytest

from attention_mesh.framework.errors import (
    CalculatorError,
    CancelledError,
    ConfigError,
    GraphError,
    QueueFullError,
    TimestampError,
)
from attention_mesh.python_bindings.mediapipe_api.graph_errors import translated, translating


def caused(error: GraphError, cause: Exception) -> GraphError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kinds"),
    [
        (ConfigError(["one", "two"]), (ConfigError, ValueError, RuntimeError)),
        (TimestampError("late"), (TimestampError, ValueError)),
        (caused(CalculatorError("c"), TimestampError("late")), (TimestampError, ValueError)),
        (caused(CalculatorError("c"), ValueError("v")), (GraphError, ValueError)),
        (caused(CalculatorError("c"), TypeError("t")), (GraphError, ValueError)),
        (caused(CalculatorError("c"), NotImplementedError("n")), (GraphError, NotImplementedError)),
        (caused(CalculatorError("c"), KeyError("k")), (GraphError, RuntimeError)),
        (QueueFullError("full"), (GraphError, RuntimeError)),
        (CancelledError("cancelled"), (GraphError, RuntimeError)),
    ],
)
def test_kind_and_text(error: GraphError, kinds: tuple[type, ...]) -> None:
    raised = translated(error)
    assert all(isinstance(raised, kind) for kind in kinds)
    assert str(raised) == str(error)


def test_only_what_a_config_error_is_has_two_kinds() -> None:
    assert not isinstance(translated(caused(CalculatorError("c"), ValueError("v"))), RuntimeError)
    assert not isinstance(translated(CalculatorError("c")), ValueError)


def test_translating_keeps_the_cause_and_lets_others_pass() -> None:
    engine_error = GraphError("engine")
    with pytest.raises(RuntimeError, match="engine") as raised, translating():
        raise engine_error
    assert raised.value.__cause__ is engine_error
    with pytest.raises(KeyError), translating():
        raise KeyError("other")
