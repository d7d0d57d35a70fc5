"""ThreadChoice: a pure decision, tested with made-up times on a made-up clock."""

import random

import pytest

from attention_mesh.models.runtime.thread_choice import (
    AGAIN_S,
    COST,
    FIRST_CALLS,
    LONGEST_S,
    SAMPLES,
    WINDOW,
    ThreadChoice,
)

IDLE = {1: 0.008, 2: 0.005}  # seconds per call
BUSY = {1: 0.008, 2: 0.012}


class Machine:
    """Calls a network of made-up times, at most `rate` calls per second."""

    def __init__(self, several=2, rate=30):
        self.choice = ThreadChoice(several)
        self.rate = rate
        self.now = 100.0
        self.calls = []  # threads of every call

    def run(self, times, seconds=None, calls=None, noise=0.0):
        """Runs for a while; returns the threads of each call."""
        start, end = len(self.calls), self.now + (seconds or 1e9)
        while self.now < end and len(self.calls) - start != calls:
            threads = self.choice.next()
            taken = times[threads] * random.Random(len(self.calls)).uniform(1 - noise, 1 + noise)
            self.now += max(1 / self.rate, taken)
            self.choice.add(threads, taken, self.now)
            self.calls.append(threads)
        return self.calls[start:]


def test_a_few_calls_never_use_a_second_interpreter():
    assert set(Machine().run(IDLE, calls=FIRST_CALLS)) == {2}


def test_the_first_comparison_takes_turns_and_decides():
    machine = Machine()
    machine.run(BUSY, calls=FIRST_CALLS)
    assert machine.run(BUSY, calls=2 * SAMPLES) == [2, 1] * SAMPLES
    assert machine.choice.threads == 1


@pytest.mark.parametrize(("times", "threads"), [(IDLE, 2), (BUSY, 1), ({1: 0.005, 2: 0.005}, 1)])
def test_what_is_faster_is_chosen_and_equal_times_speak_for_one_thread(times, threads):
    machine = Machine()
    machine.run(times, seconds=20, noise=0.02)
    assert machine.choice.threads == threads


def test_a_neighbor_who_comes_is_noticed_at_once_and_one_who_goes_within_the_costs():
    machine = Machine()
    machine.run(IDLE, seconds=20)
    machine.run(BUSY, calls=2 * WINDOW + 2 * SAMPLES)  # a window becomes slow, then both take turns
    assert machine.choice.threads == 1
    # A comparison cost 8 times 4 ms. 800 calls of one thread, of 8 ms, are 200 times that. Then two follow.
    between = round(AGAIN_S * machine.rate) + 2 * SAMPLES + 1
    machine.run(IDLE, calls=round(SAMPLES * (0.012 - 0.008) / COST / 0.008) + 2 * between)
    assert machine.choice.threads == 2


def test_a_neighbor_who_comes_and_goes_all_the_time_is_compared_with_at_intervals():
    machine = Machine()
    machine.run(IDLE, calls=FIRST_CALLS + 2 * SAMPLES)
    began = machine.now
    calls = []
    for _ in range(40):
        calls += machine.run(BUSY, calls=15) + machine.run(IDLE, calls=15)
    comparisons = sum(before > after for before, after in zip(calls, calls[1:], strict=False)) / SAMPLES
    assert comparisons <= (machine.now - began) / AGAIN_S


@pytest.mark.parametrize("times", [IDLE, BUSY, {1: 0.005, 2: 0.050}])
def test_comparisons_cost_no_more_than_their_part_of_the_time(times):
    machine = Machine(rate=1000)  # one call after the other
    machine.run(times, calls=FIRST_CALLS + 2 * SAMPLES)
    machine.run(times, seconds=AGAIN_S + 1)  # a change is looked at again soon, once
    calls = machine.run(times, seconds=300)
    lost = sum(times[threads] - min(times.values()) for threads in calls)
    assert 0 < lost <= 1.01 * COST * sum(times[threads] for threads in calls)


def test_a_network_that_is_slow_beyond_measure_is_still_looked_at_again():
    machine = Machine()
    machine.run({1: 0.1, 2: 5.0}, calls=FIRST_CALLS + 2 * SAMPLES)
    assert set(machine.run({1: 0.1, 2: 5.0}, seconds=LONGEST_S + 1)) == {1, 2}


def test_times_between_the_two_limits_change_nothing():
    for times, threads in [(IDLE, 2), (BUSY, 1)]:
        machine = Machine()
        machine.run(times, seconds=10)
        machine.run({1: 0.010, 2: 0.009}, seconds=60, noise=0.03)
        assert machine.choice.threads == threads


def test_one_late_call_decides_nothing():
    machine = Machine()
    machine.run(IDLE, calls=FIRST_CALLS)
    for number in range(2 * SAMPLES):
        threads = machine.choice.next()
        machine.choice.add(threads, 0.5 if number == 4 else IDLE[threads], machine.now)
    assert machine.choice.threads == 2


@pytest.mark.parametrize("waiting", [0.45, 0.7])
def test_beside_a_neighbor_whose_calls_are_often_fast_the_choice_is_one_thread(waiting):
    """Of the calls with two threads, some wait for up to a time slice, and the others are as fast as ever."""
    chance = random.Random(0)
    share = []
    for _ in range(20):
        machine = Machine(rate=500)
        machine.run(IDLE, calls=50)
        calls = []
        for _ in range(1500):
            late = 0.015 * chance.random() if chance.random() < waiting else 0.0
            calls += machine.run({1: 0.008, 2: 0.005 + late}, calls=1)
        share.append(calls[200:].count(1) / len(calls[200:]))
    assert sum(share) / len(share) > 0.9  # the rest are comparisons, and choices that came of luck


def test_one_core_leaves_no_choice():
    assert set(Machine(several=1).run({1: 0.008}, seconds=30)) == {1}
