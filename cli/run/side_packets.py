"""Side packets of a run: those that a graph takes, and those that the command line gives."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Any

from attention_mesh.cli.errors import UsageError
from attention_mesh.framework.node_contract import Connection
from attention_mesh.framework.port_types import is_subtype, type_name
from attention_mesh.framework.validated_graph import ValidatedGraph
from attention_mesh.limits import read_file

_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def side_packet_types(graph: ValidatedGraph) -> dict[str, type]:
    """The side packets that a graph takes, by name: the type that its first consumer declares.

    A side packet that takes anything has the type `object`.
    """
    types: dict[str, type] = {entry.name: object for entry in graph.side_inputs}
    for name, connection in _taken(graph):
        if types.get(name, object) is object:
            types[name] = connection.port.type
    return types


def side_packet_of_port(graph: ValidatedGraph, tag: str) -> str | None:
    """The side packet that enters the graph at its first node with a side input of this tag, or None."""
    return next((name for name, connection in _taken(graph) if connection.entry.tag == tag), None)


def check_side_packets(graph: ValidatedGraph, given: Container[str]) -> None:
    """Raises UsageError if a side packet that some node requires is not `given`."""
    missing = [
        f"{name} ({type_name(connection.port.type)})"
        for name, connection in _taken(graph)
        if name not in given and not connection.port.optional
    ]
    if missing:
        raise UsageError(
            "--graph: it needs side packets that are not given, as --side-packet name=value: "
            + ", ".join(dict.fromkeys(missing))
        )


def _taken(graph: ValidatedGraph) -> Iterator[tuple[str, Connection]]:
    """Every side packet that a node takes and no node makes: its name and the node's connection."""
    for node in graph.nodes:
        for connection in node.side_inputs:
            if graph.side_producers.get(connection.entry.name) is None:
                yield connection.entry.name, connection


def split_entries(text: str) -> list[str]:
    """Splits ``a=1,b=2`` into ``a=1`` and ``b=2``, as MediaPipe's programs do; commas only separate."""
    return [entry for entry in text.split(",") if entry]


def parse_side_packets(entries: Iterable[str], types: Mapping[str, Any]) -> dict[str, Any]:
    """Parses ``name=value`` entries of the command line.

    A value is read as the type that the graph takes: bool, int, float, text, a list of numbers (``640,480``)
    or bytes, which are the content of the named file. If the graph takes several types, or any (`object`),
    the value is the first of bool, int, float, text and list that fits.

    Args:
      entries: ``name=value`` each.
      types: type, or union of types, by the name of the side packet; see `side_packet_types`.

    Raises:
      UsageError: an entry has another form, an unknown name or a value of another type.
    """
    packets: dict[str, Any] = {}
    for entry in entries:
        name, equals, text = entry.partition("=")
        name = name.strip()
        if not equals or not name:
            raise UsageError(f"--side-packet {entry}: expected name=value")
        if name not in types:
            known = ", ".join(sorted(types)) or "none"
            raise UsageError(
                f"--side-packet {entry}: the graph takes no side packet {name} (it takes: {known})"
            )
        packets[name] = _convert(entry, text, types[name])
    return packets


def _convert(entry: str, text: str, kind: Any) -> Any:
    for candidate, read in _READERS.items():
        if is_subtype(candidate, kind):
            try:
                return read(text)
            except (ValueError, KeyError):
                continue
            except OSError as error:
                raise UsageError(f"--side-packet {entry}: {text}: {error.strerror or error}") from error
    raise UsageError(
        f"--side-packet {entry}: {text!r} is not of type {type_name(kind)}, which the graph takes"
    )


def _read_list(text: str) -> list[int | float]:
    numbers = [float(part) for part in text.split(",")]
    return [int(number) if number.is_integer() else number for number in numbers]


_READERS: dict[type, Callable[[str], object]] = {
    bool: lambda text: _WORDS[text.lower()],
    int: int,
    float: float,
    str: str,
    list: _read_list,
    tuple: lambda text: tuple(_read_list(text)),
    bytes: read_file,
}
