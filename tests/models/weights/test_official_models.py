"""The registry of official models: which model a path in a graph refers to."""

import pytest

from attention_mesh.models.weights import MODELS, official_name

ATTENTION = "mediapipe/modules/face_landmark/face_landmark_with_attention.tflite"


@pytest.mark.parametrize("name", MODELS)
def test_every_model_by_its_name_and_its_file(name):
    assert official_name(name) == official_name(MODELS[name].member) == name


@pytest.mark.parametrize("path", [ATTENTION, "face_landmark_with_attention.tflite", "C:\\data\\" + ATTENTION])
def test_the_file_name_decides(path):
    assert official_name(path) == "face_landmark_with_attention"


@pytest.mark.parametrize("path", ["", "face_landmark.onnx", "mediapipe/modules/face_landmark/"])
def test_anything_else_is_none(path):
    assert official_name(path) is None
