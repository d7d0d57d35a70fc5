"""The virtual camera for face geometry."""

from typing import TYPE_CHECKING

from google.protobuf.message import Message

from attention_mesh.framework import Calculator, SideOutput, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.perspective_camera import PerspectiveCamera

if TYPE_CHECKING:
    from attention_mesh.calculators.proto.environment_pb2 import Environment

_ENVIRONMENT = "mediapipe.face_geometry.Environment"


@calculator
class FaceGeometryEnvGeneratorCalculator(Calculator):
    """Hands on the camera that its options describe.

    MediaPipe's node of this name.

    Output side packets: ENVIRONMENT, a message `mediapipe.face_geometry.Environment`.
    Options: `environment`; its angle of view and its distances must be set.

    Example::

        node {
          calculator: "FaceGeometryEnvGeneratorCalculator"
          output_side_packet: "ENVIRONMENT:environment"
          node_options {
            [type.googleapis.com/mediapipe.FaceGeometryEnvGeneratorCalculatorOptions] {
              environment {
                origin_point_location: TOP_LEFT_CORNER
                perspective_camera { vertical_fov_degrees: 63 near: 1 far: 10000 }
              }
            }
          }
        }
    """

    environment = SideOutput("ENVIRONMENT", Message)  # mediapipe.face_geometry.Environment

    Options = "mediapipe.FaceGeometryEnvGeneratorCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        environment_camera(node.options.environment)

    def open(self) -> None:
        self.environment.set(self.options.environment)


def environment_camera(environment: "Environment") -> PerspectiveCamera:
    """The camera of a message.

    Raises:
      ValueError: it is another message, or the angle of view or the distances are missing or out of range.
    """
    if environment.DESCRIPTOR.full_name != _ENVIRONMENT:
        raise ValueError(
            f"ENVIRONMENT is a message {environment.DESCRIPTOR.full_name}; expected {_ENVIRONMENT}"
        )
    camera = environment.perspective_camera
    try:
        return PerspectiveCamera(camera.vertical_fov_degrees, camera.near, camera.far)
    except ValueError as error:
        raise ValueError(f"environment.perspective_camera: {error}") from error
