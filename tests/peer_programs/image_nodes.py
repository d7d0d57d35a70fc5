"""For MediaPipe's Python: runs each case's node on its image (and shapes), and writes what comes out.

image_nodes.py CASES.npz OUTPUT.npz; see `peer_images` in conftest.py.
"""

import json
import sys

import mediapipe as mp
import numpy as np
from google.protobuf import text_format
from mediapipe.python import CalculatorGraph, packet_creator, packet_getter
from mediapipe.util import render_data_pb2

FORMATS = {2: mp.ImageFormat.GRAY8, 3: mp.ImageFormat.SRGB, 4: mp.ImageFormat.SRGBA}


def run(node: str, shapes: str, image: np.ndarray) -> np.ndarray:
    streams = 'input_stream: "image" output_stream: "result"' + (' input_stream: "shapes"' if shapes else "")
    graph = CalculatorGraph(graph_config=f"{streams} node {{ {node} }}")
    results = []
    graph.observe_output_stream(
        "result", lambda _, packet: results.append(packet_getter.get_image_frame(packet).numpy_view().copy())
    )
    graph.start_run()
    image_format = FORMATS[2 if image.ndim == 2 else image.shape[2]]
    frame = mp.ImageFrame(image_format=image_format, data=np.ascontiguousarray(image))
    graph.add_packet_to_input_stream("image", packet_creator.create_image_frame(frame).at(0))
    if shapes:
        data = text_format.Parse(shapes, render_data_pb2.RenderData())
        graph.add_packet_to_input_stream("shapes", packet_creator.create_proto(data).at(0))
    graph.close_all_packet_sources()
    graph.wait_until_done()
    return results[0]


with np.load(sys.argv[1]) as given:
    texts = json.loads(str(given["cases"]))
    outputs = {
        f"image{index}": run(node, shapes, given[f"image{index}"])
        for index, (node, shapes) in enumerate(texts)
    }
np.savez(sys.argv[2], **outputs)
