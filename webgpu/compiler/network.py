"""Network: the tensors and operators of a .tflite file, as the compiler's passes read and rewrite them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from flatbuffers import flexbuffers

from attention_mesh.webgpu.errors import UnsupportedNetworkError

_FILE_IDENTIFIER = b"TFL3"
_DTYPES: dict[int, np.dtype[Any]] = {
    schema.TensorType.FLOAT32: np.dtype(np.float32),
    schema.TensorType.FLOAT16: np.dtype(np.float16),
    schema.TensorType.INT8: np.dtype(np.int8),
    schema.TensorType.INT32: np.dtype(np.int32),
    schema.TensorType.INT64: np.dtype(np.int64),
    schema.TensorType.UINT8: np.dtype(np.uint8),
    schema.TensorType.BOOL: np.dtype(np.bool_),
}
_OPERATOR_NAMES = {
    number: name for name, number in vars(schema.BuiltinOperator).items() if isinstance(number, int)
}


@dataclass
class Tensor:
    """A tensor of a network.

    Attributes:
        number: its number in the file.
        name: its name in the file.
        shape: for a batch of one.
        dtype: of its elements.
        data: of a constant, else None.
        scale: of quantized weights, else None: (scales, zero points, axis).
    """

    number: int
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    data: np.ndarray | None = None
    scale: tuple[np.ndarray, np.ndarray, int] | None = None

    @property
    def count(self) -> int:
        return math.prod(self.shape)

    def __str__(self) -> str:
        return f"tensor {self.number} ({self.name}, {self.shape} {self.dtype})"


@dataclass
class Operator:
    """An operator of a network.

    Attributes:
        kind: the name in TFLite, or of a custom operator.
        number: its place in the file.
        inputs: numbers of tensors; -1 for one that is left out.
        outputs: numbers of tensors.
        options: by the schema's names, or a custom operator's own.
    """

    kind: str
    number: int
    inputs: list[int]
    outputs: list[int]
    options: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"operator {self.number} ({self.kind})"


@dataclass
class Network:
    """A network: operators in an order in which they can run.

    Attributes:
        tensors: by number.
        operators: in order.
        inputs: numbers of tensors.
        outputs: numbers of tensors.
    """

    tensors: dict[int, Tensor]
    operators: list[Operator]
    inputs: list[int]
    outputs: list[int]

    def data(self, number: int) -> np.ndarray | None:
        """The array of a constant; None for an activation or an input that is left out."""
        return self.tensors[number].data if number >= 0 else None

    def consumers(self) -> dict[int, list[Operator]]:
        """The operators that read each tensor, by tensor number."""
        readers: dict[int, list[Operator]] = {}
        for operator in self.operators:
            for number in dict.fromkeys(operator.inputs):
                readers.setdefault(number, []).append(operator)
        return readers

    def producers(self) -> dict[int, Operator]:
        """The operator that writes each tensor, by tensor number."""
        return {number: operator for operator in self.operators for number in operator.outputs}

    def only_reader(self, consumers: dict[int, list[Operator]], number: int) -> Operator | None:
        """The one operator that reads a tensor, if nobody else does, out of `consumers()`."""
        readers = consumers.get(number, [])
        return readers[0] if len(readers) == 1 and number not in self.outputs else None

    def remove_unused(self) -> None:
        """Removes operators whose results nobody reads."""
        needed, kept = set(self.outputs), []
        for operator in reversed(self.operators):
            if needed.intersection(operator.outputs):
                needed.update(operator.inputs)
                kept.append(operator)
        self.operators = kept[::-1]


def group_count(network: Network, operator: Operator) -> int:
    """The number of groups of a convolution's channels."""
    return network.tensors[operator.inputs[0]].shape[-1] // network.tensors[operator.inputs[1]].shape[-1]


def read_network(content: bytes) -> Network:
    """Reads the bytes of a .tflite file with one subgraph.

    Raises:
        UnsupportedNetworkError: they are another file, or the network has control flow or unknown types.
    """
    if content[4:8] != _FILE_IDENTIFIER:
        raise UnsupportedNetworkError(f"not a .tflite file: bytes 4 to 8 are {content[4:8]!r}, not b'TFL3'")
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    if len(model.subgraphs) != 1:
        raise UnsupportedNetworkError(f"the network has {len(model.subgraphs)} subgraphs; expected one")
    graph = model.subgraphs[0]
    tensors = {
        number: _tensor(number, entry, model.buffers[entry.buffer].data)
        for number, entry in enumerate(graph.tensors)
    }
    operators = [
        Operator(
            _kind(model.operatorCodes[entry.opcodeIndex]),
            number,
            [int(tensor) for tensor in entry.inputs],
            [int(tensor) for tensor in entry.outputs],
            _options(entry),
        )
        for number, entry in enumerate(graph.operators)
    ]
    network = Network(
        tensors,
        operators,
        [int(tensor) for tensor in graph.inputs],
        [int(tensor) for tensor in graph.outputs],
    )
    _resolve_reshapes(network)
    return network


def _tensor(number: int, entry: Any, data: Any) -> Tensor:
    name = entry.name.decode() if isinstance(entry.name, bytes) else str(entry.name)
    shape = () if entry.shape is None else tuple(int(size) for size in entry.shape)
    if entry.type not in _DTYPES:
        raise UnsupportedNetworkError(
            f"tensor {number} ({name}) is of TFLite's type {entry.type}; expected "
            f"{', '.join(str(dtype) for dtype in _DTYPES.values())}"
        )
    dtype = _DTYPES[entry.type]
    tensor = Tensor(number, name, shape, dtype)
    if data is not None and len(data):
        tensor.data = np.asarray(data, np.uint8).view(dtype)
        if entry.sparsity is None:  # DENSIFY, which reads it, is refused by name
            tensor.data = tensor.data.reshape(shape)
    quantization = entry.quantization
    if quantization is not None and quantization.scale is not None and len(quantization.scale):
        points = quantization.zeroPoint
        scales = np.asarray(quantization.scale, np.float32)
        zero_points = np.zeros(len(scales)) if points is None else np.asarray(points, np.float64)
        tensor.scale = scales, zero_points.astype(np.float32), int(quantization.quantizedDimension)
    return tensor


def _kind(code: Any) -> str:
    number = max(code.builtinCode, code.deprecatedBuiltinCode)
    if number == schema.BuiltinOperator.CUSTOM:
        return str(code.customCode.decode())
    return _OPERATOR_NAMES[number]


def _options(entry: Any) -> dict[str, Any]:
    if entry.builtinOptions is not None:
        return dict(vars(entry.builtinOptions))
    if entry.customOptions is not None and len(entry.customOptions):
        loaded = flexbuffers.Loads(bytes(bytearray(entry.customOptions)))
        return loaded if isinstance(loaded, dict) else {}
    return {}


def _resolve_reshapes(network: Network) -> None:
    """Gives reshaped tensors their real shape, where the file of a network with any batch states another."""
    for operator in network.operators:
        if operator.kind != "RESHAPE":
            continue
        source, target = network.tensors[operator.inputs[0]], network.tensors[operator.outputs[0]]
        wanted = network.data(operator.inputs[1]) if len(operator.inputs) > 1 else None
        if source.count == target.count or wanted is None:
            continue
        sizes = [int(size) for size in wanted]
        known = math.prod(size for size in sizes if size != -1)
        target.shape = tuple(source.count // known if size == -1 else size for size in sizes)
