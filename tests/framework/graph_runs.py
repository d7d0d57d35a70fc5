"""Runs graphs for the engine's tests."""

import faulthandler
import sys
import threading
from typing import Any

from attention_mesh.framework import CalculatorGraph
from attention_mesh.tests.framework import sample_calculators  # noqa: F401  (registers them)

SCHEDULERS = [{"scheduler": "caller"}, {"scheduler": "pool", "num_threads": 1}, {"scheduler": "pool"}]
"""Arguments of `CalculatorGraph`: nodes on the caller's thread, on one thread, on several."""


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
        graph.close_all_packet_sources()
        graph.wait_until_done()
    return received


def within(seconds: float, function: Any) -> Any:
    """Calls a function that must return in time; where it does not, every thread's stack is printed."""
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
        raise AssertionError(f"still running after {seconds} s; the stacks of all threads are in stderr")
    value, error = outcome[0]
    if error is not None:
        raise error
    return value


def graph_threads() -> list[threading.Thread]:
    """The threads that graphs have running."""
    return [thread for thread in threading.enumerate() if thread.name.startswith("graph-")]
