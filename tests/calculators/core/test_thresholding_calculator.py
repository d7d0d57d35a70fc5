"""Numbers above a threshold."""

import pytest

from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator

NAME = "ThresholdingCalculator"
NUMBERS = [(1, 0.25), (2, 0.5), (3, 0.75)]


def test_larger_is_strict_and_accept_and_reject_share_the_packets():
    run = run_calculator(NAME, {"FLOAT": NUMBERS}, options="threshold: 0.5")
    assert run.values("FLAG") == [False, False, True]
    assert [(p.timestamp, p.value) for p in run.packets("ACCEPT")] == [(3, True)]
    assert [(p.timestamp, p.value) for p in run.packets("REJECT")] == [(1, False), (2, False)]
    assert run.bound("ACCEPT") == 4


def test_the_threshold_may_be_a_side_packet():
    assert run_calculator(NAME, {"FLOAT": NUMBERS}, {"THRESHOLD": 0.3}).values("FLAG") == [False, True, True]


def test_of_a_stream_the_newest_threshold_counts():
    run = run_calculator(NAME, {"FLOAT": NUMBERS, "THRESHOLD": [(2, 0.6), (4, 0.1)]}, bounds={"THRESHOLD": 5})
    # 0 before the first; a threshold without a number changes nothing by itself.
    assert run.values("FLAG") == [True, False, True]


@pytest.mark.parametrize(
    ("inputs", "side", "options", "message"),
    [
        ({"FLOAT": NUMBERS, "THRESHOLD": []}, {"THRESHOLD": 0.5}, None, "the stream THRESHOLD and the side"),
        ({"FLOAT": NUMBERS}, {"THRESHOLD": 0.5}, "threshold: 0", "the side packet THRESHOLD and the option"),
    ],
)
def test_two_thresholds_are_refused(inputs, side, options, message):
    with pytest.raises(ConfigError, match=message):
        run_calculator(NAME, inputs, side, options)
