"""Conversions: which node makes a value of one type from one of another, for errors about types."""

from __future__ import annotations

from typing import Any

from attention_mesh.framework.port_types import members

_nodes: dict[tuple[str, str], str] = {}


def add_conversion(source: str, target: str, calculator: str) -> None:
    """Declares that a calculator converts values.

    Args:
      source, target: the classes, as "module.Class"; nothing is imported.
      calculator: the name for graphs.
    """
    _nodes[source, target] = calculator


def converter(source: Any, target: Any) -> str | None:
    """The name of the calculator that makes a value of one class from one of another, or None.

    Unions have none.
    """
    if not isinstance(source, type) or not isinstance(target, type):
        return None
    return _nodes.get((_full_name(source), _full_name(target)))


def conversion_hint(produced: Any, wanted: Any) -> str:
    """A hint "; put a XCalculator between them" if there is such a node, otherwise an empty string."""
    pairs = ((one, other) for one in members(produced) for other in members(wanted))
    node = next(filter(None, (converter(*pair) for pair in pairs)), None)
    return f"; put a {node} between them" if node else ""


def _full_name(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"
