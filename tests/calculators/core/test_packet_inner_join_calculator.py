"""Inner join: timestamps at which all inputs have a packet."""

import pytest

from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator


def test_packets_pass_where_all_inputs_have_one():
    run = run_calculator(
        "PacketInnerJoinCalculator",
        {":0": [(1, "a"), (2, "b"), (4, "c")], ":1": [(2, "x"), (3, "y"), (4, "z")]},
        outputs=[":0", ":1"],
    )
    assert run.values(":0") == ["b", "c"] and run.values(":1") == ["x", "z"]
    assert run.bound(":0") == 5


def test_outputs_must_pair_with_inputs():
    with pytest.raises(ConfigError, match="2 inputs but 1 outputs"):
        run_calculator("PacketInnerJoinCalculator", {":0": [], ":1": []}, outputs=[":0"])
