"""LandmarksSmoothingCalculator: filters by option, faces by id, on and off."""

import math

import numpy as np
import pytest

from attention_mesh.framework.errors import ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects

NAME = "LandmarksSmoothingCalculator"
STEADY = "one_euro_filter { min_cutoff: 1 beta: 0 }"
SIZE = (200, 100)
TENTH_US = 100_000
# Weight of a new value at a cut-off of 1 Hz and 0.1 s.
WEIGHT = 1 / (1 + 1 / (2 * math.pi * 0.1))


def face(x, y=0.5, z=0.0):
    """Two landmarks 40 px apart both ways in a frame of SIZE, the first at the given place."""
    return [[x, y, z], [x + 0.2, y + 0.4, z]]


def run(frames, options=STEADY, rois=None, side=None):
    """frames: (timestamp, list of faces) pairs; rois: ids for each frame."""
    inputs = {
        "NORM_LANDMARKS": [
            (t, NormalizedLandmarks(np.array(f, np.float32).reshape(-1, 2, 3))) for t, f in frames
        ],
        "IMAGE_SIZE": [(t, SIZE) for t, _ in frames],
    }
    if rois is not None:
        inputs["ROIS"] = [
            (t, NormalizedRects(np.zeros((len(ids), 5), np.float32), np.array(ids, np.int64)))
            for (t, _), ids in zip(frames, rois, strict=True)
        ]
    return [
        v.points for v in run_calculator(NAME, inputs, side or {}, options).values("NORM_FILTERED_LANDMARKS")
    ]


def test_all_three_coordinates_are_low_passed():
    first, second = run([(0, [face(0.1, 0.2, 0.3)]), (TENTH_US, [face(0.2, 0.3, 0.1)])])
    np.testing.assert_allclose(first, [face(0.1, 0.2, 0.3)], rtol=1e-6)
    expected = [0.1 + WEIGHT * 0.1, 0.2 + WEIGHT * 0.1, 0.3 - WEIGHT * 0.2]
    np.testing.assert_allclose(second[0, 0], expected, rtol=1e-5)


def test_speed_is_measured_in_object_sizes():
    # x moves 20 px in 0.1 s; the box is 40 px wide and high, so 5 sizes per second, filtered 5 · WEIGHT.
    _, second = run([(0, [face(0.1)]), (TENTH_US, [face(0.2)])], "one_euro_filter { min_cutoff: 1 beta: 2 }")
    cutoff = 1 + 2 * 5 * WEIGHT
    weight = 1 / (1 + 1 / (2 * math.pi * cutoff * 0.1))
    np.testing.assert_allclose(second[0, 0, 0], 0.1 + weight * 0.1, rtol=1e-5)


def test_scaling_by_size_can_be_switched_off():
    options = "one_euro_filter { min_cutoff: 1 beta: 2 disable_value_scaling: true }"
    _, second = run([(0, [face(0.1)]), (TENTH_US, [face(0.2)])], options)
    cutoff = 1 + 2 * 200 * WEIGHT
    weight = 1 / (1 + 1 / (2 * math.pi * cutoff * 0.1))
    np.testing.assert_allclose(second[0, 0, 0], 0.1 + weight * 0.1, rtol=1e-5)


def test_objects_below_the_smallest_size_pass_unchanged():
    options = "one_euro_filter { min_allowed_object_scale: 41 }"
    _, second = run([(0, [face(0.1)]), (TENTH_US, [face(0.2)])], options)
    np.testing.assert_array_equal(second, np.array([face(0.2)], np.float32))


def test_ids_tell_faces_apart_when_their_order_changes():
    frames = [(0, [face(0.1), face(0.7)]), (TENTH_US, [face(0.7), face(0.2)])]
    _, second = run(frames, rois=[[1, 2], [2, 1]])
    np.testing.assert_allclose(second[:, 0, 0], [0.7, 0.1 + WEIGHT * 0.1], rtol=1e-5)


def test_a_new_face_passes_unchanged_beside_a_known_one():
    frames = [(0, [face(0.1)]), (TENTH_US, [face(0.2), face(0.7)])]
    _, second = run(frames, rois=[[1], [1, 2]])
    np.testing.assert_allclose(second[:, 0, 0], [0.1 + WEIGHT * 0.1, 0.7], rtol=1e-5)


def test_a_face_that_was_away_for_a_frame_starts_again():
    frames = [(0, [face(0.1)]), (TENTH_US, []), (2 * TENTH_US, [face(0.2)])]
    *_, last = run(frames, rois=[[1], [], [1]])
    np.testing.assert_array_equal(last, np.array([face(0.2)], np.float32))


def test_a_timestamp_without_landmarks_forgets_all():
    inputs = {
        "NORM_LANDMARKS": [
            (t, NormalizedLandmarks(np.array([face(x)], np.float32))) for t, x in [(0, 0.1), (200, 0.2)]
        ],
        "IMAGE_SIZE": [(0, SIZE), (100, SIZE), (200, SIZE)],
    }
    result = run_calculator(NAME, inputs, {}, STEADY).values("NORM_FILTERED_LANDMARKS")
    np.testing.assert_allclose(result[-1].points, [face(0.2)], rtol=1e-6)
    assert len(result) == 2


@pytest.mark.parametrize(("options", "side"), [(STEADY, {"ENABLE": False}), ("no_filter {}", {})])
def test_switched_off_it_is_a_wire(options, side):
    _, second = run([(0, [face(0.1)]), (TENTH_US, [face(0.2)])], options, side=side)
    np.testing.assert_array_equal(second, np.array([face(0.2)], np.float32))


def test_the_velocity_filter_can_be_chosen():
    # Legacy scaled change: (60 - 40) / 40 in x, 0.1 s: 5/s; weight 1 - 1 / (1 + 10 · 5).
    _, second = run([(0, [face(0.2)]), (TENTH_US, [face(0.3)])], "velocity_filter { velocity_scale: 10 }")
    np.testing.assert_allclose(second[0, 0, 0], 0.2 + (1 - 1 / 51) * 0.1, rtol=1e-5)


def test_no_filter_chosen_fails_at_validation():
    with pytest.raises(ConfigError, match="no filter is chosen"):
        run([(0, [face(0.1)])], "")


def test_a_cutoff_of_zero_fails_at_validation():
    with pytest.raises(ConfigError, match="min_cutoff"):
        run([(0, [face(0.1)])], "one_euro_filter { min_cutoff: 0 }")
