"""What MediaPipe's face geometry pipeline finds: `python face_geometry.py cases.npz official.npz`.

Runs in mediapipe's environment. cases.npz holds `metadata`, the bytes of a GeometryPipelineMetadata;
`landmarks` (F, N, 3) normalized; `size` (2,), width and height; `top_left`, whether y is 0 at the top; `fov`.
official.npz gets `poses` (F, 4, 4) and `vertices` (F, N, 5).
"""

import sys

import mediapipe as mp
import numpy as np
from mediapipe.framework import calculator_pb2
from mediapipe.framework.formats import landmark_pb2
from mediapipe.python import packet_creator, packet_getter
from mediapipe.tasks.cc.vision.face_geometry.calculators import env_generator_calculator_pb2 as env_pb2
from mediapipe.tasks.cc.vision.face_geometry.calculators import (
    geometry_pipeline_calculator_pb2 as pipeline_pb2,
)
from mediapipe.tasks.cc.vision.face_geometry.proto import environment_pb2

PACKAGE = "mediapipe.tasks.vision.face_geometry"


def graph_of(cases) -> calculator_pb2.CalculatorGraphConfig:
    config = calculator_pb2.CalculatorGraphConfig(
        input_stream=["image", "landmarks"], output_stream=["geometry"]
    )
    config.node.add(
        calculator="ImagePropertiesCalculator", input_stream=["IMAGE:image"], output_stream=["SIZE:size"]
    )
    node = config.node.add(
        calculator=f"{PACKAGE}.FaceGeometryEnvGeneratorCalculator",
        output_side_packet=["ENVIRONMENT:environment"],
    )
    environment = node.options.Extensions[env_pb2.FaceGeometryEnvGeneratorCalculatorOptions.ext].environment
    environment.origin_point_location = (
        environment_pb2.TOP_LEFT_CORNER if cases["top_left"] else environment_pb2.BOTTOM_LEFT_CORNER
    )
    camera = environment.perspective_camera
    camera.vertical_fov_degrees, camera.near, camera.far = float(cases["fov"]), 1, 10000
    node = config.node.add(
        calculator=f"{PACKAGE}.FaceGeometryPipelineCalculator",
        input_side_packet=["ENVIRONMENT:environment"],
        input_stream=["IMAGE_SIZE:size", "FACE_LANDMARKS:landmarks"],
        output_stream=["FACE_GEOMETRY:geometry"],
    )
    options = node.options.Extensions[pipeline_pb2.FaceGeometryPipelineCalculatorOptions.ext]
    options.metadata_file.file_content = cases["metadata"].tobytes()
    return config


def main() -> None:
    cases = np.load(sys.argv[1])
    width, height = cases["size"].tolist()
    image = packet_creator.create_image_frame(
        image_format=mp.ImageFormat.SRGB, data=np.zeros((height, width, 3), np.uint8)
    )
    found = []
    graph = mp.CalculatorGraph(graph_config=graph_of(cases))
    graph.observe_output_stream("geometry", lambda _, packet: found.append(packet_getter.get_proto(packet)))
    graph.start_run()
    for time, face in enumerate(cases["landmarks"].tolist()):
        landmarks = landmark_pb2.NormalizedLandmarkList()
        for x, y, z in face:
            landmarks.landmark.add(x=x, y=y, z=z)
        graph.add_packet_to_input_stream("image", image.at(time))
        graph.add_packet_to_input_stream("landmarks", packet_creator.create_proto(landmarks).at(time))
    graph.close_all_packet_sources()
    graph.wait_until_done()
    np.savez(
        sys.argv[2],
        poses=[np.reshape(face.pose_transform_matrix.packed_data, (4, 4)).T for face in found],
        vertices=[np.reshape(face.mesh.vertex_buffer, (-1, 5)) for face in found],
    )


if __name__ == "__main__":
    main()
