"""Fewer packets of a stream."""

import pytest

from attention_mesh.framework import CalculatorError
from attention_mesh.framework.protos import message_class, parse_text
from attention_mesh.framework.testing import run_calculator

NAME = "PacketThinnerCalculator"


def times(run) -> list[int]:
    return [packet.timestamp for packet in run.packets("")]


def packets(*timestamps: int) -> dict:
    return {"": [(timestamp, timestamp) for timestamp in timestamps]}


def test_async_drops_what_follows_within_the_period():
    run = run_calculator(NAME, packets(2, 4, 6, 8, 10, 12, 14), options="period: 5")
    assert times(run) == [2, 8, 14]
    assert run.bound("") == 19


def test_async_passes_bounds_on():
    assert run_calculator(NAME, packets(2), options="period: 5", bounds={"": 50}).bound("") == 50


def test_async_keeps_to_the_limits():
    run = run_calculator(NAME, packets(2, 4, 6, 8, 10), options="period: 3 start_time: 4 end_time: 10")
    assert times(run) == [4, 8]


def test_sync_sends_the_nearest_packet_of_each_period_at_its_middle():
    # Middles 0, 10, 20 …; 12 is nearer to 10 than 7; of 18 and 22 the later one is taken.
    run = run_calculator(NAME, packets(1, 7, 12, 18, 22, 36), options="thinner_type: SYNC period: 10")
    assert [(p.timestamp, p.value) for p in run.packets("")] == [(0, 1), (10, 12), (20, 22), (40, 36)]


def test_sync_may_keep_the_packets_own_timestamps():
    run = run_calculator(
        NAME,
        packets(1, 7, 12, 18, 22, 36),
        options="thinner_type: SYNC period: 10 sync_output_timestamps: false",
    )
    assert times(run) == [1, 12, 22, 36]


def test_sync_counts_from_the_start_time_and_stops_before_the_end():
    run = run_calculator(
        NAME, packets(1, 4, 14, 22, 30), options="thinner_type: SYNC period: 10 start_time: 3 end_time: 30"
    )
    assert [(p.timestamp, p.value) for p in run.packets("")] == [(3, 4), (13, 14), (23, 22)]


def test_side_packets_go_before_the_options():
    assert times(run_calculator(NAME, packets(0, 4, 8), {"PERIOD": 8}, options="period: 1")) == [0, 8]
    given = parse_text(
        "[mediapipe.PacketThinnerCalculatorOptions.ext] { period: 8 }",
        message_class("mediapipe.CalculatorOptions")(),
    )
    run = run_calculator(NAME, packets(0, 4, 8), {"OPTIONS": given}, options="period: 1 start_time: 1")
    assert times(run) == [4]


@pytest.mark.parametrize(
    ("options", "message"),
    [("period: 0", "the period is 0 µs"), ("start_time: 5 end_time: 5", "start_time 5 is not before")],
)
def test_times_that_make_no_sense_are_refused(options, message):
    with pytest.raises(CalculatorError, match=message):
        run_calculator(NAME, packets(), options=options)
