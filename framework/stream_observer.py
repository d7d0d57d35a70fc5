"""What a program's callback on a stream is to the scheduler that runs on the program's own thread."""

from collections.abc import Callable
from typing import Any

from attention_mesh.framework.errors import CalculatorError, GraphError
from attention_mesh.framework.packet import Packet
from attention_mesh.framework.timestamps import describe


def callback_error(stream_name: str, timestamp: int, error: Exception) -> CalculatorError:
    """The error that users see for what a callback on a stream raised."""
    kind = "" if isinstance(error, GraphError) else f"{type(error).__name__}: "
    return CalculatorError(
        f'"observer of {stream_name}": its callback failed at timestamp {describe(timestamp)}: {kind}{error}'
    )


class StreamObserver:
    """Hands packets to a function as they leave the node that sent them, without a node of its own.

    Where nodes run on several threads, `CallbackCalculator` keeps their order; on the caller's thread there
    is only one order, and a node behind each observed stream would cost more than most callbacks.
    """

    def __init__(self, stream_name: str, callback: Callable[[Packet], Any]):
        self._name = stream_name
        self._callback = callback

    def __call__(self, packets: list[Packet]) -> None:
        """Raises CalculatorError, naming stream and timestamp, for what the function raises."""
        for packet in packets:
            try:
                self._callback(packet)
            except Exception as error:
                raise callback_error(self._name, packet.timestamp, error) from error
