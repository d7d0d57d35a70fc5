"""Keeping items by a condition."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects

RECTS = NormalizedRects(np.zeros((3, 5)), np.array([7, 8, 9]))
NAME = "FilterNormalizedRectCollectionCalculator"


def filtered(name: str, collection, condition):
    run = run_calculator(name, {"ITERABLE": [(5, collection)], "CONDITION": [(5, condition)]})
    return run.values("ITERABLE")[0]


def test_items_stay_where_the_condition_is_true():
    assert filtered(NAME, RECTS, [True, False, True]).ids.tolist() == [7, 9]
    assert filtered("FilterUInt64CollectionCalculator", [4, 5], np.array([False, True])) == [5]


def test_nothing_left_is_an_empty_collection():
    assert len(filtered(NAME, RECTS, [False] * 3)) == 0


def test_without_a_condition_there_is_no_packet():
    run = run_calculator(NAME, {"ITERABLE": [(5, RECTS)], "CONDITION": []}, bounds={"CONDITION": 6})
    assert run.values("ITERABLE") == [] and run.bound("ITERABLE") == 6


def test_a_condition_of_another_length_is_an_error():
    with pytest.raises(CalculatorError, match="CONDITION has 2 values for 3 items"):
        filtered(NAME, RECTS, [True, False])
