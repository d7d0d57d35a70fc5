"""Checks the content of a .tflite file before LiteRT reads it (data: operator_rules.json)."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from attention_mesh.models.weights.checking.flatbuffer_reader import (
    DamagedFileError,
    FlatbufferReader,
    tflite_schema,
)

# Bounds of what a model may ask for.
LARGEST_TENSOR = 1 << 28  # bytes
LARGEST_TOTAL = 1 << 31  # bytes of all tensors that are no constants
HIGHEST_RANK = 6
# Bits per element. Types that are missing (texts, resources, variants) are for operators that are not run.
_BITS = {
    "FLOAT32": 32,
    "FLOAT16": 16,
    "INT32": 32,
    "UINT8": 8,
    "INT64": 64,
    "BOOL": 8,
    "INT16": 16,
    "INT8": 8,
}
_BITS |= {"FLOAT64": 64, "UINT32": 32, "UINT16": 16, "INT4": 4}
# Option → its least value.
_LEAST = dict.fromkeys(("StrideW", "StrideH", "StrideD", "FilterWidth", "FilterHeight", "BlockSize"), 1)
_LEAST |= dict.fromkeys(("DilationWFactor", "DilationHFactor", "DilationDFactor"), 1)
_MOST_STEP = 1 << 16  # of these, so that products stay numbers of 32 bits
_OF_SHAPES = ("SHAPE", "RANK", "ZEROS_LIKE")  # operators whose results depend on shapes alone
_DILATIONS = ("DilationWFactor", "DilationHFactor", "DilationDFactor")  # 1 if left out, others are 0 then


@cache
def operator_rules() -> dict[str, Any]:
    """Of each operator that is run: the least and most inputs and outputs, and its options."""
    return json.loads(Path(__file__).with_name("operator_rules.json").read_text(encoding="utf-8"))


def check_model(content: bytes, custom: Collection[bytes] = ()) -> None:
    """Checks that a .tflite file is whole, and that its parts fit together.

    Every distance stays in the file, every number names a part that exists, constants have the bytes that
    their shapes declare, operators have the inputs and options that LiteRT expects, each tensor is made
    before it is read, and the tensors' sizes are bounded. LiteRT judges whether shapes suit their operators.

    Args:
      content: of the file.
      custom: names of the custom operators that may occur.

    Raises:
      DamagedFileError: something is wrong.
    """
    if content[4:8] != b"TFL3":
        raise DamagedFileError("it is no .tflite file: it does not say TFL3 at byte 4")
    model = FlatbufferReader(content).root("Model")
    if model.get("Version") != 3:
        raise DamagedFileError(f"it has version {model.get('Version', 0)} of the format; expected 3")
    kinds = [_kind(code, custom) for code in model.get("OperatorCodes", ())]
    buffers = [_length(buffer, len(content)) for buffer in model.get("Buffers", ())]
    graphs = model.get("Subgraphs", ())
    if len(graphs) != 1:
        raise DamagedFileError(f"it has {len(graphs)} subgraphs; expected 1, without branches and loops")
    tensors = graphs[0].get("Tensors", ())
    _check_tensors(tensors, buffers)
    _check_operators(graphs[0], tensors, kinds, buffers)
    for place in model.get("Metadata", ()):
        _in_range(place.get("Buffer", 0), len(buffers), "metadata: buffer")
    _check_signatures(model.get("SignatureDefs", ()), graphs[0], len(tensors))


def _kind(code: dict[str, Any], custom: Collection[bytes]) -> str:
    """The name of an operator that may be run; "" for a custom one."""
    # Files of older converters have only the first, whose highest value says that the second counts.
    number = max(code.get("DeprecatedBuiltinCode", 0), code.get("BuiltinCode", 0))
    name = tflite_schema()["operators"].get(str(number), f"number {number}")
    if name == "CUSTOM":
        called = code.get("CustomCode", "")
        if called.encode() not in custom:
            raise DamagedFileError(f"the custom operator {called[:40]!r} is unknown")
        return ""
    if name not in operator_rules():
        raise DamagedFileError(f"the operator {name} is not among those that are run")
    return name


def _length(buffer: dict[str, Any], size: int) -> int:
    """The bytes of a buffer, which lie in its list, or behind the tables."""
    offset, length = buffer.get("Offset", 0), buffer.get("Size", 0)
    if offset <= 1 and length <= 1:  # what converters write for "in the list"
        return len(buffer.get("Data", ()))
    if "Data" in buffer or not 0 < offset <= size or length > size - offset:
        raise DamagedFileError(f"a buffer of {length} bytes at byte {offset} lies outside the file")
    return length


def _in_range(number: int, count: int, what: str) -> None:
    if not 0 <= number < count:
        raise DamagedFileError(f"{what} {number} does not exist; there are {count}")


def _check_tensors(tensors: Sequence[dict[str, Any]], buffers: Sequence[int]) -> None:
    types, total = tflite_schema()["types"], 0
    for number, tensor in enumerate(tensors):
        where = f"tensor {number}"
        name = types.get(str(tensor.get("Type", 0)), "unknown")
        bits = _BITS.get(name)
        if bits is None:
            raise DamagedFileError(f"{where} is of the type {name}, which is not run")
        shape = tensor.get("Shape", ())
        if len(shape) > HIGHEST_RANK or any(size < 0 for size in shape):
            raise DamagedFileError(
                f"{where} has the shape {shape[:9]}; expected up to {HIGHEST_RANK} sizes, 0 or more"
            )
        signature = tensor.get("ShapeSignature", ())
        if signature and (len(signature) != len(shape) or any(size < -1 for size in signature)):
            raise DamagedFileError(f"{where} has the shape signature {signature[:9]} for {shape}")
        size = (math.prod(shape) * bits + 7) // 8
        if size > LARGEST_TENSOR:
            raise DamagedFileError(f"{where} has {size} bytes; the limit is {LARGEST_TENSOR}")
        _in_range(tensor.get("Buffer", 0), len(buffers), f"{where}: buffer")
        if "ExternalBuffer" in tensor or "VariantTensors" in tensor or tensor.get("IsVariable"):
            raise DamagedFileError(f"{where} lies outside the model, or keeps a state; neither is run")
        held = buffers[tensor.get("Buffer", 0)]
        if not held:
            total += size
        elif "Sparsity" in tensor:
            _check_sparsity(tensor["Sparsity"], shape, held, bits, where)
        elif held != size:
            raise DamagedFileError(f"{where} has {held} bytes; its shape {shape} takes {size}")
        _check_quantization(tensor.get("Quantization", {}), shape, where)
    if total > LARGEST_TOTAL:
        raise DamagedFileError(f"its tensors have {total} bytes; the limit is {LARGEST_TOTAL}")


def _check_quantization(quantization: dict[str, Any], shape: Sequence[int], where: str) -> None:
    scales, zeros = quantization.get("Scale", ()), quantization.get("ZeroPoint", ())
    if "Details" in quantization:
        raise DamagedFileError(f"{where} has a quantization of a kind that is not run")
    if not scales:
        return
    axis = quantization.get("QuantizedDimension", 0)
    if len(scales) > 1 and (not 0 <= axis < len(shape) or shape[axis] != len(scales)):
        raise DamagedFileError(f"{where} has {len(scales)} scales on axis {axis} of {shape}")
    if len(zeros) not in (0, 1, len(scales)):
        raise DamagedFileError(f"{where} has {len(scales)} scales and {len(zeros)} zero points")
    if not all(math.isfinite(scale) and scale >= 0 for scale in scales):
        raise DamagedFileError(f"{where} has a scale that is negative or no number")
    if any(abs(zero) > 1 << 16 for zero in zeros):
        raise DamagedFileError(f"{where} has a zero point beyond 16 bits")


def _check_sparsity(sparsity: dict[str, Any], shape: Sequence[int], held: int, bits: int, where: str) -> None:
    """Checks the description of a sparse constant: its axes, blocks, and the numbers of its entries."""
    order, blocks = sparsity.get("TraversalOrder", ()), sparsity.get("BlockMap", ())
    axes = sparsity.get("DimMetadata", ())
    rank = len(shape)
    is_order = sorted(order[:rank]) == list(range(rank)) and sorted(order) == list(range(rank + len(blocks)))
    if not is_order or len(axes) != len(order) or len(set(blocks)) != len(blocks):
        raise DamagedFileError(f"{where}: the order of the axes of a sparse constant is wrong")
    sizes = list(shape)
    for index, axis in enumerate(blocks):
        _in_range(axis, rank, f"{where}: block axis")
        size = axes[rank + index].get("DenseSize", 0)
        if axes[rank + index].get("Format", 0) or size <= 0 or sizes[axis] % size:
            raise DamagedFileError(f"{where}: a block of a sparse constant does not divide its axis")
        sizes[axis] //= size
        sizes.append(size)
    count = 1
    for place, axis in zip(order, axes, strict=True):
        if not axis.get("Format", 0):  # dense
            if axis.get("DenseSize", 0) != sizes[place]:
                raise DamagedFileError(f"{where}: axis {place} of a sparse constant has a wrong size")
            count *= sizes[place]
            continue
        segments = _whole(axis.get("ArraySegments", {}))
        indices = _whole(axis.get("ArrayIndices", {}))
        rises = all(first <= second for first, second in zip(segments[:-1], segments[1:], strict=True))
        if len(segments) != count + 1 or segments[0] != 0 or not rises or segments[-1] != len(indices):
            raise DamagedFileError(f"{where}: the segments of a sparse constant do not fit its entries")
        if any(not 0 <= index < sizes[place] for index in indices):
            raise DamagedFileError(f"{where}: an entry of a sparse constant lies outside its shape")
        count = len(indices)
    if held != (count * bits + 7) // 8:
        raise DamagedFileError(f"{where} has {held} bytes for {count} entries of a sparse constant")


def _whole(vector: dict[str, Any]) -> Sequence[int]:
    return vector.get("Values", ())


def _check_operators(
    graph: dict[str, Any], tensors: Sequence[dict[str, Any]], kinds: Sequence[str], buffers: Sequence[int]
) -> None:
    count = len(tensors)
    constants = {number for number, tensor in enumerate(tensors) if buffers[tensor.get("Buffer", 0)]}
    inputs, outputs = graph.get("Inputs", ()), graph.get("Outputs", ())
    for side, numbers in (("input", inputs), ("output", outputs)):
        for number in numbers:
            _in_range(number, count, f"{side}: tensor")
    if not inputs or not outputs or len(set(inputs)) != len(inputs) or constants & {*inputs}:
        raise DamagedFileError("its inputs and outputs are missing, constants or given twice")
    made = {*inputs, *constants}
    # Tensors whose values are the same for all inputs of a shape. LiteRT believes axes and sizes.
    fixed = {-1, *constants}
    for place, operator in enumerate(graph.get("Operators", ())):
        index = operator.get("OpcodeIndex", 0)
        _in_range(index, len(kinds), f"operator {place}: operator code")
        where = f"operator {place} ({kinds[index] or 'custom'})"
        takes, gives = operator.get("Inputs", ()), operator.get("Outputs", ())
        rule = operator_rules()[kinds[index]] if kinds[index] else None
        optional = rule.get("optional", ()) if rule else ()
        if operator.get("Intermediates") or operator.get("LargeCustomOptionsSize"):
            raise DamagedFileError(f"{where} has parts that are not run")
        for slot, number in enumerate(takes):
            if number == -1 and slot in optional:
                continue
            _in_range(number, count, f"{where}: input {slot}: tensor")
            if number not in made:
                raise DamagedFileError(f"{where} reads tensor {number} before it is made")
        for number in gives:
            _in_range(number, count, f"{where}: output: tensor")
            if number in made:
                raise DamagedFileError(f"{where} makes tensor {number}, which is there already")
            made.add(number)
        if rule is not None:
            _check_rule(rule, operator, where)
            for slot in rule.get("fixed", ()):
                if slot < len(takes) and takes[slot] not in fixed:
                    raise DamagedFileError(
                        f"{where}: input {slot} depends on the pictures; expected a constant"
                    )
        if kinds[index] in _OF_SHAPES or (takes and fixed.issuperset(takes)):
            fixed.update(gives)
    for number in outputs:
        if number not in made:
            raise DamagedFileError(f"no operator makes its output, tensor {number}")


def _check_rule(rule: dict[str, Any], operator: dict[str, Any], where: str) -> None:
    """Checks the numbers of inputs and outputs, and the options."""
    for side, numbers in (("inputs", operator.get("Inputs", ())), ("outputs", operator.get("Outputs", ()))):
        least, most = rule[side]
        if not least <= len(numbers) <= most:
            raise DamagedFileError(f"{where} has {len(numbers)} {side}; expected {least} to {most}")
    options = operator.get("BuiltinOptions")
    if "BuiltinOptions2" in operator or (options is None and rule.get("needs_options")):
        raise DamagedFileError(f"{where} lacks its options")
    if options is None:
        return
    if options[""] != rule.get("options"):
        raise DamagedFileError(f"{where} has {options['']}; expected {rule.get('options') or 'no options'}")
    if "counts" in rule:
        name, side = rule["counts"]
        count = len(operator.get(side.title(), ()))
        if options.get(name, 0) != count:
            raise DamagedFileError(f"{where}: {name} is {options.get(name, 0)}, but it has {count} {side}")
    fields = tflite_schema()["tables"][options[""]]
    for name, least in _LEAST.items():
        if name in fields:
            value = options.get(name, 1 if name in _DILATIONS else 0)
            if not least <= value <= _MOST_STEP:
                raise DamagedFileError(f"{where}: {name} is {value}; expected {least} to {_MOST_STEP}")


def _check_signatures(signatures: Sequence[dict[str, Any]], graph: dict[str, Any], count: int) -> None:
    for signature in signatures:
        if signature.get("SubgraphIndex", 0) != 0:
            raise DamagedFileError("a signature is of a subgraph that does not exist")
        for side in ("Inputs", "Outputs"):
            for entry in signature.get(side, ()):
                number = entry.get("TensorIndex", 0)
                if number not in graph.get(side, ()):
                    raise DamagedFileError(
                        f"a signature names tensor {number}, which is none of the {side.lower()}"
                    )
