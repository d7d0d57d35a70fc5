"""When a node runs: policies that bring the packets of several inputs together, by registered name.

`poll` looks at the node's queues. Where the node can run it hands the packets to the ports, sets the
node's timestamp and returns PROCESS; else CLOSE when nothing can come any more, else WAIT, after it
has put into `settled` the smallest timestamp at which any packet can still arrive.
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

__all__ = ["CLOSE", "PROCESS", "WAIT", "INPUT_HANDLERS"]

INPUT_HANDLERS = {
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
