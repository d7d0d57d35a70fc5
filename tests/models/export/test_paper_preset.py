"""The paper's preset, whose weights nobody has published: LiteRT and ONNX Runtime give what Keras gives."""

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from attention_mesh.models.attention_mesh import AttentionMesh, Preset
from attention_mesh.models.export.onnx import export_onnx
from attention_mesh.models.export.tflite import export_tflite
from attention_mesh.models.training.initial_biases import initialize_biases
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig

onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is in the dev extra")
SIZE = 256  # px
FACE = builtin_rig().landmarks(builtin_rig().neutral) * np.float32([9, -9, 9])
FACE += SIZE / 2 - FACE.mean(0)


@pytest.fixture(scope="module")
def network() -> AttentionMesh:
    """Random weights around a face, so that crops lie where crops of faces lie."""
    network = AttentionMesh(Preset.named("paper"))
    initialize_biases(network, FACE[None], np.ones((1, 478, 2), np.float32))
    return network


@pytest.mark.slow
def test_it_computes_the_same_in_litert_and_onnx_runtime(network, tmp_path):
    images = np.random.default_rng(0).random((1, SIZE, SIZE, 3), np.float32)
    expected = {name: np.asarray(value) for name, value in network(images).items()}
    assert np.abs(expected["lips"] - FACE[:1, :2]).max() < SIZE / 2
    runner = Interpreter(model_content=export_tflite(network, parts=True, batch=1)).get_signature_runner(
        "serve"
    )
    export_onnx(network, tmp_path / "mesh.onnx", parts=True, batch=1)
    session = onnxruntime.InferenceSession(tmp_path / "mesh.onnx")
    names = [entry.name for entry in session.get_outputs()]
    for found in (
        runner(images=images),
        dict(zip(names, session.run(None, {"images": images}), strict=True)),
    ):
        assert set(found) == set(expected)
        for name, values in expected.items():
            np.testing.assert_allclose(found[name], values, atol=5e-3, err_msg=name)  # px, logits, cells
