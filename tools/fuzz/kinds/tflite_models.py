"""Models: `.tflite` files with changed bytes and fields, and models of one operator with odd inputs."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from attention_mesh.models.inference.blendshape_network import MODEL as BLENDSHAPES
from attention_mesh.models.runtime.litert_runner import LitertRunner
from attention_mesh.models.weights.checking.check_model import operator_rules
from attention_mesh.models.weights.checking.check_unknown_model import check_unknown_model
from attention_mesh.models.weights.checking.trial_program import try_model
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph
from attention_mesh.models.weights.model_files import OPEN_MODEL
from attention_mesh.tools.fuzz.kind import FuzzKind

_ODD = (
    -1,
    0,
    1,
    2,
    3,
    4,
    5,
    7,
    8,
    127,
    128,
    255,
    256,
    -2,
    1 << 15,
    1 << 16,
    1 << 20,
    (1 << 31) - 1,
    -(1 << 31),
)
_SIZES = (1, 1, 1, 2, 2, 3, 4, 4, 8, 16, 0, 300)
_TYPES = (0, 0, 0, 0, 2, 2, 9, 3, 4, 6, 1, 7)  # numbers of TensorType, the usual ones more often
_OPTIONS = {number: name for name, number in vars(schema.BuiltinOptions).items() if isinstance(number, int)}
_OPERATORS = {
    name: number for name, number in vars(schema.BuiltinOperator).items() if isinstance(number, int)
}


@cache
def _file(which: int) -> bytes:
    return (BLENDSHAPES, OPEN_MODEL)[which].read_bytes()


def make(numbers: random.Random) -> tuple[str, object]:
    """A file: its group, and its content."""
    way = numbers.choice(
        ("byte", "byte", "cut", "field", "field", "operator", "operator", "operator", "operator")
    )
    if way == "operator":
        return "one operator", _one_operator(numbers)
    if way == "field":
        return "changed fields", _changed_fields(numbers)
    content = bytearray(_file(0 if numbers.random() < 0.9 else 1))
    if way == "cut":
        start = numbers.randrange(len(content))
        return "cut or doubled", bytes(
            content[:start] + (content[start // 2 :] if numbers.random() < 0.5 else b"")
        )
    for _ in range(numbers.choice((1, 1, 1, 2, 4, 16))):
        # Tables lie at both ends of a file, weights between them.
        span = numbers.choice((2_000, 20_000, len(content)))
        place = numbers.randrange(min(span, len(content)))
        place = numbers.choice((place, len(content) - 1 - place))
        content[place] = numbers.choice(
            (content[place] ^ (1 << numbers.randrange(8)), numbers.randrange(256), 0, 255)
        )
    return "changed bytes", bytes(content)


def _changed_fields(numbers: random.Random) -> bytes:
    """A whole file in which a few numbers are others."""
    model = schema.ModelT.InitFromPackedBuf(_file(0), 0)
    graph = model.subgraphs[0]
    for _ in range(numbers.choice((1, 1, 2, 3))):
        operator, tensor = numbers.choice(graph.operators), numbers.choice(graph.tensors)
        what = numbers.randrange(9)
        if what == 0:
            operator.inputs = _odd_list(numbers, operator.inputs, len(graph.tensors))
        elif what == 1:
            operator.outputs = _odd_list(numbers, operator.outputs, len(graph.tensors))
        elif what == 2:
            tensor.shape = np.clip(_odd_list(numbers, tensor.shape, 9), -2, 1 << 20)
        elif what == 3:
            tensor.type = numbers.choice(_TYPES)
        elif what == 4:
            tensor.buffer = numbers.choice((0, 1, numbers.randrange(len(model.buffers)), len(model.buffers)))
        elif what == 5:
            operator.opcodeIndex = numbers.randrange(len(model.operatorCodes) + 1)
        elif what == 6 and operator.builtinOptions is not None:
            _set_options(numbers, operator.builtinOptions)
        elif what == 7:
            code = numbers.choice(model.operatorCodes)
            code.builtinCode = code.deprecatedBuiltinCode = numbers.randrange(127)
        else:
            graph.inputs = _odd_list(numbers, graph.inputs, len(graph.tensors))
    return TfliteGraph(model).to_bytes()


def _odd_list(numbers: random.Random, values: Any, count: int) -> np.ndarray:
    array = np.array(values if values is not None else [], np.int64)
    way = numbers.randrange(4)
    if way == 0 and len(array):
        array = array[:-1]
    elif way == 1:
        array = np.append(array, numbers.choice((-1, numbers.randrange(count))))
    elif len(array):
        array[numbers.randrange(len(array))] = numbers.choice(
            (*_ODD, *(numbers.randrange(count) for _ in range(9)))
        )
    return array.astype(np.int32)


def _set_options(numbers: random.Random, options: Any) -> None:
    """Sets some fields to odd values, if they are numbers or lists of them."""
    for name, value in vars(options).items():
        if numbers.random() < 0.3:
            if isinstance(value, bool):
                setattr(options, name, not value)
            elif isinstance(value, int):
                setattr(options, name, numbers.choice((*range(-1, 5), -128, 127)))
            elif isinstance(value, float):
                setattr(options, name, numbers.choice((0.0, -1.0, 1e38, float("nan"), float("inf"))))
            elif value is None and name in ("newShape", "squeezeDims"):
                setattr(options, name, np.array([numbers.choice(_ODD) for _ in range(3)], np.int32))


def _one_operator(numbers: random.Random) -> bytes:
    """A model of one operator, whose inputs, outputs and options are odd more or less.

    Half of the models keep to the numbers of inputs and outputs that the operator has, and to one type, so
    that LiteRT does not refuse them for that alone.
    """
    is_plain = numbers.random() < 0.6
    rules = operator_rules()
    name = numbers.choice(sorted(rules if is_plain else _OPERATORS))
    model, graph = schema.ModelT(), schema.SubGraphT()
    code = schema.OperatorCodeT()
    code.deprecatedBuiltinCode, code.builtinCode, code.version = (
        min(_OPERATORS[name], 127),
        _OPERATORS[name],
        1,
    )
    model.version, model.operatorCodes, model.subgraphs = 3, [code], [graph]
    model.buffers = [schema.BufferT()]
    graph.tensors, graph.inputs, graph.outputs = [], [], []
    operator = schema.OperatorT()
    rank, kind = numbers.choice((1, 2, 3, 4, 4, 4, 0, 5, 6)), numbers.choice(_TYPES)
    base = [1, *(numbers.choice(_SIZES) for _ in range(rank - 1))][:rank]
    least, most = rules[name]["inputs"] if is_plain else (0, 5)
    taken: list[int] = []
    for slot in range(numbers.randint(least, min(most, 4))):
        if slot and numbers.random() < (0.02 if is_plain else 0.1):
            taken.append(-1)
            continue
        shape = _shape(numbers, base, 0.8 if is_plain else 0.5)
        is_constant = bool(slot) and numbers.random() < 0.6
        number_type = kind
        if slot and numbers.random() < 0.4:
            number_type = numbers.choice((2, 2, 2, numbers.choice(_TYPES)))
        if is_constant and number_type == 2:
            shape = numbers.choice(([len(base)], [len(base)], [2], [1], [], [len(base), 2], [4]))
        taken.append(_add_tensor(numbers, model, graph, shape, number_type, is_constant))
        if not is_constant:
            graph.inputs.append(taken[-1])
    operator.inputs = np.array(taken, np.int32)
    made = []
    least, most = rules[name]["outputs"] if is_plain else (0, 3)
    for _ in range(numbers.randint(least, min(most, 3))):
        shape = _shape(numbers, base, 0.7)
        other = numbers.choice((2, 6, numbers.choice(_TYPES)))
        made.append(_add_tensor(numbers, model, graph, shape, kind if numbers.random() < 0.8 else other))
    operator.outputs = np.array(made, np.int32)
    graph.outputs = np.array(made, np.int32)
    graph.inputs = np.array(graph.inputs, np.int32)
    _choose_options(numbers, name, operator)
    operator.opcodeIndex = 0
    graph.operators = [operator]
    return TfliteGraph(model).to_bytes()


def _shape(numbers: random.Random, base: list[int], alike: float) -> list[int]:
    """A base's shape, at times with one axis changed, or another."""
    if numbers.random() < alike:
        shape = list(base)
        if len(shape) > 1 and numbers.random() < 0.2:
            shape[numbers.randrange(1, len(shape))] = numbers.choice(_SIZES)
        return shape
    return [numbers.choice((1, numbers.choice(_SIZES))) for _ in range(numbers.randrange(6))]


def _add_tensor(
    numbers: random.Random, model: Any, graph: Any, shape: list[int], kind: int, is_constant: bool = False
) -> int:
    tensor = schema.TensorT()
    tensor.shape, tensor.type, tensor.buffer = np.array(shape, np.int32), kind, 0
    tensor.name = f"t{len(graph.tensors)}"
    if is_constant:
        width = {0: 4, 1: 2, 2: 4, 3: 1, 4: 8, 6: 1, 7: 2, 9: 1}[kind]
        count = min(int(np.prod(shape, dtype=np.int64)), 1 << 20)
        buffer = schema.BufferT()
        if kind == 2:
            data = np.array([numbers.choice(_ODD[:10]) for _ in range(count)], np.int32).tobytes()
        else:
            data = numbers.randbytes(count * width)
        if numbers.random() < 0.05:
            data = data[:-1]
        buffer.data = np.frombuffer(data, np.uint8)
        tensor.buffer = len(model.buffers)
        model.buffers.append(buffer)
    if kind in (3, 7, 9) and numbers.random() < 0.7:
        tensor.quantization = schema.QuantizationParametersT()
        many = numbers.choice((1, 1, 1, shape[-1] if shape else 1, 2))
        tensor.quantization.scale = np.full(many, numbers.choice((0.1, 0.1, 1.0, 0.0, 1e-30)), np.float32)
        tensor.quantization.zeroPoint = np.full(many, numbers.choice((0, 0, 3, 300)), np.int64)
        tensor.quantization.quantizedDimension = numbers.choice((0, 0, 3, len(shape) - 1))
    graph.tensors.append(tensor)
    return len(graph.tensors) - 1


def _choose_options(numbers: random.Random, name: str, operator: Any) -> None:
    """Usually the operator's own options, with ordinary or odd values; sometimes others, or none."""
    own = _options_of(name)
    number = own if own is not None and numbers.random() < 0.95 else numbers.randrange(max(_OPTIONS))
    if not number or numbers.random() < 0.03:
        return
    options = getattr(schema, f"{_OPTIONS[number]}T")()
    for field in ("strideW", "strideH", "dilationWFactor", "dilationHFactor", "filterWidth", "filterHeight"):
        if hasattr(options, field):
            setattr(options, field, 1)
    for field in ("depthMultiplier", "blockSize", "numSplits", "num", "valuesCount"):
        if hasattr(options, field):
            setattr(options, field, numbers.choice((1, 2, 3)))
    if numbers.random() < 0.6:
        _set_options(numbers, options)
    operator.builtinOptionsType, operator.builtinOptions = number, options


def _options_of(name: str) -> int | None:
    """The number of an operator's options, by its name in the schema."""
    aliases = {"AVERAGEPOOL2D": "POOL2D", "MAXPOOL2D": "POOL2D", "L2POOL2D": "POOL2D", "PADV2": "PADV2"}
    aliases |= dict.fromkeys(("MEAN", "SUM", "REDUCEMAX", "REDUCEMIN", "REDUCEPROD", "REDUCEANY"), "REDUCER")
    aliases |= dict.fromkeys(("MAXIMUM", "MINIMUM"), "MAXIMUMMINIMUM")
    plain = name.replace("_", "")
    wanted = f"{aliases.get(plain, plain)}OPTIONS"
    return next((number for number, kind in _OPTIONS.items() if kind.upper() == wanted), None)


def read(case: object, stage: Callable[[str], None]) -> bool:
    """Checks, tries and runs a model as a graph does."""
    assert isinstance(case, bytes)
    check_unknown_model(case)
    stage("trial")
    try:
        try_model(case)
    except (ValueError, RuntimeError, MemoryError):
        return False
    stage("")
    _run(case)
    return True


def read_raw(case: object, stage: Callable[[str], None]) -> bool:
    """Runs a model without any check: what LiteRT alone does."""
    assert isinstance(case, bytes)
    _run(case)
    return True


def _run(content: bytes) -> None:
    runner = LitertRunner(content, num_threads=2)
    noise = np.random.default_rng(1)
    for batch in (1, 2, 5):
        sides = zip(runner.inputs.shapes, runner.inputs.types, strict=True)
        runner.run([noise.normal(0, 100, (batch, *shape)).astype(dtype) for shape, dtype in sides])


def read_for_gpu(case: object, stage: Callable[[str], None]) -> bool:
    """Compiles a model for WebGPU, as `attention-mesh export --webgpu` does."""
    from attention_mesh.webgpu.compiler.compile_network import compile_network

    assert isinstance(case, bytes)
    check_unknown_model(case)
    compile_network(case)
    return True


COMPILER = FuzzKind("compiler", make, read_for_gpu)
KIND = FuzzKind("models", make, read)
RAW = FuzzKind("models-raw", make, read_raw)
