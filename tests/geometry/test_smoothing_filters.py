"""The filters agree with their formulas and treat each object by itself."""

import numpy as np
import pytest

from attention_mesh.geometry.smoothing_filters import OneEuroFilter, RelativeVelocityFilter

TENTH_US = 100_000
ONE = np.ones(1, np.float32)
ID = np.array([1])


def value(*numbers):
    return np.array([numbers], np.float32)


def test_first_value_passes_unchanged():
    np.testing.assert_array_equal(OneEuroFilter().apply(value(3, -4), ID, 0, ONE), [[3, -4]])


def test_at_rest_cutoff_a_step_moves_by_the_low_pass_weight():
    # Te = 0.1 s, cut-off 1 Hz: weight = 1 / (1 + 1 / (2π · 0.1)) = 0.38587.
    steady = OneEuroFilter(min_cutoff=1.0, beta=0.0)
    steady.apply(value(0), ID, 0, ONE)
    np.testing.assert_allclose(steady.apply(value(1), ID, TENTH_US, ONE), [[0.38587]], atol=1e-5)
    np.testing.assert_allclose(
        steady.apply(value(1), ID, 2 * TENTH_US, ONE), [[1 - (1 - 0.38587) ** 2]], atol=1e-5
    )


def test_speed_raises_the_cutoff():
    # Speed 10/s, filtered 10 · 0.38587 = 3.8587; cut-off 1 + 2 · 3.8587 = 8.7174 Hz; weight 0.84562.
    quick = OneEuroFilter(min_cutoff=1.0, beta=2.0, derivate_cutoff=1.0)
    quick.apply(value(0), ID, 0, ONE)
    np.testing.assert_allclose(quick.apply(value(1), ID, TENTH_US, ONE), [[0.84562]], atol=1e-5)


def test_value_scale_multiplies_the_speed_only():
    # Scale 0.5: filtered speed 1.92935, cut-off 4.8587 Hz, weight 3.05281 / 4.05281.
    quick = OneEuroFilter(min_cutoff=1.0, beta=2.0)
    quick.apply(value(0), ID, 0, ONE)
    np.testing.assert_allclose(quick.apply(value(1), ID, TENTH_US, ONE * 0.5), [[0.75326]], atol=1e-5)


def test_a_constant_stays_exactly():
    steady = OneEuroFilter(min_cutoff=0.05, beta=80)
    for frame in range(5):
        np.testing.assert_array_equal(steady.apply(value(7.25), ID, frame * 33_333, ONE), [[7.25]])


def test_same_as_a_scalar_filter_written_from_the_paper():
    rng = np.random.default_rng(1)
    values = rng.normal(100, 5, (20, 2, 3, 2)).astype(np.float32)
    times_us = np.cumsum(rng.integers(10_000, 60_000, 20))
    scales = np.array([0.01, 0.02], np.float32)
    one_euro = OneEuroFilter(min_cutoff=0.05, beta=80, derivate_cutoff=1.0)
    ours = [
        one_euro.apply(v, np.array([1, 2]), int(t), scales) for v, t in zip(values, times_us, strict=True)
    ]

    def scalar(series, scale):
        smoothed, speed, result = series[0], 0.0, [series[0]]
        for i in range(1, len(series)):
            interval = (times_us[i] - times_us[i - 1]) * 1e-6
            weight = lambda cutoff: 1 / (1 + 1 / (2 * np.pi * cutoff) / interval)  # noqa: B023, E731
            speed += weight(1.0) * ((series[i] - series[i - 1]) / interval * scale - speed)
            smoothed += weight(0.05 + 80 * abs(speed)) * (series[i] - smoothed)
            result.append(smoothed)
        return result

    for face, point, axis in np.ndindex(2, 3, 2):
        expected = scalar(values[:, face, point, axis].astype(float), float(scales[face]))
        np.testing.assert_allclose([frame[face, point, axis] for frame in ours], expected, rtol=1e-5)


def test_objects_keep_their_state_when_their_order_changes():
    both, alone = OneEuroFilter(), OneEuroFilter()
    two = np.ones(2, np.float32)
    both.apply(np.array([[0.0], [10.0]], np.float32), np.array([1, 2]), 0, two)
    alone.apply(value(10), np.array([2]), 0, ONE)
    swapped = both.apply(np.array([[11.0], [1.0]], np.float32), np.array([2, 1]), TENTH_US, two)
    np.testing.assert_array_equal(swapped[:1], alone.apply(value(11), np.array([2]), TENTH_US, ONE))
    np.testing.assert_allclose(swapped[1], [0.38587], atol=1e-5)


def test_a_new_object_passes_unchanged_while_others_are_filtered():
    one_euro = OneEuroFilter()
    one_euro.apply(value(0), ID, 0, ONE)
    result = one_euro.apply(
        np.array([[1.0], [50.0]], np.float32), np.array([1, 9]), TENTH_US, np.ones(2, np.float32)
    )
    np.testing.assert_allclose(result, [[0.38587], [50]], atol=1e-5)
    later = one_euro.apply(value(51), np.array([9]), 2 * TENTH_US, ONE)
    np.testing.assert_allclose(later, [[50.38587]], atol=1e-4)


def test_an_object_that_was_missing_starts_again():
    one_euro = OneEuroFilter()
    one_euro.apply(value(0), ID, 0, ONE)
    assert one_euro.apply(np.zeros((0, 1), np.float32), np.zeros(0, int), TENTH_US, np.zeros(0)).shape == (
        0,
        1,
    )
    np.testing.assert_array_equal(one_euro.apply(value(9), ID, 2 * TENTH_US, ONE), [[9]])


@pytest.mark.parametrize("timestamp_us", [1_100_001, 50_000])
def test_a_long_gap_or_time_going_backward_starts_again(timestamp_us):
    one_euro = OneEuroFilter(max_gap_seconds=1.0)
    one_euro.apply(value(0), ID, TENTH_US, ONE)
    np.testing.assert_array_equal(one_euro.apply(value(9), ID, timestamp_us, ONE), [[9]])


def test_the_same_timestamp_again_passes_and_leaves_the_state():
    one_euro = OneEuroFilter()
    one_euro.apply(value(0), ID, TENTH_US, ONE)
    np.testing.assert_array_equal(one_euro.apply(value(5), ID, TENTH_US, ONE), [[5]])
    np.testing.assert_allclose(one_euro.apply(value(1), ID, 2 * TENTH_US, ONE), [[0.38587]], atol=1e-5)


@pytest.mark.parametrize("step_us", [1, 1000, 2999])
def test_frame_numbers_that_are_passed_as_times_do_not_stop_the_filter(step_us):
    moving = np.linspace(0, 300, 60, dtype=np.float32)  # px, 5 per frame

    def filtered(interval_us: int) -> list[float]:
        steady = OneEuroFilter(min_cutoff=0.05, beta=80, derivate_cutoff=1.0)
        return [
            float(steady.apply(value(x), ID, round(i * interval_us), ONE / 200)[0, 0])
            for i, x in enumerate(moving)
        ]

    numbered = filtered(step_us)
    np.testing.assert_allclose(numbered, filtered(1_000_000 / 30), atol=0.01)
    assert abs(numbered[-1] - moving[-1]) < 20  # px; without a limit it is 273 px behind at 1 µs


@pytest.mark.parametrize("fps", [24, 30, 60, 120, 240])
def test_intervals_of_cameras_are_believed(fps):
    """At 240 per second, whole milliseconds are 4 or 5 apart."""
    steady = OneEuroFilter(min_cutoff=1.0, beta=0.0)
    steady.apply(value(0), ID, 0, ONE)
    interval_us = 1000 * (1000 // fps)
    rate = 2 * np.pi * interval_us * 1e-6
    np.testing.assert_allclose(steady.apply(value(1), ID, interval_us, ONE), [[rate / (rate + 1)]], atol=1e-5)


def test_noise_at_rest_shrinks_and_a_fast_move_is_followed():
    rng = np.random.default_rng(2)
    one_euro = OneEuroFilter(min_cutoff=0.05, beta=80)
    noise = rng.normal(0, 0.05, 90).astype(np.float32)
    scale = np.full(1, 1 / 200, np.float32)
    still = np.array(
        [one_euro.apply(value(100 + n), ID, i * 33_333, scale)[0, 0] for i, n in enumerate(noise)]
    )
    assert still[30:].std() < 0.5 * noise[30:].std()
    jump = one_euro.apply(value(200), ID, 90 * 33_333, scale)[0, 0]
    assert jump > 185


@pytest.mark.parametrize("name", ["min_cutoff", "derivate_cutoff", "max_gap_seconds"])
def test_options_must_be_positive(name):
    with pytest.raises(ValueError, match=name):
        OneEuroFilter(**{name: 0})


FRAME_US = 20_000


def test_the_velocity_filter_passes_the_first_value_unchanged():
    np.testing.assert_array_equal(RelativeVelocityFilter().apply(value(3), ID, 0, ONE), [[3]])


def test_weight_rises_with_velocity_by_the_formula():
    # 1 in 0.02 s is 50/s; weight 1 - 1 / (1 + 0.1 · 50) = 5/6.
    velocity = RelativeVelocityFilter(velocity_scale=0.1)
    velocity.apply(value(0), ID, 0, ONE)
    np.testing.assert_allclose(velocity.apply(value(1), ID, FRAME_US, ONE), [[5 / 6]], rtol=1e-6)


def test_the_window_joins_recent_changes():
    # Second step: changes 2 and 1 in 0.04 s are 75/s, weight 1 - 1 / 8.5; from 5/6 toward 3.
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
def test_a_gap_or_time_going_backward_starts_again(timestamp_us):
    velocity = RelativeVelocityFilter()
    velocity.apply(value(0), ID, 1000, ONE)
    np.testing.assert_array_equal(velocity.apply(value(9), ID, timestamp_us, ONE), [[9]])


def test_after_an_empty_call_objects_start_again():
    velocity = RelativeVelocityFilter()
    velocity.apply(value(0), ID, 0, ONE)
    velocity.apply(np.zeros((0, 1), np.float32), np.zeros(0, int), FRAME_US, np.zeros(0, np.float32))
    np.testing.assert_array_equal(velocity.apply(value(9), ID, 2 * FRAME_US, ONE), [[9]])


@pytest.mark.parametrize("name", ["window_size", "velocity_scale"])
def test_options_of_the_velocity_filter_must_be_positive(name):
    with pytest.raises(ValueError, match=name):
        RelativeVelocityFilter(**{name: 0})
