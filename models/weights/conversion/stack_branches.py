"""Stacked branches: branches with the same layers but different weights become one branch of grouped layers.

For small layers, calls and thread hand-overs cost a runtime more than arithmetic. Five heads on 2×2 cells
take five times the calls of one head with five times the channels, for the same arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from attention_mesh.models.weights.conversion.operator_writer import OperatorWriter


class BranchStacker:
    """Follows branches back from their results, layer by layer, to tensors that are known to be stacked.

    A stacked tensor holds the branches' tensors side by side on the channel axis. A stack can hold the layers
    CONV_2D, DEPTHWISE_CONV_2D, PRELU, ADD, MAX_POOL_2D, and PAD at the end of the channels.

    Args:
      writer: writes the stacked layers.
      known: the stacks to start from: the branch tensors in order, and their stacked tensor.
    """

    def __init__(self, writer: OperatorWriter, known: dict[tuple[int, ...], int]):
        self.writer = writer
        self.graph = writer.graph
        self.producers = self.graph.producers()
        self.stacks = dict(known)

    def stack(self, tensors: Sequence[int]) -> int:
        """Writes the layers that lead to the stack of these branch tensors; returns the stacked tensor.

        Raises:
          ValueError: the branches differ in more than their weights.
        """
        tensors = tuple(tensors)
        if tensors not in self.stacks:
            distinct = tuple(dict.fromkeys(tensors))
            if len(distinct) < len(tensors):
                self.stacks[tensors] = self._repeat(self.stack(distinct), distinct, tensors)
            else:
                self.stacks[tensors] = self._layer(tensors)
        return self.stacks[tensors]

    def _repeat(self, stacked: int, have: tuple[int, ...], want: tuple[int, ...]) -> int:
        # Several branches start from one tensor: first `have` side by side, then the repeated parts.
        channels = self.graph.shape(have[0])[-1]
        if want[: len(have)] != have:
            raise ValueError("branches that share a tensor come after those that first use it")
        parts = [stacked]
        for tensor in want[len(have) :]:
            start = have.index(tensor) * channels
            parts.append(self.writer.slice(stacked, 3, start, start + channels))
        return self.writer.join(parts, 3)

    def _layer(self, tensors: tuple[int, ...]) -> int:
        missing = [self.graph.name(tensor) for tensor in tensors if tensor not in self.producers]
        if missing:
            raise ValueError(f"no operator writes {', '.join(missing)}: nothing to stack")
        layers = [self.producers[tensor] for tensor in tensors]
        kinds = {self.graph.kind(layer) for layer in layers}
        options = {self._settings(layer) for layer in layers}
        if len(kinds) != 1 or len(options) != 1:
            raise ValueError(f"branches differ: {', '.join(sorted(kinds))} with {options}")
        kind = kinds.pop()
        first = [int(layer.inputs[0]) for layer in layers]
        rest = [[int(tensor) for tensor in layer.inputs[1:]] for layer in layers]
        writer, setting = self.writer, layers[0].builtinOptions
        if kind in ("CONV_2D", "DEPTHWISE_CONV_2D"):
            write = writer.conv if kind == "CONV_2D" else writer.depthwise_conv
            filters, bias = self._weights(rest, axis=0 if kind == "CONV_2D" else 3)
            activation = setting.fusedActivationFunction
            return write(self.stack(first), filters, bias, setting.strideH, setting.padding, activation)
        if kind == "PRELU":
            slopes = np.concatenate([self.graph.value(slope) for (slope,) in rest], axis=-1)
            return writer.prelu(self.stack(first), slopes)
        if kind == "ADD":
            return writer.add(self.stack(first), self.stack([second for (second,) in rest]))
        if kind == "MAX_POOL_2D":
            return writer.max_pool(self.stack(first), setting.filterHeight, setting.filterWidth)
        if kind == "PAD":
            return self._pad(self.stack(first), len(tensors), self.graph.value(rest[0][0]))
        raise ValueError(f"{kind} cannot be stacked")

    @staticmethod
    def _settings(layer: schema.OperatorT) -> tuple[tuple[str, str], ...]:
        options = layer.builtinOptions
        return () if options is None else tuple((key, str(value)) for key, value in vars(options).items())

    def _weights(self, rest: list[list[int]], axis: int) -> tuple[np.ndarray, np.ndarray]:
        # All groups have the same number of results, so a branch with fewer gets zero filters at the end.
        filters = [self.graph.value(filters) for filters, _ in rest]
        bias = [self.graph.value(bias) for _, bias in rest]
        longest = max(len(values) for values in bias)
        for index, values in enumerate(bias):
            short = longest - len(values)
            bias[index] = np.pad(values, (0, short))
            widths = [(0, 0)] * filters[index].ndim
            widths[axis] = (0, short)
            filters[index] = np.pad(filters[index], widths)
        return np.concatenate(filters, axis), np.concatenate(bias)

    def _pad(self, stacked: int, count: int, amounts: np.ndarray) -> int:
        if np.any(amounts[:3]) or amounts[3, 0]:
            raise ValueError(f"only zeros after the last channel can be stacked, got {amounts.tolist()}")
        _, rows, columns, channels = self.graph.shape(stacked)
        each = self.writer.reshape(stacked, (rows * columns, count, channels // count))
        padded = self.writer.pad_end(each, 3, int(amounts[3, 1]))
        return self.writer.reshape(padded, (rows, columns, channels + count * int(amounts[3, 1])))
