"""LandmarksRefinementCalculator: MediaPipe's options drive the refinement."""

import numpy as np
import pytest

from attention_mesh.framework.errors import ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks

NAME = "LandmarksRefinementCalculator"
OPTIONS = """
  refinement { indexes_mapping: [0, 1] z_refinement { copy {} } }
  refinement { indexes_mapping: [1] z_refinement { none {} } }
  refinement { indexes_mapping: [2] z_refinement { assign_average { indexes_for_average: [0, 1] } } }
"""


def landmarks(*rows):
    return NormalizedLandmarks(np.array([rows], np.float32))


MESH = landmarks([0.1, 0.2, 0.3], [0.4, 0.5, 0.7])
POINT = landmarks([0.6, 0.8, 0])
IRIS = landmarks([0.9, 0.9, 0])


def test_the_three_rules_as_in_the_options():
    inputs = {"LANDMARKS:0": [(5, MESH)], "LANDMARKS:1": [(5, POINT)], "LANDMARKS:2": [(5, IRIS)]}
    packet = run_calculator(NAME, inputs, {}, OPTIONS).packets("REFINED_LANDMARKS")[0]
    assert packet.timestamp == 5
    np.testing.assert_allclose(
        packet.value.points, [[[0.1, 0.2, 0.3], [0.6, 0.8, 0.7], [0.9, 0.9, 0.5]]], rtol=1e-6
    )


def test_nothing_is_sent_while_a_set_is_missing():
    inputs = {"LANDMARKS:0": [(0, MESH), (1, MESH)], "LANDMARKS:1": [(0, POINT)], "LANDMARKS:2": [(0, IRIS)]}
    run = run_calculator(NAME, inputs, {}, OPTIONS, bounds={"LANDMARKS:1": 2, "LANDMARKS:2": 2})
    assert [packet.timestamp for packet in run.packets("REFINED_LANDMARKS")] == [0]


def test_a_refinement_without_z_rule_fails_at_validation():
    with pytest.raises(ConfigError, match="z_refinement"):
        run_calculator(NAME, {"LANDMARKS:0": [(0, MESH)]}, {}, "refinement { indexes_mapping: [0, 1] }")


def test_another_number_of_streams_than_refinements_is_an_error():
    with pytest.raises(Exception, match="1 LANDMARKS streams for 3 refinements"):
        run_calculator(NAME, {"LANDMARKS:0": [(0, MESH)]}, {}, OPTIONS)


def test_a_frame_without_landmarks_is_settled_downstream_too():
    run = run_calculator(
        "LandmarksRefinementCalculator",
        {"LANDMARKS": []},
        options="refinement { indexes_mapping: [0] z_refinement { copy {} } }",
        bounds={"LANDMARKS": 8},
    )
    assert run.bound("REFINED_LANDMARKS") == 8
