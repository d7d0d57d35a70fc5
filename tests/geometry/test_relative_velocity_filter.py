"""RelativeVelocityFilter: the formula by hand, its window, several objects, time."""

import numpy as np
import pytest

from attention_mesh.geometry.relative_velocity_filter import RelativeVelocityFilter

ONE = np.ones(1, np.float32)
ID = np.array([1])
FRAME_US = 20_000


def value(number):
    return np.array([[number]], np.float32)


def test_first_value_passes_unchanged():
    np.testing.assert_array_equal(RelativeVelocityFilter().apply(value(3), ID, 0, ONE), [[3]])


def test_weight_rises_with_velocity_by_the_formula():
    # 1 in 0.02 s is 50/s; weight 1 - 1 / (1 + 0.1 · 50) = 5/6.
    velocity = RelativeVelocityFilter(velocity_scale=0.1)
    velocity.apply(value(0), ID, 0, ONE)
    np.testing.assert_allclose(velocity.apply(value(1), ID, FRAME_US, ONE), [[5 / 6]], rtol=1e-6)


def test_the_window_joins_recent_changes():
    # Second step: changes 2 and 1 in 0.04 s are 75/s, weight 1 - 1 / 8.5; from 5/6 towards 3.
    velocity = RelativeVelocityFilter(velocity_scale=0.1)
    velocity.apply(value(0), ID, 0, ONE)
    velocity.apply(value(1), ID, FRAME_US, ONE)
    expected = 5 / 6 + (1 - 1 / 8.5) * (3 - 5 / 6)
    np.testing.assert_allclose(velocity.apply(value(3), ID, 2 * FRAME_US, ONE), [[expected]], rtol=1e-6)


def test_old_changes_do_not_count_when_frames_are_slow():
    # With frames 50 ms apart two changes span 100 ms, more than 2/30 s: only the last one counts.
    velocity = RelativeVelocityFilter(velocity_scale=0.1)
    velocity.apply(value(0), ID, 0, ONE)
    first = velocity.apply(value(1), ID, 50_000, ONE)[0, 0]
    expected = first + (1 - 1 / (1 + 0.1 * 2 / 0.05)) * (3 - first)
    np.testing.assert_allclose(velocity.apply(value(3), ID, 100_000, ONE), [[expected]], rtol=1e-6)


def test_window_size_limits_how_many_changes_count():
    # Without earlier changes in the window, the second step's speed is 2 / 0.02 s = 100/s … as if alone.
    short = RelativeVelocityFilter(window_size=1, velocity_scale=0.1)
    for i, number in enumerate([0, 1, 1]):
        last = short.apply(value(number), ID, i * FRAME_US, ONE)
    # Changes 0 and 1 count, 0.04 s: 25/s, weight 1 - 1 / 3.5; then changes 2 and 0, 50/s, weight 5/6.
    expected = 5 / 6 + (1 - 1 / 3.5) * (1 - 5 / 6)
    np.testing.assert_allclose(last, [[expected]], rtol=1e-6)
    after = short.apply(value(3), ID, 3 * FRAME_US, ONE)
    np.testing.assert_allclose(after, [[expected + 5 / 6 * (3 - expected)]], rtol=1e-6)


def test_objects_are_told_apart_by_id_and_new_ones_pass():
    velocity, two = RelativeVelocityFilter(velocity_scale=0.1), np.ones(2, np.float32)
    velocity.apply(np.array([[0.0], [100.0]], np.float32), np.array([1, 2]), 0, two)
    result = velocity.apply(np.array([[50.0], [1.0]], np.float32), np.array([3, 1]), FRAME_US, two)
    np.testing.assert_allclose(result, [[50], [5 / 6]], rtol=1e-6)
    # The next step of the new object is its first change: only that one counts.
    later = velocity.apply(np.array([[51.0]], np.float32), np.array([3]), 2 * FRAME_US, ONE)
    np.testing.assert_allclose(later, [[50 + 5 / 6]], rtol=1e-6)


@pytest.mark.parametrize("timestamp_us", [2_000_000, 500])
def test_a_gap_or_time_going_backward_begins_anew(timestamp_us):
    velocity = RelativeVelocityFilter()
    velocity.apply(value(0), ID, 1000, ONE)
    np.testing.assert_array_equal(velocity.apply(value(9), ID, timestamp_us, ONE), [[9]])


def test_after_an_empty_call_objects_begin_anew():
    velocity = RelativeVelocityFilter()
    velocity.apply(value(0), ID, 0, ONE)
    velocity.apply(np.zeros((0, 1), np.float32), np.zeros(0, int), FRAME_US, np.zeros(0, np.float32))
    np.testing.assert_array_equal(velocity.apply(value(9), ID, 2 * FRAME_US, ONE), [[9]])


@pytest.mark.parametrize("name", ["window_size", "velocity_scale"])
def test_options_must_be_positive(name):
    with pytest.raises(ValueError, match=name):
        RelativeVelocityFilter(**{name: 0})
