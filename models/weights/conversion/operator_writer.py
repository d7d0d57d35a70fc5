"""OperatorWriter: writes built-in operators into a TfliteGraph and computes their output shapes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph


class OperatorWriter:
    """Each method appends one operator and returns the number of the tensor that it writes.

    Shapes are those of a batch of one; every operator here works for any leading size. Arguments named `x`,
    `y`, `points`… are tensor numbers. Arguments named `weights`, `shape`… are values that become constants of
    the file. A float or an array as an operand of a binary operator also becomes a constant.
    """

    def __init__(self, graph: TfliteGraph):
        self.graph = graph

    def _operand(self, value: int | float | np.ndarray) -> int:
        # A tensor number is an int; a constant is given as a float or an array.
        if isinstance(value, int):
            return value
        return self.graph.add_constant(np.asarray(value, np.float32))

    def _unary(self, kind: str, x: int, options: Any = None) -> int:
        return self.graph.add_operator(kind, [x], self.graph.shape(x), options)

    def _binary(self, kind: str, x: int, y: int | float | np.ndarray, options: Any) -> int:
        y = self._operand(y)
        shape = np.broadcast_shapes(self.graph.shape(x), self.graph.shape(y))
        return self.graph.add_operator(kind, [x, y], shape, options)

    def add(self, x: int, y: int | float | np.ndarray) -> int:
        return self._binary("ADD", x, y, schema.AddOptionsT())

    def subtract(self, x: int, y: int | float | np.ndarray) -> int:
        return self._binary("SUB", x, y, schema.SubOptionsT())

    def multiply(self, x: int, y: int | float | np.ndarray) -> int:
        return self._binary("MUL", x, y, schema.MulOptionsT())

    def minimum(self, x: int, y: int | float | np.ndarray) -> int:
        return self._binary("MINIMUM", x, y, schema.MaximumMinimumOptionsT())

    def maximum(self, x: int, y: int | float | np.ndarray) -> int:
        return self._binary("MAXIMUM", x, y, schema.MaximumMinimumOptionsT())

    def absolute(self, x: int) -> int:
        return self._unary("ABS", x, schema.AbsOptionsT())

    def square(self, x: int) -> int:
        return self._unary("SQUARE", x, schema.SquareOptionsT())

    def reciprocal_root(self, x: int) -> int:
        return self._unary("RSQRT", x)

    def floor(self, x: int) -> int:
        return self._unary("FLOOR", x)

    def relu(self, x: int) -> int:
        return self._unary("RELU", x)

    def to_int(self, x: int) -> int:
        """Casts float32 whole numbers to int32."""
        options = schema.CastOptionsT()
        options.inDataType = schema.TensorType.FLOAT32
        options.outDataType = schema.TensorType.INT32
        return self.graph.add_operator("CAST", [x], self.graph.shape(x), options, dtype=np.int32)

    def reshape(self, x: int, shape: Sequence[int]) -> int:
        """Reshapes to (batch, *shape)."""
        target = np.asarray((-1, *shape), np.int32)
        options = schema.ReshapeOptionsT()
        options.newShape = target
        return self.graph.add_operator(
            "RESHAPE", [x, self.graph.add_constant(target, np.int32)], (1, *shape), options
        )

    def sum_last(self, x: int) -> int:
        """The sum over the last axis, which stays: from (…, C) to (…, 1)."""
        options = schema.ReducerOptionsT()
        options.keepDims = True
        shape = self.graph.shape(x)
        axis = self.graph.add_constant([len(shape) - 1], np.int32)
        return self.graph.add_operator("SUM", [x, axis], (*shape[:-1], 1), options)

    def sum_axis(self, x: int, axis: int) -> int:
        """The sum over `axis`, which is removed."""
        options = schema.ReducerOptionsT()
        options.keepDims = False
        shape = list(self.graph.shape(x))
        del shape[axis]
        return self.graph.add_operator("SUM", [x, self.graph.add_constant([axis], np.int32)], shape, options)

    def fully_connected(self, x: int, weights: np.ndarray, bias: np.ndarray | None = None) -> int:
        """x · weightsᵀ + bias, from (…, I) to (…, O); weights (O, I)."""
        options = schema.FullyConnectedOptionsT()
        options.keepNumDims = True
        outputs = len(weights)
        bias = np.zeros(outputs) if bias is None else bias
        inputs = [x, self.graph.add_constant(weights), self.graph.add_constant(bias)]
        shape = (*self.graph.shape(x)[:-1], outputs)
        return self.graph.add_operator("FULLY_CONNECTED", inputs, shape, options, version=5)

    def matrix_product(self, x: int, y: int, *, transpose_y: bool = False) -> int:
        """The product of (…, A, B) and (…, B, C), or of (…, A, B) and a transposed (…, C, B): (…, A, C)."""
        options = schema.BatchMatMulOptionsT()
        options.adjY = transpose_y
        columns = self.graph.shape(y)[-2 if transpose_y else -1]
        return self.graph.add_operator("BATCH_MATMUL", [x, y], (*self.graph.shape(x)[:-1], columns), options)

    def max_pool(self, x: int, height: int, width: int) -> int:
        """The maximum of adjacent windows, from (N, H, W, C) to (N, H/height, W/width, C)."""
        options = schema.Pool2DOptionsT()
        options.padding = schema.Padding.VALID
        options.filterHeight = options.strideH = height
        options.filterWidth = options.strideW = width
        batch, rows, columns, channels = self.graph.shape(x)
        shape = (batch, rows // height, columns // width, channels)
        return self.graph.add_operator("MAX_POOL_2D", [x], shape, options)

    def pick(self, x: int, indices: np.ndarray) -> int:
        """Gathers constant places of the second axis, from (N, I) to (N, *indices.shape)."""
        options = schema.GatherOptionsT()
        options.axis = 1
        shape = (self.graph.shape(x)[0], *indices.shape)
        inputs = [x, self.graph.add_constant(indices, np.int32)]
        return self.graph.add_operator("GATHER", inputs, shape, options)

    def pick_rows(self, x: int, indices: int) -> int:
        """Gathers rows of each face's part of x, by int32 indices (N, …), from (N, I, C) to (N, …, C)."""
        options = schema.GatherOptionsT()
        options.axis = 1
        options.batchDims = 1
        shape = (*self.graph.shape(indices), self.graph.shape(x)[-1])
        return self.graph.add_operator("GATHER", [x, indices], shape, options, version=5)

    def join(self, tensors: Sequence[int], axis: int) -> int:
        """Concatenates along `axis`."""
        options = schema.ConcatenationOptionsT()
        options.axis = axis
        shape = list(self.graph.shape(tensors[0]))
        shape[axis] = sum(self.graph.shape(tensor)[axis] for tensor in tensors)
        return self.graph.add_operator("CONCATENATION", tensors, shape, options)

    def slice(self, x: int, axis: int, start: int, stop: int) -> int:
        """x[…, start:stop, …] along one axis, the others whole."""
        shape = list(self.graph.shape(x))
        begin, end, step = (np.zeros(len(shape), np.int32) for _ in range(3))
        begin[axis], end[axis], step[:] = start, stop, 1
        shape[axis] = stop - start
        # The mask says "from the first to the last" for every axis but one. SLICE with a size of −1 would be
        # simpler, but some runtimes then refuse to resize the batch.
        options = schema.StridedSliceOptionsT()
        options.beginMask = options.endMask = (1 << len(shape)) - 1 - (1 << axis)
        constants = [self.graph.add_constant(values, np.int32) for values in (begin, end, step)]
        return self.graph.add_operator("STRIDED_SLICE", [x, *constants], shape, options)

    def pad_end(self, x: int, axis: int, count: int) -> int:
        """Appends zeros at the end of one axis."""
        shape = list(self.graph.shape(x))
        amounts = np.zeros((len(shape), 2), np.int32)
        amounts[axis, 1] = count
        shape[axis] += count
        return self.graph.add_operator(
            "PAD", [x, self.graph.add_constant(amounts, np.int32)], shape, schema.PadOptionsT()
        )

    def conv(
        self, x: int, filters: np.ndarray, bias: np.ndarray, stride: int, padding: int, activation: int = 0
    ) -> int:
        """Convolution; filters (O, h, w, I / groups), groups by the input's channels."""
        options = schema.Conv2DOptionsT()
        options.padding, options.fusedActivationFunction = padding, activation
        options.strideH = options.strideW = stride
        options.dilationHFactor = options.dilationWFactor = 1
        # Runtimes without groups do not know version 6 and report it, instead of misreading the filters.
        version = 1 if filters.shape[3] == self.graph.shape(x)[3] else 6
        return self._window("CONV_2D", x, filters, bias, options, len(filters), version)

    def depthwise_conv(
        self, x: int, filters: np.ndarray, bias: np.ndarray, stride: int, padding: int, activation: int = 0
    ) -> int:
        """Depthwise convolution; filters (1, h, w, C)."""
        options = schema.DepthwiseConv2DOptionsT()
        options.padding, options.fusedActivationFunction = padding, activation
        options.strideH = options.strideW = stride
        options.depthMultiplier = options.dilationHFactor = options.dilationWFactor = 1
        kind = "DEPTHWISE_CONV_2D"
        return self._window(kind, x, filters, bias, options, filters.shape[3])

    def _window(
        self,
        kind: str,
        x: int,
        filters: np.ndarray,
        bias: np.ndarray,
        options: Any,
        channels: int,
        version: int = 1,
    ) -> int:
        # Filters of both kinds have their height and width on axes 1 and 2.
        valid = options.padding == schema.Padding.VALID
        batch, *sizes, _ = self.graph.shape(x)
        places = [
            size - (window - 1 if valid else 0)
            for size, window in zip(sizes, filters.shape[1:3], strict=True)
        ]
        shape = (batch, *(-(-count // options.strideH) for count in places), channels)
        inputs = [x, self.graph.add_constant(filters), self.graph.add_constant(bias)]
        return self.graph.add_operator(kind, inputs, shape, options, version=version)

    def prelu(self, x: int, slopes: np.ndarray) -> int:
        """max(x, 0) + slopes · min(x, 0); slopes (1, 1, C)."""
        return self.graph.add_operator("PRELU", [x, self.graph.add_constant(slopes)], self.graph.shape(x))
