"""Which landmark network to run, as a side packet."""

from attention_mesh.framework import Calculator, SideInput, SideOutput, calculator
from attention_mesh.models.weights import model_path


@calculator
class FaceLandmarkModelCalculator(Calculator):
    """Names the file of the attention network (478 landmarks) or of the plain one (468).

    The official weights, in the form that takes images as bytes; fetched and converted on first use.

    Example::

        node {
          calculator: "FaceLandmarkModelCalculator"
          input_side_packet: "WITH_ATTENTION:with_attention"
          output_side_packet: "MODEL:model"
        }
    """

    with_attention = SideInput("WITH_ATTENTION", bool, optional=True)  # default true
    model = SideOutput("MODEL", str)  # path of a .tflite file

    def open(self) -> None:
        attention = self.with_attention.value if self.with_attention.connected else True
        name = "face_landmark_with_attention" if attention else "face_landmark"
        self.model.set(str(model_path(name, byte_input=True)))
