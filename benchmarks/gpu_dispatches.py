"""Measures each dispatch of a network's WebGPU program by itself: where the time goes.

    python benchmarks/gpu_dispatches.py [--adapter any] [--network NAME] [--repeats 8] [--output FILE]

A dispatch is run many times in one submission, on an arena of zeros. On a software adapter the time is the
processor time of this process, all threads together; on a GPU it is the time from the submission to the end.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

from attention_mesh.cli.machine import machine_description
from attention_mesh.models.evaluation.markdown import markdown_table
from attention_mesh.models.weights.model_files import model_path
from attention_mesh.webgpu.compiler.compile_network import choose_target, compile_network
from attention_mesh.webgpu.device import GpuDevice
from attention_mesh.webgpu.program import Program
from attention_mesh.webgpu.program_runner import ProgramRunner

ATTENTION = "face_landmark_with_attention"
ROUNDS = 3


def milliseconds(device: GpuDevice, program: Program, repeats: int) -> float:
    """The least time of `ROUNDS` runs of a program of equal dispatches, for one of them."""
    runner = ProgramRunner(device, program)
    clock = time.process_time if device.adapter.is_software else time.perf_counter
    times = []
    for _ in range(1 + ROUNDS):  # the first one compiles
        encoder = device.create_encoder()
        compute_pass = encoder.begin_compute_pass()
        runner.record(compute_pass)
        compute_pass.end()
        start = clock()
        device.submit(encoder)
        device.wait()
        times.append(1000 * (clock() - start) / repeats)
    return min(times[1:])


def report(device: GpuDevice, name: str, repeats: int) -> str:
    content = model_path(name, fused=name == ATTENTION).read_bytes()
    program = compile_network(content, target=choose_target(device))
    times = [
        milliseconds(device, replace(program, dispatches=(dispatch,) * repeats), repeats)
        for dispatch in program.dispatches
    ]
    rows = [
        [
            str(number),
            dispatch.shader,
            f"{dispatch.workgroups[0]}×{dispatch.workgroups[1]}",
            f"{taken:.2f}",
            dispatch.label,
        ]
        for number, (dispatch, taken) in enumerate(zip(program.dispatches, times, strict=True))
    ]
    shaders = dict.fromkeys(dispatch.shader for dispatch in program.dispatches)
    sums = []
    for shader in shaders:
        own = [
            taken
            for dispatch, taken in zip(program.dispatches, times, strict=True)
            if dispatch.shader == shader
        ]
        sums.append([shader, str(len(own)), f"{sum(own):.1f}", f"{100 * sum(own) / sum(times):.0f} %"])
    what = "processor time" if device.adapter.is_software else "time"
    return "\n".join(
        [
            f"# Dispatches of {name}",
            "",
            "Made by `python benchmarks/gpu_dispatches.py`. "
            f"{machine_description()}; {device.adapter}. {what.capitalize()}, the least of {ROUNDS} rounds.",
            "",
            markdown_table(["shader", "dispatches", "ms", "share"], sums),
            "",
            markdown_table(["dispatch", "shader", "workgroups", "ms", "operators"], rows),
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--adapter", default="any", help="a name, a number, auto or any")
    parser.add_argument("--network", default=ATTENTION)
    parser.add_argument("--repeats", type=int, default=8)
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    with GpuDevice(arguments.adapter) as device:
        text = report(device, arguments.network, arguments.repeats)
    print(text)
    if arguments.output is not None:
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
