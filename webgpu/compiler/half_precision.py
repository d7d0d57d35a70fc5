"""Half precision: chooses the steps that run on 16-bit floats, and converts tensors at their borders."""

from __future__ import annotations

import math
from dataclasses import replace

from attention_mesh.webgpu.compiler.emitter import Emitter
from attention_mesh.webgpu.compiler.steps import Place, ShaderStep, Step, Stored

# Shaders that are written for both precisions.
_SHADERS = ("separable", "separable_tile", "convolution", "depthwise", "pooling", "resize_bilinear")
_PAIRS = 64  # of elements that a workgroup of the shader `convert` does


def use_half_precision(emitter: Emitter, outputs: dict[int, Place]) -> set[int]:
    """Rewrites the emitter's steps, and the places of the outputs, in place.

    Inputs, outputs and small operators stay in 32 bits. So do convolutions that end in one pixel: they give
    coordinates, and a 16-bit float above 128 px is a multiple of an eighth.

    Args:
        emitter: with all steps of a network.
        outputs: where the network's outputs lie.

    Returns:
        The numbers of the activations that are stored in 16 bits.
    """
    halves = {step.writes for step in emitter.steps if _is_half(step)}
    copies: dict[int, int] = {}  # the same tensor in the other precision
    steps: list[Step] = []

    def converted(number: int) -> int:
        if number not in copies:
            copy = emitter.scratch((emitter.counts[number],)).source
            assert isinstance(copy, int)
            copies[number] = copy
            is_to_half = number not in halves
            if is_to_half:
                halves.add(copy)
            steps.append(_convert(emitter, number, copy, is_to_half))
        return copies[number]

    for step in emitter.steps:
        is_half = _is_half(step)
        wrong = [number for number in step.reads if (number in halves) != is_half]
        step = step.reading({number: converted(number) for number in wrong})
        steps.append(replace(step, is_half=is_half) if isinstance(step, ShaderStep) else step)
    for number, place in outputs.items():
        if place.tensor in halves:
            outputs[number] = replace(place, tensor=converted(place.tensor))
    emitter.steps = steps
    return halves


def _is_half(step: Step) -> bool:
    if not isinstance(step, ShaderStep) or step.shader not in _SHADERS:
        return False
    pixels = step.constants["OUT_HEIGHT"], step.constants["OUT_WIDTH"]
    return step.shader != "convolution" or pixels != (1, 1)


def _convert(emitter: Emitter, source: int, target: int, is_to_half: bool) -> ShaderStep:
    pairs = math.ceil(emitter.counts[source] / 2)
    constants: dict[str, float | Place | Stored] = {
        "INPUT": Place(source, words=True),
        "OUTPUT": Place(target, words=True),
        "PAIRS": pairs,
        "TO_HALF": int(is_to_half),
    }
    label = f"tensor {source} to {'float16' if is_to_half else 'float32'}"
    return ShaderStep(label, (source,), target, "convert", constants, (-(-pairs // _PAIRS), 1))
