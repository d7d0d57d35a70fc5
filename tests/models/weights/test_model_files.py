"""Which file a model is: official, open or the user's own; known files; saving one; and what is refused."""

import numpy as np
import pytest

from attention_mesh.models.weights import (
    MODELS,
    ModelStore,
    WeightsError,
    landmark_model,
    model_path,
    runnable_model,
    save_model,
)
from attention_mesh.models.weights.model_files import OPEN_MODEL

NAME = "face_landmark_with_attention"


def test_the_official_one_is_the_default():
    assert landmark_model() == model_path("face_landmark_with_attention", fused=True)
    assert landmark_model(with_attention=False) == model_path("face_landmark", fused=True)


def test_the_open_one_comes_with_the_package_and_is_small():
    assert landmark_model(weights="open") == OPEN_MODEL
    for file in OPEN_MODEL.parent.iterdir():
        assert file.stat().st_size < 3e6, file.name


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"weights": "mine"}, "'official', 'open' or the path of a .tflite"),
        ({"weights": "open", "with_attention": False}, "leave with_attention on"),
        ({"weights": "open", "fused": False}, "set fused"),
    ],
)
def test_what_cannot_be_is_refused(arguments, message):
    with pytest.raises(WeightsError, match=message):
        landmark_model(**arguments)


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


def test_the_saved_file_runs_in_a_stock_runtime(tmp_path, converted_weights, run_tflite):
    path = save_model(NAME, tmp_path / "mesh.tflite")
    assert path.read_bytes() == converted_weights[NAME].read_bytes()
    outputs = run_tflite(path.read_bytes(), np.zeros((1, 192, 192, 3)), xnnpack=False)
    assert [output.size for output in outputs] == [1404, 160, 142, 142, 10, 10, 1]


def test_a_batch_is_written_into_the_shapes(tmp_path, converted_weights):
    from ai_edge_litert.interpreter import Interpreter

    path = save_model(NAME, tmp_path / "mesh.tflite", batch=4)
    interpreter = Interpreter(model_path=str(path))
    assert interpreter.get_input_details()[0]["shape"].tolist() == [4, 192, 192, 3]
    assert interpreter.get_output_details()[0]["shape"].tolist() == [4, 1, 1, 1404]


def test_an_existing_file_is_overwritten_only_with_force(tmp_path, converted_weights):
    target = tmp_path / "mesh.tflite"
    target.write_text("precious")
    with pytest.raises(WeightsError, match="exists; force"):
        save_model(NAME, target)
    assert target.read_text() == "precious"
    assert save_model(NAME, target, force=True).read_bytes()[4:8] == b"TFL3"


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(WeightsError, match=r"the folder .*nowhere does not exist"):
        save_model(NAME, tmp_path / "nowhere" / "mesh.tflite")


def test_a_folder_is_no_target(tmp_path):
    with pytest.raises(WeightsError, match="is a folder"):
        save_model(NAME, tmp_path)


def test_an_unknown_model_is_refused(tmp_path):
    with pytest.raises(WeightsError, match="unknown model"):
        save_model("hand_landmark", tmp_path / "hand.tflite")
    assert list(tmp_path.iterdir()) == []
