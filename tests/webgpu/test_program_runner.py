"""A runner runs a program for batches, in one submission, and refuses wrong inputs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from attention_mesh.tests.webgpu.compiler.operator_cases import CASES, network
from attention_mesh.tests.webgpu.gpu_process import gpu_device, on_gpu
from attention_mesh.webgpu.compiler.compile_network import compile_network
from attention_mesh.webgpu.errors import ProgramError
from attention_mesh.webgpu.program import Program
from attention_mesh.webgpu.program_runner import ProgramRunner

# Convolutions, tensor operations in one list, and a pooled skip.
NAMES = ["block with a stride", "softmax", "resized", "block of odd channels"]


def program_and_input(name: str, items: int) -> tuple[Program, dict[str, np.ndarray]]:
    program = compile_network(network(CASES[name]))
    rng = np.random.default_rng(3)
    return program, {
        key: rng.normal(size=(items, *tensor.shape[1:])).astype(np.float32)
        for key, tensor in program.inputs.items()
    }


@pytest.mark.parametrize("name", NAMES)
@on_gpu
def test_a_batch_gives_what_its_items_give(name: str) -> None:
    program, inputs = program_and_input(name, 3)
    runner = ProgramRunner(gpu_device(), program, items=4)
    together = runner.run(inputs)
    for item in range(3):
        alone = runner.run({key: array[item : item + 1] for key, array in inputs.items()})
        for key, array in alone.items():
            np.testing.assert_array_equal(together[key][item], array[0])


@on_gpu
def test_a_run_is_one_submission_and_a_read_for_each_output() -> None:
    program, inputs = program_and_input("two outputs", 1)
    device = gpu_device()
    runner = ProgramRunner(device, program)
    before = replace(device.counters)
    runner.run(inputs)
    counted = device.counters.since(before)
    # A read counts as a submission, too.
    assert (counted.submissions, counted.uploads, counted.reads) == (1 + 2, 1, 2)


@on_gpu
def test_dispatches_with_the_same_constants_share_a_pipeline() -> None:
    program, _ = program_and_input("two blocks", 1)
    runner = ProgramRunner(gpu_device(), program)
    first, second = program.dispatches
    assert first.parameters != second.parameters  # where their tensors lie, in a uniform buffer
    assert runner._pipelines[0] is runner._pipelines[1]


@pytest.mark.parametrize(
    ("spoil", "text"),
    [
        ("name", r"the inputs are \['t0'\]; given were \['image'\]"),
        ("shape", r"has the shape \(1, 7, 9, 4\); expected \(N, 7, 9, 8\) with N from 1 to 2"),
        ("batch", r"has the shape \(3, 7, 9, 8\); expected \(N, 7, 9, 8\) with N from 1 to 2"),
        ("empty", r"has the shape \(0, 7, 9, 8\)"),
        ("number", r"has the shape \(\)"),
    ],
)
@on_gpu
def test_wrong_inputs_are_named(spoil: str, text: str) -> None:
    program, inputs = program_and_input("block with a stride", 3)
    array = inputs["t0"]
    wrong = {
        "name": {"image": array},
        "shape": {"t0": array[:1, ..., :4]},
        "batch": {"t0": array},
        "empty": {"t0": array[:0]},
        "number": {"t0": np.float32(1)},
    }[spoil]
    runner = ProgramRunner(gpu_device(), program, items=2)
    with pytest.raises(ProgramError, match=text):
        runner.run(wrong)


@on_gpu
def test_a_missing_feature_is_named() -> None:
    program, _ = program_and_input("softmax", 1)
    with pytest.raises(ProgramError, match="the program needs rays"):
        ProgramRunner(gpu_device(), replace(program, features=("rays",)))
