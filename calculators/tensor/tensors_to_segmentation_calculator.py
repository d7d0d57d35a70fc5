"""Mask from the output of a segmentation network."""

import numpy as np

from attention_mesh.calculators.tensor.devices.tensor_reader import TensorReader
from attention_mesh.framework import Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.segmentation_mask import resized_mask, sigmoid_mask, softmax_mask
from attention_mesh.webgpu.gpu_buffer import GpuTensor


@calculator
class TensorsToSegmentationCalculator(TensorReader):
    """Applies the activation to a segmentation network's output and scales it to a mask.

    MediaPipe's node of this name, for tensors in memory.

    Inputs: TENSORS, of which the first counts, or TENSOR; OUTPUT_SIZE, without which the mask has the
      tensor's size.
    Outputs: MASK, at timestamps at which the tensor has a packet.
    Options: `activation`: NONE or SIGMOID of one channel, SOFTMAX of two; `output_layer_index`, the channel
      of SOFTMAX. `gpu_origin` has no effect: it is about images in a GPU's memory.

    Example::

        node {
          calculator: "TensorsToSegmentationCalculator"
          input_stream: "TENSORS:output_tensors"
          input_stream: "OUTPUT_SIZE:image_size"
          output_stream: "MASK:mask"
          node_options {
            [type.googleapis.com/mediapipe.TensorsToSegmentationCalculatorOptions] { activation: SIGMOID }
          }
        }
    """

    tensors = Input("TENSORS", list, optional=True)  # [(1, H, W, C) or (H, W, C) float32]; C is 1 or 2
    tensor = Input("TENSOR", np.ndarray | GpuTensor, optional=True)  # likewise
    output_size = Input("OUTPUT_SIZE", tuple, optional=True)  # (width, height) px
    mask = Output("MASK", np.ndarray)  # (height, width) float32
    timestamp_offset = 0

    Options = "mediapipe.TensorsToSegmentationCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        super().contract(node)
        if len({connection.entry.tag for connection in node.inputs} & {"TENSORS", "TENSOR"}) != 1:
            raise ValueError("connect TENSORS or TENSOR")
        if node.options.output_layer_index not in (0, 1):
            raise ValueError(f"output_layer_index is {node.options.output_layer_index}; expected 0 or 1")

    def process(self) -> None:
        source = self.tensors if self.tensors.connected else self.tensor
        if source.is_empty:
            return
        if self.tensors.connected and not self.tensors.value:
            raise ValueError(f'stream "{source.name}" has no tensor; expected one')
        (tensor,) = self.arrays(self.tensors.value[:1] if self.tensors.connected else [self.tensor.value])
        mask = self._activated(self._checked(tensor, source.name))
        size = (mask.shape[1], mask.shape[0])
        if self.output_size.connected:
            if self.output_size.is_empty:
                raise ValueError(f'stream "{self.output_size.name}" has no size at this timestamp')
            size = self.output_size.value
        self.mask.send(resized_mask(mask, size))

    def _checked(self, tensor: np.ndarray, name: str) -> np.ndarray:
        """The tensor as (H, W, C)."""
        options = self.options
        channels = 2 if options.activation == options.SOFTMAX else 1
        shape = tensor.shape[1:] if tensor.ndim == 4 and len(tensor) == 1 else tensor.shape
        if len(shape) != 3 or shape[2] != channels or tensor.dtype != np.float32:
            raise ValueError(
                f'stream "{name}": the tensor is {tensor.shape} {tensor.dtype}; expected (1, H, W, '
                f"{channels}) float32 for the activation {options.Activation.Name(options.activation)}"
            )
        return tensor.reshape(shape)

    def _activated(self, tensor: np.ndarray) -> np.ndarray:
        options = self.options
        if options.activation == options.SOFTMAX:
            return softmax_mask(tensor, options.output_layer_index)
        return sigmoid_mask(tensor) if options.activation == options.SIGMOID else tensor[..., 0]
