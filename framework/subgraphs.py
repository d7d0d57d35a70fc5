"""Subgraphs: replaces a node that names one by the subgraph's nodes, until only calculators are left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from attention_mesh.framework import registry
from attention_mesh.framework.errors import ConfigError
from attention_mesh.framework.graph_config import load_graph_config, new_config
from attention_mesh.framework.graph_options import apply_option_values, merge_graph_options
from attention_mesh.framework.options import unpack
from attention_mesh.framework.stream_renaming import StreamRenaming
from attention_mesh.framework.subgraph_builders import SubgraphBuilder, find_subgraph_builder
from attention_mesh.framework.subgraph_library import SubgraphLibrary
from attention_mesh.limits import MAX_TEXT_BYTES

if TYPE_CHECKING:
    from attention_mesh.framework.proto.calculator_pb2 import CalculatorGraphConfig

_MAX_DEPTH = 32
_MAX_NODES = 10_000
_MOST_HINTS = 20  # of problems that name a calculator like the unknown one; to find it takes a millisecond
_CALCULATOR_ONLY = ("input_stream_handler", "output_stream_handler", "input_stream_info", "source_layer")


def node_names(config: CalculatorGraphConfig) -> list[str]:
    """A unique name for each node: its own, or its calculator's, with a number if several share it."""
    wanted = [node.name or node.calculator for node in config.node]
    uses = Counter(wanted)
    taken = {name for name in wanted if uses[name] == 1}
    names: list[str] = []
    counts: Counter[str] = Counter()
    for name in wanted:
        unique = name
        while uses[name] > 1 and (unique == name or unique in taken):
            counts[name] += 1
            unique = f"{name}_{counts[name]}"
        names.append(unique)
        if unique != name:
            taken.add(unique)
    return names


@dataclass(frozen=True)
class _Place:
    """Where a node comes from.

    Attributes:
      is_built_in: whether a name in it means a built-in subgraph first.
      around: the subgraphs from files around it, the outermost first: the type and the file of each.
    """

    is_built_in: bool
    around: tuple[tuple[str, Path], ...] = ()


class _TooLargeError(ConfigError):
    """The graph grows beyond its limit, so that no other problem is looked for."""


@dataclass(frozen=True)
class _Subgraph:
    """What a name stands for: a file, or a function that makes the config.

    Attributes:
      is_built_in: whether a name in it means a built-in subgraph first.
    """

    source: Path | SubgraphBuilder
    is_built_in: bool


def expand_subgraphs(
    config: CalculatorGraphConfig, graph_path: Iterable[Path] = (), origin: Path | None = None
) -> CalculatorGraphConfig:
    """A copy of `config` with calculators only, every node named.

    In a user's graph, a subgraph's name is looked up in the folders of `graph_path`, then in the folder of
    the graph's own file and the folders directly in it, then among the built-in graphs. In a built-in graph,
    the built-in graphs come first, so that a user's subgraph never changes a built-in graph.

    Args:
      config: a CalculatorGraphConfig.
      graph_path: the user's folders with subgraphs.
      origin: the file that `config` was read from, if there is one.

    Raises:
      ConfigError: a name is neither a calculator nor a subgraph, a subgraph's ports do not fit, subgraphs
        contain one another without end, or the graph becomes larger than 10 000 nodes or 64 MB. The text
        lists all such problems.
    """
    return _Expansion(config, [Path(folder) for folder in graph_path], origin).run()


class _Expansion:
    """One config on its way to calculators only.

    Attributes:
      config: the nodes expanded so far.
      places: where each of its nodes comes from.
      problems: one text for each.
      files: the subgraphs' files that have been read, each once however many nodes name it.
    """

    def __init__(self, config: CalculatorGraphConfig, own_folders: list[Path], origin: Path | None) -> None:
        folders = registry.graph_folders()
        built_in = origin is not None and any(_is_below(origin, folder) for folder in folders)
        self.problems = [f"no such folder with subgraphs: {f}" for f in own_folders if not f.is_dir()]
        try:
            unpack(config.graph_options)
        except ValueError as error:
            raise ConfigError(f"the graph: {error}") from None
        self.own = SubgraphLibrary(own_folders)
        self.beside = SubgraphLibrary([] if origin is None or built_in else [origin.parent], depth=1)
        self.shipped = SubgraphLibrary(folders)
        self.config = new_config()
        self.config.CopyFrom(config)
        self.places = [_Place(built_in)] * len(config.node)
        self.bytes = 0
        self.files: dict[Path, CalculatorGraphConfig] = {}

    def run(self) -> CalculatorGraphConfig:
        for depth in range(_MAX_DEPTH + 1):
            names = node_names(self.config)
            done = all(registry.find_calculator(node.calculator) for node in self.config.node)
            if depth > 0 and (self.problems or done):
                break
            if depth == _MAX_DEPTH:
                endless = {n.calculator for n in self.config.node} - set(registry.known_names())
                raise ConfigError(
                    f"subgraphs are nested more than {_MAX_DEPTH} deep, the last of them "
                    f"{', '.join(sorted(endless))}; does one contain itself?"
                )
            nodes, places = list(self.config.node), self.places
            del self.config.node[:]
            self.places, self.bytes = [], 0
            for name, node, place in zip(names, nodes, places, strict=True):
                try:
                    self._add(name, node, place)
                except _TooLargeError:
                    raise
                except ConfigError as error:
                    self.problems.extend(error.problems)
        if self.problems:
            raise ConfigError(self.problems)
        for name, node in zip(names, self.config.node, strict=True):
            node.name = name
        return self.config

    def find(self, name: str, built_in: bool) -> _Subgraph | None:
        """The subgraph of a name, in a built-in graph or in a user's."""
        order = [(self.own, False), (self.beside, False), (self.shipped, True)]
        for library, is_built_in in [order[2], *order[:2]] if built_in else order:
            file = library.find(name)
            if file is not None:
                return _Subgraph(file, is_built_in)
        builder = find_subgraph_builder(name)
        return None if builder is None else _Subgraph(builder, built_in)

    def _add(self, name: str, node: CalculatorGraphConfig.Node, place: _Place) -> None:
        """Appends a calculator's node as it is, or the nodes of the subgraph that it stands for."""
        subgraph = None
        if registry.find_calculator(node.calculator) is None:
            subgraph = self.find(node.calculator, place.is_built_in)
            if subgraph is None:
                if not node.calculator:
                    raise ConfigError(f'node "{name}": it has no calculator')
                hint = self._hint(node.calculator) if len(self.problems) < _MOST_HINTS else ""
                raise ConfigError(
                    f'node "{name}": Unable to find Calculator "{node.calculator}", or a subgraph{hint} '
                    "(a calculator of your own must be imported first; commands take --calculators FILE.py)"
                )
        # Nodes from a subgraph already have its values, so that only the outermost graph's are left.
        apply_option_values(node, self.config, name, lambda kind: self._options_type(kind, place.is_built_in))
        if subgraph is None:
            self._append(name, node, place)
        else:
            self._add_subgraph(name, node, subgraph, place.around)

    def _append(
        self, name: str, node: CalculatorGraphConfig.Node, place: _Place
    ) -> CalculatorGraphConfig.Node:
        """A copy of a node under its name, appended to the graph, which is checked as it grows."""
        added = self.config.node.add()
        added.CopyFrom(node)
        added.name = name
        self.places.append(place)
        self.bytes += node.ByteSize() + len(name)
        if len(self.places) > _MAX_NODES or self.bytes > MAX_TEXT_BYTES:
            limit = f"{_MAX_NODES} nodes" if len(self.places) > _MAX_NODES else f"{MAX_TEXT_BYTES} bytes"
            inside = " → ".join(kind for kind, _ in place.around)
            raise _TooLargeError(
                f"the graph has more than {limit} with its subgraphs filled in"
                + (f"; the last one inside {inside}" if inside else "")
            )
        return added

    def _hint(self, name: str) -> str:
        names = [n for library in (self.own, self.beside, self.shipped) for n in library.names()]
        return registry.closest_names(name, registry.known_names() + names)

    def _add_subgraph(
        self,
        name: str,
        node: CalculatorGraphConfig.Node,
        subgraph: _Subgraph,
        around: tuple[tuple[str, Path], ...],
    ) -> None:
        node.name = name
        if isinstance(subgraph.source, Path):
            around = (*around, (node.calculator, subgraph.source))
            if len({file for _, file in around}) < len(around):
                way = " → ".join(kind for kind, _ in around)
                raise ConfigError(f'node "{name}": the subgraph {node.calculator} contains itself ({way})')
        inner = self._config_of(subgraph, node)
        for field, _ in node.ListFields():
            if field.name in _CALCULATOR_ONLY:
                raise ConfigError(
                    f'node "{name}": {field.name} is for calculators; {node.calculator} is a subgraph, so '
                    "set it on the nodes inside"
                )
        if isinstance(subgraph.source, Path):
            merge_graph_options(inner, node, name)
        renaming = StreamRenaming(name, node, inner)
        for inner_name, inner_node in zip(node_names(inner), inner.node, strict=True):
            full_name = f"{name}__{inner_name}"
            apply_option_values(
                inner_node, inner, full_name, lambda kind: self._options_type(kind, subgraph.is_built_in)
            )
            added = self._append(full_name, inner_node, _Place(subgraph.is_built_in, around))
            if node.executor and not added.executor:
                added.executor = node.executor
            renaming.apply(added)
        known = {executor.name for executor in self.config.executor}
        self.config.executor.extend(executor for executor in inner.executor if executor.name not in known)

    def _config_of(self, subgraph: _Subgraph, node: CalculatorGraphConfig.Node) -> CalculatorGraphConfig:
        """The subgraph's config for `node`, a new one. Raises ConfigError if it cannot be read or made."""
        if isinstance(subgraph.source, Path):
            config = new_config()
            config.CopyFrom(self._file(subgraph.source))
            return config
        try:
            return subgraph.source.build(node)
        except ConfigError:
            raise
        except ValueError as error:
            raise ConfigError(f'node "{node.name}" (subgraph {node.calculator}): {error}') from None

    def _file(self, path: Path) -> CalculatorGraphConfig:
        if path not in self.files:
            self.files[path] = load_graph_config(path)
        return self.files[path]

    def _options_type(self, name: str, built_in: bool) -> str:
        """The message type of a subgraph's own options; "" if it declares none."""
        subgraph = self.find(name, built_in)
        if subgraph is None:
            return ""
        if isinstance(subgraph.source, SubgraphBuilder):
            return subgraph.source.options
        graph_options = self._file(subgraph.source).graph_options
        return graph_options[0].type_url.rpartition("/")[2] if graph_options else ""


def _is_below(file: Path, folder: Path) -> bool:
    return folder.resolve() in file.resolve().parents
