"""Which file a path in a graph leads to."""

import pytest

from attention_mesh.calculators.core.resource_file import resource_file
from attention_mesh.framework.resources import set_resource_dir
from attention_mesh.models.weights import MODELS

ATTENTION = "mediapipe/modules/face_landmark/face_landmark_with_attention.tflite"


@pytest.fixture
def folder(tmp_path):
    set_resource_dir(tmp_path)
    yield tmp_path
    set_resource_dir(None)


def test_a_file_of_the_resource_folder_counts_before_all(folder, tmp_path_factory, monkeypatch):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(elsewhere)
    for place in (folder, elsewhere):
        (place / "a.txt").write_text(str(place))
    assert resource_file("a.txt").read_text() == str(folder)
    set_resource_dir(None)
    assert resource_file("a.txt").read_text() == str(elsewhere)


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
