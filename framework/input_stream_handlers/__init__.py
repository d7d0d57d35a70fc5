"""When a node runs: policies that bring the packets of several inputs together, by registered name.

`poll` looks at the node's queues. If the node can run then `poll` hands the packets to the ports, sets the
node's timestamp and returns PROCESS. It returns CLOSE if nothing can come any more; otherwise it puts the
smallest timestamp at which any packet can still arrive into `settled` and returns WAIT.
"""

from attention_mesh.framework.input_stream_handlers.barrier_input_handler import BarrierInputHandler
from attention_mesh.framework.input_stream_handlers.default_input_handler import (
    CLOSE,
    PROCESS,
    WAIT,
    DefaultInputHandler,
)
from attention_mesh.framework.input_stream_handlers.early_close_input_handler import EarlyCloseInputHandler
from attention_mesh.framework.input_stream_handlers.fixed_size_input_handler import FixedSizeInputHandler
from attention_mesh.framework.input_stream_handlers.immediate_input_handler import ImmediateInputHandler
from attention_mesh.framework.input_stream_handlers.loopback_input_handler import LoopbackInputHandler
from attention_mesh.framework.input_stream_handlers.mux_input_handler import MuxInputHandler
from attention_mesh.framework.input_stream_handlers.sync_set_input_handler import SyncSetInputHandler
from attention_mesh.framework.input_stream_handlers.timestamp_align_input_handler import (
    TimestampAlignInputHandler,
)

__all__ = ["CLOSE", "INPUT_HANDLERS", "PROCESS", "WAIT", "DefaultInputHandler"]

INPUT_HANDLERS: dict[str, type[DefaultInputHandler]] = {
    "DefaultInputStreamHandler": DefaultInputHandler,
    "ImmediateInputStreamHandler": ImmediateInputHandler,
    "SyncSetInputStreamHandler": SyncSetInputHandler,
    "FixedSizeInputStreamHandler": FixedSizeInputHandler,
    "MuxInputStreamHandler": MuxInputHandler,
    "TimestampAlignInputStreamHandler": TimestampAlignInputHandler,
    "BarrierInputStreamHandler": BarrierInputHandler,
    "EarlyCloseInputStreamHandler": EarlyCloseInputHandler,
    "LoopbackInputStreamHandler": LoopbackInputHandler,
}
