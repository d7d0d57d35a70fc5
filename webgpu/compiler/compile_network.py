"""Compiling: from the bytes of a .tflite file to a program."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from attention_mesh.webgpu.compiler.arena_plan import plan_arena
from attention_mesh.webgpu.compiler.constant_folding import fold_constants
from attention_mesh.webgpu.compiler.convolution_rules import (
    emit_bilinear_crop,
    emit_convolution,
    emit_depthwise,
    emit_pooling,
    emit_resize,
    emit_transform_matrix,
    emit_weighted_rows,
)
from attention_mesh.webgpu.compiler.emitter import Emitter
from attention_mesh.webgpu.compiler.fusion import fuse
from attention_mesh.webgpu.compiler.layout_rules import LAYOUT_RULES
from attention_mesh.webgpu.compiler.network import Network, Operator, read_network
from attention_mesh.webgpu.compiler.schedule import schedule
from attention_mesh.webgpu.compiler.steps import Place, ShaderStep, Step, TensorStep
from attention_mesh.webgpu.compiler.tensor_rules import TENSOR_RULES, emit_computed_pointwise
from attention_mesh.webgpu.errors import UnsupportedNetworkError
from attention_mesh.webgpu.program import Dispatch, Program, ProgramTensor

_SHADERS = Path(__file__).parents[1] / "shaders"
_MOST_WORKGROUPS = 65535  # along an axis, on every adapter
_INVOCATIONS = 256  # of a workgroup of the shader `tensor_operations`
_LABELED = 3  # operators that the label of a list names


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
    "Landmarks2TransformMatrix": emit_transform_matrix,
    "MAX_POOL_2D": emit_pooling,
    "RESIZE_BILINEAR": emit_resize,
    "TransformTensorBilinear": emit_bilinear_crop,
}
# What `fusion` makes of several operators.
_FUSED_RULES: dict[str, Callable[[Emitter, Operator], None]] = {"WEIGHTED_ROWS": emit_weighted_rows}


def supported_operators() -> list[str]:
    """The names of the operators that can be compiled, in TFLite's spelling."""
    return sorted(_RULES)


def compile_network(content: bytes) -> Program:
    """Compiles a network for a batch of one.

    Args:
        content: the bytes of a .tflite file. Its inputs may be float32, or uint8, whose numbers the program
            then takes as float32.

    Returns:
        The program.

    Raises:
        UnsupportedNetworkError: the file or an operator in it cannot be compiled; the text names the
            operator, its number in the file, and the tensor that it gives.
    """
    network = read_network(content)
    names = {number: network.tensors[number].name for number in network.outputs}
    fold_constants(network)
    _check_operators(network)
    fuse(network)
    emitter = Emitter(network)
    for operator in network.operators:
        (_RULES | _FUSED_RULES)[operator.kind](emitter, operator)
    _give_outputs(emitter)
    return _link(emitter, names)


def _check_operators(network: Network) -> None:
    for operator in network.operators:
        if operator.kind not in _RULES:
            tensor = network.tensors[operator.outputs[0]]
            raise UnsupportedNetworkError(
                f"{operator}, which gives {tensor}: there is no shader for it; supported are "
                f"{', '.join(supported_operators())}"
            )


def _give_outputs(emitter: Emitter) -> None:
    """Copies outputs that no operator writes: constants, and inputs that pass through."""
    for number in emitter.network.outputs:
        view = emitter.view(number)
        if not isinstance(view.source, int):
            emitter.place(number)


def _link(emitter: Emitter, names: Mapping[int, str]) -> Program:
    """Decides the order and the places, and writes the dispatches."""
    network = emitter.network
    groups = schedule(emitter.steps)
    outputs = {number: emitter.place(number) for number in network.outputs}
    kept = [*network.inputs, *(place.tensor for place in outputs.values())]
    places, elements = plan_arena([step for group in groups for step in group], emitter.counts, kept)
    resolved = _Resolved(emitter, places, elements)
    dispatches = tuple(resolved.dispatch(group) for group in groups)

    def tensor(number: int, name: str, place: int) -> ProgramTensor:
        shape = network.tensors[number].shape
        return ProgramTensor(name, 4 * place, shape if shape[:1] == (1,) else (1, *shape))

    prelude = _source("float32")
    return Program(
        4 * elements,
        emitter.weights.to_bytes(),
        dispatches,
        _by_name([tensor(number, network.tensors[number].name, places[number]) for number in network.inputs]),
        _by_name(
            [
                tensor(number, names[number], places[place.tensor] + place.offset)
                for number, place in outputs.items()
            ]
        ),
        {
            name: prelude + "\n" + _source(name)
            for name in dict.fromkeys(dispatch.shader for dispatch in dispatches)
        },
    )


def _by_name(tensors: list[ProgramTensor]) -> dict[str, ProgramTensor]:
    named = {tensor.name: tensor for tensor in tensors}
    if len(named) < len(tensors):
        raise UnsupportedNetworkError(
            f"two of the network's tensors are named alike: {[t.name for t in tensors]}"
        )
    return named


@functools.cache
def _source(name: str) -> str:
    return (_SHADERS / f"{name}.wgsl").read_text(encoding="utf-8")


class _Resolved:
    """Writes dispatches, once every place in the arena is known."""

    def __init__(self, emitter: Emitter, places: Mapping[int, int], elements: int) -> None:
        self._weights = emitter.weights
        self._places = places
        self._elements = elements

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
        is_vectorized = any(isinstance(value, Place) and value.vectors for value in step.constants.values())
        constants: dict[str, float] = {"ITEM": self._elements // (4 if is_vectorized else 1)}
        for name, value in step.constants.items():
            if isinstance(value, Place):
                element = self._places[value.tensor] + value.offset
                value = element // 4 if value.vectors else element
            constants[name] = value
        return Dispatch(step.shader, constants, step.workgroups, step.label)

    def _of_records(self, steps: list[TensorStep]) -> Dispatch:
        records = [step.record(self._places, self._constants(step)) for step in steps]
        constants = {
            "ITEM": self._elements,
            "FIRST": self._weights.add(np.concatenate(records), np.uint32) // 4,
            "COUNT": len(steps),
        }
        workgroups = 1 if len(steps) > 1 else min(-(-steps[0].elements // _INVOCATIONS), 4096)
        labels = list(dict.fromkeys(step.label for step in steps))
        more = f" and {len(labels) - _LABELED} more" if len(labels) > _LABELED else ""
        label = ", ".join(labels[:_LABELED]) + more
        return Dispatch("tensor_operations", constants, (workgroups, 1), label)

    def _constants(self, step: TensorStep) -> dict[int, int]:
        """The word of each constant of a step, by `id`."""
        arrays = [
            view.source for view in step.operands if view is not None and not isinstance(view.source, int)
        ]
        return {id(array): self._weights.add(array) // 4 for array in arrays}
