"""Runs a graph that reads and writes its files itself."""

from __future__ import annotations

import threading

from attention_mesh.cli.interrupt import Interrupt, exit_at_once
from attention_mesh.cli.run.plan import SelfFedPlan
from attention_mesh.cli.run.report import RunOutcome, write_trace
from attention_mesh.framework import CalculatorGraph, CancelledError

_POLL_S = 0.1  # how soon Ctrl-C is noticed
_GRACE_S = 1.0  # after a second Ctrl-C: how long running nodes may take to return


def run_self_fed(plan: SelfFedPlan) -> RunOutcome:
    """Runs the graph to its end, or until Ctrl-C.

    If a node does not return after a second Ctrl-C, the process ends here, with the exit code of the signal.
    """
    graph = CalculatorGraph(
        validated_graph=plan.graph,
        trace=plan.trace is not None,
        allow_graph_files=plan.allow_graph_files,
    )
    outcome = RunOutcome()
    with Interrupt() as interrupt:
        worker = threading.Thread(
            target=_run, args=(graph, plan, outcome), name="attention-mesh run", daemon=True
        )
        worker.start()
        cancel: threading.Thread | None = None
        while worker.is_alive():
            worker.join(_POLL_S)
            if interrupt.requested and (cancel is None or not cancel.is_alive()):
                # On a thread, because it may have to wait for a node.
                cancel = threading.Thread(target=graph.cancel, name="attention-mesh cancel", daemon=True)
                cancel.start()
            if interrupt.urgent_for(_GRACE_S) and worker.is_alive():
                exit_at_once(
                    "stopped by the user; a node of the graph did not return and was left, and what the "
                    "graph wrote may be incomplete",
                    interrupt.signal,
                )
        outcome.interrupted = interrupt.signal
    write_trace(graph, plan.trace, outcome)
    return outcome


def _run(graph: CalculatorGraph, plan: SelfFedPlan, outcome: RunOutcome) -> None:
    try:
        with graph:
            graph.start_run(plan.side_packets, replaced=plan.replaced)
            graph.wait_until_done()
    except CancelledError:
        pass  # by Ctrl-C
    except BaseException as error:  # noqa: BLE001 - the main thread reports it
        outcome.errors.append(error)
