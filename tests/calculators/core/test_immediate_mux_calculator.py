"""Several streams into one, as they come."""

import pytest

from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator

INPUTS = {":0": [(10, "a"), (30, "c")], ":1": [(10, "x"), (20, "y"), (40, "z")]}


def test_packets_pass_in_order_and_the_first_input_wins_a_draw():
    run = run_calculator("ImmediateMuxCalculator", INPUTS, outputs=[":0", ":1"], bounds={":0": 50})
    assert [(p.timestamp, p.value) for p in run.packets(":0")] == [
        (10, "a"),
        (20, "y"),
        (30, "c"),
        (40, "z"),
    ]
    assert run.values(":1") == [True] * 5


def test_more_than_two_outputs_are_refused():
    with pytest.raises(ConfigError, match="there are 3 outputs; expected one or two"):
        run_calculator("ImmediateMuxCalculator", INPUTS, outputs=[":0", ":1", ":2"])
