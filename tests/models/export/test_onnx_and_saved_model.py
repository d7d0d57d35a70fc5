"""ONNX and SavedModel exports give what Keras gives."""

import numpy as np
import pytest

from attention_mesh.models.attention_mesh import refined_landmarks
from attention_mesh.models.export.onnx import export_onnx
from attention_mesh.models.export.saved_model import export_saved_model

onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is in the dev extra")


def outputs_of(network, images: np.ndarray) -> dict[str, np.ndarray]:
    return {name: np.asarray(value) for name, value in network(images).items()}


@pytest.mark.slow
def test_an_onnx_file_gives_keras_landmarks_for_any_batch(official, crops, tmp_path):
    export_onnx(official, tmp_path / "mesh.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "mesh.onnx")
    assert [entry.name for entry in session.get_inputs()] == ["images"]
    names = [entry.name for entry in session.get_outputs()]
    assert sorted(names) == ["landmarks", "presence"]
    outputs = outputs_of(official, crops)
    found = dict(zip(names, session.run(None, {"images": crops}), strict=True))
    np.testing.assert_allclose(found["landmarks"], refined_landmarks(outputs), atol=2e-3)  # px
    np.testing.assert_allclose(found["presence"], outputs["presence"], atol=1e-3)


@pytest.mark.slow
def test_a_saved_model_has_the_networks_parts(small_mesh, tmp_path):
    import tensorflow

    images = np.random.default_rng(0).random((3, 64, 64, 3), np.float32)
    export_saved_model(small_mesh, tmp_path / "saved", parts=True)
    loaded = tensorflow.saved_model.load(str(tmp_path / "saved"))
    found = loaded.serve(images)
    for name, values in outputs_of(small_mesh, images).items():
        np.testing.assert_allclose(np.asarray(found[name]), values, atol=1e-3, err_msg=name)
