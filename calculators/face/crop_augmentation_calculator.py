"""Crop augmentation: several regions of interest for each one, for test-time augmentation."""

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.geometry.crop_augmentation import augmented_rects
from attention_mesh.geometry.normalized_rects import NormalizedRects


@calculator
class CropAugmentationCalculator(Calculator):
    """Gives the regions of `CROPS_PER_FACE` crops per face: turned a little, tighter, and mirrored.

    `LandmarksFusionCalculator` makes one face of the landmarks that are found there.

    Inputs: ROIS.
    Outputs: ROIS, whose ids are their places; empty if the input is.

    Example::

        node {
          calculator: "CropAugmentationCalculator"
          input_stream: "ROIS:rois"
          output_stream: "ROIS:crop_rois"
        }
    """

    rois = Input("ROIS", NormalizedRects)  # F
    crop_rois = Output("ROIS", NormalizedRects)  # F · CROPS_PER_FACE; a negative width mirrors
    timestamp_offset = 0

    def process(self) -> None:
        if not self.rois.is_empty:
            self.crop_rois.send(augmented_rects(self.rois.value))
