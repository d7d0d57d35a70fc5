"""Options are taken and refused as MediaPipe's constructors do."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.python_bindings.solutions.option_checks import confidence, face_count, flag


@pytest.mark.parametrize("value", [0.5, np.float32(0.5), np.array(0.5)])
def test_confidence_takes_real_numbers(value) -> None:
    taken = confidence("name", value)
    assert taken == 0.5 and type(taken) is float


@pytest.mark.parametrize(("value", "limit"), [(-1, 0.0), (0, 0.0), (1, 1.0), (2, 1.0), (True, 1.0)])
def test_confidence_out_of_range_is_the_nearer_end(value, limit: float) -> None:
    taken = confidence("name", value)
    assert taken == limit and type(taken) is float


@pytest.mark.parametrize("value", ["0.5", None, [0.5], 1j])
def test_confidence_refuses_the_rest(value) -> None:
    with pytest.raises(TypeError, match="limit must be real number, not"):
        confidence("limit", value)


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3)])
def test_face_count_takes_integers(value) -> None:
    taken = face_count("name", value)
    assert taken == 3 and type(taken) is int


@pytest.mark.parametrize("value", [2.0, "2", None])
def test_face_count_refuses_other_types(value) -> None:
    with pytest.raises(TypeError, match="faces must be an integer"):
        face_count("faces", value)


@pytest.mark.parametrize("value", [0, -1])
def test_face_count_starts_at_one(value: int) -> None:
    with pytest.raises(ValueError, match="faces should be greater than or equal to 1"):
        face_count("faces", value)


@pytest.mark.parametrize("value", [True, False, np.True_])
def test_flag_takes_truth_values(value) -> None:
    taken = flag("name", value)
    assert taken == bool(value) and type(taken) is bool


@pytest.mark.parametrize("value", [1, 0, None, "yes"])
def test_flag_refuses_the_rest(value) -> None:
    with pytest.raises(TypeError, match="refine must be True or False"):
        flag("refine", value)
