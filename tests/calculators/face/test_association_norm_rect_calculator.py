"""AssociationNormRectCalculator: which inputs count, and when it sends."""

import numpy as np
import pytest

from attention_mesh.framework.errors import ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects

NAME = "AssociationNormRectCalculator"
HALF = "min_similarity_threshold: 0.5"


def squares(*centers, ids=None):
    values = np.array([[x, 0.5, 0.2, 0.2, 0] for x in centers], np.float32).reshape(-1, 5)
    return NormalizedRects(values, None if ids is None else np.array(ids))


def test_the_later_input_wins():
    run = run_calculator(NAME, {":0": [(0, squares(0.5, 0.1))], ":1": [(0, squares(0.52))]}, {}, HALF)
    np.testing.assert_allclose(run.values("")[0].values[:, 0], [0.1, 0.52], rtol=1e-6)


def test_an_input_without_packet_is_skipped():
    run = run_calculator(NAME, {":0": [(0, squares(0.5))], ":1": []}, {}, HALF, bounds={":1": 1})
    assert len(run.values("")[0]) == 1


def test_previous_rectangles_hand_on_ids_only():
    inputs = {":0": [(0, squares(0.5, 0.1))], "PREV": [(0, squares(0.51, 0.9, ids=[4, 5]))]}
    rects = run_calculator(NAME, inputs, {}, HALF).values("")[0]
    np.testing.assert_array_equal(rects.ids, [4, 0])


def test_the_default_threshold_drops_nothing():
    assert len(run_calculator(NAME, {":0": [(0, squares(0.5, 0.5))]}).values("")[0]) == 2


def test_a_negative_threshold_fails_at_validation():
    with pytest.raises(ConfigError, match="min_similarity_threshold"):
        run_calculator(NAME, {":0": []}, {}, "min_similarity_threshold: -1")
