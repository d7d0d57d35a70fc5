"""The operators' side packet that MediaPipe's graphs ask for."""

import pytest

from attention_mesh.framework import CalculatorGraph, ConfigError, parse_graph_config

GRAPH = """
    node {{
      calculator: "TfLiteCustomOpResolverCalculator"
      {outputs}
      options {{ [mediapipe.TfLiteCustomOpResolverCalculatorOptions.ext] {{ use_gpu: false }} }}
    }}
    node {{
      calculator: "InferenceCalculator"
      input_stream: "TENSORS:tensors"
      output_stream: "TENSORS:outputs"
      input_side_packet: "OP_RESOLVER:resolver"
      options {{ [mediapipe.InferenceCalculatorOptions.ext] {{ model_path: "face_landmark" }} }}
    }}
    input_stream: "tensors"
"""


@pytest.mark.parametrize("output", ["OP_RESOLVER:resolver", "resolver"])
def test_an_inference_node_takes_it(output):
    config = parse_graph_config(GRAPH.format(outputs=f'output_side_packet: "{output}"'))
    graph = CalculatorGraph(graph_config=config)
    graph.start_run()
    graph.close_all_packet_sources()
    graph.wait_until_done()


def test_one_output():
    outputs = 'output_side_packet: "OP_RESOLVER:resolver" output_side_packet: "other"'
    with pytest.raises(ConfigError, match="one output side packet"):
        CalculatorGraph(graph_config=parse_graph_config(GRAPH.format(outputs=outputs)))
