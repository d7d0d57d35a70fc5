"""Ports that a calculator declares: inputs, outputs and side packets, as class attributes.

On the class a port is a declaration. On the instance, its live port stands under the same name (`BoundInput`
…), or a list of live ports if the port is repeated. A type checker sees both: with
``image = Input("IMAGE", np.ndarray)``, ``FaceCalculator.image`` is an `Input[np.ndarray]`, and
``self.image.value`` is an ``np.ndarray``; see `ports.pyi`.
"""

from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

from attention_mesh.framework.port_types import plain_type, type_name

ANY_TAG: Final = "*"
T = TypeVar("T")


class Port(Generic[T]):
    """A declared port.

    Args:
      tag: upper-case name, used in the pbtxt before the colon; "" for a port without a tag. `ANY_TAG` stands
        for every tag that no other port has: such a port is a list, and the `place` of each item names it.
      type: class of the values, a union of classes, or `list[X]` (checked as list). `object` takes any value.
        `Any` does too, and a type checker then lets the calculator do anything with the value.
      optional: whether a node may leave the port unconnected. Outputs always may.
      repeated: whether the port takes indices TAG:0, TAG:1, …
    """

    def __init__(
        self, tag: str = "", type: Any = object, *, optional: bool = False, repeated: bool = False
    ) -> None:
        self.tag = tag
        self.type = plain_type(type)
        self.optional = optional
        self.repeated = repeated or tag == ANY_TAG
        self.attribute = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.attribute = name

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.tag!r}, {type_name(self.type)})"


class Input(Port[T]):
    """A declared input stream.

    Args:
      check: raises ValueError for a value of the right type that the node cannot use. If the stream comes
        from outside, each value is checked when the program adds it; nothing else calls it.
    """

    def __init__(
        self,
        tag: str = "",
        type: Any = object,
        *,
        check: Callable[[Any], None] | None = None,
        **arguments: bool,
    ) -> None:
        super().__init__(tag, type, **arguments)
        self.check = check


class Output(Port[T]):
    """A declared output stream."""


class SideInput(Port[T]):
    """A declared input side packet: one value for the whole run.

    Args:
      default: the live port's `value` if nothing is given, so that a node may leave the port unconnected. A
        mutable object would be shared by all nodes.
      names: what the value names outside the program: a "file" that the node writes, an "address" that it
        sends to, a "device" that it writes to, or a "film" that it opens, which may be a URL; "" for anything
        else. Such a value comes from the program, and not from the graph; see `CalculatorGraph`.
    """

    def __init__(
        self,
        tag: str = "",
        type: Any = object,
        *,
        default: Any = None,
        names: str = "",
        optional: bool = False,
        **arguments: bool,
    ) -> None:
        super().__init__(tag, type, optional=optional or default is not None, **arguments)
        self.default = default
        self.names = names


class SideOutput(Port[T]):
    """A declared output side packet, set in `open`.

    Args:
      late: set in `process` or `close` instead, or not at all. The program reads it once the run is over
        (`CalculatorGraph.side_packet`). A node that takes it is opened once it is there.
    """

    def __init__(self, tag: str = "", type: Any = object, *, late: bool = False, **arguments: bool) -> None:
        super().__init__(tag, type, **arguments)
        self.late = late
