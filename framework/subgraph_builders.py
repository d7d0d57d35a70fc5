"""Subgraphs made by a function from the node that names them, for what a file cannot express."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from attention_mesh.framework import registry

if TYPE_CHECKING:
    from attention_mesh.framework.proto.calculator_pb2 import CalculatorGraphConfig

# Text from a broken graph must not reach the finders, which look for files of the name.
_MAY_BE_SUBGRAPH = re.compile(r"[A-Z][A-Za-z0-9]{0,200}")


@dataclass(frozen=True)
class SubgraphBuilder:
    """A function from a node to the config that stands for it.

    Attributes:
      build: takes the node, whose options it may read, and returns a CalculatorGraphConfig. It raises
        ValueError to refuse the node. Tag and index match the config's streams and side packets with the
        node's, as for a subgraph from a file.
      options: full name of the options' message; "" if it takes none.
    """

    build: Callable[[CalculatorGraphConfig.Node], CalculatorGraphConfig]
    options: str = ""


_builders: dict[str, SubgraphBuilder] = {}


def subgraph(name: str, options: str = "") -> Callable:
    """Decorator for a function that makes the config of every node with `calculator: name`.

    A built-in builder is in a calculators' folder, in a file of its name in snake case.

    Raises:
      ValueError: a function of another module has the name.
    """

    def register(build: Callable[[CalculatorGraphConfig.Node], CalculatorGraphConfig]) -> Callable:
        known = _builders.get(name)
        if known is not None and known.build.__module__ != build.__module__:
            raise ValueError(
                f"{name} is registered already, by {known.build.__module__}; choose another name"
            )
        _builders[name] = SubgraphBuilder(build, options)
        return build

    return register


def find_subgraph_builder(name: str) -> SubgraphBuilder | None:
    """The builder registered under `name`, or None."""
    if name not in _builders and _MAY_BE_SUBGRAPH.fullmatch(name) and not name.endswith("Calculator"):
        registry.run_finders(name, _builders)
    return _builders.get(name)
