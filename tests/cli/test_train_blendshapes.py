"""`attention-mesh train-blendshapes`: a network of a rig, and errors of one line."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from attention_mesh.cli.app import app
from attention_mesh.models.blendshapes import train_blendshapes as module
from attention_mesh.models.inference.blendshape_network import BlendshapeNetwork, reference_face

RIG = Path(__file__).resolve().parents[3] / "shared" / "rig"


def run(*arguments: object):
    return CliRunner().invoke(app, ["train-blendshapes", *map(str, arguments)])


def test_it_writes_a_network_that_runs(monkeypatch, tmp_path):
    if not RIG.is_dir():
        pytest.skip(f"no ICT-FaceKit at {RIG}")
    monkeypatch.setattr(module, "_POOL", 512)
    result = run(tmp_path / "net.tflite", "--rig", RIG, "--pools", 1)
    assert result.exit_code == 0, result.output
    assert "the network" in result.output
    face = (reference_face().points * (1, -1, -1) * 20)[None].astype(np.float32)
    coefficients = BlendshapeNetwork(tmp_path / "net.tflite").predict(face)
    assert coefficients.shape == (1, 52) and 0 <= coefficients.min() and coefficients.max() <= 1


def test_a_folder_without_a_rig_is_one_line(tmp_path):
    result = run(tmp_path / "net.tflite", "--rig", tmp_path)
    assert result.exit_code == 1 and "ict_facekit.npz" in result.output and "Traceback" not in result.output


def test_a_missing_folder_for_the_file_is_one_line(tmp_path):
    result = run(tmp_path / "no" / "net.tflite", "--rig", tmp_path)
    assert result.exit_code == 2 and "does not exist" in " ".join(result.output.split())
