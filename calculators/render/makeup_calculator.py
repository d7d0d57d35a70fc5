"""Paints makeup on the faces of a frame."""

import numpy as np

from attention_mesh.drawing.makeup.lip_memory import MakeupMemory
from attention_mesh.drawing.makeup.look import load_look
from attention_mesh.drawing.makeup.paint import painted
from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks


@calculator
class MakeupCalculator(Calculator):
    """Paints a look on all faces of a frame, in a copy of it; a frame without a face passes unchanged.

    Inputs: IMAGE, the frame; LANDMARKS, its meshes: no packet, or one with F = 0, if there is no face.
    Input side packets: LOOK, which overrides the option.
    Outputs: IMAGE, the frame with makeup; empty if IMAGE is.
    Options: look: name of a look that comes with the package, or path of a .pbtxt file; video: whether frames
    follow each other, so that what their pixels decide does not flicker.

    Example::

        node {
          calculator: "MakeupCalculator"
          input_stream: "IMAGE:image"
          input_stream: "LANDMARKS:landmarks"
          output_stream: "IMAGE:painted_image"
          node_options {
            [type.googleapis.com/attention_mesh.MakeupCalculatorOptions] { look: "red_gloss" }
          }
        }
    """

    image = Input("IMAGE", np.ndarray)  # (H, W, 3) uint8 RGB
    landmarks = Input("LANDMARKS", NormalizedLandmarks)  # (F, 468 or 478, 3), normalized to the frame
    look = SideInput("LOOK", str, optional=True)  # name or path
    result = Output("IMAGE", np.ndarray)  # (H, W, 3) uint8 RGB
    timestamp_offset = 0

    class Options:
        look: str = "everyday_nude"
        video: bool = True

    def open(self) -> None:
        self._look = load_look(self.look.value if self.look.connected else self.options.look)
        self._memory = MakeupMemory() if self.options.video else None

    def process(self) -> None:
        if self.image.is_empty:
            return
        image = self.image.value
        if not self.landmarks.is_empty and len(self.landmarks.value):
            size = (image.shape[1], image.shape[0])
            faces = self.landmarks.value.in_pixels(size)
            memories = self._memory.of_faces(faces, self.timestamp) if self._memory else None
            image = painted(image, faces, self._look, memories)
        self.result.send(image)
