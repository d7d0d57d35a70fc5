"""Color in an image where a mask is set."""

import numpy as np

from attention_mesh.drawing.recolor import recolor
from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.geometry.image_hints import shape_hint


@calculator
class RecolorCalculator(Calculator):
    """Blends a color into an image by the weights of a mask, such as that of hair or a background.

    MediaPipe's node of this name, for images in memory.

    Inputs: IMAGE; MASK, of any size. If the mask is empty, the image passes as it is.
    Outputs: IMAGE.
    Options: `color`, which must be given; `mask_channel` of a mask with several channels: RED or ALPHA;
      `invert_mask`; `adjust_with_luminance`.

    Example::

        node {
          calculator: "RecolorCalculator"
          input_stream: "IMAGE:image"
          input_stream: "MASK:background"
          output_stream: "IMAGE:blue"
          node_options {
            [type.googleapis.com/mediapipe.RecolorCalculatorOptions] {
              color { r: 0 g: 0 b: 255 }
              invert_mask: true
            }
          }
        }
    """

    image = Input("IMAGE", np.ndarray)  # (H, W, 3) uint8 RGB
    mask = Input("MASK", np.ndarray)  # (height, width) or (height, width, C); uint8, or float32 in [0, 1]
    recolored = Output("IMAGE", np.ndarray)  # (H, W, 3) uint8 RGB
    timestamp_offset = 0

    Options = "mediapipe.RecolorCalculatorOptions"

    def open(self) -> None:
        options = self.options
        if not options.HasField("color"):
            raise ValueError("the option color is missing, such as color { r: 0 g: 0 b: 255 }")
        if options.mask_channel == options.UNKNOWN:
            raise ValueError("mask_channel is UNKNOWN; expected RED or ALPHA")
        self._color = (options.color.r, options.color.g, options.color.b)

    def process(self) -> None:
        if self.image.is_empty:
            return
        image = self.image.value
        if self.mask.is_empty:
            self.recolored.send(image)
            return
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
            raise ValueError(
                f'stream "{self.image.name}": the image has shape {image.shape} and type {image.dtype}; '
                f"expected (H, W, 3) uint8, RGB. {shape_hint(image)}".rstrip()
            )
        options = self.options
        self.recolored.send(
            recolor(
                image,
                self._one_channel(self.mask.value),
                self._color,
                invert=options.invert_mask,
                keep_texture=options.adjust_with_luminance,
            )
        )

    def _one_channel(self, mask: np.ndarray) -> np.ndarray:
        channel = 3 if self.options.mask_channel == self.options.ALPHA else 0
        if mask.ndim == 3 and mask.shape[2] > 1:
            if channel >= mask.shape[2]:
                raise ValueError(f'stream "{self.mask.name}": the mask {mask.shape} has no alpha channel')
            mask = mask[..., channel]
        if mask.dtype not in (np.uint8, np.float32):
            raise ValueError(
                f'stream "{self.mask.name}": the mask is {mask.dtype}; expected uint8 or float32'
            )
        return np.ascontiguousarray(mask.reshape(mask.shape[:2]))
