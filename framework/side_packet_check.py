"""Whether a graph can start with the side packets it is given."""

from typing import Any

from attention_mesh.framework.errors import ConfigError
from attention_mesh.framework.port_types import is_value_of, type_name
from attention_mesh.framework.validated_graph import ValidatedGraph


def check_side_packets(graph: ValidatedGraph, given: dict[str, Any]) -> None:
    """Raises ConfigError, with every problem: a side packet is missing, unknown, made by the graph itself, or
    of a type that a node cannot read. given: name → value."""
    problems = []
    produced = {name for name, producer in graph.side_producers.items() if producer is not None}
    needed = {entry.name for entry in graph.side_inputs}
    for node in graph.nodes:
        for connection in node.side_inputs:
            name, wanted = connection.entry.name, connection.port.type
            needed.add(name)
            if name in produced:
                continue
            if name not in given:
                if not connection.port.optional:
                    problems.append(
                        f'{node.label}: input side packet "{name}" (port {connection.entry.port}) is '
                        "missing; give it to start_run"
                    )
            elif not is_value_of(given[name], wanted):
                problems.append(
                    f'{node.label}: input side packet "{name}" must be {type_name(wanted)}, not '
                    f"{type(given[name]).__name__}"
                )
    for name in given:
        if name in produced:
            problems.append(f'side packet "{name}" is made by a node of the graph and cannot be given')
        elif name not in needed:
            known = ", ".join(sorted(needed - produced)) or "none"
            problems.append(f'the graph has no input side packet "{name}" (it has: {known})')
    if problems:
        raise ConfigError(problems)
