"""Which landmark network to run, as a side packet."""

from attention_mesh.framework import Calculator, SideInput, SideOutput, calculator
from attention_mesh.models.weights import landmark_model


@calculator
class FaceLandmarkModelCalculator(Calculator):
    """Names the file of the attention network (478 landmarks) or of the plain one (468).

    The weights are the official ones, fetched and converted on first use, unless others are named. By default
    the model is fused, as our own graphs need it (see `landmark_model`).

    Input side packets: WITH_ATTENTION, WEIGHTS, which override the options.
    Output side packets: MODEL.
    Options: `with_attention`, `weights`, `fused`.

    Example::

        node {
          calculator: "FaceLandmarkModelCalculator"
          input_side_packet: "WITH_ATTENTION:with_attention"
          input_side_packet: "WEIGHTS:weights"
          output_side_packet: "MODEL:model"
        }
    """

    with_attention = SideInput("WITH_ATTENTION", bool, optional=True)  # overrides the option
    weights = SideInput("WEIGHTS", str, optional=True)  # overrides the option
    model = SideOutput("MODEL", str)  # path of a .tflite file

    class Options:
        with_attention: bool = True  # the attention network, without the side packet
        weights: str = "official"  # "official", "open", or the path of a .tflite file
        fused: bool = True  # uint8 in, merged landmarks out; false: floats in [0, 1] in, seven tensors out

    def open(self) -> None:
        options = self.options
        attention = self.with_attention.value if self.with_attention.connected else options.with_attention
        weights = self.weights.value if self.weights.connected else options.weights
        self.model.set(str(landmark_model(attention, weights, options.fused)))
