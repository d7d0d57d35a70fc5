"""TFLite exports give what Keras gives; a WebGPU delegate runs the GPU flavor completely."""

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from attention_mesh.models.attention_mesh import Cascade, refined_landmarks
from attention_mesh.models.errors import ExportError
from attention_mesh.models.export.measure import measure_tflite
from attention_mesh.models.export.tflite import export_tflite
from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
from attention_mesh.python_bindings.landmarker.face_landmarker_options import FaceLandmarkerOptions

# Chromium brings a software WebGPU driver; a machine with a GPU has its own.
SWIFTSHADER = Path("/usr/lib/chromium/vk_swiftshader_icd.json")


def expected(network, images: np.ndarray) -> np.ndarray:
    return refined_landmarks({name: np.asarray(value) for name, value in network(images).items()})


@pytest.mark.slow
def test_the_cpu_flavor_gives_keras_landmarks_for_any_batch(official, crops):
    content = export_tflite(official)
    interpreter = Interpreter(model_content=content)
    assert interpreter.get_signature_list() == {
        "serve": {"inputs": ["images"], "outputs": ["landmarks", "presence"]}
    }
    run = interpreter.get_signature_runner("serve")
    truth = expected(official, crops)
    together = run(images=crops)
    assert together["landmarks"].shape == (3, 478, 3) and together["presence"].shape == (3, 1)
    np.testing.assert_allclose(together["landmarks"], truth, atol=2e-3)  # px
    np.testing.assert_allclose(run(images=crops[:1])["landmarks"], truth[:1], atol=2e-3)
    assert measure_tflite(content, official, crops).max_px < 2e-3


_ON_THE_GPU = """
import json, sys
import numpy as np
from ai_edge_litert.compiled_model import CompiledModel
from ai_edge_litert.hardware_accelerator import HardwareAccelerator
model = CompiledModel.from_file(sys.argv[1], hardware_accel=HardwareAccelerator.GPU)
(images,), results = model.create_input_buffers(0), model.create_output_buffers(0)
images.write(np.load(sys.argv[2]))
model.run_by_index(0, [images], results)
names = model.get_signature_list()["serve"]["outputs"]
sizes = {"landmarks": 478 * 3, "presence": 1}
np.savez(sys.argv[3], **{name: buffer.read(sizes[name], np.float32) for name, buffer in zip(names, results)})
print(json.dumps({"whole": model.is_fully_accelerated()}))
"""


@pytest.fixture(scope="module")
def gpu_file(official, tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("gpu") / "gpu.tflite"
    file.write_bytes(export_tflite(official, flavor="gpu", batch=1))
    return file


@pytest.mark.slow
def test_the_gpu_flavor_gives_keras_landmarks_on_the_cpu_too(gpu_file, official, crops):
    run = Interpreter(str(gpu_file)).get_signature_runner("serve")
    truth = expected(official, crops)
    for image, points in zip(crops, truth, strict=True):
        np.testing.assert_allclose(run(images=image[None])["landmarks"][0], points, atol=5e-3)  # px


@pytest.mark.slow
def test_a_webgpu_delegate_takes_the_gpu_flavor_whole(gpu_file, official, crops, tmp_path):
    if not SWIFTSHADER.exists():
        pytest.skip("no software WebGPU driver; on Debian the package chromium brings one")
    litert = version("ai-edge-litert")
    if tuple(map(int, litert.split(".")[:2])) < (2, 3):
        pytest.skip(f"LiteRT {litert} compiles a gather of the network for no GPU; 2.3 does")
    np.save(tmp_path / "images.npy", crops[:1])
    files = [str(gpu_file), str(tmp_path / "images.npy"), str(tmp_path / "results.npz")]
    environment = {**os.environ, "VK_ICD_FILENAMES": str(SWIFTSHADER)}
    command = [sys.executable, "-c", _ON_THE_GPU, *files]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout.splitlines()[-1]) == {"whole": True}
    with np.load(tmp_path / "results.npz") as results:
        found = results["landmarks"].reshape(478, 3)
    np.testing.assert_allclose(found, expected(official, crops[:1])[0], atol=0.05)  # px; a GPU may round


@pytest.mark.slow
def test_our_graphs_run_the_fused_model(official, astronaut, tmp_path):
    file = tmp_path / "fused.tflite"
    file.write_bytes(export_tflite(official, "float16", fused=True))
    assert file.stat().st_size < 3e6
    both = np.concatenate([astronaut, astronaut[:, ::-1]], 1)
    results = []
    for weights in ("official", str(file)):
        with FaceLandmarker(FaceLandmarkerOptions(num_faces=2, weights=weights)) as landmarker:
            results.append(landmarker.detect(both))
    assert len(results[0].landmarks_px) == 2
    np.testing.assert_allclose(results[1].landmarks_px, results[0].landmarks_px, atol=0.05)
    np.testing.assert_allclose(results[1].scores, results[0].scores, atol=1e-3)


@pytest.fixture(scope="module")
def whole_file(small_mesh) -> bytes:
    return export_tflite(small_mesh)


@pytest.mark.slow
@pytest.mark.parametrize(("precision", "most_px", "size"), [("float16", 0.01, 0.62), ("int8", 1.0, 0.45)])
def test_lower_precision_makes_the_file_smaller_and_changes_little(
    small_mesh, whole_file, precision, most_px, size
):
    images = np.random.default_rng(0).random((4, 64, 64, 3), np.float32)
    small = export_tflite(small_mesh, precision)
    assert len(small) < size * len(whole_file)
    measured = measure_tflite(small, small_mesh, images)
    assert 0 < measured.max_px < most_px
    assert measured.mean_px <= measured.max_px and measured.milliseconds > 0


def test_what_cannot_be_exported_is_refused(small_mesh):
    with pytest.raises(ExportError, match="precision is 'int4'; expected one of float32, float16, int8"):
        export_tflite(small_mesh, "int4")
    with pytest.raises(ExportError, match="flavor is 'npu'; expected one of cpu, gpu"):
        export_tflite(small_mesh, flavor="npu")
    with pytest.raises(ExportError, match="merged outputs and any batch"):
        export_tflite(small_mesh, fused=True, batch=2)
    cascade = Cascade(small_mesh.preset)
    with pytest.raises(ExportError, match="a Cascade cannot be a fused model"):
        export_tflite(cascade, fused=True)


def test_a_fused_model_has_the_size_that_our_graphs_crop_to(small_mesh):
    with pytest.raises(ExportError, match="takes 64 px; .* crop to 192 px"):
        export_tflite(small_mesh, fused=True)
