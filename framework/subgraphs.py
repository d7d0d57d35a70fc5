"""Replaces every node that names a subgraph by the subgraph's own nodes, until only calculators are left."""

import re
from collections.abc import Iterable
from pathlib import Path

from google.protobuf.message import Message

from attention_mesh.framework import registry
from attention_mesh.framework.errors import ConfigError
from attention_mesh.framework.graph_config import BINARY_SUFFIXES, load_graph_config, new_config
from attention_mesh.framework.graph_options import apply_option_values, merge_graph_options
from attention_mesh.framework.tags import parse_entries

_TYPE = re.compile(r"""^type\s*:\s*["'](\w+)["']""", re.MULTILINE)
_FIELDS = ("input_stream", "output_stream", "input_side_packet", "output_side_packet")
_MAX_DEPTH = 32


def find_subgraph(name: str, folders: Iterable[Path]) -> Path | None:
    """The file below one of the folders (earlier ones first) whose graph has `type: name`, or None."""
    expected = registry.snake_case(name)
    for folder in folders:
        texts = sorted(folder.rglob("*.pbtxt"), key=lambda file: (file.stem != expected, file))
        for file in texts:
            match = _TYPE.search(file.read_text(errors="replace"))
            if match and match[1] == name:
                return file
        for file in sorted(folder.rglob("*")):
            if file.suffix in BINARY_SUFFIXES[:1] and load_graph_config(file).type == name:
                return file
    return None


def node_names(config: Message) -> list[str]:
    """A unique name for each node: its own, or its calculator's, numbered where several share it."""
    wanted = [node.name or node.calculator for node in config.node]
    names, counts = [], {}
    for name in wanted:
        counts[name] = counts.get(name, 0) + 1
        names.append(name if wanted.count(name) == 1 else f"{name}_{counts[name]}")
    return names


def expand_subgraphs(config: Message, graph_path: Iterable[Path] = ()) -> Message:
    """A copy of `config` with calculators only, every node named.

    Args:
      config: a CalculatorGraphConfig.
      graph_path: folders searched for subgraphs before the registered ones.

    Raises:
      ConfigError: a name is neither a calculator nor a subgraph, a subgraph's ports do not fit, or
        subgraphs contain one another without end. All such problems are reported at once.
    """
    folders = [Path(folder) for folder in graph_path] + registry.graph_folders()
    expanded = new_config()
    expanded.CopyFrom(config)
    problems: list[str] = []
    for depth in range(_MAX_DEPTH + 1):
        names = node_names(expanded)
        if all(registry.find_calculator(node.calculator) for node in expanded.node) or problems:
            break
        if depth == _MAX_DEPTH:
            raise ConfigError(f"subgraphs are nested more than {_MAX_DEPTH} deep; does one contain itself?")
        nodes = list(expanded.node)
        del expanded.node[:]
        for name, node in zip(names, nodes, strict=True):
            if registry.find_calculator(node.calculator):
                expanded.node.add().CopyFrom(node)
                expanded.node[-1].name = name
                continue
            try:
                _expand_node(expanded, name, node, folders)
            except ConfigError as error:
                problems.extend(error.problems)
    if problems:
        raise ConfigError(problems)
    for name, node in zip(names, expanded.node, strict=True):
        node.name = name
    return expanded


def _expand_node(target: Message, name: str, node: Message, folders: list[Path]) -> None:
    """Appends the nodes of the subgraph that `node` stands for to `target`."""
    file = find_subgraph(node.calculator, folders)
    if file is None:
        hint = registry.closest_names(node.calculator, registry.known_names())
        raise ConfigError(
            f'node "{name}": no calculator or subgraph is called "{node.calculator}"{hint} '
            "(a calculator of your own must be imported first)"
        )
    inner = load_graph_config(file)
    merge_graph_options(inner, node)
    mapping = _Mapping(name, node, inner)
    for inner_name, inner_node in zip(node_names(inner), inner.node, strict=True):
        apply_option_values(
            inner_node, inner, f"{name}__{inner_name}", lambda kind: _graph_options(kind, folders)
        )
        added = target.node.add()
        added.CopyFrom(inner_node)
        added.name = f"{name}__{inner_name}"
        if node.executor and not added.executor:
            added.executor = node.executor
        mapping.rename(inner_node, added)
    known = {executor.name for executor in target.executor}
    target.executor.extend(executor for executor in inner.executor if executor.name not in known)


def _graph_options(name: str, folders: list[Path]) -> str:
    """The message type of a subgraph's own options, "" where it declares none."""
    file = find_subgraph(name, folders)
    config = load_graph_config(file) if file else None
    return config.graph_options[0].type_url.rpartition("/")[2] if config and config.graph_options else ""


class _Mapping:
    """From a subgraph's inner stream and side packet names to those of the graph around it."""

    def __init__(self, name: str, node: Message, inner: Message):
        self.prefix = f"{name}__"
        self.streams: dict[str, str] = {}
        self.side_packets: dict[str, str] = {}
        self.ignored: set[str] = set()
        label = f'node "{name}" (subgraph {node.calculator})'
        for field in _FIELDS:
            names = self.streams if field.endswith("stream") else self.side_packets
            try:
                outer = {(e.tag, e.index): e for e in parse_entries(getattr(node, field))}
                declared = parse_entries(getattr(inner, field))
            except ValueError as error:
                raise ConfigError(f"{label}: {field}: {error}") from None
            for entry in declared:
                given = outer.pop((entry.tag, entry.index), None)
                if given is not None:
                    names[entry.name] = given.name
                elif field == "input_stream":
                    self.ignored.add(entry.name)
                elif field == "input_side_packet":
                    self.ignored.add(f"side {entry.name}")
            if outer:
                ports = ", ".join(entry.port for entry in declared) or "none"
                wrong = ", ".join(f'"{entry.port}"' for entry in outer.values())
                raise ConfigError(f"{label}: it has no {field} {wrong} (it has: {ports})")

    def rename(self, source: Message, target: Message) -> None:
        """Rewrites the connections of one inner node; those to inputs left open are dropped."""
        for field in _FIELDS:
            side = not field.endswith("stream")
            names = self.side_packets if side else self.streams
            entries = []
            for entry in parse_entries(getattr(source, field)):
                if (f"side {entry.name}" if side else entry.name) in self.ignored and "input" in field:
                    continue
                new_name = names.get(entry.name, self.prefix + entry.name)
                entries.append((entry.tag, new_name))
            del getattr(target, field)[:]
            # Indices count up anew: a dropped entry leaves no gap.
            getattr(target, field).extend(f"{tag}:{name}" if tag else name for tag, name in entries)
