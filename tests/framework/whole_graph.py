"""The text of a graph that has every part a config can have."""

from attention_mesh.tests.framework import sample_calculators  # noqa: F401  (registers its options)

WHOLE = """
# Every part of a config.
type: "WholeGraph"
package: "mediapipe"
input_stream: "IN:numbers"
output_stream: "OUT:scaled"
input_side_packet: "LIMIT:limit"
output_side_packet: "TABLE:table"
num_threads: 3
max_queue_size: 7
report_deadlock: true
executor {
  name: "other"
  type: "ThreadPoolExecutor"
  options { [mediapipe.ThreadPoolExecutorOptions.ext] { num_threads: 2 } }
}
input_stream_handler { input_stream_handler: "FixedSizeInputStreamHandler" }
profiler_config { enable_profiler: true }
graph_options { [type.googleapis.com/attention_mesh.SampleScaleCalculatorOptions] { factor: 9 } }
node {
  name: "scaler"
  calculator: "SampleScaleCalculator"
  input_stream: "IN:numbers"
  input_stream_info { tag_index: "IN" back_edge: true }
  input_stream_handler {
    input_stream_handler: "SyncSetInputStreamHandler"
    options { [mediapipe.SyncSetInputStreamHandlerOptions.ext] { sync_set { tag_index: "IN" } } }
  }
  output_stream: "OUT:scaled"
  executor: "other"
  source_layer: 2
  option_value: "factor:options/factor"
  node_options {
    [type.googleapis.com/attention_mesh.SampleScaleCalculatorOptions] { factor: -3 names: "a" names: "b" }
  }
}
"""
