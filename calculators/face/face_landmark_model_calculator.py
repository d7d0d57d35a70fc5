"""Which landmark network to run, as a side packet."""

from dataclasses import dataclass

from attention_mesh.framework import Calculator, SideInput, SideOutput, calculator
from attention_mesh.models.weights import model_path


@calculator
class FaceLandmarkModelCalculator(Calculator):
    """Names the file of the attention network (478 landmarks) or of the plain one (468).

    The official weights, by default in the form of our own graphs (`model_path`); fetched and converted on
    first use.

    Example::

        node {
          calculator: "FaceLandmarkModelCalculator"
          input_side_packet: "WITH_ATTENTION:with_attention"
          output_side_packet: "MODEL:model"
        }
    """

    with_attention = SideInput("WITH_ATTENTION", bool, optional=True)  # overrides the option
    model = SideOutput("MODEL", str)  # path of a .tflite file

    @dataclass
    class Options:
        with_attention: bool = True  # the attention network, where no side packet says
        native: bool = True  # RGB bytes, merged landmarks; false: floats in [0, 1], seven tensors

    def open(self) -> None:
        attention = (
            self.with_attention.value if self.with_attention.connected else self.options.with_attention
        )
        name = "face_landmark_with_attention" if attention else "face_landmark"
        self.model.set(str(model_path(name, native=self.options.native)))
