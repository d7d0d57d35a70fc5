"""Small graphs that together have every construct of a config, for the fuzzer to start from."""

from attention_mesh.tests.framework.whole_graph import WHOLE

LOOP = """input_stream: "a" output_stream: "out"
node { calculator: "PreviousLoopbackCalculator" input_stream: "MAIN:a" input_stream: "LOOP:out"
       input_stream_info { tag_index: "LOOP" back_edge: true } output_stream: "PREV_LOOP:prev" }
node { calculator: "MergeCalculator" input_stream: "a" input_stream: "prev" output_stream: "out" }
"""
FLOW = """input_stream: "a" output_stream: "b" max_queue_size: 2
node { calculator: "FlowLimiterCalculator" input_stream: "a" input_stream: "FINISHED:b"
       input_stream_info { tag_index: "FINISHED" back_edge: true } output_stream: "c"
       options { [mediapipe.FlowLimiterCalculatorOptions.ext] { max_in_flight: 1 max_in_queue: 1 } } }
node { calculator: "PassThroughCalculator" input_stream: "c" output_stream: "b" }
"""
GATE = """input_stream: "a" input_stream: "open" output_stream: "b" report_deadlock: true
executor { name: "" type: "ApplicationThreadExecutor" }
node { calculator: "ConstantSidePacketCalculator" output_side_packet: "PACKET:number"
       options { [mediapipe.ConstantSidePacketCalculatorOptions.ext] { packet { int_value: 7 } } } }
node { calculator: "GateCalculator" input_stream: "a" input_stream: "ALLOW:open" output_stream: "b"
       options { [mediapipe.GateCalculatorOptions.ext] { empty_packets_as_allow: true } } }
"""
SWITCH = """input_stream: "a" input_stream: "which" output_stream: "b"
node { calculator: "SwitchContainer" input_stream: "SELECT:which" input_stream: "a" output_stream: "b"
  options { [mediapipe.SwitchContainerOptions.ext] {
    contained_node { calculator: "PassThroughCalculator" }
    contained_node { calculator: "PassThroughCalculator" } select: 1 } } }
"""
HANDLERS = """input_stream: "a" input_stream: "b" input_stream: "c"
node { calculator: "SampleTupleCalculator" output_stream: "OUT:t"
       input_stream: "IN:0:a" input_stream: "IN:1:b"
       input_stream_handler { input_stream_handler: "TimestampAlignInputStreamHandler" options {
         [mediapipe.TimestampAlignInputStreamHandlerOptions.ext] { timestamp_base_tag_index: "IN:1" } } } }
node { calculator: "SampleTupleCalculator" output_stream: "OUT:u"
       input_stream: "IN:0:a" input_stream: "IN:1:b"
       input_stream_handler { input_stream_handler: "FixedSizeInputStreamHandler" options {
         [mediapipe.FixedSizeInputStreamHandlerOptions.ext] { trigger_queue_size: 3 } } } }
node { calculator: "SampleTupleCalculator" output_stream: "OUT:v"
       input_stream: "IN:0:a" input_stream: "IN:1:b"
       input_stream_handler { input_stream_handler: "BarrierInputStreamHandler" } }
node { calculator: "SampleTupleCalculator" output_stream: "OUT:w"
       input_stream: "IN:0:a" input_stream: "IN:1:c"
       input_stream_handler { input_stream_handler: "MuxInputStreamHandler" } }
node { calculator: "SampleTupleCalculator" output_stream: "OUT:x"
       input_stream: "IN:0:a" input_stream: "IN:1:c"
       input_stream_handler { input_stream_handler: "EarlyCloseInputStreamHandler" } }
"""
GRAPHS = {"whole": WHOLE, "loop": LOOP, "flow": FLOW, "gate": GATE, "switch": SWITCH, "handlers": HANDLERS}
"""Name → text of a graph."""
