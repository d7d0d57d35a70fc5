"""Passing packets and side packets on."""

import pytest

from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator


def test_each_output_repeats_its_input():
    run = run_calculator(
        "PassThroughCalculator",
        {":0": [(10, "a"), (30, "b")], ":1": [(20, 1)]},
        outputs=[":0", ":1"],
    )
    assert run.values(":0") == ["a", "b"] and run.values(":1") == [1]
    assert [packet.timestamp for packet in run.packets(":0")] == [10, 30]


def test_side_packets_pass_too():
    run = run_calculator("PassThroughCalculator", side={"": "model"}, outputs=[], side_outputs=[""])
    assert run.side_outputs == {"": "model"}


def test_unpaired_ports_are_refused():
    with pytest.raises(
        ConfigError, match='matching tags and indexes: the inputs are ":0", ":1", the outputs ":0"'
    ):
        run_calculator("PassThroughCalculator", {":0": [], ":1": []}, outputs=[":0"])


def test_tagged_streams_keep_their_tags():
    run = run_calculator(
        "PassThroughCalculator",
        {"IMAGE": [(1, "i")], "RECT:0": [(1, "r")], "RECT:1": [(2, "s")]},
        outputs=["IMAGE", "RECT:0", "RECT:1"],
    )
    assert [run.values(port) for port in ("IMAGE", "RECT:0", "RECT:1")] == [["i"], ["r"], ["s"]]


def test_a_tag_that_only_one_side_has_is_refused():
    with pytest.raises(ConfigError, match='the inputs are "IMAGE", the outputs "FRAME"'):
        run_calculator("PassThroughCalculator", {"IMAGE": []}, outputs=["FRAME"])
