from dataclasses import dataclass

import numpy as np
import pytest

from attention_mesh.framework import (
    Calculator,
    CalculatorError,
    ConfigError,
    Input,
    Output,
    SideOutput,
    calculator,
)
from attention_mesh.framework.testing import run_calculator
from attention_mesh.framework.timestamps import PRE_STREAM
from attention_mesh.tests.framework.sample_calculators import SampleScaleCalculator


@dataclass(frozen=True)
class Boxes:
    values: np.ndarray


@calculator
class WriteToInputCalculator(Calculator):
    """Writes to an array that it gets, which no calculator may do."""

    entry = Input("")
    reach = None

    def process(self):
        self.reach(self.entry.value)[0] = 5


@pytest.mark.parametrize(
    "wrap, reach",
    [
        (lambda a: a, lambda v: v),
        (lambda a: {"a": a}, lambda v: v["a"]),
        (Boxes, lambda v: v.values),
        (lambda a: (0, [a]), lambda v: v[1][0]),
    ],
    ids=["array", "dict", "dataclass", "nested list"],
)
def test_calculator_that_writes_to_an_array_in_its_input_fails(wrap, reach, monkeypatch):
    monkeypatch.setattr(WriteToInputCalculator, "reach", staticmethod(reach))
    with pytest.raises(CalculatorError, match="read-only"):
        run_calculator(WriteToInputCalculator, {"": [(0, wrap(np.zeros(3)))]})


@pytest.mark.parametrize("options", ["factor: 3 summand: 1", {"factor": 3, "summand": 1}])
@pytest.mark.parametrize("named", ["SampleScaleCalculator", SampleScaleCalculator])
def test_values_packets_and_bounds_of_a_calculator_given_by_name_or_class_with_options(named, options):
    run = run_calculator(named, {"IN": [(0, 1), (33_000, 2)]}, options=options)
    assert run.values("OUT") == [4, 7]
    assert [packet.timestamp for packet in run.packets("OUT")] == [0, 33_000]
    assert run.bound("OUT") == 33_001


def test_options_default_where_none_are_given():
    assert run_calculator("SampleScaleCalculator", {"IN": [(0, 9)]}).values("OUT") == [9]


def test_optional_inputs_and_side_packets_may_be_left_out_or_given():
    run = run_calculator("SampleOptionalCalculator", {"IN": [(0, "x")]})
    assert run.values("OUT") == [(("x", None, [], None), False, False, True)]
    run = run_calculator(
        "SampleOptionalCalculator",
        {"IN": [(0, "x")], "MASK": [(0, "m")], "PART": [(0, "p")], "PART:1": [(0, "q")]},
        side={"LIMIT": 2.5},
    )
    assert run.values("OUT") == [(("x", "m", ["p", "q"], 2.5), True, True, False)]
    assert run.values("UNREAD") == ["nobody reads this"]


def test_untagged_repeated_ports_are_given_by_index():
    run = run_calculator("SampleMergeCalculator", {"": [(0, 1)], ":1": [(0, 2), (1, 2)]})
    assert [packet.timestamp for packet in run.packets("OUT")] == [0, 1]
    assert run.bound("OUT") == 1  # while the first input was open, timestamp 1 was not settled


def test_missing_required_input_is_the_graphs_own_error():
    with pytest.raises(ConfigError, match='its input "IN" is not connected, but required'):
        run_calculator("SampleScaleCalculator", {})


def test_unknown_calculator_is_refused():
    with pytest.raises(ConfigError, match='no calculator is called "SampleNoneCalculator"'):
        run_calculator("SampleNoneCalculator")


def test_source_runs_until_stop():
    run = run_calculator("SampleCountSourceCalculator", options="count: 3 step: 10")
    assert [(packet.timestamp, packet.value) for packet in run.packets("")] == [(0, 0), (10, 1), (20, 2)]


def test_side_outputs_are_returned():
    assert run_calculator("SampleTableCalculator", side={"BASE": 4}).side_outputs == {"TABLE": 5}


@pytest.mark.parametrize(
    "name, reached",
    [("SamplePassCalculator", 50), ("SampleDelayByTenCalculator", 60), ("SamplePlainPassCalculator", 11)],
)
def test_bound_of_an_output_follows_the_inputs_bound_as_the_calculator_declares(name, reached):
    assert run_calculator(name, {"": [(10, 1)]}, bounds={"": 50}).bound("") == reached


def test_bound_of_an_output_that_nothing_reached_is_where_it_starts():
    run = run_calculator("SamplePlainPassCalculator", {"": []})
    assert run.values("") == []
    assert run.bound("") == PRE_STREAM


def test_inputs_are_added_by_timestamp_across_ports():
    run = run_calculator("SampleImmediateCalculator", {"IN": [(5, "late")], "IN:1": [(1, "early")]})
    assert [value[0] for value in run.values("OUT")] == [1, 5]


def test_error_names_the_calculator_and_timestamp():
    options = {"fail_in": "process", "at": 8}
    with pytest.raises(CalculatorError, match='node "SampleLogCalculator": process.. failed at timestamp 8'):
        run_calculator("SampleLogCalculator", {"": [(8, 2)]}, side={"LOG": []}, options=options)


@calculator
class OddSenderTestCalculator(Calculator):
    entry = Input("IN")
    number = Output("NUMBER", int)
    anything = Output("ANY")
    table = SideOutput("TABLE", late=True)

    def process(self):
        self.anything.send(self.entry.value)
        if self.entry.value is not None:
            self.number.send(self.entry.value)


def test_none_is_a_value_like_others_and_a_late_side_packet_may_stay_unset():
    run = run_calculator("OddSenderTestCalculator", {"IN": [(0, None), (5, 1)]})
    assert (run.values("ANY"), run.values("NUMBER"), run.side_outputs) == ([None, 1], [1], {})


def test_value_of_another_type_than_declared_is_refused_with_node_port_and_time():
    with pytest.raises(
        TypeError, match='Calculator" has sent a str to "NUMBER" at timestamp 5, but declares int'
    ):
        run_calculator("OddSenderTestCalculator", {"IN": [(0, 1), (5, "x")]})


@pytest.mark.parametrize(
    "name, options, problem",
    [
        ("SamplePassCalculator", "any: 1", "SamplePassCalculator takes no options"),
        ("SampleScaleCalculator", "factr: 3", 'options of SampleScaleCalculator: .*no field named "factr"'),
        ("SampleScaleCalculator", {"factr": 3}, "options of SampleScaleCalculator: .*factr"),
        ("SampleScaleCalculator", {"factor": "x"}, "options of SampleScaleCalculator: "),
        (
            "SampleScaleCalculator",
            3,
            "options of SampleScaleCalculator are text, a dict or a message, not a int",
        ),
    ],
)
def test_options_that_do_not_fit_are_config_errors_with_the_calculator(name, options, problem):
    with pytest.raises(ConfigError, match=problem):
        run_calculator(name, {}, options=options)


def test_ports_and_pairs_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match='no input "Z" to set a bound of'):
        run_calculator("SamplePassCalculator", {"": []}, bounds={"Z": 7})
    with pytest.raises(ValueError, match=r'input "" takes \(timestamp, value\) pairs, not 1'):
        run_calculator("SamplePassCalculator", {"": [1, 2]})
