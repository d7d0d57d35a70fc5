"""Smoothing of blend-shape coefficients over time."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.normalized_rects import NormalizedRects, ids_or_places
from attention_mesh.geometry.smoothing_filters import OneEuroFilter

_UNSCALED = np.ones(1, np.float32)


@calculator
class BlendshapesSmoothingCalculator(Calculator):
    """Filters every coefficient of every face over time with a One-Euro filter.

    A resting face is steady, and a blink, which takes a tenth of a second, is not held back. Faces are told
    apart by the ids of ROIS, without it by their place in the packet.

    Inputs: BLENDSHAPES; ROIS.
    Input side packets: ENABLE; false passes coefficients on unchanged.
    Outputs: BLENDSHAPES, empty if the input is.
    Options: the filter's cut-offs, see `OneEuroFilter`.

    Example::

        node {
          calculator: "BlendshapesSmoothingCalculator"
          input_stream: "BLENDSHAPES:raw_blendshapes"
          input_stream: "ROIS:rois"
          output_stream: "BLENDSHAPES:blendshapes"
        }
    """

    coefficients = Input("BLENDSHAPES", np.ndarray)  # (F, 52) float32, 0 to 1
    rois = Input("ROIS", NormalizedRects, optional=True)  # F, of which the ids are used
    enable = SideInput("ENABLE", bool, default=True)
    smooth = Output("BLENDSHAPES", np.ndarray)  # (F, 52) float32, 0 to 1
    timestamp_offset = 0

    class Options:
        min_cutoff: float = 1.0  # Hz, cut-off at rest
        beta: float = 2.0  # Hz more of it per coefficient of 1 in a second
        derivate_cutoff: float = 2.0  # Hz, cut-off of the speed

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        OneEuroFilter(node.options.min_cutoff, node.options.beta, node.options.derivate_cutoff)

    def open(self) -> None:
        options = self.options
        self._filter = OneEuroFilter(options.min_cutoff, options.beta, options.derivate_cutoff)
        self._is_enabled = self.enable.value

    def process(self) -> None:
        if self.coefficients.is_empty:
            self._filter.reset()
            return
        coefficients = self.coefficients.value
        if not self._is_enabled:
            self.smooth.send(coefficients)
            return
        ids = ids_or_places(self.rois.value if self.rois.connected else None, len(coefficients))
        self.smooth.send(self._filter.apply(coefficients, ids, self.timestamp, _UNSCALED))
