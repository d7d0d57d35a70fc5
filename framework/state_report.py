"""Reports of what a run is doing, in words: for a run that does not end, and for deadlocks."""

from attention_mesh.framework.runtime_node import GraphInput, RuntimeNode
from attention_mesh.framework.streams import CLOSED, OPEN, UNOPENED, InputStream
from attention_mesh.framework.timestamps import describe

_STATES = {UNOPENED: "not opened", OPEN: "open", CLOSED: "closed"}


def run_report(facts: list[str], graph_inputs: list[GraphInput], nodes: list[RuntimeNode]) -> str:
    """A whole run: a line of facts about it, then every input of the graph, every node and stream."""
    lines = ["run: " + ", ".join(facts)]
    for graph_input in graph_inputs:
        held = f", held back by full queues: {graph_input.throttled}" if graph_input.throttled else ""
        lines.append(f'graph input "{graph_input.name}": bound {describe(graph_input.output.bound)}{held}')
    return "\n".join([*lines, *(line for node in nodes for line in _node_lines(node))])


def deadlock_report(nodes: list[RuntimeNode]) -> str:
    """What is wrong if full queues hold back whoever could feed the other inputs of their nodes."""
    full = [stream for node in nodes for stream in node.streams if stream.is_full]
    places = "; ".join(f'"{s.name}" at {s.node.label} holds {len(s.queue)} packets' for s in full)
    stuck = [node for node in nodes if any(stream.is_full for stream in node.streams)]
    state = "\n".join(line for node in stuck for line in _node_lines(node))
    return (
        f"the graph is in a deadlock: {places}, and the other inputs of these nodes get none. "
        f"Raise max_queue_size, or feed all inputs\n{state}"
    )


def _node_lines(node: RuntimeNode) -> list[str]:
    """One node: a line for itself and one for each of its streams."""
    lines = [f"{node.label}: {_what_it_does(node)}"]
    for stream in node.streams:
        back = ", back edge" if stream.back_edge else ""
        lines.append(f'  input "{stream.name}": {_queue(stream)}, bound {describe(stream.bound)}{back}')
    for output in node.outputs:
        pending = f", {len(output.pending)} packets to send on" if output.pending else ""
        lines.append(f'  output "{output.name}": bound {describe(output.bound)}{pending}')
    return lines


def _what_it_does(node: RuntimeNode) -> str:
    if node.running:
        return f"running at timestamp {describe(node.calculator.timestamp)}"
    facts = [_STATES[node.state]]
    if node.state == UNOPENED and node.lacks:
        facts.append(f"waiting for the side packet {', '.join(sorted(node.lacks))}")
    if node.state == OPEN:
        if node.queued:
            facts.append("ready to be looked at")
        elif node.streams:
            facts.append(f"settled before {describe(node.handler.settled)}")
        if node.throttled:
            facts.append(f"held back by full queues: {node.throttled}")
    return ", ".join(facts)


def _queue(stream: InputStream[RuntimeNode]) -> str:
    queue = list(stream.queue)
    if not queue:
        return "empty"
    first, last = describe(queue[0].timestamp), describe(queue[-1].timestamp)
    limit = f" of at most {stream.limit}" if stream.limit else ""
    full = " (full)" if stream.is_full else ""
    if len(queue) == 1:
        return f"1 packet{limit}{full} at {first}"
    return f"{len(queue)} packets{limit}{full}, {first} to {last}"
