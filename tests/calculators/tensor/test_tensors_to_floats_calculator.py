"""Tensors as plain numbers."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator


def run(tensors, output="FLOATS", options=None):
    packets = {"TENSORS": [(5, tensors)]}
    return run_calculator("TensorsToFloatsCalculator", packets, options=options, outputs=[output])


def test_the_numbers_of_the_first_tensor_in_order():
    first, second = np.float32([[[1.5, -2], [0.25, 4]]]), np.float32([9])
    assert run([first, second]).values("FLOATS") == [[1.5, -2.0, 0.25, 4.0]]


def test_one_number_through_the_sigmoid():
    (value,) = run([np.float32([[[[1.0986123]]]])], "FLOAT", "activation: SIGMOID").values("FLOAT")
    assert type(value) is float and value == pytest.approx(0.75, abs=1e-6)  # the logistic of ln 3


def test_without_tensors_only_the_bound_moves():
    run = run_calculator(
        "TensorsToFloatsCalculator", {"TENSORS": []}, outputs=["FLOAT"], bounds={"TENSORS": 9}
    )
    assert run.values("FLOAT") == [] and run.bound("FLOAT") == 9


def test_what_is_no_single_number_is_refused():
    with pytest.raises(CalculatorError, match=r"FLOAT is for one number; the tensor has shape \(1, 2\)"):
        run([np.zeros((1, 2), np.float32)], "FLOAT")
    with pytest.raises(CalculatorError, match="holds no tensor"):
        run([])
    with pytest.raises(ConfigError, match="one of the outputs FLOAT and FLOATS"):
        run_calculator("TensorsToFloatsCalculator", {"TENSORS": []})
