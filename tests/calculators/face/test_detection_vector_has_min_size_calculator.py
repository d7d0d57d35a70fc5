"""Counting detections."""

import numpy as np
import pytest

from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.detections import Detections

NAME = "DetectionVectorHasMinSizeCalculator"
THREE = Detections(np.zeros((3, 4)), np.zeros((3, 6, 2)), np.array([0.9, 0.8, 0.7]))
PACKETS = {"ITERABLE": [(1, THREE), (2, Detections.empty())]}


def test_the_option_or_the_side_packet_says_how_many_are_enough():
    assert run_calculator(NAME, PACKETS, options="min_size: 3").values("") == [True, False]
    assert run_calculator(NAME, PACKETS, {"": 4}).values("") == [False, False]


def test_no_packet_is_no_answer():
    run = run_calculator(NAME, {"ITERABLE": []}, bounds={"ITERABLE": 5})
    assert run.values("") == [] and run.bound("") == 5


def test_a_negative_number_is_refused():
    with pytest.raises(ConfigError, match="min_size is -1"):
        run_calculator(NAME, PACKETS, options="min_size: -1")
