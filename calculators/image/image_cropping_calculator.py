"""Crop of a rotated part of an image, at its own resolution."""

import math

import cv2
import numpy as np

from attention_mesh.calculators.gpu.kernels.crossing import image_size, require_image_memory
from attention_mesh.calculators.gpu.kernels.gpu_pictures import warped_picture
from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import Calculator, Input, Output, UseService, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.projection import rect_corners
from attention_mesh.limits import check_size
from attention_mesh.webgpu.gpu_buffer import GpuBuffer


@calculator
class ImageCroppingCalculator(Calculator):
    """Cuts one rectangle out of an image, pixel for pixel.

    MediaPipe's node of this name. The size comes from NORM_RECT, or WIDTH and HEIGHT, or the
    options, of which norm_width and norm_height override width and height. The center and the rotation come
    from NORM_RECT or the options. Without any of these, or with a rectangle without size, the whole image is
    cut. Sizes and centers are rounded to whole pixels and the nearest pixel is taken, as in MediaPipe.

    Inputs: IMAGE or IMAGE_GPU; NORM_RECT, F = 1; WIDTH and HEIGHT.
    Outputs: IMAGE, of the input's type, or IMAGE_GPU; empty if the image or a connected NORM_RECT is.
    Options: the rectangle; `border_mode`; `output_max_width` and `output_max_height`, to which larger crops
      shrink.

    Example::

        node {
          calculator: "ImageCroppingCalculator"
          input_stream: "IMAGE:image"
          input_stream: "NORM_RECT:eye_roi"
          output_stream: "IMAGE:eye_image"
          node_options {
            [type.googleapis.com/mediapipe.ImageCroppingCalculatorOptions] { border_mode: BORDER_REPLICATE }
          }
        }
    """

    # (H, W) or (H, W, C); uint8, uint16 or float32
    image = Input("IMAGE", np.ndarray, optional=True)
    image_gpu = Input("IMAGE_GPU", GpuBuffer, optional=True)
    rect = Input("NORM_RECT", NormalizedRects, optional=True)
    width = Input("WIDTH", int, optional=True)  # pixels
    height = Input("HEIGHT", int, optional=True)  # pixels
    cropped = Output("IMAGE", np.ndarray)
    cropped_gpu = Output("IMAGE_GPU", GpuBuffer)
    gpu = UseService(GPU_SERVICE, optional=True)
    timestamp_offset = 0

    Options = "mediapipe.ImageCroppingCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        tags = {connection.entry.tag for connection in node.inputs}
        require_image_memory(node)
        if ("WIDTH" in tags) != ("HEIGHT" in tags):
            raise ValueError("connect both of WIDTH and HEIGHT, or none")
        if node.options.border_mode == node.options.BORDER_UNSPECIFIED:
            raise ValueError("border_mode is unspecified; BORDER_ZERO and BORDER_REPLICATE are there")
        for name in ("width", "height", "norm_width", "norm_height", "output_max_width", "output_max_height"):
            if node.options.HasField(name) and getattr(node.options, name) <= 0:
                raise ValueError(f"{name} is {getattr(node.options, name)}; expected a number above 0")

    def process(self) -> None:
        source = self.image if self.image.connected else self.image_gpu
        if source.is_empty or (self.rect.connected and self.rect.is_empty):
            return
        image, options = source.value, self.options
        region = self._region_px(image_size(image))
        scale = 1.0
        for name, side in (("output_max_width", region[2]), ("output_max_height", region[3])):
            if options.HasField(name):
                scale = min(scale, getattr(options, name) / side)
        replicate = options.border_mode == options.BORDER_REPLICATE
        if not isinstance(image, GpuBuffer):
            self.cropped.send(cut_out(image, region, scale, replicate))
            return
        matrix, size = cut_matrix(region, scale)
        border = "replicate" if replicate else "zero"
        to_source = np.linalg.inv(matrix)[:2]
        cropped = warped_picture(self.gpu, image, size, to_source, nearest=True, border=border)
        self.cropped_gpu.send(cropped)

    def _region_px(self, size: tuple[int, int]) -> tuple[int, int, int, int, float]:
        """x_center, y_center, width, height in whole pixels, and rotation_rad, of the cut."""
        options = self.options
        x, y, width, height = size[0] // 2, size[1] // 2, size[0], size[1]
        rotation, norm_width, norm_height = 0.0, 0.0, 0.0
        if self.rect.connected:
            rects = self.rect.value
            if len(rects) != 1:
                raise ValueError(f'stream "{self.rect.name}" holds {len(rects)} rectangles; expected one')
            norm_x, norm_y, rect_width, rect_height, turn = rects.values[0].tolist()
            if rect_width > 0 and rect_height > 0:
                norm_width, norm_height, rotation = rect_width, rect_height, turn
                x, y = _round(norm_x * size[0]), _round(norm_y * size[1])
        elif not self.width.is_empty and not self.height.is_empty:
            width, height = self.width.value, self.height.value
        else:
            norm_width, norm_height = options.norm_width, options.norm_height
            width, height = options.width or width, options.height or height
        if norm_width > 0 and norm_height > 0:
            width, height = _round(norm_width * size[0]), _round(norm_height * size[1])
        if options.norm_center_x > 0 and options.norm_center_y > 0:
            x, y = _round(options.norm_center_x * size[0]), _round(options.norm_center_y * size[1])
        return x, y, max(1, width), max(1, height), options.rotation or rotation


def cut_out(
    image: np.ndarray, region_px: tuple[int, int, int, int, float], scale: float, replicate: bool
) -> np.ndarray:
    """The pixels nearest to those of a rotated rectangle, as an image of its size times `scale`.

    The rectangle's corners map to the centers of the result's corner pixels, as in MediaPipe.

    Args:
      image: (H, W) or (H, W, C).
      region_px: x_center, y_center, width, height, rotation in radians, clockwise.
      replicate: border pixels go on outside the image; else it is black there.

    Raises:
      ValueError: the image or the result is too large, see `limits`.
    """
    check_size(image.shape[1], image.shape[0], "the image")
    matrix, size = cut_matrix(region_px, scale)
    check_size(*size, "the cropped image")
    border = cv2.BORDER_REPLICATE if replicate else cv2.BORDER_CONSTANT
    cropped = cv2.warpPerspective(image, matrix, size, flags=cv2.INTER_NEAREST, borderMode=border)
    return cropped.reshape(size[1], size[0], *image.shape[2:])


def cut_matrix(
    region_px: tuple[int, int, int, int, float], scale: float
) -> tuple[np.ndarray, tuple[int, int]]:
    """The map of `cut_out`, (3, 3) from the image to the result, and the result's (width, height), px."""
    _, _, width, height, _ = region_px
    # From the bottom-left corner on, as MediaPipe lists them: the order decides ties between two pixels.
    source = rect_corners(np.array([region_px], np.float64))[0, [3, 0, 1, 2]].astype(np.float32)
    columns, rows = max(1, int(width * scale)), max(1, int(height * scale))
    right, bottom = max(width * scale - 1, 1e-3), max(height * scale - 1, 1e-3)
    target = np.array([(0, bottom), (0, 0), (right, 0), (right, bottom)], np.float32)
    return cv2.getPerspectiveTransform(source, target), (columns, rows)


def _round(value: float) -> int:
    """To the nearest whole number, halves away from zero."""
    return int(math.copysign(math.floor(abs(value) + 0.5), value))
