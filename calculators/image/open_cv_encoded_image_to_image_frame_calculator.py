"""Image decoder: reads an image file in memory."""

import cv2
import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.media.picture_size import check_encoded_size

_TO_RGB = {3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGBA}


@calculator
class OpenCvEncodedImageToImageFrameCalculator(Calculator):
    """Decodes JPEG, PNG and the other formats of OpenCV.

    MediaPipe's node of this name.

    Inputs: untagged, the bytes of a file.
    Outputs: untagged, the image with the file's channels.
    Options: `apply_orientation_from_exif_data`, with which the image is turned upright and loses its alpha.

    Example::

        node {
          calculator: "OpenCvEncodedImageToImageFrameCalculator"
          input_stream: "file_content"
          output_stream: "image"
        }
    """

    encoded = Input("", bytes)
    image = Output("", np.ndarray)  # (H, W) gray, (H, W, 3) RGB or (H, W, 4) RGBA; uint8 or uint16
    timestamp_offset = 0

    Options = "mediapipe.OpenCvEncodedImageToImageFrameCalculatorOptions"

    def process(self) -> None:
        if self.encoded.is_empty:
            return
        upright = self.options.apply_orientation_from_exif_data
        flags = cv2.IMREAD_ANYCOLOR | cv2.IMREAD_ANYDEPTH if upright else cv2.IMREAD_UNCHANGED
        check_encoded_size(self.encoded.value)
        data = np.frombuffer(self.encoded.value, np.uint8)
        image = cv2.imdecode(data, flags) if data.size else None
        if image is None:
            raise ValueError(f"{data.size} bytes are no image that OpenCV can decode")
        if image.ndim == 3:
            image = cv2.cvtColor(image, _TO_RGB[image.shape[2]])
        self.image.send(image)
