"""`export` writes a file that a stock runtime runs, and never over another unasked."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.models.weights import WeightsError, export

NAME = "face_landmark_with_attention"


def test_the_exported_file_runs_in_a_stock_runtime(tmp_path, converted_weights, run_tflite):
    path = export(NAME, tmp_path / "mesh.tflite")
    assert path.read_bytes() == converted_weights[NAME].read_bytes()
    outputs = run_tflite(path.read_bytes(), np.zeros((1, 192, 192, 3)), xnnpack=False)
    assert [output.size for output in outputs] == [1404, 160, 142, 142, 10, 10, 1]


def test_a_batch_is_written_into_the_shapes(tmp_path, converted_weights):
    from ai_edge_litert.interpreter import Interpreter

    path = export(NAME, tmp_path / "mesh.tflite", batch=4)
    interpreter = Interpreter(model_path=str(path))
    assert interpreter.get_input_details()[0]["shape"].tolist() == [4, 192, 192, 3]
    assert interpreter.get_output_details()[0]["shape"].tolist() == [4, 1, 1, 1404]


def test_an_existing_file_is_overwritten_only_with_force(tmp_path, converted_weights):
    target = tmp_path / "mesh.tflite"
    target.write_text("precious")
    with pytest.raises(WeightsError, match="exists; force"):
        export(NAME, target)
    assert target.read_text() == "precious"
    assert export(NAME, target, force=True).read_bytes()[4:8] == b"TFL3"


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(WeightsError, match=r"the folder .*nowhere does not exist"):
        export(NAME, tmp_path / "nowhere" / "mesh.tflite")


def test_a_folder_is_no_target(tmp_path):
    with pytest.raises(WeightsError, match="is a folder"):
        export(NAME, tmp_path)


def test_an_unknown_model_is_refused(tmp_path):
    with pytest.raises(WeightsError, match="unknown model"):
        export("hand_landmark", tmp_path / "hand.tflite")
    assert list(tmp_path.iterdir()) == []
