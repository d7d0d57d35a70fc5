"""Image encoder: a JPEG file in memory."""

import cv2
import numpy as np

from attention_mesh.calculators.proto.opencv_image_encoder_calculator_pb2 import (
    OpenCvImageEncoderCalculatorResults,
)
from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract

_TO_BGR = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGR}


@calculator
class OpenCvImageEncoderCalculator(Calculator):
    """Encodes images as JPEG.

    MediaPipe's node of this name.

    Inputs: untagged.
    Outputs: untagged, the file with size and color space.
    Options: `quality`; default: OpenCV's 95 (officially 0, the worst).

    Example::

        node {
          calculator: "OpenCvImageEncoderCalculator"
          input_stream: "image"
          output_stream: "encoded_image"
          node_options { [type.googleapis.com/mediapipe.OpenCvImageEncoderCalculatorOptions] { quality: 80 } }
        }
    """

    image = Input("", np.ndarray)  # (H, W), (H, W, 1), (H, W, 3) RGB or (H, W, 4) RGBA uint8
    encoded = Output("", OpenCvImageEncoderCalculatorResults)
    timestamp_offset = 0

    Options = "mediapipe.OpenCvImageEncoderCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        if not 0 <= node.options.quality <= 100:
            raise ValueError(f"quality is {node.options.quality}; expected 0 to 100")

    def process(self) -> None:
        if self.image.is_empty:
            return
        image, results = self.image.value, OpenCvImageEncoderCalculatorResults()
        channels = image.shape[2] if image.ndim == 3 else 1
        if image.dtype != np.uint8 or channels not in (1, *_TO_BGR):
            raise ValueError(
                f'stream "{self.image.name}": the image is {image.dtype} {image.shape}; expected uint8 gray, '
                "RGB or RGBA"
            )
        results.height, results.width = image.shape[:2]
        results.colorspace = results.GRAYSCALE if channels == 1 else results.RGB
        if channels > 1:
            image = cv2.cvtColor(image, _TO_BGR[channels])
        options = self.options
        quality = [cv2.IMWRITE_JPEG_QUALITY, options.quality] if options.HasField("quality") else []
        ok, data = cv2.imencode(".jpg", image, quality)
        if not ok:
            raise ValueError(f"OpenCV cannot encode an image of shape {image.shape}")
        results.encoded_image = data.tobytes()
        self.encoded.send(results)
