"""What a program's callback on a stream is to a run: a function called at once, or a node of its own.

On the caller's thread nodes run in one order only, so that the sender can call the function
(`StreamObserver`): a node behind each observed stream would cost more than most callbacks. If nodes run on
several threads then a `CallbackCalculator` keeps the order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from attention_mesh.framework.calculator_base import Calculator
from attention_mesh.framework.errors import CalculatorError, GraphError
from attention_mesh.framework.node_contract import Connection
from attention_mesh.framework.packet import Packet
from attention_mesh.framework.ports import Input
from attention_mesh.framework.tags import TagName
from attention_mesh.framework.timestamps import describe
from attention_mesh.framework.validated_node import ValidatedNode


@dataclass(frozen=True)
class Observer:
    """What a program has asked for before the run.

    Attributes:
      stream_name: the stream to observe.
      callback: called with each Packet.
      sees_bounds: whether it is also called, with value None, for timestamps that pass without a packet.
    """

    stream_name: str
    callback: Callable[[Packet], Any]
    sees_bounds: bool


class StreamObserver:
    """Hands packets to a function as they leave the node that sent them."""

    def __init__(self, observer: Observer) -> None:
        self._name = observer.stream_name
        self._callback = observer.callback

    def __call__(self, packets: list[Packet]) -> None:
        """Raises CalculatorError, naming stream and timestamp, for what the function raises."""
        for packet in packets:
            try:
                self._callback(packet)
            except Exception as error:
                raise callback_error(self._name, packet.timestamp, error) from error


class CallbackCalculator(Calculator):
    """Hands every packet of a stream to a function, in the order of timestamps.

    The graph adds it behind an observed stream; it is not meant for a pbtxt.
    """

    observed = Input("", Any)
    callback: Callable[[Packet], Any]

    def process(self) -> None:
        packet = self.observed.packet
        self.callback(Packet(None, self.timestamp) if packet is None else packet)


def observer_node(observer: Observer) -> ValidatedNode:
    """The node that hands a stream's packets to an observer."""
    node = ValidatedNode(f"observer of {observer.stream_name}", calculator=CallbackCalculator)
    entry = TagName("", 0, observer.stream_name)
    node.inputs.append(Connection(entry, CallbackCalculator.observed, object))
    return node


def callback_error(stream_name: str, timestamp: int, error: BaseException) -> CalculatorError:
    """The error that users see for what a callback on a stream raised."""
    kind = "" if isinstance(error, GraphError) else f"{type(error).__name__}: "
    return CalculatorError(
        f'"observer of {stream_name}": its callback failed at timestamp {describe(timestamp)}: {kind}{error}'
    )
