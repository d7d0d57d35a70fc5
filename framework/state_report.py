"""What a graph is doing now, in words: for a run that does not end, and for the report of a deadlock."""

from typing import Any

from attention_mesh.framework.runtime_node import CLOSED, OPEN, UNOPENED, RuntimeNode
from attention_mesh.framework.timestamps import describe

_STATES = {UNOPENED: "not opened", OPEN: "open", CLOSED: "closed"}


def describe_state(scheduler: Any) -> str:
    """Every graph input and node of a run: what it waits for, its queues and its bounds.

    Args:
      scheduler: the run. Call it with the run's lock held; without, parts may not fit together.
    """
    lines = [_run_line(scheduler)]
    for graph_input in scheduler.graph_inputs:
        held = f", held back by full queues: {graph_input.throttled}" if graph_input.throttled else ""
        lines.append(f'graph input "{graph_input.name}": bound {describe(graph_input.output.bound)}{held}')
    for node in scheduler.nodes:
        lines.extend(node_lines(node))
    return "\n".join(lines)


def node_lines(node: RuntimeNode) -> list[str]:
    """One node: a line for itself and one for each of its streams."""
    lines = [f"{node.label}: {_what_it_does(node)}"]
    for stream in node.streams:
        back = ", back edge" if stream.back_edge else ""
        lines.append(f'  input "{stream.name}": {_queue(stream)}, bound {describe(stream.bound)}{back}')
    for output in node.outputs:
        pending = f", {len(output.pending)} packets to send on" if output.pending else ""
        lines.append(f'  output "{output.name}": bound {describe(output.bound)}{pending}')
    return lines


def _run_line(scheduler: Any) -> str:
    facts = [f"{scheduler.running} nodes running"]
    if scheduler.waiting_feeds:
        facts.append(f"{scheduler.waiting_feeds} callers waiting to add a packet")
    for fact in ("stopping", "cancelled", "finished"):
        if getattr(scheduler, fact):
            facts.append(fact)
    facts += [f"error: {error}" for error in scheduler.errors]
    return "run: " + ", ".join(facts)


def _what_it_does(node: RuntimeNode) -> str:
    if node.running:
        return f"running at timestamp {describe(node.calculator.timestamp)}"
    facts = [_STATES[node.state]]
    if node.state == OPEN:
        if node.queued:
            facts.append("ready to be looked at")
        elif node.streams:
            facts.append(f"settled before {describe(node.handler.settled)}")
        if node.throttled:
            facts.append(f"held back by full queues: {node.throttled}")
    return ", ".join(facts)


def _queue(stream: Any) -> str:
    queue = list(stream.queue)
    if not queue:
        return "empty"
    first, last = describe(queue[0].timestamp), describe(queue[-1].timestamp)
    limit = f" of at most {stream.limit}" if stream.limit else ""
    full = " (full)" if stream.is_full else ""
    if len(queue) == 1:
        return f"1 packet{limit}{full} at {first}"
    return f"{len(queue)} packets{limit}{full}, {first} to {last}"
