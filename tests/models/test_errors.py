"""Errors of models and weights: each is ours and a built-in error that a caller would expect."""

from __future__ import annotations

import pytest

from attention_mesh.errors import AttentionMeshError
from attention_mesh.models import errors
from attention_mesh.models.weights import WeightsError

OURS = [kind for kind in vars(errors).values() if isinstance(kind, type) and kind is not AttentionMeshError]


@pytest.mark.parametrize("kind", [*OURS, WeightsError], ids=lambda kind: kind.__name__)
def test_an_error_is_ours_and_a_built_in_one(kind: type[Exception]) -> None:
    assert issubclass(kind, AttentionMeshError)
    assert issubclass(kind, (ValueError, RuntimeError, ImportError))
    assert kind.__doc__, "an error says what is wrong"
