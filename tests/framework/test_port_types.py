import enum

import numpy as np
import pytest

from attention_mesh.framework import (
    Calculator,
    Input,
    Output,
    SideInput,
    SideOutput,
    ValidatedGraph,
    calculator,
)
from attention_mesh.framework.conversions import add_conversion
from attention_mesh.framework.port_types import exclude_one_another
from attention_mesh.tests.framework.graph_problems import SCALE, only_problem_of

PASS = 'node { name: "%s" calculator: "%s" input_stream: "IN:a" output_stream: "OUT:%s" }'


def test_graph_input_that_no_value_fits_is_refused_with_both_readers():
    problem = only_problem_of(
        'input_stream: "a"'
        + PASS % ("scale", "SampleScaleCalculator", "b")
        + PASS % ("text", "SampleTextCalculator", "c")
    )
    assert problem == (
        'graph input "a": node "scale" (SampleScaleCalculator) takes int, but node "text" '
        "(SampleTextCalculator) str; no value is both"
    )


class Walks:
    pass


class Crawls:
    __slots__ = ("legs",)


class CrawlsFast(Crawls):
    pass


class CrawlsFar(Crawls):
    pass


class Rolls:
    __slots__ = ("wheels",)


class Swims:
    pass


@pytest.mark.parametrize(
    "one, other, exclude",
    [
        (int, str, True),
        (int, float, False),  # an int also fits a port of float
        (int, bool, False),
        (float, enum.IntEnum, False),  # likewise
        (float, bool, True),
        (np.ndarray, list, True),
        (Walks, Swims, False),  # a class may be derived from both
        (Walks, str, False),
        (Walks, Crawls, False),
        (Rolls, Crawls, True),  # no class has the slots of both
        (Rolls, np.ndarray, True),
        (CrawlsFast, CrawlsFar, False),
        (CrawlsFast, Rolls, True),
        (int | str, str | list, False),
        (int | str, dict | list, True),
        (object, str, False),
    ],
)
def test_types_exclude_one_another_where_no_value_can_have_both(one, other, exclude):
    assert exclude_one_another(one, other) == exclude_one_another(other, one) == exclude


def test_type_mismatch_names_both_nodes_the_stream_and_the_types():
    problem = only_problem_of(
        'input_stream: "a"\n'
        + SCALE % 'input_stream: "IN:a" output_stream: "OUT:b"'
        + 'node { name: "t" calculator: "SampleTextCalculator" input_stream: "IN:b" output_stream: "OUT:c" }'
    )
    assert problem == (
        'node "t" (SampleTextCalculator): "b" (port IN) must be str, but node "scaler" '
        "(SampleScaleCalculator) produces int"
    )


def test_side_packet_type_mismatch_names_both_nodes_and_the_types():
    @calculator
    class SampleTextTableCalculator(Calculator):
        table = SideOutput("TABLE", str)

    problem = only_problem_of(
        """input_stream: "a"
        node { calculator: "SampleTextTableCalculator" output_side_packet: "TABLE:t" }
        node { calculator: "SampleSideAddCalculator" input_stream: "a" input_side_packet: "SUMMAND:t" }"""
    )
    assert problem == (
        'node "SampleSideAddCalculator": "t" (port SUMMAND) must be int, but node '
        '"SampleTextTableCalculator" produces str'
    )


@pytest.mark.parametrize(
    "produced, wanted, fits",
    [
        (bool, int, True),
        (int, bool, False),
        (list[int], list, True),
        (list, dict, False),
        (int, int | str, True),
        (int | str, int, False),
        (int | str, str | int | float, True),
        (object, int, True),
        (int, object, True),
    ],
)
def test_produced_type_must_be_a_subtype_of_the_wanted_one(produced, wanted, fits, monkeypatch):
    monkeypatch.setattr("attention_mesh.framework.registry._calculators", {})

    @calculator
    class ProducesCalculator(Calculator):
        result = Output("", produced)

        def process(self):
            self.result.send(None)

    @calculator
    class WantsCalculator(Calculator):
        entry = Input("", wanted)

    config = """node { calculator: "ProducesCalculator" output_stream: "a" }
                node { calculator: "WantsCalculator" input_stream: "a" }"""
    if fits:
        ValidatedGraph(config)
    else:
        assert '"a" (port :0) must be' in only_problem_of(config)


def test_contract_of_a_calculator_can_refuse_and_its_error_names_the_node(monkeypatch):
    monkeypatch.setattr("attention_mesh.framework.registry._calculators", {})

    @calculator
    class RefusingCalculator(Calculator):
        entry = Input("")
        limit = SideInput("LIMIT", int, optional=True)

        @classmethod
        def contract(cls, node):
            if not node.side_inputs:
                raise ValueError("give it a LIMIT")
            raise KeyError("surprise")

    node = 'input_stream: "a" node { calculator: "RefusingCalculator" input_stream: "a" %s }'
    assert only_problem_of(node % "") == 'node "RefusingCalculator": give it a LIMIT'
    assert only_problem_of(node % 'input_side_packet: "LIMIT:l"') == (
        "node \"RefusingCalculator\": KeyError: 'surprise'"
    )


def test_contract_sees_input_types_and_narrows_output_types(monkeypatch):
    monkeypatch.setattr("attention_mesh.framework.registry._calculators", {})

    @calculator
    class NarrowingCalculator(Calculator):
        entry = Input("IN")
        result = Output("OUT")

        @classmethod
        def contract(cls, node):
            node.set_output_type("OUT", 0, node.input_type("IN"))

        def process(self):
            self.result.send(self.entry.value)

    @calculator
    class TextSourceCalculator(Calculator):
        result = Output("", str)

        def process(self):
            self.result.send("")

    @calculator
    class NumberSinkCalculator(Calculator):
        entry = Input("", int)

        def process(self):
            self.entry.value.bit_length()

    problem = only_problem_of(
        """node { calculator: "TextSourceCalculator" output_stream: "a" }
        node { calculator: "NarrowingCalculator" input_stream: "IN:a" output_stream: "OUT:b" }
        node { calculator: "NumberSinkCalculator" input_stream: "b" }"""
    )
    assert '"b" (port :0) must be int, but node "NarrowingCalculator" produces str' in problem


@calculator
class SampleHandOnCalculator(Calculator):
    entry = Input("")
    result = Output("")

    @classmethod
    def contract(cls, node):
        node.set_output_type("", 0, node.input_type(""))


HANDED_ON = """
input_stream: "a"
node { calculator: "SampleHandOnCalculator" input_stream: "a" output_stream: "b" }
"""


def test_the_type_of_an_input_is_found_behind_nodes_that_pass_it_on() -> None:
    scaled = SCALE % 'input_stream: "IN:b" output_stream: "OUT:c"'
    graph = ValidatedGraph(HANDED_ON + scaled)
    assert graph.found_input_types == {"a": int} and graph.input_types("a") == (int,)
    assert ValidatedGraph(HANDED_ON).found_input_types == {"a": object}


def test_readers_behind_nodes_that_pass_an_input_on_must_fit_each_other() -> None:
    problem = only_problem_of(
        HANDED_ON
        + SCALE % 'input_stream: "IN:b" output_stream: "OUT:c"'
        + 'node { name: "t" calculator: "SampleTextCalculator" input_stream: "IN:a" output_stream: "OUT:d" }'
    )
    assert problem.startswith('graph input "a": ') and problem.endswith("no value is both")


def test_a_hint_names_the_node_that_converts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attention_mesh.framework.conversions._nodes", {})
    add_conversion("builtins.int", "builtins.str", "IntToStringCalculator")
    problem = only_problem_of(
        'input_stream: "a"\n'
        + SCALE % 'input_stream: "IN:a" output_stream: "OUT:b"'
        + 'node { name: "t" calculator: "SampleTextCalculator" input_stream: "IN:b" output_stream: "OUT:c" }'
    )
    assert problem.endswith("produces int; put a IntToStringCalculator between them")
