"""Rules for operators on maps of pixels: convolutions, pooling, resizing, MediaPipe's crop of features."""

from __future__ import annotations

import math

import numpy as np

from attention_mesh.webgpu.compiler.constant_folding import float_weights
from attention_mesh.webgpu.compiler.emitter import Emitter
from attention_mesh.webgpu.compiler.fusion import Skip, is_vectorized, window_size
from attention_mesh.webgpu.compiler.network import Operator, group_count
from attention_mesh.webgpu.compiler.steps import Place, Stored

_ACTIVATIONS = {"none": 0, "relu": 1, "relu6": 2, "prelu": 3}
_INVOCATIONS = 64  # of a workgroup of the shaders that have no tile
_MOST_LANES = 32  # vectors of output channels for one workgroup of the shader `separable`
_TILE_VECTORS = 1024  # in the 16 KB that a workgroup has on every adapter
_PIXELS = 4  # of an invocation of the shader `separable`

_Constants = dict[str, float | Place | Stored]


def emit_convolution(emitter: Emitter, operator: Operator) -> None:
    """CONV_2D with all that was fused into it."""
    if operator.options["activation"] not in _ACTIVATIONS:
        raise emitter.unsupported(operator, f"the activation is {operator.options['activation']}")
    if is_vectorized(emitter.network, operator):
        _emit_separable(emitter, operator)
    else:
        _emit_general(emitter, operator)


def _weights(emitter: Emitter, number: int) -> np.ndarray:
    tensor = emitter.tensor(number)
    assert tensor.data is not None
    return float_weights(tensor.data, tensor.scale)


def _bias(emitter: Emitter, operator: Operator, channels: int) -> np.ndarray:
    """(channels rounded up to a multiple of four,) float32."""
    bias = np.zeros(-(-channels // 4) * 4, np.float32)
    if len(operator.inputs) > 2 and operator.inputs[2] >= 0:
        emitter.constant(operator, 2, "biases")
        bias[:channels] = _weights(emitter, operator.inputs[2])
    return bias


def _epilogue(emitter: Emitter, operator: Operator, groups: int, unit: int) -> _Constants:
    """The constants for skip and activation; `unit` is the number of elements that a place counts."""
    options = operator.options
    constants: _Constants = {"ACTIVATION": _ACTIVATIONS[options["activation"]]}
    if options["activation"] == "prelu":
        channels = emitter.shape(operator.outputs[0])[-1]
        slopes = np.zeros(-(-channels // 4) * 4, np.float32)
        slopes[:channels] = _weights(emitter, options["slopes"]).reshape(-1)[-channels:]
        constants["SLOPES"] = Stored(slopes, vectors=operator.kind != "DEPTHWISE_CONV_2D")
    skip: Skip | None = options.get("skip")
    if skip is not None:
        height, width = emitter.shape(skip.tensor)[1:3]
        constants |= {
            "SKIP_KIND": 2 if skip.is_pooled else 1,
            "SKIP": emitter.place(skip.tensor, vectors=unit == 4),
            "SKIP_HEIGHT": height,
            "SKIP_WIDTH": width,
            "SKIP_GROUP": skip.channels // groups // unit,
        }
    return constants


def _emit_separable(emitter: Emitter, operator: Operator) -> None:
    kernel = _weights(emitter, operator.inputs[1])
    groups = group_count(emitter.network, operator)
    channels, group_in = kernel.shape[0], kernel.shape[3] // 4
    group_out = channels // groups // 4
    _, height, width, _ = emitter.shape(operator.outputs[0])
    pixels = height * width
    lanes = min(_MOST_LANES, group_out)
    rows = max(
        1,
        min(
            _INVOCATIONS // lanes,
            _TILE_VECTORS // (_PIXELS * group_in),
            -(-pixels // _PIXELS),
        ),
    )
    # (group, output, input) to (group, input, output).
    stored = kernel.reshape(groups, channels // groups, -1).transpose(0, 2, 1)
    _, in_height, in_width, _ = emitter.shape(operator.inputs[0])
    constants: _Constants = {
        "INPUT": emitter.place(operator.inputs[0], vectors=True),
        "KERNEL": Stored(stored, vectors=True),
        "BIAS": Stored(_bias(emitter, operator, channels), vectors=True),
        "IN_HEIGHT": in_height,
        "IN_WIDTH": in_width,
        "OUT_HEIGHT": height,
        "OUT_WIDTH": width,
        "GROUPS": groups,
        "GROUP_IN": group_in,
        "GROUP_OUT": group_out,
        "LANES": lanes,
        "ROWS": rows,
        "INVOCATIONS": lanes * rows,
        "TILE": _PIXELS * rows * group_in,
        **_epilogue(emitter, operator, groups, 4),
    }
    depthwise: Operator | None = operator.options.get("depthwise")
    if depthwise is not None:
        depthwise_kernel = _weights(emitter, depthwise.inputs[1])
        top, left = depthwise.options["pads"]
        bias = _bias(emitter, depthwise, depthwise_kernel.shape[3])
        constants |= {
            "DEPTHWISE_KERNEL": Stored(depthwise_kernel, vectors=True),
            "DEPTHWISE_BIAS": Stored(bias, vectors=True),
            "SIDE": depthwise_kernel.shape[1],
            "STRIDE": depthwise.options["strideH"],
            "PAD_TOP": top,
            "PAD_LEFT": left,
        }
    emitter.allocate(operator.outputs[0])
    constants["OUTPUT"] = emitter.place(operator.outputs[0], vectors=True)
    chunks = groups * -(-group_out // lanes)
    emitter.emit_shader(operator, "separable", constants, (-(-pixels // (_PIXELS * rows)), chunks))


def _window(emitter: Emitter, operator: Operator) -> _Constants:
    """Sizes of the maps, strides and padding of an operator with a window."""
    _, in_height, in_width, _ = emitter.shape(operator.inputs[0])
    _, height, width, _ = emitter.shape(operator.outputs[0])
    options = operator.options
    top, left = options["pads"]
    return {
        "IN_HEIGHT": in_height,
        "IN_WIDTH": in_width,
        "OUT_HEIGHT": height,
        "OUT_WIDTH": width,
        "STRIDE_Y": options["strideH"],
        "STRIDE_X": options["strideW"],
        "PAD_TOP": top,
        "PAD_LEFT": left,
    }


def _emit_general(emitter: Emitter, operator: Operator) -> None:
    kernel = _weights(emitter, operator.inputs[1])
    in_channels = emitter.shape(operator.inputs[0])[-1]
    groups = group_count(emitter.network, operator)
    channels, kernel_height, kernel_width, group_in = kernel.shape
    if groups > 1 and (channels // groups) % 4:
        kernel, groups = _without_groups(kernel, groups), 1
        group_in = in_channels
    vectors = -(-channels // 4)
    stored = np.zeros((kernel_height, kernel_width, group_in, 4 * vectors), np.float32)
    stored[..., :channels] = kernel.transpose(1, 2, 3, 0)
    window = _window(emitter, operator)
    constants: _Constants = {
        **window,
        "INPUT": emitter.place(operator.inputs[0]),
        "KERNEL": Stored(stored, vectors=True),
        "BIAS": Stored(_bias(emitter, operator, channels), vectors=True),
        "IN_CHANNELS": in_channels,
        "OUT_CHANNELS": channels,
        "KERNEL_HEIGHT": kernel_height,
        "KERNEL_WIDTH": kernel_width,
        "DILATION_Y": operator.options["dilationHFactor"],
        "DILATION_X": operator.options["dilationWFactor"],
        "GROUP_IN": group_in,
        "GROUP_OUT": channels // groups,
        **_epilogue(emitter, operator, groups, 1),
    }
    emitter.allocate(operator.outputs[0])
    constants["OUTPUT"] = emitter.place(operator.outputs[0])
    height, width = emitter.shape(operator.outputs[0])[1:3]
    emitter.emit_shader(operator, "convolution", constants, (-(-height * width * vectors // _INVOCATIONS), 1))


def _without_groups(kernel: np.ndarray, groups: int) -> np.ndarray:
    """A kernel that reads all channels, most of them with the weight zero."""
    channels, height, width, group_in = kernel.shape
    dense = np.zeros((channels, height, width, groups * group_in), np.float32)
    size = channels // groups
    for group in range(groups):
        rows = slice(group * size, (group + 1) * size)
        dense[rows, :, :, group * group_in : (group + 1) * group_in] = kernel[rows]
    return dense


def emit_depthwise(emitter: Emitter, operator: Operator) -> None:
    """DEPTHWISE_CONV_2D that stands alone."""
    if operator.options["activation"] not in _ACTIVATIONS:
        raise emitter.unsupported(operator, f"the activation is {operator.options['activation']}")
    emitter.constant(operator, 1, "weights")
    kernel = _weights(emitter, operator.inputs[1])
    in_channels = emitter.shape(operator.inputs[0])[-1]
    _, kernel_height, kernel_width, channels = kernel.shape
    constants: _Constants = {
        **_window(emitter, operator),
        "INPUT": emitter.place(operator.inputs[0]),
        "KERNEL": Stored(kernel),
        "BIAS": Stored(_bias(emitter, operator, channels)),
        "IN_CHANNELS": in_channels,
        "MULTIPLIER": channels // in_channels,
        "KERNEL_HEIGHT": kernel_height,
        "KERNEL_WIDTH": kernel_width,
        "DILATION_Y": operator.options["dilationHFactor"],
        "DILATION_X": operator.options["dilationWFactor"],
        **_epilogue(emitter, operator, 1, 1),
    }
    emitter.allocate(operator.outputs[0])
    constants["OUTPUT"] = emitter.place(operator.outputs[0])
    emitter.emit_shader(operator, "depthwise", constants, _per_element(emitter, operator))


def emit_pooling(emitter: Emitter, operator: Operator) -> None:
    """MAX_POOL_2D and AVERAGE_POOL_2D."""
    if operator.options["activation"] not in ("none", "relu", "relu6"):
        raise emitter.unsupported(operator, f"the activation is {operator.options['activation']}")
    height, width = window_size(emitter.network, operator)
    constants: _Constants = {
        **_window(emitter, operator),
        "INPUT": emitter.place(operator.inputs[0]),
        "CHANNELS": emitter.shape(operator.inputs[0])[-1],
        "WINDOW_HEIGHT": height,
        "WINDOW_WIDTH": width,
        "MEAN": int(operator.kind == "AVERAGE_POOL_2D"),
        "ACTIVATION": _ACTIVATIONS[operator.options["activation"]],
    }
    emitter.allocate(operator.outputs[0])
    constants["OUTPUT"] = emitter.place(operator.outputs[0])
    emitter.emit_shader(operator, "pooling", constants, _per_element(emitter, operator))


def emit_resize(emitter: Emitter, operator: Operator) -> None:
    """RESIZE_BILINEAR."""
    _, in_height, in_width, channels = emitter.shape(operator.inputs[0])
    _, height, width, _ = emitter.shape(operator.outputs[0])
    are_corners_aligned = bool(operator.options["alignCorners"])

    def scale(before: int, after: int) -> float:
        if are_corners_aligned and after > 1:
            return (before - 1) / (after - 1)
        return before / after

    constants: _Constants = {
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
    emitter.emit_shader(operator, "resize_bilinear", constants, _per_element(emitter, operator))


def emit_transform_matrix(emitter: Emitter, operator: Operator) -> None:
    """MediaPipe's Landmarks2TransformMatrix."""
    options = operator.options
    subset = np.asarray(options["subset_idxs"], np.uint32)
    constants: _Constants = {
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
    constants: _Constants = {
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
    emitter.emit_shader(operator, "bilinear_crop", constants, _per_element(emitter, operator))


def emit_weighted_rows(emitter: Emitter, operator: Operator) -> None:
    """Sums of rows of a table, by calculated indices and weights, as `fusion` makes them."""
    table, indices = (emitter.shape(number) for number in operator.inputs[:2])
    count, rows, channels = indices[-2], indices[-1], table[-1]
    constants: _Constants = {
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
    workgroups = -(-rows * channels // 4 // _INVOCATIONS), 1
    emitter.emit_shader(operator, "weighted_rows", constants, workgroups)


def _per_element(emitter: Emitter, operator: Operator) -> tuple[int, int]:
    """Workgroups for one invocation an element of the result."""
    return -(-math.prod(emitter.shape(operator.outputs[0])) // _INVOCATIONS), 1
