"""Replaces every node that names a subgraph by the subgraph's own nodes, until only calculators are left."""

import re
from collections.abc import Iterable
from pathlib import Path

from google.protobuf.message import Message

from attention_mesh.framework import registry
from attention_mesh.framework.errors import ConfigError
from attention_mesh.framework.graph_config import load_graph_config, new_config
from attention_mesh.framework.graph_options import apply_option_values, merge_graph_options
from attention_mesh.framework.options import unpack
from attention_mesh.framework.stream_renaming import StreamRenaming

_TYPE = re.compile(r"""^type\s*:\s*["'](\w+)["']""", re.MULTILINE)
_MAX_DEPTH = 32
_BINARY_SUFFIX = ".binarypb"
_CALCULATOR_ONLY = ("input_stream_handler", "output_stream_handler", "input_stream_info", "source_layer")


def find_subgraph(name: str, folders: Iterable[Path]) -> Path | None:
    """The file below one of the folders (earlier ones first) whose graph has `type: name`, or None."""
    expected = registry.snake_case(name)
    for folder in folders:
        texts = sorted(folder.rglob("*.pbtxt"), key=lambda file: (file.stem != expected, file))
        for file in texts:
            match = _TYPE.search(file.read_text(errors="replace"))
            if match and match[1] == name:
                return file
        for file in sorted(folder.rglob(f"*{_BINARY_SUFFIX}")):
            if _binary_type(file) == name:
                return file
    return None


def _binary_type(file: Path) -> str:
    """The `type` of a binary graph, "" where the file holds none: it is nothing that was asked for then."""
    try:
        return load_graph_config(file).type
    except ConfigError:
        return ""


def node_names(config: Message) -> list[str]:
    """A unique name for each node: its own, or its calculator's, numbered where several share it."""
    wanted = [node.name or node.calculator for node in config.node]
    taken = {name for name in wanted if wanted.count(name) == 1}
    names, counts = [], {}
    for name in wanted:
        unique = name
        while name not in taken and (unique == name or unique in taken):
            counts[name] = counts.get(name, 0) + 1
            unique = f"{name}_{counts[name]}"
        names.append(unique)
        if unique != name:
            taken.add(unique)
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
    own_folders = [Path(folder) for folder in graph_path]
    problems = [f"no such folder with subgraphs: {folder}" for folder in own_folders if not folder.is_dir()]
    folders = own_folders + registry.graph_folders()
    try:
        unpack(config.graph_options)
    except ValueError as error:
        raise ConfigError(f"the graph: {error}") from None
    expanded = new_config()
    expanded.CopyFrom(config)
    for depth in range(_MAX_DEPTH + 1):
        names = node_names(expanded)
        if depth > 0 and (problems or all(registry.find_calculator(n.calculator) for n in expanded.node)):
            break
        if depth == _MAX_DEPTH:
            raise ConfigError(f"subgraphs are nested more than {_MAX_DEPTH} deep; does one contain itself?")
        nodes = list(expanded.node)
        del expanded.node[:]
        for name, node in zip(names, nodes, strict=True):
            try:
                _add_expanded(expanded, name, node, folders)
            except ConfigError as error:
                problems.extend(error.problems)
    if problems:
        raise ConfigError(problems)
    for name, node in zip(names, expanded.node, strict=True):
        node.name = name
    return expanded


def _add_expanded(target: Message, name: str, node: Message, folders: list[Path]) -> None:
    """Appends a calculator's node as it is, or the nodes of the subgraph that it stands for."""
    file = None
    if registry.find_calculator(node.calculator) is None:
        file = find_subgraph(node.calculator, folders)
        if file is None:
            hint = registry.closest_names(node.calculator, registry.known_names())
            raise ConfigError(
                f'node "{name}": no calculator or subgraph is called "{node.calculator}"{hint} '
                "(a calculator of your own must be imported first)"
            )
    # Nodes from a subgraph have had their values from it, so that only the outermost graph's are left.
    apply_option_values(node, target, name, lambda kind: _graph_options(kind, folders))
    if file is None:
        target.node.add().CopyFrom(node)
        target.node[-1].name = name
    else:
        _add_subgraph(target, name, node, file, folders)


def _add_subgraph(target: Message, name: str, node: Message, file: Path, folders: list[Path]) -> None:
    inner = load_graph_config(file)
    for field, _ in node.ListFields():
        if field.name in _CALCULATOR_ONLY:
            raise ConfigError(
                f'node "{name}": {field.name} is for calculators; {node.calculator} is a subgraph, so set it '
                "on the nodes inside"
            )
    merge_graph_options(inner, node, name)
    renaming = StreamRenaming(name, node, inner)
    for inner_name, inner_node in zip(node_names(inner), inner.node, strict=True):
        full_name = f"{name}__{inner_name}"
        apply_option_values(inner_node, inner, full_name, lambda kind: _graph_options(kind, folders))
        added = target.node.add()
        added.CopyFrom(inner_node)
        added.name = full_name
        if node.executor and not added.executor:
            added.executor = node.executor
        renaming.apply(added)
    known = {executor.name for executor in target.executor}
    target.executor.extend(executor for executor in inner.executor if executor.name not in known)


def _graph_options(name: str, folders: list[Path]) -> str:
    """The message type of a subgraph's own options, "" where it declares none."""
    file = find_subgraph(name, folders)
    config = load_graph_config(file) if file else None
    return config.graph_options[0].type_url.rpartition("/")[2] if config and config.graph_options else ""
