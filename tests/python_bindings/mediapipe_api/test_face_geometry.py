"""Face geometry in a program for MediaPipe's Python framework: messages in, messages out."""

import numpy as np

from attention_mesh.calculators.proto import environment_pb2
from attention_mesh.geometry.head_pose import euler_angles
from attention_mesh.python_bindings.mediapipe_api import packet_creator, packet_getter
from attention_mesh.python_bindings.mediapipe_api.calculator_graph import CalculatorGraph
from attention_mesh.python_bindings.mediapipe_api.image_format import ImageFormat

GRAPH = """
    input_stream: "image" input_side_packet: "environment" output_stream: "geometry"
    node { calculator: "ImagePropertiesCalculator" input_stream: "IMAGE:image" output_stream: "SIZE:size" }
    node { calculator: "FaceLandmarkFrontCpu" input_stream: "IMAGE:image" output_stream: "LANDMARKS:faces" }
    node {
      calculator: "FaceGeometryFromLandmarks"
      input_stream: "IMAGE_SIZE:size"
      input_stream: "MULTI_FACE_LANDMARKS:faces"
      input_side_packet: "ENVIRONMENT:environment"
      output_stream: "MULTI_FACE_GEOMETRY:geometry"
    }
"""


def test_a_program_gets_the_pose_of_a_face(astronaut):
    environment = environment_pb2.Environment(origin_point_location=environment_pb2.TOP_LEFT_CORNER)
    camera = environment.perspective_camera
    camera.vertical_fov_degrees, camera.near, camera.far = 63, 1, 10_000
    found = []
    graph = CalculatorGraph(graph_config=GRAPH)
    graph.observe_output_stream(
        "geometry", lambda _, packet: found.extend(packet_getter.get_proto_list(packet))
    )
    graph.start_run({"environment": packet_creator.create_proto(environment)})
    image = packet_creator.create_image_frame(image_format=ImageFormat.SRGB, data=astronaut)
    graph.add_packet_to_input_stream("image", image.at(0))
    graph.close_all_packet_sources()
    graph.wait_until_done()
    (face,) = found
    assert len(face.mesh.vertex_buffer) == 468 * 5
    pose = np.reshape(face.pose_transform_matrix.packed_data, (1, 4, 4)).transpose(0, 2, 1)
    pitch, yaw, roll = np.degrees(euler_angles(pose))[0]
    # Her face is high in the picture: 18 degrees above the camera's axis. She looks into the lens.
    assert -25 < pitch < -5 and abs(yaw) < 6 and abs(roll) < 10
