"""A network runs on a GPU with the CPU's results, or on the CPU, and then the log says why once."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from attention_mesh.calculators.tensor.devices.network_runner import open_network, run_network
from attention_mesh.framework.testing import run_calculator
from attention_mesh.models.runtime.litert_gpu_runner import LitertGpuRunner
from attention_mesh.models.runtime.litert_runner import LitertRunner
from attention_mesh.models.weights.conversion.operator_writer import OperatorWriter
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph
from attention_mesh.models.weights.model_files import OPEN_MODEL, model_path
from attention_mesh.python_bindings.landmarker.base_options import BaseOptions
from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
from attention_mesh.python_bindings.landmarker.face_landmarker_options import (
    FaceLandmarkerOptions,
    RunningMode,
)
from attention_mesh.tests.webgpu.gpu_process import SWIFTSHADER, on_gpu

NO_DRIVER = Path("no driver.json")


@on_gpu(driver=SWIFTSHADER)
def test_a_gpu_gives_the_landmarks_of_the_cpu_for_each_face() -> None:
    file = model_path("face_landmark_with_attention", fused=True)
    runner = open_network(file, "gpu")
    assert isinstance(runner, LitertGpuRunner) and runner.is_software
    images = np.random.default_rng(0).integers(0, 256, (3, 192, 192, 3), np.uint8)
    expected = LitertRunner(file, 1)
    for found, same in zip(runner.run([images]), expected.run([images]), strict=True):
        assert found.shape == same.shape
        np.testing.assert_allclose(found, same, atol=0.01)  # px; the order of sums differs
    assert [array.shape for array in runner.run([images[:0]])] == [(0, 1434), (0, 1, 1, 1)]
    with pytest.raises(ValueError, match="takes .F, 192, 192, 3. uint8"):
        runner.run([images.astype(np.float32)])


@on_gpu(driver=SWIFTSHADER)
def test_the_detectors_run_whole() -> None:
    for name in ("face_detection_short_range", "face_detection_full_range"):
        file = model_path(name)
        runner = open_network(file, "gpu")
        assert isinstance(runner, LitertGpuRunner)
        crop = np.random.default_rng(0).random((1, *runner.inputs.shapes[0]), np.float32)
        for found, same in zip(runner.run([crop]), LitertRunner(file, 1).run([crop]), strict=True):
            np.testing.assert_allclose(found, same, atol=2e-3)  # of a score's logit and of pixels


@on_gpu(driver=SWIFTSHADER)
def test_a_network_that_no_gpu_runs_whole_runs_on_the_cpu() -> None:
    """The accelerator sums floats only, and the GPU form of a gather takes places of the second axis."""
    running_sum, columns = TfliteGraph.empty(), TfliteGraph.empty()
    writer = OperatorWriter(running_sum)
    numbers = writer.to_int(running_sum.add_input((1, 2, 6)))
    axis = running_sum.add_constant(2, np.int32)
    sums = running_sum.add_operator(
        "CUMSUM", [numbers, axis], (1, 2, 6), schema.CumsumOptionsT(), dtype=np.int32
    )
    running_sum.set_outputs([sums])
    options = schema.GatherOptionsT()
    options.axis = 2
    picked = [columns.add_input((1, 2, 6)), columns.add_constant([[0, 5]], np.int32)]
    columns.set_outputs([columns.add_operator("GATHER", picked, (1, 2, 1, 2), options)])
    for graph, reason in (
        (running_sum, "LiteRT's GPU accelerator refuses operators of the network: CUMSUM: "),
        (columns, "the file has no form for a GPU: GATHER of "),
    ):
        said = Said()
        logging.getLogger("attention_mesh").addHandler(said)
        runner = open_network(graph.to_bytes(), "gpu")
        logging.getLogger("attention_mesh").removeHandler(said)
        assert isinstance(runner, LitertRunner)
        assert len(said.texts) == 1 and f"run on the CPU: {reason}" in said.texts[0]
        assert "\n" not in said.texts[0] and "INFO" not in said.texts[0]


@on_gpu(driver=SWIFTSHADER)
def test_the_node_runs_on_a_gpu_by_its_delegate() -> None:
    tensors = [np.random.default_rng(0).random((1, 128, 128, 3), np.float32)]
    options = 'model_path: "face_detection_short_range" delegate { %s {} }'
    runs = [
        run_calculator("InferenceCalculator", {"TENSORS": [(0, tensors)]}, options=options % delegate)
        for delegate in ("gpu", "tflite")
    ]
    found, expected = (run.values("TENSORS")[0] for run in runs)
    assert not np.array_equal(found[0], expected[0])  # it was another processor
    np.testing.assert_allclose(found[0], expected[0], atol=2e-3)


@on_gpu(driver=SWIFTSHADER)
def test_a_gpu_that_fails_in_a_run_leaves_the_network_to_the_cpu() -> None:
    """Its memory is taken away, as a reset of the driver does."""
    file = model_path("face_detection_short_range")
    crops = np.random.default_rng(0).random((2, 1, 128, 128, 3), np.float32)
    said = Said()
    logging.getLogger("attention_mesh").addHandler(said)
    runner = open_network(file, "gpu")
    _, same = run_network(runner, [crops[0]], file)
    assert same is runner and isinstance(runner, LitertGpuRunner) and not said.texts
    for buffer in runner._results:
        buffer.destroy()
    results, other = run_network(runner, [crops[1]], file)
    logging.getLogger("attention_mesh").removeHandler(said)
    assert isinstance(other, LitertRunner)
    for found, expected in zip(results, LitertRunner(file).run([crops[1]]), strict=True):
        np.testing.assert_array_equal(found, expected)
    assert len(said.texts) == 1 and "run on the CPU: the GPU has failed during a run: " in said.texts[0]


class Said(logging.Handler):
    """Keeps the texts of a log."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


@on_gpu(driver=SWIFTSHADER)
def test_a_landmarker_finds_the_same_face_on_a_gpu(astronaut: np.ndarray) -> None:
    """By the open weights, a network as `attention-mesh export --fused` writes it."""
    base = BaseOptions(delegate=BaseOptions.Delegate.GPU)
    said = Said()
    logging.getLogger("attention_mesh").addHandler(said)
    found = []
    for options in ({"base_options": base}, {"device": "cpu", "base_options": base}):
        # A video's graph has one pass, which spares the second detector's compilation.
        every = FaceLandmarkerOptions(
            running_mode=RunningMode.VIDEO, detector="short", weights="open", **options
        )
        with FaceLandmarker(every) as landmarker:
            found.append(landmarker.detect_for_video(astronaut, 0).landmarks_px)
    logging.getLogger("attention_mesh").removeHandler(said)
    assert not said.texts  # no network ran on the CPU in place of the GPU
    assert found[0].shape == (1, 478, 3) and not np.array_equal(*found)
    np.testing.assert_allclose(found[0], found[1], atol=0.05)  # px of the photo


@on_gpu(driver=SWIFTSHADER)
def test_auto_takes_no_software() -> None:
    assert isinstance(open_network(model_path("face_detection_short_range"), "auto"), LitertRunner)


def test_without_a_gpu_the_cpu_runs_and_the_log_says_why_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture
) -> None:
    monkeypatch.setenv("VK_ICD_FILENAMES", str(NO_DRIVER))
    monkeypatch.setenv("VK_DRIVER_FILES", str(NO_DRIVER))
    file = model_path("face_detection_short_range")
    with caplog.at_level(logging.INFO):
        assert isinstance(open_network(file, "auto"), LitertRunner)
        assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
        runners = [open_network(file, "gpu", 1) for _ in range(2)]
    assert all(isinstance(runner, LitertRunner) for runner in runners)
    (warning,) = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert warning.startswith("networks run on the CPU: LiteRT finds no GPU that runs the network: ")
    assert capfd.readouterr().err == ""  # LiteRT's own words stay out


def test_an_unknown_device_is_refused() -> None:
    with pytest.raises(ValueError, match="device is 'tpu'; expected one of cpu, gpu, auto"):
        open_network(OPEN_MODEL, "tpu")
