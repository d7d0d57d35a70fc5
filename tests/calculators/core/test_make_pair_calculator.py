"""Pairs of packets."""

import pytest

from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator


def test_packets_of_one_timestamp_become_a_pair_and_a_missing_one_is_none():
    run = run_calculator(
        "MakePairCalculator", {":0": [(1, "a"), (2, "b")], ":1": [(1, "x")]}, bounds={":1": 3}
    )
    first, second = run.values("")
    assert [(p.value, p.timestamp) for p in first] == [("a", 1), ("x", 1)]
    assert second[0].value == "b" and second[1] is None


def test_two_inputs_are_needed():
    with pytest.raises(ConfigError, match="there are 1 inputs; expected two"):
        run_calculator("MakePairCalculator", {"": []})
