"""TfliteGraph: reads, edits and writes a TFLite model in memory, without TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

FILE_IDENTIFIER = b"TFL3"
# The format's alignment of constants, which runtimes read in place.
CONSTANT_ALIGNMENT = 16

_DTYPES: dict[int, np.dtype[Any]] = {
    schema.TensorType.FLOAT32: np.dtype(np.float32),
    schema.TensorType.FLOAT16: np.dtype(np.float16),
    schema.TensorType.INT32: np.dtype(np.int32),
    schema.TensorType.UINT8: np.dtype(np.uint8),
}
_TENSOR_TYPES = {dtype: number for number, dtype in _DTYPES.items()}
_OPERATOR_NAMES = {
    number: name for name, number in vars(schema.BuiltinOperator).items() if isinstance(number, int)
}


class _AlignedBuffer(schema.BufferT):
    """A constant whose bytes are written at a multiple of 16; the generated class does not align them."""

    def Pack(self, builder: flatbuffers.Builder) -> int:  # noqa: N802 - overrides generated code
        data = None
        if self.data is not None and len(self.data):
            raw = np.ascontiguousarray(self.data).tobytes()
            builder.StartVector(1, len(raw), CONSTANT_ALIGNMENT)
            head = builder.head - len(raw)
            builder.head = head
            builder.Bytes[head : head + len(raw)] = raw
            data = builder.EndVector()
        schema.BufferStart(builder)
        if data is not None:
            schema.BufferAddData(builder, data)
        return schema.BufferEnd(builder)


class TfliteGraph:
    """The one subgraph of a .tflite file with float32 activations, addressed by tensor number.

    `operators` is the list of schema.OperatorT in execution order. Rewriting passes remove operators, insert
    others, and call `remove_unused` at the end. Activations are float32 or int32. Constants may also be
    float16, and an input uint8.
    """

    def __init__(self, model: schema.ModelT):
        if len(model.subgraphs) != 1:
            raise ValueError(f"a model with one subgraph is expected, this one has {len(model.subgraphs)}")
        self.model = model
        self.graph = model.subgraphs[0]
        self._additions: list[schema.OperatorT] | None = None

    @classmethod
    def from_bytes(cls, data: bytes) -> TfliteGraph:
        """Reads a .tflite file's bytes. Raises ValueError if they are another file."""
        if data[4:8] != FILE_IDENTIFIER:
            raise ValueError(f"not a .tflite file: bytes 4 to 8 are {data[4:8]!r}, not {FILE_IDENTIFIER!r}")
        return cls(schema.ModelT.InitFromPackedBuf(data, 0))

    @classmethod
    def empty(cls) -> TfliteGraph:
        """A model without inputs, tensors and operators."""
        graph = schema.SubGraphT()
        graph.tensors, graph.operators, graph.inputs, graph.outputs = [], [], [], []
        model = schema.ModelT()
        model.version = 3
        model.subgraphs, model.operatorCodes, model.buffers = [graph], [], [schema.BufferT()]
        return cls(model)

    def add_input(self, shape: Sequence[int]) -> int:
        """Adds a float32 input to the model and returns its number."""
        tensor = self.add_tensor(shape)
        self.graph.inputs = np.asarray([*self.inputs, tensor], np.int32)
        return tensor

    def set_outputs(self, tensors: Sequence[int]) -> None:
        """Makes these tensors the model's outputs, in this order."""
        self.graph.outputs = np.asarray(tensors, np.int32)

    def sign(self, key: str, inputs: Sequence[str], outputs: Sequence[str]) -> None:
        """Gives the model one signature, and its inputs and outputs the same names as tensors.

        Args:
          key: the signature's name.
          inputs, outputs: a name for each, in the order of the model.
        """
        signature = schema.SignatureDefT()
        signature.signatureKey, signature.subgraphIndex = key.encode(), 0
        signature.inputs = self._name(self.inputs, inputs)
        signature.outputs = self._name(self.outputs, outputs)
        self.model.signatureDefs = [signature]

    def number_names(self) -> None:
        """Replaces every tensor's name by its number. Keras' names count what the process made before."""
        for number, tensor in enumerate(self.graph.tensors):
            tensor.name = f"t{number}".encode()

    def _name(self, tensors: Sequence[int], names: Sequence[str]) -> list[schema.TensorMapT]:
        entries = []
        for tensor, name in zip(tensors, names, strict=True):
            self.graph.tensors[tensor].name = name.encode()
            entry = schema.TensorMapT()
            entry.name, entry.tensorIndex = name.encode(), tensor
            entries.append(entry)
        return entries

    def to_bytes(self) -> bytes:
        """The file's bytes; the same graph gives the same bytes."""
        for buffer in self.model.buffers:
            buffer.__class__ = _AlignedBuffer
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(self.model.Pack(builder), file_identifier=FILE_IDENTIFIER)
        return bytes(builder.Output())

    # Reading

    @property
    def operators(self) -> list[schema.OperatorT]:
        return self.graph.operators

    @property
    def inputs(self) -> list[int]:
        return [int(tensor) for tensor in self.graph.inputs]

    @property
    def outputs(self) -> list[int]:
        return [int(tensor) for tensor in self.graph.outputs]

    def kind(self, operator: schema.OperatorT) -> str:
        """The operator's name: CONV_2D, …, or a custom operator's own name."""
        code = self.model.operatorCodes[operator.opcodeIndex]
        number = max(code.builtinCode, code.deprecatedBuiltinCode)
        if number == schema.BuiltinOperator.CUSTOM:
            return code.customCode.decode()
        return _OPERATOR_NAMES[number]

    def shape(self, tensor: int) -> tuple[int, ...]:
        """The shape as the file states it, with a batch of one (or of what `set_batch` wrote)."""
        shape = self.graph.tensors[tensor].shape
        return () if shape is None else tuple(int(size) for size in shape)

    def name(self, tensor: int) -> str:
        name = self.graph.tensors[tensor].name
        return name.decode() if isinstance(name, bytes) else str(name)

    def is_constant(self, tensor: int) -> bool:
        data = self.model.buffers[self.graph.tensors[tensor].buffer].data
        return data is not None and len(data) > 0

    def value(self, tensor: int) -> np.ndarray:
        """A constant's array in its own shape and dtype.

        Raises:
          ValueError: it is not a constant, or of another type than float32, float16, int32 and uint8.
        """
        entry = self.graph.tensors[tensor]
        if not self.is_constant(tensor):
            raise ValueError(f"tensor {tensor} ({self.name(tensor)}) is not a constant")
        if entry.type not in _DTYPES:
            expected = ", ".join(str(dtype) for dtype in _DTYPES.values())
            raise ValueError(
                f"tensor {tensor} ({self.name(tensor)}) is of TFLite's type {entry.type}; expected {expected}"
            )
        data = np.asarray(self.model.buffers[entry.buffer].data, np.uint8)
        return data.view(_DTYPES[entry.type]).reshape(self.shape(tensor))

    def producers(self) -> dict[int, schema.OperatorT]:
        """The operator that writes each tensor, by tensor number."""
        return {int(output): operator for operator in self.operators for output in operator.outputs}

    def consumers(self) -> dict[int, list[schema.OperatorT]]:
        """The operators that read each tensor, by tensor number."""
        readers: dict[int, list[schema.OperatorT]] = {}
        for operator in self.operators:
            for tensor in dict.fromkeys(int(tensor) for tensor in operator.inputs):
                readers.setdefault(tensor, []).append(operator)
        return readers

    # Writing

    def add_tensor(
        self, shape: Sequence[int], dtype: Any = np.float32, *, name: str = "", data: np.ndarray | None = None
    ) -> int:
        """Adds a tensor and returns its number; `data` makes it a constant."""
        buffer = schema.BufferT()
        if data is not None:
            buffer.data = np.ascontiguousarray(data).reshape(-1).view(np.uint8)
        self.model.buffers.append(buffer)
        tensor = schema.TensorT()
        tensor.shape = np.asarray(shape, np.int32)
        tensor.type = _TENSOR_TYPES[np.dtype(dtype)]
        tensor.buffer = len(self.model.buffers) - 1
        number = len(self.graph.tensors)
        tensor.name = (name or f"t{number}").encode()
        self.graph.tensors.append(tensor)
        return number

    def add_constant(self, data: Any, dtype: Any = np.float32, name: str = "") -> int:
        """Adds a constant of `data`'s shape and returns its number."""
        array = np.asarray(data, dtype)
        return self.add_tensor(array.shape, dtype, name=name, data=array)

    def add_operator(
        self,
        kind: str,
        inputs: Sequence[int],
        output_shape: Sequence[int],
        options: Any = None,
        *,
        dtype: Any = np.float32,
        version: int = 1,
    ) -> int:
        """Appends a built-in operator and returns the number of its output.

        The operator goes to the list that `begin` started, else to the graph. `options` is the schema's
        option object, e.g. schema.Conv2DOptionsT().
        """
        operator = schema.OperatorT()
        operator.opcodeIndex = self._code_index(getattr(schema.BuiltinOperator, kind), version)
        operator.inputs = np.asarray(inputs, np.int32)
        output = self.add_tensor(output_shape, dtype)
        operator.outputs = np.asarray([output], np.int32)
        operator.builtinOptions = options
        if options is not None:
            operator.builtinOptionsType = getattr(
                schema.BuiltinOptions, type(options).__name__.removesuffix("T")
            )
        (self.operators if self._additions is None else self._additions).append(operator)
        return output

    def _code_index(self, number: int, version: int) -> int:
        for index, code in enumerate(self.model.operatorCodes):
            if max(code.builtinCode, code.deprecatedBuiltinCode) == number and code.version == version:
                return index
        code = schema.OperatorCodeT()
        code.builtinCode = number
        code.deprecatedBuiltinCode = min(number, 127)
        code.version = version
        self.model.operatorCodes.append(code)
        return len(self.model.operatorCodes) - 1

    def begin(self) -> None:
        """Makes `add_operator` collect the operators, so that `insert` can place them together."""
        self._additions = []

    def insert(self, position: int) -> None:
        """Places the operators collected since `begin` before the operator at `position`."""
        additions, self._additions = self._additions or [], None
        self.graph.operators[position:position] = additions

    def redirect(self, old: int, new: int) -> None:
        """Makes every reader of tensor `old`, including the model's outputs, read tensor `new`."""
        self.redirect_all({old: new})

    def redirect_all(self, news: Mapping[int, int]) -> None:
        """As `redirect`, for many tensors: the new one by the old one. No new tensor may be an old one."""
        for operator in self.operators:
            inputs = [int(tensor) for tensor in operator.inputs]
            if not news.keys().isdisjoint(inputs):
                operator.inputs = np.asarray([news.get(tensor, tensor) for tensor in inputs], np.int32)
        for old in self.outputs:
            if old in news:
                # The output keeps the name that users know.
                self.graph.tensors[news[old]].name = self.graph.tensors[old].name
        self.set_outputs([news.get(tensor, tensor) for tensor in self.outputs])

    def sort(self) -> None:
        """Sorts the operators so that each comes after the operators whose outputs it reads."""
        producers = self.producers()
        placed: set[int] = set()
        ordered: list[schema.OperatorT] = []

        def place(operator: schema.OperatorT) -> None:
            if id(operator) in placed:
                return
            placed.add(id(operator))
            for tensor in operator.inputs:
                if int(tensor) in producers:
                    place(producers[int(tensor)])
            ordered.append(operator)

        for operator in self.operators:
            place(operator)
        self.graph.operators = ordered

    def remove_unused(self) -> None:
        """Removes operators that no output needs, then unused tensors, buffers and operator codes."""
        needed = set(self.outputs)
        kept = []
        for operator in reversed(self.operators):
            if needed.intersection(int(output) for output in operator.outputs):
                needed.update(int(tensor) for tensor in operator.inputs if tensor >= 0)
                kept.append(operator)
        self.graph.operators = kept[::-1]
        needed.update(self.inputs)
        self._renumber_tensors(sorted(needed))
        self._renumber_codes()

    def _renumber_tensors(self, kept: list[int]) -> None:
        number = {old: new for new, old in enumerate(kept)} | {-1: -1}

        def renumber(tensors: Sequence[int]) -> np.ndarray:
            return np.asarray([number[int(tensor)] for tensor in tensors], np.int32)

        for operator in self.operators:
            operator.inputs = renumber(operator.inputs)
            operator.outputs = renumber(operator.outputs)
        self.graph.inputs = renumber(self.graph.inputs)
        self.graph.outputs = renumber(self.graph.outputs)
        self.graph.tensors = [self.graph.tensors[old] for old in kept]
        # By the format's convention, buffer 0 stays empty; every other buffer belongs to a kept tensor.
        buffers = [schema.BufferT()]
        for tensor in self.graph.tensors:
            data = self.model.buffers[tensor.buffer].data
            if data is None or not len(data):
                tensor.buffer = 0
            else:
                buffer = schema.BufferT()
                buffer.data = data
                buffers.append(buffer)
                tensor.buffer = len(buffers) - 1
        self.model.buffers = buffers
        # Metadata and signatures refer to buffers and tensors by numbers that have changed.
        self.model.metadata = []
        self.model.metadataBuffer = []
        self.model.signatureDefs = []

    def _renumber_codes(self) -> None:
        kept = sorted({operator.opcodeIndex for operator in self.operators})
        number = {old: new for new, old in enumerate(kept)}
        for operator in self.operators:
            operator.opcodeIndex = number[operator.opcodeIndex]
        self.model.operatorCodes = [self.model.operatorCodes[old] for old in kept]
