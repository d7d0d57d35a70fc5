"""FaceGeometryEnvGeneratorCalculator: the camera of its options."""

import pytest

from attention_mesh.framework import CalculatorGraph, ConfigError

NODE = """
node {{
  calculator: "FaceGeometryEnvGeneratorCalculator"
  output_side_packet: "ENVIRONMENT:environment"
  options {{ [mediapipe.FaceGeometryEnvGeneratorCalculatorOptions.ext] {{ environment {{
    origin_point_location: TOP_LEFT_CORNER
    perspective_camera {{ {camera} }}
  }} }} }}
}}
"""


def test_the_environment_is_a_side_packet():
    graph = CalculatorGraph(
        graph_config=NODE.format(camera="vertical_fov_degrees: 50 near: 2 far: 300"), scheduler="caller"
    )
    graph.start_run({})
    graph.wait_until_done()
    environment = graph.side_packet("environment")
    assert environment.DESCRIPTOR.full_name == "mediapipe.face_geometry.Environment"
    camera = environment.perspective_camera
    assert (camera.vertical_fov_degrees, camera.near, camera.far) == (50, 2, 300)
    assert environment.origin_point_location == 2


@pytest.mark.parametrize(
    ("camera", "message"),
    [
        ("near: 1 far: 10", "vertical_fov_degrees is 0.0; expected a number between 0 and 180"),
        ("vertical_fov_degrees: 180 near: 1 far: 10", "between 0 and 180"),
        ("vertical_fov_degrees: 63 near: 5 far: 5", "expected 0 < near_cm < far_cm"),
        ("vertical_fov_degrees: 63 far: 5", "expected 0 < near_cm < far_cm"),
    ],
)
def test_a_wrong_camera_is_an_error_of_the_graph(camera: str, message: str):
    with pytest.raises(ConfigError, match=message):
        CalculatorGraph(graph_config=NODE.format(camera=camera))
