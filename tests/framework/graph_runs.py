"""Runs graphs for the engine's tests."""

import faulthandler
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from attention_mesh.framework import CalculatorGraph
from attention_mesh.tests.framework import (  # noqa: F401  (registers them)
    sample_calculators,
    sample_handler_calculators,
)

SCHEDULERS = [{"scheduler": "caller"}, {"scheduler": "pool", "num_threads": 1}, {"scheduler": "pool"}]
"""Arguments of `CalculatorGraph`: nodes on the caller's thread, on one thread, on several."""

every_scheduler = pytest.mark.parametrize("scheduler", SCHEDULERS, ids=["caller", "1 thread", "pool"])
"""Runs a test once on each of them."""

PASS = """input_stream: "a" output_stream: "b"
node { name: "pass" calculator: "SamplePassCalculator" input_stream: "a" output_stream: "b" }"""


def logged(name: str, entry: str, result: str, fail_in: str = "", at: int = 0) -> str:
    options = f'fail_in: "{fail_in}" at: {at}'
    return f"""node {{ name: "{name}" calculator: "SampleLogCalculator" input_side_packet: "LOG:log"
      input_stream: "{entry}" output_stream: "{result}"
      node_options {{ [type.googleapis.com/attention_mesh.SampleLogCalculatorOptions] {{ {options} }} }} }}"""


def chain(first: str = "", second: str = "", third: str = "", at: int = 0) -> str:
    """Three nodes that log their calls, of which some fail."""
    return 'input_stream: "s0" output_stream: "s3"' + "".join(
        logged(f"n{index}", f"s{index - 1}", f"s{index}", fail_in, at)
        for index, fail_in in enumerate((first, second, third), start=1)
    )


def run_graph(
    config: Any,
    inputs: dict[str, list[tuple[int, Any]]] | None = None,
    side: dict[str, Any] | None = None,
    observe: list[str] | None = None,
    **arguments: Any,
) -> dict[str, list[tuple[int, Any]]]:
    """Runs a graph to its end; returns (timestamp, value) pairs of its output streams, or of `observe`."""
    with CalculatorGraph(config, **arguments) as graph:
        names = [entry.name for entry in graph.validated_graph.outputs] if observe is None else observe
        received: dict[str, list] = {name: [] for name in names}
        for name in names:
            graph.observe_output_stream(
                name, lambda packet, into=received[name]: into.append((packet.timestamp, packet.value))
            )
        graph.start_run(side)
        pairs = [(time, name, value) for name, stream in (inputs or {}).items() for time, value in stream]
        for time, name, value in sorted(pairs, key=lambda pair: pair[0]):
            graph.add_packet(name, value, time)
        graph.close_all_input_streams()
        graph.wait_until_done()
    return received


def within(seconds: float, function: Any, state: Callable[[], str] = lambda: "") -> Any:
    """Calls a function that must return in time.

    If it does not, then every thread's stack is printed, and the error contains `state()`.
    """
    outcome: list = []

    def call() -> None:
        try:
            outcome.append((function(), None))
        except BaseException as error:
            outcome.append((None, error))

    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        faulthandler.dump_traceback(sys.__stderr__, all_threads=True)
        raise AssertionError(
            f"still running after {seconds} s; the stacks of all threads are in stderr\n{state()}"
        )
    value, error = outcome[0]
    if error is not None:
        raise error
    return value


def graph_threads() -> list[threading.Thread]:
    """The threads that graphs have running."""
    return [thread for thread in threading.enumerate() if thread.name.startswith("graph-")]
