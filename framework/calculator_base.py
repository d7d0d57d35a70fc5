"""Calculator: the base class of every node. (`framework.calculator` is the decorator that registers one.)"""

import re
from functools import cache
from numbers import Integral
from typing import Any, TypeVar

from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.framework.ports import Input, Output, Port, SideInput, SideOutput

PortKind = TypeVar("PortKind", bound=Port)


class _Stop:
    """What a source's `process` returns if nothing more will come.

    Another node's `process` returns it to end the run: all sources are closed, and what is under way is still
    processed, by that node too. Inputs of the graph stay open until the program closes them.
    """

    def __repr__(self) -> str:
        return "STOP"


STOP = _Stop()


class Calculator:
    """A node: takes packets, calls a function, sends packets.

    A subclass declares its ports as class attributes (`Input`, `Output`, `SideInput`, `SideOutput`),
    its options as a nested dataclass `Options` (or, as a string, the full name of a message), and
    overrides `open`, `process` and `close` as needed. One instance lives for one run. Only one of its methods
    runs at a time, so that it may keep state in attributes.

    Class attributes:
      timestamp_offset: None, or the int such that after inputs settled at T no output comes before
        T + offset + 1. With 0, bounds pass through the node without `process`.
      input_handler: registered name of the synchronization policy, unless the graph sets one.
      process_bounds: whether `process` also runs at timestamps where only bounds moved.

    Instance attributes:
      options: the options message of this node, with defaults for everything that the graph does not set.
      timestamp: int microseconds, the timestamp being processed.
      name: the node's name in the graph.
    """

    Options: Any = None
    timestamp_offset: int | None = None
    input_handler: str = "DefaultInputStreamHandler"
    process_bounds: bool = False

    options: Any = None
    timestamp: int
    name: str = ""

    def __init_subclass__(cls, **arguments: Any) -> None:
        """Raises ValueError for ports that would hide one another or an attribute of every node."""
        super().__init_subclass__(**arguments)
        if not isinstance(cls.timestamp_offset, Integral | None):
            raise ValueError(
                f"{cls.__name__}.timestamp_offset is {cls.timestamp_offset!r}, not an int or None"
            )
        for kind in (Input, Output, SideInput, SideOutput):
            tags: dict[str, str] = {}
            for port in cls.ports(kind):
                if port.attribute in _RESERVED:
                    raise ValueError(f"{cls.__name__}.{port.attribute}: every calculator has this attribute")
                if port.tag in tags:
                    raise ValueError(
                        f"{cls.__name__}: {tags[port.tag]} and {port.attribute} have the same tag "
                        f'"{port.tag}"'
                    )
                tags[port.tag] = port.attribute

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        """Refines the declaration for one node; raises ValueError to refuse it."""

    def open(self) -> None:
        """Runs once, before any `process`; side packets are readable."""

    def process(self) -> Any:
        """Runs at each timestamp at which the inputs are settled. A source returns STOP to end."""
        raise NotImplementedError(f"{type(self).__name__} has inputs or is a source, but no process()")

    def close(self) -> None:
        """Runs once at the end, also after an error elsewhere, if `open` succeeded."""

    @classmethod
    def specialize(cls, match: re.Match[str]) -> dict[str, Any] | None:
        """Attributes of a family's class for one of the names it serves; see `calculator_family`."""
        return {}

    @classmethod
    def ports(cls, kind: type[PortKind]) -> list[PortKind]:
        """The declared ports of one kind, in the order of their declaration, base classes first."""
        declared = _declared_ports(cls)  # type: ignore[arg-type]  # mypy takes a class for its instance here
        return [port for port in declared if isinstance(port, kind)]


@cache
def _declared_ports(cls: type[Calculator]) -> tuple[Port[Any], ...]:
    """All ports of a class. Every graph asks for them many times."""
    found: dict[str, Port[Any]] = {}
    for base in reversed(cls.__mro__):
        for attribute, port in vars(base).items():
            if isinstance(port, (Input, Output, SideInput, SideOutput)):
                found[attribute] = port
            else:
                found.pop(attribute, None)
    return tuple(found.values())


_RESERVED = frozenset(vars(Calculator)) | {"timestamp"}
