"""Every operator that can be compiled gives what LiteRT's CPU interpreter gives, on the software adapter."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.tests.webgpu.compiler.operator_cases import CASES, Case, network
from attention_mesh.tests.webgpu.gpu_process import gpu_device, on_gpu
from attention_mesh.webgpu.compiler.compile_network import choose_target, compile_network, supported_operators
from attention_mesh.webgpu.compiler.network import read_network
from attention_mesh.webgpu.program_runner import ProgramRunner


def litert_results(content: bytes, inputs: list[np.ndarray]) -> list[np.ndarray]:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    for entry, array in zip(interpreter.get_input_details(), inputs, strict=True):
        interpreter.set_tensor(entry["index"], array)
    interpreter.invoke()
    return [interpreter.get_tensor(entry["index"]) for entry in interpreter.get_output_details()]


def differences(case: Case, precision: str = "float32", target: str = "gpu") -> list[float]:
    """The largest difference from LiteRT's results, relative to the largest of them, for each output."""
    content = network(case)
    rng = np.random.default_rng(1)
    inputs = [rng.uniform(case.low, 3, shape).astype(np.float32) for shape in case.shapes]
    program = compile_network(content, precision, target)
    given = {
        name: array.reshape(tensor.shape)
        for (name, tensor), array in zip(program.inputs.items(), inputs, strict=True)
    }
    results = ProgramRunner(gpu_device(), program).run(given)
    found = []
    for result, expected in zip(results.values(), litert_results(content, inputs), strict=True):
        assert np.isfinite(expected).all()
        result = result.reshape(expected.shape)
        found.append(float(np.abs(result - expected).max() / np.abs(expected).max()))
    return found


@pytest.mark.parametrize("name", CASES)
@on_gpu
def test_operator_gives_what_litert_gives(name: str) -> None:
    found = differences(CASES[name])
    assert max(found) <= CASES[name].tolerance, found


@pytest.mark.parametrize(
    "name", [name for name in CASES if any(word in name for word in ("block", "convolution", "pointwise"))]
)
@on_gpu
def test_convolution_for_software_gives_what_litert_gives(name: str) -> None:
    if choose_target(gpu_device()) != "software":
        pytest.skip("the adapter is no software, or has no subgroups")
    found = differences(CASES[name], target="software")
    assert max(found) <= CASES[name].tolerance, found


@pytest.mark.parametrize(
    "name", ["block in groups", "block of odd channels", "convolution", "depthwise", "maxima", "resized"]
)
@on_gpu
def test_operator_is_close_in_half_precision(name: str) -> None:
    if "f16" not in gpu_device().features:
        pytest.skip("the adapter has no 16-bit floats")
    # A rounding is 2⁻¹¹ of a number; sums of some hundred products lose about eight times that.
    assert max(differences(CASES[name], "float16")) <= 4e-3


def test_every_supported_operator_has_a_case() -> None:
    tested = {operator.kind for case in CASES.values() for operator in read_network(network(case)).operators}
    # The last three are MediaPipe's own, which LiteRT's interpreter does not have.
    others = {"Landmarks2TransformMatrix", "TransformLandmarks", "TransformTensorBilinear"}
    assert set(supported_operators()) - tested == others
