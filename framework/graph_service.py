"""Graph services: objects that the nodes of a graph share, such as a GPU, of which the engine knows nothing.

A module declares a service once. Nodes say that they use it, and programs may set it:

    GPU_SERVICE = GraphService("gpu", open_gpu)

    @calculator
    class BlurCalculator(Calculator):
        gpu = UseService(GPU_SERVICE)  # in open() and process(), self.gpu is the object

    graph.set_service_object(GPU_SERVICE, my_gpu)  # else open_gpu() makes it as the graph first starts
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from attention_mesh.framework.errors import GraphError

if TYPE_CHECKING:
    from attention_mesh.framework.runtime_node import RuntimeNode

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class GraphService(Generic[T]):
    """Something that a graph has once and its nodes share.

    Attributes:
      name: names it in errors.
      make: makes the object if the program has set none; None if only the program can.
    """

    name: str
    make: Callable[[], T] | None = None


class UseService(Generic[T]):
    """Declares, on a calculator's class, that the node uses a service. On the instance it is the object.

    Args:
      service: the service.
      optional: whether the node does without. It then has the object if the program has set it, or if another
        node cannot do without; otherwise it has None. The node's `contract` may decide otherwise for one node
        (`NodeContract.require_service`).
    """

    def __init__(self, service: GraphService[T], *, optional: bool = False) -> None:
        self.service = service
        self.optional = optional
        self.attribute = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.attribute = name

    @overload
    def __get__(self, node: None, owner: object) -> UseService[T]: ...

    @overload
    def __get__(self, node: object, owner: object) -> T: ...

    def __get__(self, node: object, owner: object) -> Any:
        # A bound object lies in the instance's own dictionary, which comes first.
        return self if node is None else None


def used_services(calculator: type) -> list[UseService[Any]]:
    """What a calculator's class declares, base classes first."""
    found: dict[str, Any] = {}
    for base in reversed(calculator.__mro__):
        found |= {name: value for name, value in vars(base).items() if isinstance(value, UseService)}
    return list(found.values())


class ServiceObjects:
    """The objects of a graph's services: what the program has set, and what was made for the nodes."""

    def __init__(self) -> None:
        self._objects: dict[GraphService[Any], Any] = {}

    def set(self, service: GraphService[T], value: T) -> None:
        """Sets the object of a service, for the runs that start from now on."""
        self._objects[service] = value

    def get(self, service: GraphService[T]) -> T:
        """The object of a service. KeyError if there is none."""
        return self._objects[service]

    def bind(self, nodes: Iterable[RuntimeNode]) -> None:
        """Gives each calculator the objects of its services, and makes those that are missing.

        Raises:
          GraphError: a service that a node cannot do without is not there; the cause says why it could not be
            made.
        """
        uses = [(node, use) for node in nodes for use in used_services(type(node.calculator))]
        for node, use in uses:
            is_needed = not use.optional or use.service in node.contract.required_services
            if is_needed and use.service not in self._objects:
                self._objects[use.service] = _made(node.label, use.service)
        for node, use in uses:
            if use.service in self._objects:
                vars(node.calculator)[use.attribute] = self._objects[use.service]


def _made(label: str, service: GraphService[T]) -> T:
    if service.make is None:
        raise GraphError(
            f'{label} uses the service "{service.name}", which the program has to set before the run: '
            "CalculatorGraph.set_service_object"
        )
    try:
        return service.make()
    except Exception as error:
        raise GraphError(
            f'{label} uses the service "{service.name}", which is not available: {error}'
        ) from error
