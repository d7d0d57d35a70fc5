"""Options are taken and refused as MediaPipe's constructors do."""

from __future__ import annotations

import subprocess
import sys
import warnings

import numpy as np
import pytest

from attention_mesh.python_bindings.solutions.face_detection import FaceDetection
from attention_mesh.python_bindings.solutions.face_mesh import FaceMesh
from attention_mesh.python_bindings.solutions.option_checks import confidence, face_count, flag


@pytest.mark.parametrize("value", [0.5, np.float32(0.5), np.array(0.5)])
def test_confidence_takes_real_numbers(value) -> None:
    taken = confidence("name", value)
    assert taken == 0.5 and type(taken) is float


@pytest.mark.parametrize(("value", "limit"), [(0, 0.0), (1, 1.0), (True, 1.0), (np.float32(1), 1.0)])
def test_confidence_at_an_end_is_taken_without_a_warning(value, limit: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        taken = confidence("name", value)
    assert taken == limit and type(taken) is float


@pytest.mark.parametrize(
    ("value", "limit"), [(-1, 0.0), (-1e-9, 0.0), (2, 1.0), (50, 1.0), (np.float64(1.5), 1.0), (np.inf, 1.0)]
)
def test_confidence_out_of_range_is_the_nearer_end_with_a_warning(value, limit: float) -> None:
    with pytest.warns(
        UserWarning, match=f"name is .*; expected a number from 0 to 1. It counts as {limit:g}"
    ) as caught:
        taken = confidence("name", value)
    assert taken == limit and type(taken) is float
    assert len(caught) == 1


@pytest.mark.parametrize("value", [float("nan"), np.float32("nan")])
@pytest.mark.parametrize("limit", [0.0, 1.0])
def test_confidence_of_nan_is_what_mediapipe_makes_of_it_with_a_warning(value, limit) -> None:
    with pytest.warns(UserWarning, match=f"name is .*nan.*; expected a number .* It counts as {limit:g}"):
        assert confidence("name", value, limit) == limit


@pytest.mark.parametrize(("name", "faces"), [("min_detection_confidence", 1), ("min_tracking_confidence", 0)])
def test_nan_lets_pass_every_detection_and_no_mesh_as_in_mediapipe(astronaut, name, faces) -> None:
    """mediapipe 0.10.21 compares each score with NaN: none is below, and none is above."""
    with pytest.warns(UserWarning, match=f"{name} is nan"), FaceMesh(**{name: float("nan")}) as mesh:
        found = mesh.process(astronaut).multi_face_landmarks
    assert len(found or []) == faces


def test_a_warning_names_the_line_of_the_program_that_makes_the_solution() -> None:
    """Not one of ours: Python shows warnings of a program's own lines only."""
    program = "import attention_mesh as mp\nmp.solutions.face_mesh.FaceMesh(min_detection_confidence=50)\n"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    assert "<string>:2: UserWarning: min_detection_confidence is 50; expected" in done.stderr


@pytest.mark.parametrize("model_selection", [2, -1, None, "1"])
def test_another_model_is_the_short_range_with_a_warning(model_selection) -> None:
    with pytest.warns(UserWarning, match="model_selection is .*; expected 0 or 1. It counts as 0"):
        FaceDetection(model_selection=model_selection).close()


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
