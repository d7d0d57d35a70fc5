"""Bytes as a model."""

import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.models.weights import model_path

NAME = "TfLiteModelCalculator"


@pytest.mark.parametrize("tag", ["MODEL_BLOB", "MODEL_RESOURCE"])
def test_the_content_of_a_file_is_handed_on(tag):
    content = model_path("face_landmark").read_bytes()
    run = run_calculator(NAME, side={tag: content})
    assert run.side_outputs["MODEL"] is content and run.side_outputs["SHARED_MODEL"] is content


@pytest.mark.parametrize(("length", "expected"), [(8, b"\x1c\0\0\0TFL3"), (-1, b"\x1c\0\0\0TFL3 and more")])
def test_part_of_an_open_file(tmp_path, length, expected):
    file = tmp_path / "asset"
    file.write_bytes(b"----\x1c\0\0\0TFL3 and more")
    with file.open("rb") as opened:
        run = run_calculator(NAME, side={"MODEL_FD": (opened.fileno(), 4, length)})
    assert run.side_outputs["MODEL"] == expected


def test_what_is_no_model_is_refused():
    with pytest.raises(CalculatorError, match="the 12 bytes are no .tflite file"):
        run_calculator(NAME, side={"MODEL_BLOB": b"no such file"})
    with pytest.raises(CalculatorError, match="MODEL_RESOURCE is text"):
        run_calculator(NAME, side={"MODEL_RESOURCE": "TFL3"})


def test_one_source():
    with pytest.raises(ConfigError, match="one of the side packets MODEL_BLOB"):
        run_calculator(NAME, side={"MODEL_BLOB": b"", "MODEL_RESOURCE": b""})
