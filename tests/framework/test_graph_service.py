"""Services reach the nodes that use them: set by the program, or made once if a node cannot do without."""

from __future__ import annotations

from typing import Any

import pytest

from attention_mesh.framework import (
    Calculator,
    CalculatorGraph,
    GraphError,
    GraphService,
    Input,
    Output,
    UseService,
    calculator,
)
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.framework.testing import run_calculator
from attention_mesh.tests.framework.graph_runs import every_scheduler

made: list[list[str]] = []


def make_journal() -> list[str]:
    made.append([])
    return made[-1]


def fail() -> object:
    raise OSError("no disk")


JOURNAL = GraphService("journal", make_journal)
DISK = GraphService("disk", fail)
KEY: GraphService[str] = GraphService("key")


@calculator
class SampleJournalCalculator(Calculator):
    number = Input("", int)
    same = Output("", int)
    journal = UseService(JOURNAL)

    def open(self) -> None:
        self.journal.append(f"open {self.name}")

    def process(self) -> None:
        self.journal.append(f"{self.name} {self.number.value}")
        self.same.send(self.number.value)


@calculator
class SampleMaybeJournalCalculator(SampleJournalCalculator):
    journal = UseService(JOURNAL, optional=True)

    def open(self) -> None:
        self.seen = self.journal

    def process(self) -> None:
        self.same.send(-1 if self.seen is None else len(self.seen))


@calculator
class SampleDiskCalculator(SampleJournalCalculator):
    disk = UseService(DISK)


@calculator
class SampleKeyCalculator(SampleJournalCalculator):
    key = UseService(KEY)

    def process(self) -> None:
        self.same.send(self.number.value + len(self.key))


@pytest.fixture(autouse=True)
def nothing_made() -> None:
    made.clear()


def graph(*calculators: str) -> str:
    streams = [f"s{place}" for place in range(len(calculators) + 1)]
    nodes = [
        f'node {{ name: "{name}" calculator: "{name}" input_stream: "{source}" output_stream: "{sink}" }}'
        for name, source, sink in zip(calculators, streams[:-1], streams[1:], strict=True)
    ]
    return "\n".join([f'input_stream: "s0" output_stream: "{streams[-1]}"', *nodes])


def run(config: str, services: dict[GraphService[Any], Any], **scheduler: Any) -> list[int]:
    running = CalculatorGraph(config, **scheduler)
    for service, value in services.items():
        running.set_service_object(service, value)
    found: list[int] = []
    running.observe_output_stream(
        list(running.validated_graph.outputs)[0].name, lambda p: found.append(p.value)
    )
    for _ in range(2):  # a service stays for the next run
        with running:
            running.start_run()
            running.add_packet("s0", 5, 0)
    return found


@every_scheduler
def test_the_nodes_of_a_graph_share_what_is_made_once(scheduler: dict[str, Any]) -> None:
    run(graph("SampleJournalCalculator", "SampleMaybeJournalCalculator"), {}, **scheduler)
    name = "SampleJournalCalculator"
    assert made == [[f"open {name}", f"{name} 5"] * 2]


def test_the_object_of_the_program_comes_first() -> None:
    mine: list[str] = []
    assert run(graph("SampleMaybeJournalCalculator"), {JOURNAL: mine}) == [0, 0]
    run(graph("SampleJournalCalculator"), {JOURNAL: mine})
    assert made == [] and len(mine) == 4


def test_nobody_makes_what_every_node_can_do_without() -> None:
    assert run(graph("SampleMaybeJournalCalculator"), {}) == [-1, -1]
    assert made == []


@every_scheduler
def test_a_service_that_cannot_be_made_ends_the_start_and_says_why(scheduler: dict[str, Any]) -> None:
    running = CalculatorGraph(graph("SampleDiskCalculator"), **scheduler)
    text = 'node "SampleDiskCalculator" uses the service "disk", which is not available: no disk'
    for _ in range(2):
        with pytest.raises(GraphError, match=text) as caught:
            running.start_run()
        assert isinstance(caught.value.__cause__, OSError) and not running.is_running
    running.set_service_object(DISK, object())
    with running:
        running.start_run()


def test_a_service_that_only_the_program_can_make_is_asked_for() -> None:
    with pytest.raises(GraphError, match='the service "key", which the program has to set before the run'):
        run_calculator(SampleKeyCalculator, {"": [(0, 5)]})
    assert run_calculator(SampleKeyCalculator, {"": [(0, 5)]}, services={KEY: "abc"}).values("") == [8]


def test_services_are_set_before_the_run_and_read_after_its_start() -> None:
    with CalculatorGraph(graph("SampleJournalCalculator")) as running:
        with pytest.raises(KeyError):
            running.service_object(JOURNAL)
        running.start_run()
        assert running.service_object(JOURNAL) is made[0]
        with pytest.raises(GraphError, match="the graph is running"):
            running.set_service_object(JOURNAL, [])


@calculator
class SampleSometimesJournalCalculator(SampleMaybeJournalCalculator):
    class Options:
        needs_it: bool = False

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        if node.options.needs_it:
            node.require_service(JOURNAL)


def test_a_node_may_decide_by_its_options() -> None:
    runs = [
        run_calculator(SampleSometimesJournalCalculator, {"": [(0, 5)]}, options={"needs_it": needs_it})
        for needs_it in (False, True)
    ]
    assert [each.values("") for each in runs] == [[-1], [0]]


def test_on_the_class_a_service_is_its_declaration() -> None:
    assert SampleJournalCalculator.journal.service is JOURNAL
