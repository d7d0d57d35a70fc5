"""Rules for other operators on maps of pixels: pooling, resizing, sampling, MediaPipe's crop of features."""

from __future__ import annotations

import math

import numpy as np

from attention_mesh.webgpu.compiler.convolution_rules import (
    ACTIVATIONS,
    INVOCATIONS,
    Constants,
    per_element,
    window_constants,
)
from attention_mesh.webgpu.compiler.emitter import Emitter
from attention_mesh.webgpu.compiler.fusion import window_size
from attention_mesh.webgpu.compiler.network import Operator
from attention_mesh.webgpu.compiler.steps import Stored


def emit_pooling(emitter: Emitter, operator: Operator) -> None:
    """MAX_POOL_2D and AVERAGE_POOL_2D."""
    if operator.options["activation"] not in ("none", "relu", "relu6"):
        raise emitter.unsupported(operator, f"the activation is {operator.options['activation']}")
    height, width = window_size(emitter.network, operator)
    constants: Constants = {
        **window_constants(emitter, operator),
        "INPUT": emitter.place(operator.inputs[0]),
        "CHANNELS": emitter.shape(operator.inputs[0])[-1],
        "WINDOW_HEIGHT": height,
        "WINDOW_WIDTH": width,
        "MEAN": int(operator.kind == "AVERAGE_POOL_2D"),
        "ACTIVATION": ACTIVATIONS[operator.options["activation"]],
    }
    emitter.allocate(operator.outputs[0])
    constants["OUTPUT"] = emitter.place(operator.outputs[0])
    emitter.emit_shader(operator, "pooling", constants, per_element(emitter, operator))


def emit_resize(emitter: Emitter, operator: Operator) -> None:
    """RESIZE_BILINEAR."""
    _, in_height, in_width, channels = emitter.shape(operator.inputs[0])
    _, height, width, _ = emitter.shape(operator.outputs[0])
    are_corners_aligned = bool(operator.options["alignCorners"])

    def scale(before: int, after: int) -> float:
        if are_corners_aligned and after > 1:
            return (before - 1) / (after - 1)
        return before / after

    constants: Constants = {
        "INPUT": emitter.place(operator.inputs[0]),
        "IN_HEIGHT": in_height,
        "IN_WIDTH": in_width,
        "CHANNELS": channels,
        "OUT_HEIGHT": height,
        "OUT_WIDTH": width,
        "SCALE_Y": scale(in_height, height),
        "SCALE_X": scale(in_width, width),
        "HALF_PIXEL_CENTERS": int(bool(operator.options["halfPixelCenters"])),
    }
    emitter.allocate(operator.outputs[0])
    constants["OUTPUT"] = emitter.place(operator.outputs[0])
    emitter.emit_shader(operator, "resize_bilinear", constants, per_element(emitter, operator))


def emit_border(emitter: Emitter, operator: Operator, top: int, left: int) -> None:
    """A PAD that puts lines and columns of zeros around a map of whole vectors of channels."""
    _, in_height, in_width, channels = emitter.shape(operator.inputs[0])
    _, height, width, _ = emitter.shape(operator.outputs[0])
    constants: Constants = {
        "INPUT": emitter.place(operator.inputs[0], vectors=True),
        "IN_HEIGHT": in_height,
        "IN_WIDTH": in_width,
        "CHANNELS": channels // 4,
        "OUT_HEIGHT": height,
        "OUT_WIDTH": width,
        "TOP": top,
        "LEFT": left,
    }
    emitter.allocate(operator.outputs[0])
    constants["OUTPUT"] = emitter.place(operator.outputs[0], vectors=True)
    workgroups = -(-height * width * channels // 4 // INVOCATIONS), 1
    emitter.emit_shader(operator, "border", constants, workgroups)


def emit_transform_matrix(emitter: Emitter, operator: Operator) -> None:
    """MediaPipe's Landmarks2TransformMatrix."""
    options = operator.options
    subset = np.asarray(options["subset_idxs"], np.uint32)
    constants: Constants = {
        "INPUT": emitter.place(operator.inputs[0]),
        "DIMENSIONS": emitter.shape(operator.inputs[0])[-1],
        "SUBSET": Stored(subset),
        "SUBSET_SIZE": len(subset),
        "LEFT": int(options["left_rotation_idx"]),
        "RIGHT": int(options["right_rotation_idx"]),
        "TARGET": float(options["target_rotation_radians"]),
        "HEIGHT": float(options["output_height"]),
        "WIDTH": float(options["output_width"]),
        "SCALE_X": float(options["scale_x"]),
        "SCALE_Y": float(options["scale_y"]),
    }
    emitter.allocate(operator.outputs[0])
    constants["OUTPUT"] = emitter.place(operator.outputs[0])
    emitter.emit_shader(operator, "transform_matrix", constants, (1, 1))


def emit_bilinear_crop(emitter: Emitter, operator: Operator) -> None:
    """MediaPipe's TransformTensorBilinear."""
    _, in_height, in_width, channels = emitter.shape(operator.inputs[0])
    _, height, width, _ = emitter.shape(operator.outputs[0])
    constants: Constants = {
        "INPUT": emitter.place(operator.inputs[0]),
        "MATRIX": emitter.place(operator.inputs[1]),
        "IN_HEIGHT": in_height,
        "IN_WIDTH": in_width,
        "CHANNELS": channels,
        "OUT_HEIGHT": height,
        "OUT_WIDTH": width,
    }
    emitter.allocate(operator.outputs[0])
    constants["OUTPUT"] = emitter.place(operator.outputs[0])
    emitter.emit_shader(operator, "bilinear_crop", constants, per_element(emitter, operator))


def emit_weighted_rows(emitter: Emitter, operator: Operator) -> None:
    """Sums of rows of a table, by calculated indices and weights, as `fusion` makes them."""
    table, indices = (emitter.shape(number) for number in operator.inputs[:2])
    count, rows, channels = indices[-2], indices[-1], table[-1]
    constants: Constants = {
        "TABLE": emitter.place(operator.inputs[0]),
        "INDICES": emitter.place(operator.inputs[1]),
        "WEIGHTS": emitter.place(operator.inputs[2]),
        "ENTRIES": math.prod(table[:-1]),
        "CHANNELS": channels // 4,
        "ROWS": rows,
        "COUNT": count,
    }
    emitter.allocate(operator.outputs[0])
    constants["OUTPUT"] = emitter.place(operator.outputs[0])
    workgroups = -(-rows * channels // 4 // INVOCATIONS), 1
    emitter.emit_shader(operator, "weighted_rows", constants, workgroups)


def emit_bilinear_samples(emitter: Emitter, operator: Operator) -> None:
    """Samples of a map at calculated places, as `sampling` finds them."""
    channels = emitter.shape(operator.inputs[0])[-1]
    samples = emitter.tensor(operator.inputs[1]).count // 2
    constants: Constants = {
        "INPUT": emitter.place(operator.inputs[0], vectors=True),
        "PLACES": emitter.place(operator.inputs[1], vectors=True),
        "HEIGHT": operator.options["height"],
        "WIDTH": operator.options["width"],
        "CHANNELS": channels // 4,
        "SAMPLES": samples,
    }
    emitter.allocate(operator.outputs[0])
    constants["OUTPUT"] = emitter.place(operator.outputs[0], vectors=True)
    emitter.emit_shader(operator, "bilinear_samples", constants, (-(-samples // INVOCATIONS), 1))
