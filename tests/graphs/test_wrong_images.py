"""Images that are no RGB: the face mesh graphs refuse them when they are added."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorGraph
from attention_mesh.framework.errors import InputValueError
from attention_mesh.framework.resources import find_resource
from attention_mesh.python_bindings.mediapipe_api import packet_creator
from attention_mesh.python_bindings.mediapipe_api.calculator_graph import CalculatorGraph as MediapipeGraph
from attention_mesh.python_bindings.mediapipe_api.image_format import ImageFormat

GRAPHS = [
    "face_mesh",
    "face_mesh_still",
    "face_mesh_two_pass",
    "face_mesh_best",
    "face_mesh_render",
    "face_mesh_two_pass_render",
]
GRAY = np.zeros((64, 96), np.uint8)


def path_of(name):
    return find_resource(f"graphs/face_mesh/{name}.pbtxt")


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize(
    ("image", "hint"),
    [
        (GRAY, "cv2.COLOR_GRAY2RGB"),
        (np.zeros((64, 96, 3), np.float32), "expected .H, W, 3. uint8, RGB"),
        (np.zeros((0, 96, 3), np.uint8), "no pixels"),
    ],
)
def test_a_face_mesh_graph_refuses_it_where_it_enters(name, image, hint):
    with CalculatorGraph(path_of(name)) as graph:
        graph.start_run({"num_faces": 1})
        with pytest.raises(InputValueError, match=f'graph input "image": the image .*{hint}'):
            graph.add_packet("image", image, 0)


@pytest.mark.parametrize("image_format", [ImageFormat.GRAY8, ImageFormat.GRAY16, ImageFormat.VEC32F1])
def test_a_gray_image_in_a_graph_of_faces_is_refused_with_the_line_that_makes_it_rgb(image_format):
    config = """input_stream: "image" output_stream: "mesh" input_side_packet: "num_faces"
      node { calculator: "FaceMesh" input_stream: "IMAGE:image" output_stream: "LANDMARKS:mesh"
        input_side_packet: "NUM_FACES:num_faces" }"""
    graph = MediapipeGraph(graph_config=config)
    graph.start_run({"num_faces": packet_creator.create_int(1)})
    gray = np.zeros((48, 64), image_format.dtype)
    frame = packet_creator.create_image_frame(gray, image_format=image_format)
    with pytest.raises(ValueError, match='graph input "image": the image .*cv2.COLOR_GRAY2RGB'):
        graph.add_packet_to_input_stream("image", frame.at(0))
    graph.close()  # the run is not harmed
