"""Files as side packets."""

import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.resources import set_resource_dir
from attention_mesh.framework.testing import run_calculator
from attention_mesh.models.weights import MODELS

NAME = "ResourceProviderCalculator"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.txt").write_bytes("ä\n".encode())
    set_resource_dir(tmp_path)
    yield tmp_path
    set_resource_dir(None)


def test_a_file_of_the_resource_folder_as_bytes_and_as_text(folder):
    assert run_calculator(NAME, side={"RESOURCE_ID": "a.txt"}).side_outputs["RESOURCE"] == "ä\n".encode()
    for mode, expected in (("BINARY", "ä\n".encode()), ("TEXT", "ä\n")):
        run = run_calculator(NAME, options=f'resource_id: "a.txt" read_mode: READ_MODE_{mode}')
        assert run.side_outputs["RESOURCE"] == expected


def test_an_official_model_by_its_path_in_mediapipes_tree():
    model = MODELS["face_landmark"]
    content = run_calculator(NAME, side={"RESOURCE_ID": model.member}).side_outputs["RESOURCE"]
    assert len(content) == model.size


def test_no_such_file():
    with pytest.raises(CalculatorError, match="there is no file gone.txt"):
        run_calculator(NAME, side={"RESOURCE_ID": "gone.txt"})


@pytest.mark.parametrize("options", [None, 'resource_id: "a" resource_id: "b"'])
def test_as_many_paths_as_outputs(options):
    with pytest.raises(ConfigError, match="give the paths by one of|2 paths for 1 RESOURCE outputs"):
        run_calculator(NAME, options=options)
