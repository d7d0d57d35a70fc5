"""Head poses and metric faces of the landmarks of a frame."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.geometry.head_pose import metric_faces
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.perspective_camera import PerspectiveCamera
from attention_mesh.geometry.procrustes import WeightedProcrustes
from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.models.topology.face_topology import NUM_LANDMARKS, NUM_LANDMARKS_WITH_IRISES
from attention_mesh.models.topology.pose_weights import pose_weights


@calculator
class FacePoseCalculator(Calculator):
    """Fits the canonical face to the landmarks of every face: where the heads are, and how they are turned.

    The poses map canonical coordinates to the frame of a virtual camera at the origin: x to the right of the
    picture, y up, z toward the viewer, all in cm. `metric_faces` says how they are found.

    Inputs: LANDMARKS; IMAGE_SIZE.
    Outputs: POSES; METRIC_LANDMARKS, the faces without their poses, in the frame of the canonical face. Both
    are
      empty if an input is.
    Input side packets: VERTICAL_FOV_DEGREES, which overrides the option.
    Options: `vertical_fov_degrees`, the camera's angle of view; MediaPipe's 63 by default. It decides the
    distances, and a little how turned the heads are.

    Example::

        node {
          calculator: "FacePoseCalculator"
          input_stream: "LANDMARKS:landmarks"
          input_stream: "IMAGE_SIZE:image_size"
          output_stream: "POSES:poses"
          output_stream: "METRIC_LANDMARKS:metric_landmarks"
        }
    """

    landmarks = Input("LANDMARKS", NormalizedLandmarks)  # (F, 478 or 468, 3)
    image_size = Input("IMAGE_SIZE", tuple)  # (width, height), pixels
    vertical_fov_degrees = SideInput("VERTICAL_FOV_DEGREES", float, optional=True)
    poses = Output("POSES", np.ndarray)  # (F, 4, 4) float32, rotation and translation in cm, column vectors
    metric_landmarks = Output("METRIC_LANDMARKS", np.ndarray)  # (F, 478 or 468, 3) float32, cm
    timestamp_offset = 0

    class Options:
        vertical_fov_degrees: float = 63.0  # above 0, below 180

    def open(self) -> None:
        given = self.vertical_fov_degrees
        self._camera = PerspectiveCamera(
            given.value if given.connected else self.options.vertical_fov_degrees
        )
        vertices, weights = canonical_face().vertices, pose_weights()
        self._bases = {
            count: WeightedProcrustes(vertices[:count], weights[:count])
            for count in (NUM_LANDMARKS, NUM_LANDMARKS_WITH_IRISES)
        }

    def process(self) -> None:
        if self.landmarks.is_empty or self.image_size.is_empty:
            return
        landmarks = self.landmarks.value.points
        basis = self._bases.get(landmarks.shape[1])
        if basis is None:
            raise ValueError(
                f"{landmarks.shape[1]} landmarks per face; expected {NUM_LANDMARKS} or "
                f"{NUM_LANDMARKS_WITH_IRISES}"
            )
        faces = metric_faces(landmarks, self.image_size.value, basis, self._camera)
        self.poses.send(faces.poses)
        self.metric_landmarks.send(faces.points)
