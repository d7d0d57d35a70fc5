"""BlendshapesSmoothingCalculator: steady at rest, quick for a blink, each face by itself."""

import numpy as np
import pytest

from attention_mesh.framework.errors import ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects

NAME = "BlendshapesSmoothingCalculator"
FRAME_US = 33_333


def run(values, options="", side=None, ids=None):
    """values: for each frame the first coefficient of its faces, or None for a frame without packet."""
    inputs = {"BLENDSHAPES": [], "ROIS": []}
    for number, row in enumerate(values):
        if row is not None:
            table = np.zeros((len(row), 52), np.float32)
            table[:, 0] = row
            inputs["BLENDSHAPES"].append((number * FRAME_US, table))
        which = ids[number] if ids else range(len(row or ()))
        rois = NormalizedRects(np.zeros((len(which), 5), np.float32), np.array(which, np.int64))
        inputs["ROIS"].append((number * FRAME_US, rois))
    return [table[:, 0] for table in run_calculator(NAME, inputs, side or {}, options).values("BLENDSHAPES")]


def test_noise_at_rest_is_smaller_and_a_blink_gets_through():
    noise = np.random.default_rng(0).normal(0.3, 0.02, 60)
    smooth = np.concatenate(run([[value] for value in noise]))
    assert smooth[10:].std() < 0.5 * noise[10:].std()
    blink = [0.0] * 10 + [0.5, 1.0, 1.0, 0.5] + [0.0] * 4
    assert max(value[0] for value in run([[value] for value in blink])) > 0.8


def test_faces_are_told_apart_by_id():
    swapped = run([[0.0, 1.0], [1.0, 0.0]], ids=[(1, 2), (2, 1)])
    np.testing.assert_allclose(swapped[1], [1, 0], atol=1e-6)


def test_a_pause_starts_again():
    values = run([[0.0], None, [1.0]], ids=[(1,), (), (1,)])
    np.testing.assert_allclose(values[-1], [1.0])


def test_it_can_be_switched_off():
    values = run([[0.0], [0.2]], side={"ENABLE": False})
    np.testing.assert_allclose(values[-1], [0.2])


def test_a_wrong_cutoff_is_an_error():
    with pytest.raises(ConfigError, match="min_cutoff"):
        run([[0.0]], "min_cutoff: 0")
