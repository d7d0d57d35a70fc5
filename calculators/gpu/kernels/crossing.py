"""Crossings between the memories of CPU and GPU: images there and back, and what graphs call it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.image_hints import dtype_hint
from attention_mesh.media.raw_picture import RawPicture
from attention_mesh.webgpu.gpu_buffer import GpuBuffer

if TYPE_CHECKING:
    from attention_mesh.webgpu.gpu_recorder import GpuRecorder

DOWNLOAD = "GPU to CPU"
UPLOAD = "CPU to GPU"


def uploaded_image(image: np.ndarray | RawPicture, gpu: GpuRecorder, stream: str) -> GpuBuffer:
    """The image on the GPU.

    Args:
      image: (H, W), (H, W, 1), (H, W, 3) RGB or (H, W, 4) RGBA uint8, or a picture in another format.
      gpu: where to.
      stream: from which the image is, for errors.

    Raises:
      ValueError: the image has another shape or type.
    """
    # Imported here: graphs that stay on the CPU do not need it.
    from attention_mesh.calculators.gpu.kernels.raw_upload import as_raw, upload_raw

    if isinstance(image, RawPicture):
        return upload_raw(gpu, image)
    channels = image.shape[2] if image.ndim == 3 else 1
    if image.dtype != np.uint8 or image.ndim not in (2, 3) or channels not in (1, 3, 4) or not image.size:
        hint = dtype_hint(image)
        raise ValueError(
            f'stream "{stream}": the image has shape {image.shape} and type {image.dtype}; '
            f"expected (H, W), (H, W, 3) or (H, W, 4) uint8{f'. {hint}' if hint else ''}"
        )
    return upload_raw(gpu, as_raw(image))


def downloaded_image(picture: GpuBuffer, gpu: GpuRecorder | None, stream: str) -> np.ndarray:
    """The picture as an array, (H, W), (H, W, 3) or (H, W, 4) uint8; waits for all that is done for it.

    Raises:
      ValueError: the graph of `stream` has no GPU.
    """
    if gpu is None:
        raise ValueError(f'stream "{stream}": an image on a GPU, in a graph without the service "gpu"')
    pixels = gpu.read_picture(picture).result()
    if picture.channels == 1:
        return np.ascontiguousarray(pixels[:, :, 0])
    return np.ascontiguousarray(pixels[:, :, : picture.channels])


def image_size(image: np.ndarray | GpuBuffer) -> tuple[int, int]:
    """(width, height) in pixels of an image, wherever it lies."""
    if isinstance(image, GpuBuffer):
        return image.width, image.height
    return image.shape[1], image.shape[0]


def require_image_memory(node: NodeContract) -> None:
    """Checks a node that takes IMAGE and gives IMAGE, or likewise IMAGE_GPU, which needs a GPU.

    Raises:
      ValueError: the input is missing or ambiguous, or the output is for the other one.
    """
    sides = [
        {connection.entry.tag for connection in connections} & {"IMAGE", "IMAGE_GPU"}
        for connections in (node.inputs, node.outputs)
    ]
    if len(sides[0]) != 1:
        raise ValueError("connect one of the inputs IMAGE and IMAGE_GPU")
    if sides[1] and not sides[0] <= sides[1]:
        raise ValueError(f"connect the output {sides[0].pop()}: the result is where the image is")
    if sides[0] == {"IMAGE_GPU"}:
        node.require_service(GPU_SERVICE)
