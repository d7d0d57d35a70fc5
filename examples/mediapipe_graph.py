"""Runs a graph written for MediaPipe on a film: python examples/mediapipe_graph.py GRAPH.pbtxt film.mp4

MediaPipe's own face_mesh_desktop_live.pbtxt works. So does face_mesh_desktop.pbtxt beside this file, which
uses the same nodes. The program prints where each face's nose is.
"""

import sys

import cv2

import attention_mesh

attention_mesh.install_as("mediapipe")  # before anything imports mediapipe

import mediapipe as mp  # noqa: E402
from mediapipe.python import packet_creator, packet_getter  # noqa: E402


def print_noses(stream: str, packet: mp.Packet) -> None:
    for face in packet_getter.get_proto_list(packet):
        nose = face.landmark[1]
        print(f"{packet.timestamp.microseconds()} µs: ({nose.x:.3f}, {nose.y:.3f})")


if len(sys.argv) != 3:
    sys.exit(__doc__)
graph_file, film = sys.argv[1:]
video = cv2.VideoCapture(film)
if not video.isOpened():
    sys.exit(f"{film} is not a film that OpenCV can read")
with open(graph_file) as text, mp.CalculatorGraph(graph_config=text.read()) as graph:
    graph.observe_output_stream("multi_face_landmarks", print_noses)
    graph.start_run()
    while (frame := video.read()[1]) is not None:
        timestamp_us = round(video.get(cv2.CAP_PROP_POS_MSEC) * 1000)
        image = mp.ImageFrame(image_format=mp.ImageFormat.SRGB, data=cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))
        packet = packet_creator.create_image_frame(image).at(timestamp_us)
        graph.add_packet_to_input_stream("input_video", packet)
        graph.wait_until_idle()  # the graph drops frames that arrive while it is busy
