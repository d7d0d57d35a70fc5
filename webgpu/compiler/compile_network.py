"""Compiling: from the bytes of a .tflite file to a program."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from attention_mesh.webgpu.compiler.arena_plan import plan_arena
from attention_mesh.webgpu.compiler.constant_folding import fold_constants
from attention_mesh.webgpu.compiler.convolution_rules import (
    emit_convolution,
    emit_dense,
    emit_depthwise,
    is_dense,
)
from attention_mesh.webgpu.compiler.emitter import Emitter
from attention_mesh.webgpu.compiler.fusion import fuse
from attention_mesh.webgpu.compiler.half_precision import use_half_precision
from attention_mesh.webgpu.compiler.layout_rules import LAYOUT_RULES
from attention_mesh.webgpu.compiler.map_rules import (
    emit_bilinear_crop,
    emit_bilinear_samples,
    emit_pooling,
    emit_resize,
    emit_transform_matrix,
    emit_weighted_rows,
)
from attention_mesh.webgpu.compiler.network import Network, Operator, read_network
from attention_mesh.webgpu.compiler.schedule import schedule
from attention_mesh.webgpu.compiler.steps import Place, ShaderStep, Step, Stored, TensorStep
from attention_mesh.webgpu.compiler.tensor_rules import (
    TENSOR_RULES,
    emit_computed_pointwise,
    emit_fully_connected,
)
from attention_mesh.webgpu.compiler.weights_buffer import WeightsBuffer
from attention_mesh.webgpu.errors import UnsupportedNetworkError
from attention_mesh.webgpu.program import Dispatch, Program, ProgramTensor

if TYPE_CHECKING:
    from attention_mesh.webgpu.device import GpuDevice

_SHADERS = Path(__file__).parents[1] / "shaders"
_MOST_WORKGROUPS = 65535  # along an axis, on every adapter
_INVOCATIONS = 256  # of a workgroup of the shader `tensor_operations`
_LABELED = 3  # operators that the label of a list names
PRECISIONS = ("float32", "float16")
_HALF = "_float16"  # ends the name of a shader that calculates with 16 bits
_KERNEL_READS = "kernel_reads"
# Files that a shader needs besides its own.
_SEPARABLE = ("separable_layer", "depthwise_block", "convolution_end", _KERNEL_READS)
_PARTS = {
    "convolution": (_KERNEL_READS,),
    "separable": _SEPARABLE,
    "separable_tile": _SEPARABLE,
}
TARGETS = ("gpu", "software")
# WebGPU features, and what in a shader needs them.
_FEATURES = {"shader-f16": "enable f16;", "subgroups": "quadBroadcast("}


def _fully_connected(emitter: Emitter, operator: Operator) -> None:
    if is_dense(emitter, operator):
        emit_dense(emitter, operator)
    else:
        emit_fully_connected(emitter, operator)


def _convolution(emitter: Emitter, operator: Operator) -> None:
    if emitter.network.data(operator.inputs[1]) is None:
        emit_computed_pointwise(emitter, operator)
    else:
        emit_convolution(emitter, operator)


_RULES: dict[str, Callable[[Emitter, Operator], None]] = {
    **LAYOUT_RULES,
    **TENSOR_RULES,
    "AVERAGE_POOL_2D": emit_pooling,
    "CONV_2D": _convolution,
    "DEPTHWISE_CONV_2D": emit_depthwise,
    "FULLY_CONNECTED": _fully_connected,
    "Landmarks2TransformMatrix": emit_transform_matrix,
    "MAX_POOL_2D": emit_pooling,
    "RESIZE_BILINEAR": emit_resize,
    "TransformTensorBilinear": emit_bilinear_crop,
}
# What `fusion` makes of several operators.
_FUSED_RULES: dict[str, Callable[[Emitter, Operator], None]] = {
    "BILINEAR_SAMPLES": emit_bilinear_samples,
    "WEIGHTED_ROWS": emit_weighted_rows,
}


def supported_operators() -> list[str]:
    """The names of the operators that can be compiled, in TFLite's spelling."""
    return sorted(_RULES)


def compile_network(content: bytes, precision: str = "float32", target: str = "gpu") -> Program:
    """Compiles a network.

    Args:
        content: the bytes of a .tflite file, for a batch of one. Its inputs may be float32, or uint8, whose
            numbers the program then takes as float32.
        precision: "float32"; or "float16", in which convolutions store and calculate with 16 bits. The device
            then needs the feature shader-f16. Inputs, outputs and what gives coordinates stay in 32 bits.
        target: "gpu"; or "software" for an adapter that is the processor, where reading costs more than
            calculating and few invocations suffice: each does more. The device then needs subgroups.

    Returns:
        The program, for any batch. Either runs on every adapter that has the features.

    Raises:
        UnsupportedNetworkError: the file or an operator in it cannot be compiled; the text names the
            operator, its number in the file, and the tensor that it gives.
        ValueError: the precision or the target is unknown.
    """
    if precision not in PRECISIONS:
        raise ValueError(f"the precision is {precision!r}; expected one of {', '.join(PRECISIONS)}")
    if target not in TARGETS:
        raise ValueError(f"the target is {target!r}; expected one of {', '.join(TARGETS)}")
    try:
        return _compile(content, precision, target)
    except UnsupportedNetworkError:
        raise
    except (ArithmeticError, AssertionError, LookupError, TypeError, ValueError) as error:
        # The parts of a file may not fit together in more ways than are worth a text of their own.
        raise UnsupportedNetworkError(
            f"the network's parts do not fit together: {type(error).__name__}: {error}"
        ) from error


def _compile(content: bytes, precision: str, target: str) -> Program:
    network = read_network(content)
    names = {number: network.tensors[number].name for number in network.outputs}
    fold_constants(network)
    _check_operators(network)
    fuse(network)
    emitter = Emitter(network, target == "software")
    for operator in network.operators:
        (_RULES | _FUSED_RULES)[operator.kind](emitter, operator)
    outputs = {number: emitter.place(number) for number in network.outputs}
    halves = use_half_precision(emitter, outputs) if precision == "float16" else set()
    return _link(emitter, names, outputs, halves)


def choose_target(device: GpuDevice) -> str:
    """The target for `compile_network` that suits a device."""
    return "software" if device.adapter.is_software and "subgroups" in device.features else "gpu"


def _check_operators(network: Network) -> None:
    for operator in network.operators:
        if operator.kind not in _RULES:
            tensor = network.tensors[operator.outputs[0]]
            raise UnsupportedNetworkError(
                f"{operator}, which gives {tensor}: there is no shader for it; supported are "
                f"{', '.join(supported_operators())}"
            )


def _link(
    emitter: Emitter, names: Mapping[int, str], outputs: Mapping[int, Place], halves: Collection[int]
) -> Program:
    """Decides the order and the places, and writes the dispatches."""
    network = emitter.network
    groups = schedule(emitter.steps)
    counts = {
        number: -(-count // 2) if number in halves else count for number, count in emitter.counts.items()
    }
    kept = [*network.inputs, *(place.tensor for place in outputs.values())]
    places, words = plan_arena([step for group in groups for step in group], counts, kept)
    linker = _Linker(places, words, halves, emitter.is_for_software)
    dispatches = linker.dispatches(groups)

    names_of_shaders = dict.fromkeys(dispatch.shader for dispatch in dispatches)
    shaders = {name: _source(name, emitter.is_for_software) for name in names_of_shaders}

    def tensor(number: int, name: str, place: int) -> ProgramTensor:
        shape = network.tensors[number].shape
        return ProgramTensor(name, 4 * place, shape if shape[:1] == (1,) else (1, *shape))

    return Program(
        4 * words,
        linker.weights.to_bytes(),
        dispatches,
        _by_name([tensor(number, network.tensors[number].name, places[number]) for number in network.inputs]),
        _by_name(
            [
                tensor(number, names[number], places[place.tensor] + place.offset)
                for number, place in outputs.items()
            ]
        ),
        shaders,
        tuple(name for name, words in _FEATURES.items() if any(words in text for text in shaders.values())),
    )


def _by_name(tensors: list[ProgramTensor]) -> dict[str, ProgramTensor]:
    named = {tensor.name: tensor for tensor in tensors}
    if len(named) < len(tensors):
        raise UnsupportedNetworkError(
            f"two of the network's tensors are named alike: {[t.name for t in tensors]}"
        )
    return named


@functools.cache
def _source(name: str, is_for_software: bool) -> str:
    """A shader, after the lines that say what its type `real` is, and before the parts that it shares."""
    plain = name.removesuffix(_HALF)
    parts = list(_PARTS.get(plain, ()))
    if is_for_software and plain == name and _KERNEL_READS in parts:
        # Few drivers hand on 16-bit floats.
        parts[parts.index(_KERNEL_READS)] += "_shared"
    files = ("float16" if plain != name else "float32", plain, *parts)
    return "\n".join((_SHADERS / f"{file}.wgsl").read_text(encoding="utf-8") for file in files)


@functools.cache
def _parameter_names(source: str) -> list[str]:
    """The fields of a shader's struct `Parameters`, in capitals, as the rules write them."""
    struct = re.search(r"^struct Parameters \{$(.*?)^\}$", source, re.DOTALL | re.MULTILINE)
    fields = [] if struct is None else re.findall(r"(?m)^  (\w+): [iu]32,", struct[1])
    return [name.upper() for name in fields]


class _Linker:
    """Writes dispatches, now that every place in the arena is known.

    Attributes:
        weights: the constants so far.
    """

    def __init__(
        self, places: Mapping[int, int], words: int, halves: Collection[int], is_for_software: bool
    ) -> None:
        self.weights = WeightsBuffer()
        self._places = places
        self._words = words
        self._halves = halves
        self._is_for_software = is_for_software
        self._lists: list[tuple[int, int]] = []  # of records: the first word, and how many

    def dispatches(self, groups: list[list[Step]]) -> tuple[Dispatch, ...]:
        """One for each group of steps."""
        count = sum(isinstance(group[0], TensorStep) for group in groups)
        if count:
            self.weights.reserve(4 + 8 * count)
        made = tuple(self.dispatch(group) for group in groups)
        if count:
            self.weights.fill(np.array([self._words, *itertools.chain(*self._lists)], np.uint32))
        return made

    def dispatch(self, group: list[Step]) -> Dispatch:
        step = group[0]
        if isinstance(step, ShaderStep):
            dispatch = self._of_shader(step)
        else:
            dispatch = self._of_records([step for step in group if isinstance(step, TensorStep)])
        if max(dispatch.workgroups) > _MOST_WORKGROUPS:
            raise UnsupportedNetworkError(
                f"{dispatch.label}: the result is too large, {dispatch.workgroups} workgroups; at most "
                f"{_MOST_WORKGROUPS}"
            )
        return dispatch

    def _of_shader(self, step: ShaderStep) -> Dispatch:
        name = step.shader + (_HALF if step.is_half else "")
        size = 2 if step.is_half else 4
        places = [value for value in step.constants.values() if isinstance(value, Place)]
        unit = size * (4 if any(place.vectors for place in places) else 1)
        values: dict[str, float] = {"ITEM": 4 * self._words // unit}
        for key, value in step.constants.items():
            if isinstance(value, Place):
                size_there = 2 if value.tensor in self._halves else 4
                values[key] = (4 * self._places[value.tensor] + value.offset * size_there) // unit
            elif isinstance(value, Stored):
                values[key] = self._stored(value, size)
            else:
                values[key] = value
        source = _source(name, self._is_for_software)
        fields = _parameter_names(source)
        parameters = tuple(int(values.get(field, 0)) for field in fields)
        constants = {key: value for key, value in values.items() if key not in fields}
        return Dispatch(name, constants, step.workgroups, step.label, parameters=parameters)

    def _stored(self, constant: Stored, size: int) -> int:
        is_float = constant.array.dtype.kind == "f"
        dtype = constant.array.dtype if not is_float else np.float16 if size == 2 else np.float32
        place = self.weights.add(constant.array, dtype)
        return place // ((size if is_float else 4) * (4 if constant.vectors else 1))

    def _of_records(self, steps: list[TensorStep]) -> Dispatch:
        records = [step.record(self._places, self._constants(step)) for step in steps]
        self._lists.append((self.weights.add(np.concatenate(records), np.uint32) // 4, len(steps)))
        workgroups = 1 if len(steps) > 1 else min(-(-steps[0].elements // _INVOCATIONS), 4096)
        labels = list(dict.fromkeys(step.label for step in steps))
        more = f" and {len(labels) - _LABELED} more" if len(labels) > _LABELED else ""
        label = ", ".join(labels[:_LABELED]) + more
        constants = {
            "LEVEL": max(step.level for step in steps),
            "REDUCES": any(step.reduction != "none" for step in steps),
        }
        parameters = (len(self._lists) - 1,)
        return Dispatch("tensor_operations", constants, (workgroups, 1), label, parameters=parameters)

    def _constants(self, step: TensorStep) -> dict[int, int]:
        """The word of each constant of a step, by `id`."""
        arrays = [
            view.source for view in step.operands if view is not None and not isinstance(view.source, int)
        ]
        return {id(array): self.weights.add(array) // 4 for array in arrays}
