"""Official files, however they are given, become files that the runtime runs."""

import numpy as np
import pytest

from attention_mesh.models.weights import MODELS, ModelStore, model_path, runnable_model


def _outputs(model) -> list[np.ndarray]:
    from ai_edge_litert.interpreter import Interpreter

    source = {"model_content": model} if isinstance(model, bytes) else {"model_path": str(model)}
    interpreter = Interpreter(**source, num_threads=1)
    interpreter.allocate_tensors()
    (entry,) = interpreter.get_input_details()
    pixels = np.random.default_rng(0).random(entry["shape"], np.float32)
    interpreter.set_tensor(entry["index"], pixels)
    interpreter.invoke()
    return [interpreter.get_tensor(output["index"]) for output in interpreter.get_output_details()]


@pytest.mark.parametrize("name", MODELS)
def test_every_official_file_is_known_as_path_and_as_bytes(name):
    official = ModelStore().official_path(name)
    assert runnable_model(official) == model_path(name)
    assert runnable_model(official.read_bytes()) == model_path(name)


def test_an_attention_mesh_that_is_not_in_the_registry_is_rewritten_in_memory():
    official = ModelStore().official_path("face_landmark_with_attention").read_bytes()
    other = official + b"\0"  # another file by its hash, the same network
    rewritten = runnable_model(other)
    assert isinstance(rewritten, bytes) and b"Landmarks2TransformMatrix" not in rewritten
    assert runnable_model(other) is rewritten, "converted once"
    for ours, expected in zip(
        _outputs(rewritten), _outputs(model_path("face_landmark_with_attention")), strict=True
    ):
        np.testing.assert_array_equal(ours, expected)


def test_any_other_model_stays_what_it_is(tmp_path):
    path = model_path("face_landmark")
    assert runnable_model(path) == path
    content = path.read_bytes()
    assert runnable_model(content) is content
    with pytest.raises(FileNotFoundError):
        runnable_model(tmp_path / "none.tflite")
