"""Poses and metric meshes as MediaPipe's face geometry messages."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from google.protobuf.message import DecodeError, Message
from google.protobuf.text_format import ParseError

from attention_mesh.calculators.face.face_geometry_env_generator_calculator import environment_camera
from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.framework.protos import parse_bytes, parse_text
from attention_mesh.framework.resources import find_resource
from attention_mesh.geometry.face_geometry_pipeline import FaceGeometryPipeline
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.limits import MAX_TEXT_BYTES, read_file, read_text_file
from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.models.topology.face_topology import (
    NUM_LANDMARKS,
    NUM_LANDMARKS_WITH_IRISES,
    FaceTopology,
)
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.models.topology.pose_weights import pose_weights

if TYPE_CHECKING:
    from attention_mesh.calculators.proto.environment_pb2 import Environment
    from attention_mesh.calculators.proto.face_geometry_pb2 import FaceGeometry
    from attention_mesh.calculators.proto.geometry_pipeline_metadata_pb2 import GeometryPipelineMetadata

_log = logging.getLogger(__name__)
_VERTEX_SIZE = 5  # x, y, z, u, v
# Names of MediaPipe's files, which do not come with its package.
_DETECTION_FILE = "geometry_pipeline_metadata_detection"
_LANDMARKS_BY_FILE = {
    "geometry_pipeline_metadata": NUM_LANDMARKS,
    "geometry_pipeline_metadata_landmarks": NUM_LANDMARKS,
    "geometry_pipeline_metadata_including_iris_landmarks": NUM_LANDMARKS_WITH_IRISES,
}
_NEWER_NAMES = {"geometry_pipeline_metadata": "geometry_pipeline_metadata_landmarks"}
# Triangles over a detection's key points: eyes, nose, mouth, ears, the right ones first.
_KEY_POINT_TRIANGLES = np.array([[0, 2, 1], [0, 3, 2], [1, 2, 3], [0, 4, 3], [1, 3, 5]])


@calculator
class FaceGeometryPipelineCalculator(Calculator):
    """Fits the canonical face of a metadata file to the landmarks of every face.

    MediaPipe's node of this name. `FacePoseCalculator` does the same for graphs of our own, with arrays.

    The metadata file is looked up as it stands and below the resource folder. In place of a missing
    .binarypb, a .pbtxt of the same name is read, as it lies in MediaPipe's source. If there is neither, and
    the name is that of one of MediaPipe's files, then the package's own canonical face is fitted.

    Inputs: MULTI_FACE_LANDMARKS; IMAGE_SIZE.
    Input side packets: ENVIRONMENT, a message `mediapipe.face_geometry.Environment`.
    Outputs: MULTI_FACE_GEOMETRY, without faces that are smaller than a thousandth of the image; empty if an
      input is.
    Options: `metadata_path`.

    Example::

        node {
          calculator: "FaceGeometryPipelineCalculator"
          input_side_packet: "ENVIRONMENT:environment"
          input_stream: "IMAGE_SIZE:image_size"
          input_stream: "MULTI_FACE_LANDMARKS:multi_face_landmarks"
          output_stream: "MULTI_FACE_GEOMETRY:multi_face_geometry"
          node_options {
            [type.googleapis.com/mediapipe.FaceGeometryPipelineCalculatorOptions] {
              metadata_path: "face_geometry/data/geometry_pipeline_metadata_landmarks.binarypb"
            }
          }
        }
    """

    environment = SideInput("ENVIRONMENT", Message)  # mediapipe.face_geometry.Environment
    image_size = Input("IMAGE_SIZE", tuple)  # (width, height), pixels
    landmarks = Input(
        "MULTI_FACE_LANDMARKS", NormalizedLandmarks
    )  # (F, N, 3), N as the file's canonical face
    geometry = Output("MULTI_FACE_GEOMETRY", list)  # messages mediapipe.face_geometry.FaceGeometry, up to F
    timestamp_offset = 0

    Options = "mediapipe.FaceGeometryPipelineCalculatorOptions"

    def open(self) -> None:
        from attention_mesh.calculators.proto.environment_pb2 import TOP_LEFT_CORNER
        from attention_mesh.calculators.proto.geometry_pipeline_metadata_pb2 import FACE_DETECTION_PIPELINE

        path = self.options.metadata_path
        metadata = _read(path)
        if metadata is None and (metadata := _own_face(Path(path).stem)) is not None:
            _log.warning('there is no file "%s"; the package\'s own canonical face is fitted', path)
        if metadata is None:
            raise FileNotFoundError(
                f'metadata_path "{path}" is no file, neither as it stands nor below the resource folder. '
                "MediaPipe's source has it as .pbtxt in mediapipe/modules/face_geometry/data"
            )
        self._mesh = metadata.canonical_mesh
        environment = cast("Environment", self.environment.value)
        camera = environment_camera(environment)
        try:
            vertices, weights = canonical_of(metadata)
            self._pipeline = FaceGeometryPipeline(
                vertices[:, :3],
                weights,
                camera,
                y_down=environment.origin_point_location == TOP_LEFT_CORNER,
                has_depth=metadata.input_source != FACE_DETECTION_PIPELINE,
            )
        except ValueError as error:
            raise ValueError(f'metadata_path "{path}": {error}') from error
        self._vertices = vertices

    def process(self) -> None:
        if self.image_size.is_empty or self.landmarks.is_empty:
            return
        points, poses = self._pipeline.find(self.landmarks.value.points, self.image_size.value)
        self.geometry.send([self._message(face, pose) for face, pose in zip(points, poses, strict=True)])

    def _message(self, points: np.ndarray, pose: np.ndarray) -> "FaceGeometry":
        from attention_mesh.calculators.proto.face_geometry_pb2 import FaceGeometry

        message = FaceGeometry()
        mesh, matrix = message.mesh, message.pose_transform_matrix
        mesh.vertex_type, mesh.primitive_type = self._mesh.vertex_type, self._mesh.primitive_type
        mesh.vertex_buffer.extend(np.concatenate([points, self._vertices[:, 3:]], 1).ravel().tolist())
        mesh.index_buffer.extend(self._mesh.index_buffer)
        matrix.rows = matrix.cols = 4
        matrix.packed_data.extend(pose.T.ravel().tolist())  # column by column
        return message


def _read(path: str) -> "GeometryPipelineMetadata | None":
    """The file's message, or None if there is no file."""
    from attention_mesh.calculators.proto.geometry_pipeline_metadata_pb2 import GeometryPipelineMetadata

    for name in _names(path):
        file = find_resource(name)
        if file is None:
            continue
        try:
            if file.suffix == ".pbtxt":
                return parse_text(read_text_file(file), GeometryPipelineMetadata())
            return parse_bytes(read_file(file, MAX_TEXT_BYTES), GeometryPipelineMetadata())
        except (DecodeError, ParseError, UnicodeDecodeError) as error:
            raise ValueError(f"{file} is no GeometryPipelineMetadata: {error}") from error
    return None


def _names(path: str) -> list[str]:
    """The file names under which the metadata may lie."""
    if not path:
        return []
    given = Path(path)
    names = [path, str(given.with_suffix(".pbtxt"))]
    if given.stem in _NEWER_NAMES:  # MediaPipe's build makes the older file from the newer one's text
        names.append(str(given.with_name(f"{_NEWER_NAMES[given.stem]}.pbtxt")))
    return names


def _own_face(name: str) -> "GeometryPipelineMetadata | None":
    """The package's canonical face in place of a file of MediaPipe's; None for other names."""
    from attention_mesh.calculators.proto.geometry_pipeline_metadata_pb2 import (
        FACE_DETECTION_PIPELINE,
        GeometryPipelineMetadata,
    )

    face, metadata = canonical_face(), GeometryPipelineMetadata()
    vertices, triangles = np.concatenate([face.vertices, face.uv], 1), face.triangles
    if name == _DETECTION_FILE:
        metadata.input_source = FACE_DETECTION_PIPELINE
        groups, nose = landmark_groups(), FaceTopology.load().names["nose_tip"]
        right_ear, left_ear = groups["face_sides"]
        places = ("right_eye_corners", "left_eye_corners", [nose], "mouth_corners", [right_ear], [left_ear])
        marks = [groups[place] if isinstance(place, str) else place for place in places]
        vertices, triangles = np.array([vertices[mark].mean(0) for mark in marks]), _KEY_POINT_TRIANGLES
        weights = np.ones(len(marks))
    elif name in _LANDMARKS_BY_FILE:
        count = _LANDMARKS_BY_FILE[name]
        vertices, weights = vertices[:count], pose_weights()[:count]
    else:
        return None
    metadata.canonical_mesh.vertex_buffer.extend(vertices.ravel().tolist())
    metadata.canonical_mesh.index_buffer.extend(triangles.ravel().tolist())
    for landmark, weight in enumerate(weights.tolist()):
        metadata.procrustes_landmark_basis.add(landmark_id=landmark, weight=weight)
    return metadata


def canonical_of(metadata: "GeometryPipelineMetadata") -> tuple[np.ndarray, np.ndarray]:
    """Vertices (N, 5) float32, x, y, z in cm and u, v, and weights (N,) float64 of the landmarks.

    Raises:
      ValueError: the mesh is no list of triangles over whole vertices, or the weights are none.
    """
    mesh = metadata.canonical_mesh
    if not mesh.vertex_buffer or len(mesh.vertex_buffer) % _VERTEX_SIZE:
        raise ValueError(
            f"canonical_mesh has {len(mesh.vertex_buffer)} vertex numbers; expected 5 per vertex"
        )
    vertices = np.array(mesh.vertex_buffer, np.float32).reshape(-1, _VERTEX_SIZE)
    if len(mesh.index_buffer) % 3 or max(mesh.index_buffer, default=0) >= len(vertices):
        raise ValueError(
            f"canonical_mesh has {len(mesh.index_buffer)} indices up to {max(mesh.index_buffer)}; expected 3 "
            f"per triangle, below {len(vertices)}"
        )
    weights = np.zeros(len(vertices))
    for entry in metadata.procrustes_landmark_basis:
        if entry.landmark_id >= len(vertices):
            raise ValueError(
                f"procrustes_landmark_basis names landmark {entry.landmark_id} of {len(vertices)} vertices"
            )
        weights[entry.landmark_id] = entry.weight
    return vertices, weights
