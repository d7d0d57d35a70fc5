"""Which landmark network runs: official, open, own; and what is refused."""

import pytest

from attention_mesh.models.weights import WeightsError, landmark_model, model_path
from attention_mesh.models.weights.landmark_model import OPEN_MODEL


def test_the_official_one_is_the_default():
    assert landmark_model() == model_path("face_landmark_with_attention", native=True)
    assert landmark_model(with_attention=False) == model_path("face_landmark", native=True)


def test_the_open_one_comes_with_the_package_and_is_small():
    assert landmark_model(weights="open") == OPEN_MODEL
    for file in OPEN_MODEL.parent.iterdir():
        assert file.stat().st_size < 3e6, file.name


def test_ones_own_is_taken_by_its_path(tmp_path):
    file = tmp_path / "own.tflite"
    file.write_bytes(b"x")
    assert landmark_model(weights=str(file)) == file


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"weights": "mine"}, "'official', 'open' or the path of a .tflite"),
        ({"weights": "open", "with_attention": False}, "leave with_attention on"),
        ({"weights": "open", "native": False}, "set native"),
    ],
)
def test_what_cannot_be_is_refused(arguments, message):
    with pytest.raises(WeightsError, match=message):
        landmark_model(**arguments)
