"""Images that are no RGB: the face mesh graphs refuse them when they are added."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorGraph
from attention_mesh.framework.errors import InputValueError
from attention_mesh.framework.resources import find_resource

GRAPHS = [
    "face_mesh",
    "face_mesh_still",
    "face_mesh_two_pass",
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
