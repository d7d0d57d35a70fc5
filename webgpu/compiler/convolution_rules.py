"""Rules for convolutions, and how their work is divided among invocations."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from attention_mesh.webgpu.compiler.constant_folding import float_weights
from attention_mesh.webgpu.compiler.emitter import Emitter
from attention_mesh.webgpu.compiler.fusion import Skip, is_vectorized
from attention_mesh.webgpu.compiler.network import Operator, group_count
from attention_mesh.webgpu.compiler.steps import Place, Stored

ACTIVATIONS = {"none": 0, "relu": 1, "relu6": 2, "prelu": 3}
INVOCATIONS = 64  # of a workgroup of the shaders that have no tile
_MOST_LANES = 32  # chunks of output channels for one workgroup of the shader `separable_tile`
_TILE_VECTORS = 1024  # in the 16 KB that a workgroup has on every adapter
_TILES = (256, _TILE_VECTORS)  # few sizes, so that layers share pipelines
_ENOUGH_INVOCATIONS = 4096  # so many keep a small GPU busy
_MANY_WEIGHTS = 8192  # of a FULLY_CONNECTED

Constants = dict[str, float | Place | Stored]


def emit_convolution(emitter: Emitter, operator: Operator) -> None:
    """CONV_2D with all that was fused into it."""
    if operator.options["activation"] not in ACTIVATIONS:
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


def _slopes(emitter: Emitter, operator: Operator, channels: int) -> np.ndarray:
    """(channels, rounded up to a multiple of four) float32: the activation as slopes of PReLU."""
    kind = operator.options["activation"]
    slopes = np.zeros(-(-channels // 4) * 4, np.float32)
    slopes[:channels] = kind == "none"
    if kind == "prelu":
        slopes[:channels] = _weights(emitter, operator.options["slopes"]).reshape(-1)[-channels:]
    return slopes


def _activation(emitter: Emitter, operator: Operator, channels: int) -> Constants:
    """The constants for the activation. All but ReLU6 are PReLU, so that their layers share pipelines."""
    slopes = Stored(_slopes(emitter, operator, channels), vectors=True)
    return {"SLOPES": slopes, "IS_RELU6": int(operator.options["activation"] == "relu6")}


def _skip(emitter: Emitter, skip: Skip, groups: int, unit: int) -> Constants:
    """The constants for a skip; `unit` is the number of elements that a place counts."""
    height, width = emitter.shape(skip.tensor)[1:3]
    return {
        "SKIP": emitter.place(skip.tensor, vectors=unit == 4),
        "SKIP_HEIGHT": height,
        "SKIP_WIDTH": width,
        "SKIP_GROUP": skip.channels // groups // unit,
    }


def _emit_separable(emitter: Emitter, operator: Operator) -> None:
    kernel = _weights(emitter, operator.inputs[1])
    groups = group_count(emitter.network, operator)
    channels, group_in = kernel.shape[0], kernel.shape[3] // 4
    _, height, width, _ = emitter.shape(operator.outputs[0])
    _, in_height, in_width, _ = emitter.shape(operator.inputs[0])
    # (group, output, input) to (group, input, output).
    stored = kernel.reshape(groups, channels // groups, -1).transpose(0, 2, 1)
    constants: Constants = {
        "INPUT": emitter.place(operator.inputs[0], vectors=True),
        "KERNEL": Stored(stored, vectors=True),
        "BIAS": Stored(_bias(emitter, operator, channels), vectors=True),
        "IN_HEIGHT": in_height,
        "IN_WIDTH": in_width,
        "OUT_HEIGHT": height,
        "OUT_WIDTH": width,
        "GROUPS": groups,
        "GROUP_IN": group_in,
        "GROUP_OUT": channels // groups // 4,
        **_activation(emitter, operator, channels),
    }
    skip: Skip | None = operator.options.get("skip")
    if skip is not None:
        constants |= {**_skip(emitter, skip, groups, 4), "IS_POOLED": int(skip.is_pooled)}
    side = stride = 0
    depthwise: Operator | None = operator.options.get("depthwise")
    if depthwise is not None:
        depthwise_kernel = _weights(emitter, depthwise.inputs[1])
        top, left = depthwise.options["pads"]
        bias = _bias(emitter, depthwise, depthwise_kernel.shape[3])
        side, stride = depthwise_kernel.shape[1], depthwise.options["strideH"]
        constants |= {
            "DEPTHWISE_KERNEL": Stored(depthwise_kernel, vectors=True),
            "DEPTHWISE_BIAS": Stored(bias, vectors=True),
            "SIDE": side,
            "STRIDE": stride,
            "PAD_TOP": top,
            "PAD_LEFT": left,
        }
    has_block = side == 0 or (side == 3 and stride <= 2)  # what `depthwise_block.wgsl` has
    blocks = -(-height // 2) * -(-width // 2)
    shader, tiling, workgroups = _tiling(
        blocks, groups, group_in, channels // groups // 4, has_block, emitter.is_for_software
    )
    emitter.allocate(operator.outputs[0])
    constants["OUTPUT"] = emitter.place(operator.outputs[0], vectors=True)
    emitter.emit_shader(operator, shader, {**constants, **tiling}, workgroups)


def _tiling(
    blocks: int, groups: int, group_in: int, group_out: int, has_block: bool, is_for_software: bool
) -> tuple[str, dict[str, float], tuple[int, int]]:
    """Which shader runs a separable convolution, and who calculates what.

    Args:
        blocks: of 2×2 pixels.
        groups: of channels.
        group_in: vectors of input channels of a group.
        group_out: vectors of output channels of a group.
        has_block: whether the depthwise convolution is one that is done by blocks.
        is_for_software: see `compile_network`.

    Returns:
        The shader, constants for it, and the numbers of workgroups.
    """
    if is_for_software:
        # Most layers share pipelines: the last chunk of a group begins earlier if it would be too short.
        vectors = next(count for count in (4, 2, 1) if group_out >= count)
    else:
        vectors = next(count for count in (4, 2, 1) if group_out % count == 0)
        # A GPU wants many invocations: the more vectors each has, the fewer there are.
        while vectors > 1 and blocks * groups * group_out // vectors < _ENOUGH_INVOCATIONS:
            vectors //= 2
    chunks = -(-group_out // vectors)
    shared = int(is_for_software)
    if has_block and chunks == 1 and blocks >= INVOCATIONS:
        constants: dict[str, float] = {"VECTORS": vectors, "IS_SHARED": shared}
        return "separable", constants, (-(-blocks // INVOCATIONS), groups)
    lanes = min(chunks, _MOST_LANES)
    most = max(1, min(INVOCATIONS // lanes, _TILE_VECTORS // (4 * group_in)))
    if is_for_software and most >= 4:
        # Four neighbors share what they read; of those numbers the one that leaves the fewest blocks over.
        sizes: Sequence[int] = range(4, most + 1, 4)
    else:
        sizes, shared = [min(most, blocks)], 0
    size = min(sizes, key=lambda size: (-(-blocks // size) * size, -size))
    tiling: dict[str, float] = {
        "VECTORS": vectors,
        "BLOCKS": size,
        "LANES": lanes,
        # A GPU runs the more workgroups side by side, the less memory each has.
        "TILE": next(tile for tile in _TILES[is_for_software:] if 4 * size * group_in <= tile),
        "IS_SHARED": shared,
    }
    return "separable_tile", tiling, (-(-blocks // size), groups * -(-chunks // lanes))


def window_constants(emitter: Emitter, operator: Operator) -> Constants:
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
    channels = kernel.shape[0]
    if groups > 1 and (channels // groups) % 4:
        kernel, groups = _without_groups(kernel, groups), 1
    constants: Constants = {
        **window_constants(emitter, operator),
        "IN_CHANNELS": in_channels,
        "BIAS": Stored(_bias(emitter, operator, channels), vectors=True),
        "DILATION_Y": operator.options["dilationHFactor"],
        "DILATION_X": operator.options["dilationWFactor"],
        **_activation(emitter, operator, channels),
    }
    skip: Skip | None = operator.options.get("skip")
    if skip is not None:
        scale = 2 if skip.is_pooled else 1
        constants |= {**_skip(emitter, skip, groups, 1), "HAS_SKIP": 1, "SKIP_SCALE": scale}
    _emit_convolution_shader(emitter, operator, kernel, groups, constants)


def _emit_convolution_shader(
    emitter: Emitter, operator: Operator, kernel: np.ndarray, groups: int, constants: Constants
) -> None:
    """A dispatch of the shader `convolution`, for a kernel (output, row, column, input)."""
    channels, kernel_height, kernel_width, group_in = kernel.shape
    vectors = -(-channels // 4)
    each = (
        4 if emitter.is_for_software and vectors >= 4 and (groups == 1 or vectors // groups % 4 == 0) else 1
    )
    vectors = -(-vectors // each) * each
    stored = np.zeros((kernel_height, kernel_width, group_in, 4 * vectors), np.float32)
    stored[..., :channels] = kernel.transpose(1, 2, 3, 0)
    height, width = (int(constants[name]) for name in ("OUT_HEIGHT", "OUT_WIDTH"))  # type: ignore[arg-type]
    pixels = 4 if width > 1 else 1
    strips = height * -(-width // pixels)
    lanes = 1 if each == 4 and strips >= INVOCATIONS else vectors // each
    emitter.allocate(operator.outputs[0])
    constants |= {
        "INPUT": emitter.place(operator.inputs[0]),
        "OUTPUT": emitter.place(operator.outputs[0]),
        "KERNEL": Stored(stored, vectors=True),
        "KERNEL_HEIGHT": kernel_height,
        "KERNEL_WIDTH": kernel_width,
        "OUT_CHANNELS": channels,
        "GROUP_IN": group_in,
        "GROUP_OUT": channels // groups,
        "PIXELS": pixels,
        "VECTORS": each,
        "IS_PICTURE": int(group_in == 3),
        "KERNEL_VECTORS": vectors,
        "LANES": lanes,
        "IS_SHARED": int(lanes == 1 and each == 4),
    }
    workgroups = -(-strips * lanes // INVOCATIONS), vectors // each // lanes
    emitter.emit_shader(operator, "convolution", constants, workgroups)


def is_dense(emitter: Emitter, operator: Operator) -> bool:
    """Whether a FULLY_CONNECTED has one row and so many weights that it pays a dispatch of its own."""
    kernel = emitter.tensor(operator.inputs[1])
    return (
        kernel.data is not None
        and kernel.count > _MANY_WEIGHTS
        and emitter.tensor(operator.outputs[0]).count == kernel.shape[0]
        and operator.options["activation"] in ACTIVATIONS
        and all(emitter.network.data(number) is not None for number in operator.inputs[2:] if number >= 0)
    )


def emit_dense(emitter: Emitter, operator: Operator) -> None:
    """FULLY_CONNECTED of one row: a convolution of one pixel."""
    kernel = _weights(emitter, operator.inputs[1])
    channels, depth = kernel.shape
    names = ("IN_HEIGHT", "IN_WIDTH", "OUT_HEIGHT", "OUT_WIDTH", "STRIDE_Y", "STRIDE_X")
    constants: Constants = {
        **dict.fromkeys((*names, "DILATION_Y", "DILATION_X"), 1),
        "IN_CHANNELS": depth,
        "BIAS": Stored(_bias(emitter, operator, channels), vectors=True),
        **_activation(emitter, operator, channels),
    }
    _emit_convolution_shader(emitter, operator, kernel.reshape(channels, 1, 1, depth), 1, constants)


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
    if operator.options["activation"] not in ACTIVATIONS:
        raise emitter.unsupported(operator, f"the activation is {operator.options['activation']}")
    emitter.constant(operator, 1, "weights")
    kernel = _weights(emitter, operator.inputs[1])
    in_channels = emitter.shape(operator.inputs[0])[-1]
    _, kernel_height, kernel_width, channels = kernel.shape
    constants: Constants = {
        **window_constants(emitter, operator),
        "INPUT": emitter.place(operator.inputs[0]),
        "KERNEL": Stored(kernel),
        "BIAS": Stored(_bias(emitter, operator, channels)),
        "IN_CHANNELS": in_channels,
        "MULTIPLIER": channels // in_channels,
        "KERNEL_HEIGHT": kernel_height,
        "KERNEL_WIDTH": kernel_width,
        "DILATION_Y": operator.options["dilationHFactor"],
        "DILATION_X": operator.options["dilationWFactor"],
        "ACTIVATION": ACTIVATIONS[operator.options["activation"]],
    }
    if operator.options["activation"] == "prelu":
        constants["SLOPES"] = Stored(_slopes(emitter, operator, channels))
    emitter.allocate(operator.outputs[0])
    constants["OUTPUT"] = emitter.place(operator.outputs[0])
    emitter.emit_shader(operator, "depthwise", constants, per_element(emitter, operator))


def per_element(emitter: Emitter, operator: Operator) -> tuple[int, int]:
    """Workgroups for one invocation an element of the result."""
    return -(-math.prod(emitter.shape(operator.outputs[0])) // INVOCATIONS), 1
