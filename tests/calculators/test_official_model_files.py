"""A path in a graph that names an official model leads to its file."""

import pytest

import attention_mesh.calculators  # noqa: F401  (adds the finder of official models)
from attention_mesh.framework.resources import resource_file, set_resource_dir
from attention_mesh.models.weights import MODELS

ATTENTION = "mediapipe/modules/face_landmark/face_landmark_with_attention.tflite"


@pytest.fixture
def folder(tmp_path):
    set_resource_dir(tmp_path)
    yield tmp_path
    set_resource_dir(None)


def test_an_official_model_that_lies_nowhere_comes_from_the_cache():
    assert resource_file(ATTENTION).stat().st_size == MODELS["face_landmark_with_attention"].size


def test_a_file_under_an_official_name_is_not_replaced(folder):
    own = folder / ATTENTION
    own.parent.mkdir(parents=True)
    own.write_bytes(b"own")
    assert resource_file(ATTENTION) == own


def test_no_file_at_all():
    with pytest.raises(FileNotFoundError, match="there is no file no/such.tflite"):
        resource_file("no/such.tflite")
