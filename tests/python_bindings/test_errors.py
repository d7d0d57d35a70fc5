"""Errors of the engine are, for programs, also the exceptions that MediaPipe raises."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from attention_mesh.errors import AttentionMeshError
from attention_mesh.framework.errors import (
    CalculatorError,
    CancelledError,
    ConfigError,
    GraphError,
    QueueFullError,
    TimestampError,
)
from attention_mesh.python_bindings.errors import InputError, translated, translating
from attention_mesh.python_bindings.images import rgb_array, rgb_frame
from attention_mesh.python_bindings.landmarker.base_options import BaseOptions
from attention_mesh.python_bindings.landmarker.face_landmarker_options import FaceLandmarkerOptions
from attention_mesh.python_bindings.landmarker.face_mesh_annotator import FaceMeshAnnotator


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


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: FaceLandmarkerOptions(num_faces=0),
        lambda: BaseOptions(model_asset_path="face.task"),
        lambda: FaceMeshAnnotator(color_order="gbr"),
        lambda: rgb_array(np.zeros((2, 2), np.uint8)),
        lambda: rgb_frame(np.zeros((2, 2, 3), np.uint8)[:0]),
    ],
)
def test_what_the_user_can_mend_is_our_error_and_a_value_error(wrong: Callable[[], object]) -> None:
    with pytest.raises(InputError) as raised:
        wrong()
    assert isinstance(raised.value, AttentionMeshError) and isinstance(raised.value, ValueError)
