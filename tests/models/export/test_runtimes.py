"""Every export in every runtime, with a free and a fixed batch: the outputs of Keras, by their names."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from attention_mesh.models.attention_mesh import AttentionMesh, Preset, refined_landmarks
from attention_mesh.models.export.exported_network import OUTPUT_ORDER
from attention_mesh.models.export.onnx import export_onnx
from attention_mesh.models.export.saved_model import export_saved_model
from attention_mesh.models.export.tflite import export_tflite
from attention_mesh.models.weights.model_files import OPEN_MODEL

SIZE = 64  # px; a small network, because a large one takes longer to export and has the same operators
FREE = None


def interpreter(file: Path, images: np.ndarray) -> dict[str, np.ndarray]:
    from ai_edge_litert.interpreter import Interpreter

    return Interpreter(str(file), num_threads=1).get_signature_runner("serve")(images=images)


def compiled_model(file: Path, images: np.ndarray) -> dict[str, np.ndarray]:
    """LiteRT 2 on the CPU. It gives a free batch one image per call."""
    from ai_edge_litert.compiled_model import CompiledModel
    from ai_edge_litert.hardware_accelerator import HardwareAccelerator

    model = CompiledModel.from_file(str(file), hardware_accel=HardwareAccelerator.CPU)
    details = model.get_output_tensor_details("serve")
    names = model.get_signature_list()["serve"]["outputs"]
    batch = int(model.get_input_tensor_details("serve")["images"]["shape"][0])
    found: dict[str, list[np.ndarray]] = {name: [] for name in names}
    for start in range(0, len(images), batch):
        (source,), results = model.create_input_buffers(0), model.create_output_buffers(0)
        source.write(np.ascontiguousarray(images[start : start + batch]))
        model.run_by_index(0, [source], results)
        for name, buffer in zip(names, results, strict=True):
            shape = details[name]["shape"]
            found[name].append(buffer.read(int(np.prod(shape)), np.float32).reshape(shape))
    return {name: np.concatenate(values) for name, values in found.items()}


def positions(file: Path) -> list[str]:
    """The names of a file's outputs in the order in which a runtime numbers them."""
    if file.suffix == ".onnx":
        return [output.name for output in pytest.importorskip("onnx").load(file).graph.output]
    from ai_edge_litert.interpreter import Interpreter

    return [entry["name"] for entry in Interpreter(str(file)).get_output_details()]


def documented_outputs() -> list[str]:
    """The names in the two tables of docs/export.md, from the top down."""
    page = Path(__file__).resolve().parents[3] / "docs" / "export.md"
    section = page.read_text(encoding="utf-8").partition("## Inputs and outputs")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`[^|(]*) \| \(B, ", section, re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]


def test_the_page_lists_the_outputs_in_their_order() -> None:
    parts = [name for name in OUTPUT_ORDER if name != "landmarks"]
    assert documented_outputs() == ["landmarks", "presence", *parts]


def onnx_runtime(file: Path, images: np.ndarray) -> dict[str, np.ndarray]:
    onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is in the dev extra")
    session = onnxruntime.InferenceSession(file)
    names = [entry.name for entry in session.get_outputs()]
    return dict(zip(names, session.run(None, {"images": images}), strict=True))


def saved_model(folder: Path, images: np.ndarray) -> dict[str, np.ndarray]:
    import tensorflow

    found = tensorflow.saved_model.load(str(folder)).signatures["serve"](images=tensorflow.constant(images))
    return {name: np.asarray(value) for name, value in found.items()}


@pytest.fixture(scope="module")
def network() -> AttentionMesh:
    sizes = {"input_size": SIZE, "widths": (8, 16, 16, 16), "crop_size": 8, "neck_width": 8}
    return AttentionMesh(Preset(**{**Preset.named("released").as_dict(), **sizes}))


RUNTIMES = {"tflite": (interpreter, compiled_model), "onnx": (onnx_runtime,), "saved_model": (saved_model,)}
EXPORTS = [
    ("tflite", "cpu", False, FREE),
    ("tflite", "cpu", False, 2),
    ("tflite", "gpu", False, FREE),
    ("tflite", "gpu", False, 1),
    ("tflite", "cpu", True, FREE),
    ("onnx", "cpu", False, FREE),
    ("onnx", "cpu", False, 2),
    ("saved_model", "cpu", True, FREE),
    ("saved_model", "cpu", False, 2),
]


@pytest.mark.slow  # each export takes TensorFlow a few seconds; nothing else runs these files everywhere
@pytest.mark.parametrize(("form", "flavor", "parts", "batch"), EXPORTS)
def test_every_runtime_gives_the_outputs_of_keras(network, tmp_path, form, flavor, parts, batch) -> None:
    images = np.random.default_rng(0).random((batch or 2, SIZE, SIZE, 3), np.float32)
    outputs = {name: np.asarray(value) for name, value in network(images).items()}
    merged = {"landmarks": refined_landmarks(outputs), "presence": outputs["presence"]}
    expected = outputs if parts else merged
    file = tmp_path / f"network.{form}"
    if form == "tflite":
        file.write_bytes(export_tflite(network, flavor=flavor, parts=parts, batch=batch))
    elif form == "onnx":
        export_onnx(network, file, flavor, parts, batch)
    else:
        export_saved_model(network, file, parts, batch)
    if form != "saved_model":  # which has names only
        assert positions(file) == [name for name in OUTPUT_ORDER if name in expected]
    for runtime in RUNTIMES[form]:
        found = runtime(file, images)
        assert found.keys() == expected.keys(), runtime.__name__
        for name, values in expected.items():
            # px of the input, and a logit: rounding of float32 in another order.
            np.testing.assert_allclose(
                found[name], np.asarray(values), atol=2e-3, err_msg=f"{name} of {runtime.__name__}"
            )


def test_compiled_model_runs_the_file_of_the_open_weights() -> None:
    """An export of layers that state the batch has the right landmarks, but its presence is off by 12."""
    images = np.random.default_rng(0).integers(0, 255, (2, 192, 192, 3), np.uint8)
    expected, found = interpreter(OPEN_MODEL, images), compiled_model(OPEN_MODEL, images)
    assert found.keys() == expected.keys() == {"landmarks", "presence"}
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, atol=1e-5, err_msg=name)
