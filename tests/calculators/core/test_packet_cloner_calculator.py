"""Newest packets at another stream's pace."""

import pytest

from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator

SLOW = {":0": [(1, "a"), (30, "b")], ":1": [(15, "x")]}
TICKS = [(10, 0), (20, 0), (30, 0)]
BOUNDS = {":0": 31, ":1": 31}


def cloned(options: str = "", ticks: str = "TICK"):
    return run_calculator(
        "PacketClonerCalculator",
        {**SLOW, ticks: TICKS},
        options=options,
        outputs=[":0", ":1"],
        bounds=BOUNDS,
    )


@pytest.mark.parametrize("ticks", ["TICK", ":2"])
def test_each_tick_repeats_the_newest_packets(ticks):
    run = cloned(ticks=ticks)
    assert [(p.timestamp, p.value) for p in run.packets(":0")] == [(10, "a"), (20, "a"), (30, "b")]
    assert [(p.timestamp, p.value) for p in run.packets(":1")] == [(20, "x"), (30, "x")]


def test_it_may_wait_for_all_inputs_with_or_without_bounds():
    for option in ("output_only_when_all_inputs_received", "output_packets_only_when_all_inputs_received"):
        assert [p.timestamp for p in cloned(f"{option}: true").packets(":0")] == [20, 30]
    quiet = {":0": [(1, "a")], ":1": [], "TICK": [(10, 0)]}

    def bound(option: str) -> int:
        return run_calculator(
            "PacketClonerCalculator", quiet, options=option, outputs=[":0", ":1"], bounds=BOUNDS
        ).bound(":0")

    assert bound("output_packets_only_when_all_inputs_received: true") == 11
    assert bound("output_only_when_all_inputs_received: true") < 10


def test_outputs_must_pair_with_inputs():
    with pytest.raises(ConfigError, match="1 inputs besides the ticks but 2 outputs"):
        run_calculator("PacketClonerCalculator", {":0": [], "TICK": []}, outputs=[":0", ":1"])
