"""Face mesh renderer: draws several layers over the faces of a frame in one go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from attention_mesh.calculators.render.layers.face_renderer import FaceRenderer, check_ports
from attention_mesh.drawing.layers.layer import Layer
from attention_mesh.drawing.layers.layers import named_layers
from attention_mesh.framework import Input, SideInput, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.normalized_rects import NormalizedRects

_DEFAULT = ("contours", "irises")
_TAGS = {"rois": "ROIS", "gaze": "GAZE"}


@calculator
class FaceMeshRendererCalculator(FaceRenderer):
    """Draws layers over all faces of a frame, in one copy of it; a frame without a face passes unchanged.

    The layers have their default styles: a node for each layer, such as MeshRendererCalculator, has options
    for its style, and copies the frame each time.

    Inputs: IMAGE or IMAGE_GPU, the frame; LANDMARKS, its meshes: F = 0 or no packet without a face; or
      LANDMARKS_GPU and FACES, beside IMAGE_GPU. Of the same faces: ROIS, the regions of interest, with track
      ids; SCORES; TEXTS; GAZE and EYES_OPEN, of GazeCalculator. The layer roi needs ROIS or FACES, and gaze
      needs GAZE. LANDMARKS_GPU has the layers depth, mesh, contours, irises, roi and boxes.
    Input side packets: LAYERS, names with commas between them, which override the option.
    Outputs: the same, the frame with the drawing; empty if the frame is.
    Options: layers: depth, motion, mesh, contours, irises, gaze, roi, boxes, labels or ids, in the order in
      which they are drawn; contours and irises if none is named.

    Example::

        node {
          calculator: "FaceMeshRendererCalculator"
          input_stream: "IMAGE:image"
          input_stream: "LANDMARKS:landmarks"
          input_stream: "ROIS:rois"
          output_stream: "IMAGE:annotated_image"
          node_options {
            [type.googleapis.com/attention_mesh.FaceMeshRendererCalculatorOptions] {
              layers: "mesh" layers: "contours" layers: "ids"
            }
          }
        }
    """

    rois = Input("ROIS", NormalizedRects, optional=True)  # (F, 5), normalized to the frame; ids
    scores = Input("SCORES", np.ndarray, optional=True)  # (F,) float32 in [0, 1]
    texts = Input("TEXTS", list, optional=True)  # of str, one for each face
    gaze = Input("GAZE", np.ndarray, optional=True)  # (F, 3, 3) float32 unit vectors: left, right, mean
    eyes_open = Input("EYES_OPEN", np.ndarray, optional=True)  # (F, 2) bool, left and right
    layer_names = SideInput("LAYERS", str, optional=True)  # "mesh,contours"

    class Options:
        layers: list[str] = []

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        layers = named_layers(node.options.layers or _DEFAULT)
        check_ports(node, layers)
        tags = {connection.entry.tag for connection in node.inputs}
        _check(layers, tags)

    def layers(self) -> Sequence[Layer]:
        names = list(self.options.layers) or list(_DEFAULT)
        if self.layer_names.connected:
            names = [name.strip() for name in self.layer_names.value.split(",")]
        layers = named_layers(names)
        connected = {
            "ROIS": self.rois.connected,
            "FACES": self.faces.connected,
            "GAZE": self.gaze.connected,
        }
        _check(layers, {tag for tag, is_there in connected.items() if is_there})
        return layers

    def details(self, size: tuple[int, int]) -> dict[str, Any]:
        rois = self.rois.value
        return {
            "rois": None if rois is None else rois.in_pixels(size),
            "ids": None if rois is None else rois.ids,
            "scores": self.scores.value,
            "texts": self.texts.value,
            "gaze": self.gaze.value,
            "eyes_open": self.eyes_open.value,
        }


def _check(layers: Sequence[Layer], tags: set[str]) -> None:
    for layer in layers:
        for name in layer.needs:
            if name == "rois" and "FACES" in tags:
                continue  # they have the regions
            if name in _TAGS and _TAGS[name] not in tags:
                raise ValueError(f"{type(layer).__name__} needs the input {_TAGS[name]}; connect it")
