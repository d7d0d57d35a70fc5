"""Masks of a segmentation that flicker less."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.segmentation_mask import smoothed_mask


@calculator
class SegmentationSmoothingCalculator(Calculator):
    """Mixes the mask of the previous frame into the current one where that is uncertain.

    MediaPipe's node of this name, for masks of float32 in memory. A graph gets MASK_PREVIOUS from a
    PreviousLoopbackCalculator.

    Inputs: MASK; MASK_PREVIOUS. If it is empty, as at the first frame, the mask passes as it is.
    Outputs: MASK_SMOOTHED.
    Options: `combine_with_previous_ratio`, from 0, no effect, to 1.

    Example::

        node {
          calculator: "SegmentationSmoothingCalculator"
          input_stream: "MASK:mask"
          input_stream: "MASK_PREVIOUS:previous_mask"
          output_stream: "MASK_SMOOTHED:smooth_mask"
          node_options {
            [type.googleapis.com/mediapipe.SegmentationSmoothingCalculatorOptions] {
              combine_with_previous_ratio: 0.9
            }
          }
        }
    """

    mask = Input("MASK", np.ndarray)  # (H, W) or (H, W, 1) float32 in [0, 1]
    previous = Input("MASK_PREVIOUS", np.ndarray)  # likewise
    smoothed = Output("MASK_SMOOTHED", np.ndarray)  # likewise
    timestamp_offset = 0

    Options = "mediapipe.SegmentationSmoothingCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        ratio = node.options.combine_with_previous_ratio
        if not 0 <= ratio <= 1:
            raise ValueError(f"combine_with_previous_ratio is {ratio:g}; expected a number from 0 to 1")

    def process(self) -> None:
        if self.mask.is_empty:
            return
        mask = self.mask.value
        if self.previous.is_empty:
            self.smoothed.send(mask)
            return
        previous = self.previous.value
        if mask.dtype != np.float32 or previous.dtype != np.float32 or mask.shape != previous.shape:
            raise ValueError(
                f'streams "{self.mask.name}" and "{self.previous.name}": the masks are {mask.shape} '
                f"{mask.dtype} and {previous.shape} {previous.dtype}; expected float32 of one size"
            )
        self.smoothed.send(smoothed_mask(mask, previous, self.options.combine_with_previous_ratio))
