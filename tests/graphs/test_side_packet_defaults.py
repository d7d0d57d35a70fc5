"""Built-in graphs without side packets: each has defaults, the same ones as the Python API's."""

from pathlib import Path

import numpy as np
import pytest

import attention_mesh.calculators  # noqa: F401
from attention_mesh.framework import CalculatorGraph, ConfigError, ValidatedGraph
from attention_mesh.framework.graph_config import load_graph_config
from attention_mesh.python_bindings.landmarker.face_mesh_graph import face_mesh_side_packets

GRAPHS = Path(attention_mesh.calculators.__file__).parents[1] / "graphs"
BUILT_IN = [file for folder in ("face_mesh", "face_detection") for file in (GRAPHS / folder).glob("*.pbtxt")]
OWN_GRAPH = """
input_stream: "IMAGE:image"
output_stream: "LANDMARKS:landmarks"
node { calculator: "FaceMesh" input_stream: "IMAGE:image" output_stream: "LANDMARKS:landmarks" }
"""


def around(file: Path) -> str:
    """A user's graph with one node, the built-in graph, whose streams alone are connected."""
    inner = load_graph_config(file)
    ports = [f'input_stream: "{entry}"' for entry in inner.input_stream]
    ports += [f'output_stream: "{entry}"' for entry in inner.output_stream]
    return "\n".join([*ports, f'node {{ calculator: "{inner.type}"', *ports, "}"])


@pytest.mark.parametrize("file", BUILT_IN, ids=lambda file: file.stem)
def test_every_built_in_graph_is_a_subgraph_that_needs_no_side_packet(file):
    if file.stem == "face_puppet":
        with pytest.raises(ConfigError) as caught:  # nobody knows where a puppet's face is to be sent
            ValidatedGraph(around(file))
        assert "NUM_FACES" not in str(caught.value)
    else:
        ValidatedGraph(around(file)).check_side_packets({})


def test_the_defaults_of_a_side_packet_are_the_same_at_all_nodes_and_those_of_the_python_api():
    expected = face_mesh_side_packets()
    options = {"spare_candidates": "spare", "detector": "detector", "weights": "weights"}
    checked = set()
    for name in ("face_mesh", "face_mesh_two_pass", "face_mesh_on_gpu"):
        for node in ValidatedGraph(GRAPHS / "face_mesh" / f"{name}.pbtxt").nodes:
            for connection in node.side_inputs:
                side_packet, port = connection.entry.name, connection.port
                if port.default is not None and side_packet in expected:
                    assert port.default == expected[side_packet], (node.name, side_packet)
                    checked.add(side_packet)
                elif side_packet in options:
                    assert getattr(node.options, options[side_packet]) == expected[side_packet], node.name
                    checked.add(side_packet)
    assert checked >= {"num_faces", "use_prev_landmarks", "smooth_landmarks", *options}


def landmarks_of(graph_config, side_packets: dict, image: np.ndarray, frames: int) -> np.ndarray:
    found = []
    with CalculatorGraph(graph_config, scheduler="caller") as graph:
        graph.observe_output_stream("landmarks", lambda packet: found.append(packet.value.points))
        graph.start_run(side_packets)
        for index in range(frames):
            graph.add_packet("image", image, index * 33_333)
    return np.concatenate(found)


def test_a_face_mesh_of_five_lines_gives_what_the_graph_with_all_side_packets_gives(astronaut):
    own = landmarks_of(OWN_GRAPH, {}, astronaut, 2)
    expected = landmarks_of(GRAPHS / "face_mesh" / "face_mesh.pbtxt", face_mesh_side_packets(), astronaut, 2)
    assert own.shape == (2, 478, 3)
    assert np.array_equal(own, expected)


def test_spare_candidates_without_num_faces_are_no_further_faces(astronaut):
    """Two people in the picture, one asked for by default: the spare candidates must not bring the other."""
    pair = np.concatenate([astronaut, astronaut[:, ::-1]], axis=1)
    assert landmarks_of(OWN_GRAPH, {}, pair, 1).shape == (1, 478, 3)
