"""Passing packets and side packets on."""

import pytest

from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator


def test_each_output_repeats_its_input():
    run = run_calculator(
        "PassThroughCalculator",
        {":0": [(10, "a"), (30, "b")], ":1": [(20, 1)]},
        {"": 0},
        outputs=[":0", ":1"],
    )
    assert run.values(":0") == ["a", "b"] and run.values(":1") == [1]
    assert [packet.timestamp for packet in run.packets(":0")] == [10, 30]


def test_side_packets_pass_too():
    run = run_calculator("PassThroughCalculator", {"": [(0, 1)]}, {"": "model"})
    assert run.side_outputs == {"": "model"}


def test_unpaired_ports_are_refused():
    with pytest.raises(ConfigError, match="2 input streams but 1 output streams"):
        run_calculator("PassThroughCalculator", {":0": [], ":1": []}, {"": 1}, outputs=[":0"])
