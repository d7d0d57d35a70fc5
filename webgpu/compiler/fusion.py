"""Fusion: rewrites a network so that a convolution takes in what lies around it.

After it, a convolution's options have, besides TFLite's own:

- `pads`: (top, left) pixels of zeros, whether TFLite's padding or an operator PAD adds them;
- `activation`: "none", "relu", "relu6" or "prelu", and `slopes`, a tensor's number, for the last;
- `skip`: a `Skip` that is added before the activation, and whose tensor is then the fourth input;
- `depthwise`: the depthwise convolution before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ai_edge_litert import schema_py_generated as schema

from attention_mesh.webgpu.compiler.joining import fuse_look_ups, join_concatenated
from attention_mesh.webgpu.compiler.network import Network, Operator, group_count
from attention_mesh.webgpu.compiler.sampling import recognize_sampling

_FUSED = {
    schema.ActivationFunctionType.NONE: "none",
    schema.ActivationFunctionType.RELU: "relu",
    schema.ActivationFunctionType.RELU6: "relu6",
    schema.ActivationFunctionType.RELU_N1_TO_1: "relu_n1_to_1",
    schema.ActivationFunctionType.TANH: "tanh",
}
_CONVOLUTIONS = ("CONV_2D", "DEPTHWISE_CONV_2D")
_WINDOWS = (*_CONVOLUTIONS, "MAX_POOL_2D", "AVERAGE_POOL_2D")
# Activations that the shaders of convolutions have.
_IN_CONVOLUTIONS = ("none", "relu", "relu6", "prelu")


@dataclass(frozen=True)
class Skip:
    """What is added to a convolution's result.

    Attributes:
        tensor: its number.
        is_pooled: whether it has twice the pixels, and the largest of 2×2 counts.
        channels: how many it has, in as many groups as the convolution. Those that a group of the convolution
            has more get nothing.
    """

    tensor: int
    is_pooled: bool
    channels: int


def fuse(network: Network) -> None:
    """Runs all rewriting steps, in place."""
    for operator in network.operators:
        _normalize(network, operator)
    _fuse_padding(network)
    _fuse_skips(network)
    join_concatenated(network)
    _fuse_activations(network)
    fuse_look_ups(network)
    recognize_sampling(network)
    _fuse_depthwise(network)
    network.remove_unused()


def _normalize(network: Network, operator: Operator) -> None:
    """States the activation by name, and the padding as numbers."""
    options = operator.options
    function = options.get("fusedActivationFunction", schema.ActivationFunctionType.NONE)
    options["activation"] = _FUSED.get(function, f"TFLite's number {function}")
    if operator.kind in _WINDOWS:
        options["pads"] = _pads(network, operator)


def window_size(network: Network, operator: Operator) -> tuple[int, int]:
    """Rows and columns of a convolution's kernel or of a pooling window, without dilation."""
    if operator.kind in _CONVOLUTIONS:
        height, width = network.tensors[operator.inputs[1]].shape[1:3]
        return height, width
    return operator.options["filterHeight"], operator.options["filterWidth"]


def _pads(network: Network, operator: Operator) -> tuple[int, int]:
    options = operator.options
    if options["padding"] == schema.Padding.VALID:
        return 0, 0
    source, result = network.tensors[operator.inputs[0]].shape, network.tensors[operator.outputs[0]].shape
    window = window_size(network, operator)
    strides = options["strideH"], options["strideW"]
    dilation = options.get("dilationHFactor", 1), options.get("dilationWFactor", 1)
    top, left = (
        max(
            (result[1 + axis] - 1) * strides[axis]
            + (window[axis] - 1) * dilation[axis]
            + 1
            - source[1 + axis],
            0,
        )
        // 2
        for axis in range(2)
    )
    return top, left


def _fuse_padding(network: Network) -> None:
    """Takes zeros around a map into the convolution that reads them."""
    producers = network.producers()
    for operator in network.operators:
        if operator.kind not in _CONVOLUTIONS or operator.options["padding"] != schema.Padding.VALID:
            continue
        padding = producers.get(operator.inputs[0])
        if padding is None or padding.kind != "PAD":
            continue
        amounts = network.data(padding.inputs[1])
        if amounts is None or len(amounts) != 4 or amounts[0].any() or amounts[3].any():
            continue
        operator.inputs[0] = padding.inputs[0]
        operator.options["pads"] = int(amounts[1][0]), int(amounts[2][0])
    network.remove_unused()


def _fuse_skips(network: Network) -> None:
    """Lets convolutions add a tensor of the same size."""
    consumers, producers = network.consumers(), network.producers()
    taken: set[int] = set()
    for position, operator in enumerate(network.operators):
        if operator.kind != "ADD" or operator.options["activation"] not in _IN_CONVOLUTIONS:
            continue
        first, second = operator.inputs
        for own, other in ((first, second), (second, first)):
            convolution = producers.get(own)
            if (
                convolution is None
                or convolution.kind != "CONV_2D"
                or convolution.number in taken
                or convolution.options["activation"] != "none"
                or network.data(convolution.inputs[1]) is None
                or network.only_reader(consumers, own) is not operator
                or own == other
                or network.data(other) is not None
                or network.tensors[own].shape != network.tensors[other].shape
            ):
                continue
            taken.add(convolution.number)
            skip = _skip(network, consumers, producers, other, convolution)
            options = {**convolution.options, "activation": operator.options["activation"], "skip": skip}
            bias = convolution.inputs[2] if len(convolution.inputs) > 2 else -1
            network.operators[position] = Operator(
                "CONV_2D",
                convolution.number,
                [*convolution.inputs[:2], bias, skip.tensor],
                operator.outputs,
                options,
            )
            break
    # The convolution moved to where the sum was.
    last = {operator.number: position for position, operator in enumerate(network.operators)}
    network.operators = [
        operator for position, operator in enumerate(network.operators) if last[operator.number] == position
    ]


def _skip(
    network: Network,
    consumers: dict[int, list[Operator]],
    producers: dict[int, Operator],
    number: int,
    convolution: Operator,
) -> Skip:
    """Follows a skip back through the padding of its channels and a pooling of 2×2 pixels."""
    shape = network.tensors[number].shape
    channels, groups = shape[-1], group_count(network, convolution)
    skip = Skip(number, False, channels)
    source, seen = number, [number]

    def step(kind: str) -> Operator | None:
        maker = producers.get(source)
        return maker if maker is not None and maker.kind == kind else None

    # Groups are padded one by one, as a fourth axis between two reshapes.
    reshaped = step("RESHAPE")
    if reshaped is not None:
        source = reshaped.inputs[0]
        seen.append(source)
    padding = step("PAD") or step("CONCATENATION")
    if padding is not None:
        padded, before = network.tensors[source].shape, network.tensors[padding.inputs[0]].shape
        is_fit = _adds_zero_channels(network, padding)
        if not is_fit or padded[-1] * groups != channels or (groups > 1 and padded[-1] % 4):
            return skip
        source = padding.inputs[0]
        seen.append(source)
        if reshaped is not None:
            opened = step("RESHAPE")
            if opened is None or padded[-2] != groups:
                return skip
            source = opened.inputs[0]
            seen.append(source)
        if network.tensors[source].shape[:-1] != shape[:-1]:
            return skip
        skip = Skip(source, False, groups * before[-1])
    elif reshaped is not None:
        return skip
    pooling = step("MAX_POOL_2D")
    options = pooling.options if pooling is not None else {}
    names = ("filterHeight", "filterWidth", "strideH", "strideW")
    if (
        pooling is not None
        and [options[name] for name in names] == [2, 2, 2, 2]
        and options["pads"] == (0, 0)
        and options["activation"] == "none"
        and all(network.only_reader(consumers, place) is not None for place in seen)
    ):
        skip = Skip(pooling.inputs[0], True, skip.channels)
    return skip


def _adds_zero_channels(network: Network, operator: Operator) -> bool:
    """Whether a PAD or a CONCATENATION does nothing but add channels of zeros behind the others."""
    if operator.kind == "PAD":
        amounts = network.data(operator.inputs[1])
        return amounts is not None and not amounts[:-1].any() and not amounts[-1][0]
    rank = len(network.tensors[operator.outputs[0]].shape)
    rest = [network.data(number) for number in operator.inputs[1:]]
    return (
        operator.options["axis"] % rank == rank - 1
        and operator.options["activation"] == "none"
        and network.data(operator.inputs[0]) is None
        and all(data is not None and not data.any() for data in rest)
    )


def _fuse_activations(network: Network) -> None:
    """Takes an activation into the operator whose result it alone reads."""
    consumers, producers = network.consumers(), network.producers()
    kept = []
    for operator in network.operators:
        maker = producers.get(operator.inputs[0]) if operator.inputs else None
        function = _activation(network, operator)
        if (
            function is not None
            and maker is not None
            and maker.kind in _CONVOLUTIONS
            and maker.options["activation"] == "none"
            and network.only_reader(consumers, operator.inputs[0]) is operator
        ):
            maker.options.update(function)
            maker.outputs = operator.outputs
            producers[operator.outputs[0]] = maker
            continue
        kept.append(operator)
    network.operators = kept


def _activation(network: Network, operator: Operator) -> dict[str, Any] | None:
    """What an operator adds to a convolution's options if it is an activation."""
    if operator.kind in ("RELU", "RELU6"):
        return {"activation": operator.kind.lower()}
    if operator.kind == "PRELU":
        slopes = network.data(operator.inputs[1])
        channels = network.tensors[operator.outputs[0]].shape[-1]
        if slopes is not None:
            # Some files repeat the slopes of the channels for every pixel of a row or of the map.
            rows = slopes.reshape(-1, slopes.shape[-1])
            if slopes.shape[-1] in (1, channels) and (rows == rows[0]).all():
                return {"activation": "prelu", "slopes": operator.inputs[1]}
    return None


def _fuse_depthwise(network: Network) -> None:
    """Joins a depthwise convolution with the pointwise one that alone reads it, where a shader does both."""
    consumers, producers = network.consumers(), network.producers()
    for operator in network.operators:
        maker = producers.get(operator.inputs[0]) if operator.inputs else None
        if (
            operator.kind == "CONV_2D"
            and maker is not None
            and maker.kind == "DEPTHWISE_CONV_2D"
            and network.only_reader(consumers, operator.inputs[0]) is operator
            and is_vectorized(network, operator)
            and is_plain_depthwise(network, maker)
        ):
            operator.options["depthwise"] = maker
            operator.inputs[0] = maker.inputs[0]


def is_vectorized(network: Network, operator: Operator) -> bool:
    """Whether the shader of pointwise convolutions runs it: one pixel, multiples of four channels."""
    kernel = network.tensors[operator.inputs[1]]
    options, groups = operator.options, group_count(network, operator)
    skip: Skip | None = options.get("skip")
    return (
        kernel.data is not None
        and kernel.shape[1:3] == (1, 1)
        and (options["strideH"], options["strideW"], options["pads"]) == (1, 1, (0, 0))
        and options["activation"] in _IN_CONVOLUTIONS
        and kernel.shape[3] % 4 == 0
        and kernel.shape[0] % (4 * groups) == 0
        and kernel.shape[3] <= 1024  # the tile of four pixels fits in a workgroup's memory
        and (skip is None or skip.channels % (4 * groups) == 0)
    )


def is_plain_depthwise(network: Network, operator: Operator) -> bool:
    """Whether a depthwise convolution is one that the joint shader has."""
    options = operator.options
    kernel = network.tensors[operator.inputs[1]]
    return (
        kernel.data is not None
        and kernel.shape[1] == kernel.shape[2]
        and kernel.shape[3] == network.tensors[operator.inputs[0]].shape[3]
        and options["strideH"] == options["strideW"]
        and (options["dilationHFactor"], options["dilationWFactor"]) == (1, 1)
        and options["activation"] == "none"
    )
