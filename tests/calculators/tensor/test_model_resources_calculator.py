"""The model of a graph of MediaPipe Tasks."""

from pathlib import Path

import pytest

from attention_mesh.framework import CalculatorError, CalculatorGraph, ConfigError

OPTIONS = "mediapipe.tasks.core.proto.ModelResourcesCalculatorOptions"


def model(options: str) -> bytes:
    config = (
        'node { calculator: "ModelResourcesCalculator" output_side_packet: "MODEL:model" '
        'output_side_packet: "OP_RESOLVER:resolver" output_side_packet: "METADATA_EXTRACTOR:metadata" '
        f"options {{ [{OPTIONS}.ext] {{ {options} }} }} }}"
    )
    with CalculatorGraph(config) as graph:
        graph.start_run()
        assert graph.side_packet("metadata") == graph.side_packet("model")
        return graph.side_packet("model")


def test_a_file_is_read_by_its_name(tmp_path: Path):
    (tmp_path / "a.tflite").write_bytes(b"a model")
    assert model(f'model_file {{ file_name: "{(tmp_path / "a.tflite").as_posix()}" }}') == b"a model"


def test_the_content_may_stand_in_the_options():
    assert model('model_file { file_content: "abc" }') == b"abc"


@pytest.mark.parametrize(
    "part, expected", [("", b"0123456789"), ("offset: 2 length: 3", b"234"), ("offset: 7", b"789")]
)
def test_an_open_file_is_read_in_whole_or_in_part(tmp_path: Path, part: str, expected: bytes):
    (tmp_path / "a.tflite").write_bytes(b"0123456789")
    with (tmp_path / "a.tflite").open("rb") as file:
        assert model(f"model_file {{ file_descriptor_meta {{ fd: {file.fileno()} {part} }} }}") == expected


@pytest.mark.parametrize(
    "options, problem",
    [
        ('model_resources_tag: "x"', "there are no models by model_resources_tag"),
        ("model_file { file_pointer_meta { pointer: 1 } }", "file_pointer_meta is not supported"),
    ],
)
def test_models_that_cannot_be_read_are_refused(options: str, problem: str):
    with pytest.raises(ConfigError, match=problem):
        model(options)


def test_a_missing_file_is_told():
    with pytest.raises(CalculatorError, match="there is no file nowhere.tflite"):
        model('model_file { file_name: "nowhere.tflite" }')
