"""What a GPU can do at most, measured, and what a network needs at least."""

from __future__ import annotations

import math
import time

import numpy as np

from attention_mesh.webgpu.compiler.network import read_network
from attention_mesh.webgpu.device import GpuDevice

_ROUNDS = 5
_COPY = """
@group(0) @binding(0) var<storage, read> source: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> copied: array<vec4f>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) place: vec3u, @builtin(num_workgroups) groups: vec3u) {
    for (var at = place.x; at < arrayLength(&source); at += 256u * groups.x) { copied[at] = source[at]; }
}
"""
_MULTIPLY = """
override rounds: u32;
@group(0) @binding(0) var<storage, read> source: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> sums: array<vec4f>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) place: vec3u) {
    let factor = source[place.x % arrayLength(&source)];
    var one = factor;
    var two = factor.yzwx;
    var three = factor.zwxy;
    var four = factor.wxyz;
    for (var round = 0u; round < rounds; round++) {
        one = fma(one, factor, two);
        two = fma(two, factor, three);
        three = fma(three, factor, four);
        four = fma(four, factor, one);
    }
    sums[place.x % arrayLength(&sums)] = one + two + three + four;
}
"""


def adapter_limits(device: GpuDevice) -> tuple[float, float]:
    """Bytes per second of a copy, read and written bytes together, and float operations per second."""
    is_software = device.adapter.is_software
    size = (1 << 24) if is_software else (1 << 28)
    seconds = _fastest(device, _COPY, size, (4096, 1, 1), {})
    groups, rounds = (64, 256) if is_software else (16384, 4096)
    took = _fastest(device, _MULTIPLY, 1 << 16, (groups, 1, 1), {"rounds": rounds})
    return 2 * size / seconds, groups * 256 * rounds * 4 * 4 * 2 / took


def _fastest(
    device: GpuDevice, source: str, size: int, groups: tuple[int, int, int], constants: dict[str, float]
) -> float:
    """Seconds of the fastest of some runs, without what a run of nothing takes."""
    pipeline = device.create_pipeline(device.create_shader(source, "limit"), constants=constants)
    buffers = [device.create_buffer(size, "STORAGE|COPY_DST", "limit") for _ in range(2)]
    device.upload(buffers[0], np.full(size // 4, 0.5, np.float32))
    group = device.create_bind_group(pipeline.get_bind_group_layout(0), buffers)

    def run(count: int) -> float:
        start = time.perf_counter()
        encoder = device.create_encoder()
        compute = encoder.begin_compute_pass()
        compute.set_pipeline(pipeline)
        compute.set_bind_group(0, group)
        for _ in range(count):
            compute.dispatch_workgroups(*groups)
        compute.end()
        device.submit(encoder)
        device.wait()
        return time.perf_counter() - start

    run(1)
    nothing = min(run(0) for _ in range(_ROUNDS))
    return max(1e-9, min(run(4) for _ in range(_ROUNDS)) - nothing) / 4


def network_demands(content: bytes) -> tuple[float, float]:
    """The float operations of a network's convolutions for one face, and its bytes.

    Bytes are those of weights as float32, and of each activation, written and read once.
    """
    network = read_network(content)
    operations, size = 0, 0
    for operator in network.operators:
        outputs = [network.tensors[number] for number in operator.outputs]
        for number in operator.inputs:
            if number >= 0 and network.data(number) is not None:
                size += 4 * network.tensors[number].count
        if operator.kind == "DEQUANTIZE" and network.data(operator.inputs[0]) is not None:
            continue
        size += 8 * sum(tensor.count for tensor in outputs)
        if operator.kind in ("CONV_2D", "DEPTHWISE_CONV_2D"):
            shape = network.tensors[operator.inputs[1]].shape
            per_output = math.prod(shape[1:3]) * (shape[3] if operator.kind == "CONV_2D" else 1)
            operations += 2 * outputs[0].count * per_output
    return float(operations), float(size)
