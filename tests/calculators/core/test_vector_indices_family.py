"""The numbers of items."""

import numpy as np

from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks


def test_indices_count_the_items():
    run = run_calculator("IntVectorIndicesCalculator", {"VECTOR": [(5, [7, 8]), (6, [])]})
    assert run.values("INDICES") == [[0, 1], []]
    faces = NormalizedLandmarks(np.zeros((3, 2, 3)))
    run = run_calculator("NormalizedLandmarkListVectorIndicesCalculator", {"VECTOR": [(5, faces)]})
    assert run.values("INDICES") == [[0, 1, 2]]


def test_no_packet_gives_a_bound():
    run = run_calculator("IntVectorIndicesCalculator", {"VECTOR": []}, bounds={"VECTOR": 9})
    assert run.values("INDICES") == [] and run.bound("INDICES") == 9
