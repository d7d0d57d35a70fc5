"""Scale of a drawing, from the size of the region that it marks."""

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects


@calculator
class RectToRenderScaleCalculator(Calculator):
    """Makes drawings grow with the region that they mark: its longer side in pixels, times `multiplier`.

    MediaPipe's node of this name. The first rectangle of the packet counts.

    Inputs: NORM_RECT; IMAGE_SIZE.
    Outputs: RENDER_SCALE; `multiplier` itself if there is no rectangle.
    Options: `multiplier`; `process_timestamp_bounds`, with which a packet also leaves at timestamps without
      any input packet.

    Example::

        node {
          calculator: "RectToRenderScaleCalculator"
          input_stream: "NORM_RECT:face_rect"
          input_stream: "IMAGE_SIZE:image_size"
          output_stream: "RENDER_SCALE:render_scale"
          node_options {
            [type.googleapis.com/mediapipe.RectToRenderScaleCalculatorOptions] { multiplier: 0.001 }
          }
        }
    """

    rect = Input("NORM_RECT", NormalizedRects)
    image_size = Input("IMAGE_SIZE", tuple)  # (width, height), pixels
    scale = Output("RENDER_SCALE", float)  # drawn pixels per pixel of requested thickness
    timestamp_offset = 0
    process_bounds = True

    Options = "mediapipe.RectToRenderScaleCalculatorOptions"

    def process(self) -> None:
        multiplier = self.options.multiplier
        if self.rect.is_empty or not len(self.rect.value):
            settled_only = self.rect.is_empty and self.image_size.is_empty
            if self.options.process_timestamp_bounds or not settled_only:
                self.scale.send(multiplier)
            return
        if self.image_size.is_empty:
            raise ValueError(f'stream "{self.image_size.name}" has no packet although there is a rectangle')
        sides_px = self.rect.value.values[0, 2:4] * np.array(self.image_size.value, np.float32)
        self.scale.send(float(sides_px.max() * np.float32(multiplier)))
