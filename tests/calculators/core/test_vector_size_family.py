"""Counting items."""

import numpy as np

from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects


def test_items_of_lists_and_array_types_are_counted():
    run = run_calculator("IntVectorSizeCalculator", {"VECTOR": [(5, [4, 4]), (6, [])]})
    assert run.values("SIZE") == [2, 0]
    rects = NormalizedRects(np.zeros((3, 5)))
    assert run_calculator("NormalizedRectVectorSizeCalculator", {"VECTOR": [(5, rects)]}).values("SIZE") == [
        3
    ]


def test_no_packet_is_no_number():
    run = run_calculator("IntVectorSizeCalculator", {"VECTOR": []}, bounds={"VECTOR": 9})
    assert run.values("SIZE") == [] and run.bound("SIZE") == 9
