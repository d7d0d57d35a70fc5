"""A calculator of your own behind the face mesh, in a graph: python examples/own_calculator.py film.mp4

The graph finds the face, the calculator measures how far its mouth is open, and the program prints that
for every frame.
"""

import sys

import cv2
import numpy as np

from attention_mesh.framework import Calculator, CalculatorGraph, Input, Output, calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks


@calculator
class MouthOpeningCalculator(Calculator):
    landmarks = Input("LANDMARKS", NormalizedLandmarks)  # points: (F, 478, 3), in parts of the frame
    opening = Output("OPENING", np.ndarray)  # (F,) float32: 0 is closed, about 1 is wide open

    def process(self) -> None:
        points = self.landmarks.value.points
        height = np.linalg.norm(points[:, 13] - points[:, 14], axis=1)  # between the lips
        width = np.linalg.norm(points[:, 61] - points[:, 291], axis=1)  # between the corners
        self.opening.send(height / width)


GRAPH = """
  input_stream: "image" input_side_packet: "num_faces" output_stream: "opening"
  node {
    calculator: "FaceMesh" input_stream: "IMAGE:image" input_side_packet: "NUM_FACES:num_faces"
    output_stream: "LANDMARKS:landmarks"
  }
  node {
    calculator: "MouthOpeningCalculator" input_stream: "LANDMARKS:landmarks" output_stream: "OPENING:opening"
  }
"""
if len(sys.argv) != 2:
    sys.exit(__doc__)
video = cv2.VideoCapture(sys.argv[1])
if not video.isOpened():
    sys.exit(f"{sys.argv[1]} is not a film that OpenCV can read")
with CalculatorGraph(graph_config=GRAPH) as graph:
    graph.observe_output_stream("opening", lambda packet: print(packet.timestamp, "µs:", packet.value))
    graph.start_run({"num_faces": 2})
    while (frame := video.read()[1]) is not None:
        timestamp_us = round(video.get(cv2.CAP_PROP_POS_MSEC) * 1000)
        graph.add_packet("image", cv2.cvtColor(frame, cv2.COLOR_BGR2RGB), timestamp_us)
    # Leaving the block waits until every frame has been processed.
