"""Labels renderer: track ids, scores and texts."""

from typing import Any

import numpy as np

from attention_mesh.calculators.render.layers.face_renderer import FaceRenderer
from attention_mesh.drawing.layers.labels_layer import LabelsLayer
from attention_mesh.framework import Input, calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects


@calculator
class LabelsRendererCalculator(FaceRenderer):
    """Draws a plate above each face of a frame, with its track id, score and text, in a copy of it.

    A frame without a face passes unchanged.

    Inputs: IMAGE or IMAGE_GPU, the frame; LANDMARKS, its meshes: F = 0 or no packet without a face; ROIS,
      with the track ids; SCORES; TEXTS.
    Outputs: the same, the frame with the drawing; empty if the frame is.
    Options: color and opacity of the plate, the size and the font of the letters, and which parts are shown,
      see `LabelsLayer`.

    Example::

        node {
          calculator: "LabelsRendererCalculator"
          input_stream: "IMAGE:image"
          input_stream: "LANDMARKS:landmarks"
          input_stream: "ROIS:rois"
          input_stream: "SCORES:scores"
          output_stream: "IMAGE:annotated_image"
          node_options {
            [type.googleapis.com/attention_mesh.LabelsRendererCalculatorOptions] { scores: false }
          }
        }
    """

    rois = Input("ROIS", NormalizedRects, optional=True)  # of the same faces, for their track ids
    scores = Input("SCORES", np.ndarray, optional=True)  # (F,) float32 in [0, 1]
    texts = Input("TEXTS", list, optional=True)  # of str, one for each face

    Options = LabelsLayer

    def details(self, size: tuple[int, int]) -> dict[str, Any]:
        rois = self.rois.value
        return {
            "ids": None if rois is None else rois.ids,
            "scores": self.scores.value,
            "texts": self.texts.value,
        }
