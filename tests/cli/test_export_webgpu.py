"""`attention-mesh export --webgpu` writes a folder from which a program runs as the network did."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from attention_mesh.cli.app import app
from attention_mesh.models.runtime.litert_runner import LitertRunner
from attention_mesh.models.weights.model_files import OPEN_MODEL
from attention_mesh.tests.webgpu.compiler.network_builder import unary
from attention_mesh.tests.webgpu.compiler.operator_cases import Case, network
from attention_mesh.tests.webgpu.gpu_process import call_on_gpu, gpu_device
from attention_mesh.webgpu.program import Program
from attention_mesh.webgpu.program_runner import ProgramRunner

PAGE = Path(__file__).resolve().parents[2] / "docs" / "export.md"


def export(*arguments: object):
    return CliRunner().invoke(app, ["export", *(str(argument) for argument in arguments)])


def run_folder(folder: Path, image: np.ndarray) -> dict[str, np.ndarray]:
    program = Program.load(folder)
    return ProgramRunner(gpu_device(), program).run({next(iter(program.inputs)): image})


def test_the_folder_runs_as_the_network_does(tmp_path, astronaut):
    pytest.importorskip("wgpu", reason="the extra `gpu` has it")
    result = export("open", "--webgpu", tmp_path / "folder")
    assert result.exit_code == 0, result.output
    assert re.search(r"program.json: \d+ dispatches, 4.9 MB of weights", result.output)
    matrix = np.array([[0.9, 0, -110], [0, 0.9, -10]])
    image = cv2.warpAffine(astronaut, matrix, (192, 192))[None]
    landmarks, presence = LitertRunner(OPEN_MODEL, num_threads=1).run([image])
    found = list(call_on_gpu(run_folder, tmp_path / "folder", image).values())
    assert presence.item() > 0
    assert np.abs(found[0] - landmarks).max() <= 0.02
    assert abs((found[1] - presence).item()) <= 0.001


def test_the_page_runs_what_its_command_wrote(tmp_path):
    pytest.importorskip("wgpu", reason="the extra `gpu` has it")
    text = PAGE.read_text(encoding="utf-8")
    assert "attention-mesh export official --webgpu folder" in text
    assert export("official", "--webgpu", tmp_path / "folder").exit_code == 0
    (program,) = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    program += "print(landmarks.shape, bool(np.isfinite(landmarks).all()))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if "NoGpuError" in done.stderr:
        pytest.skip("WebGPU has no driver")
    assert done.stdout.split("\n")[0] == "(2, 478, 3) True", done.stderr


def test_the_page_names_every_entry(tmp_path):
    """A host is written by this page."""
    (tmp_path / "own.tflite").write_bytes(network(Case(unary("NEG"), [(1, 3)])))
    assert export(tmp_path / "own.tflite", tmp_path / "folder", "--webgpu").exit_code == 0
    text = PAGE.read_text(encoding="utf-8")
    description = (tmp_path / "folder" / "program.json").read_text(encoding="utf-8")
    for name in set(re.findall(r'^ {1,3}"(\w+)":', description, re.MULTILINE)):
        assert f"`{name}`" in text, name


def test_wrong_command_lines_are_refused(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "kept.txt").write_text("kept")
    (tmp_path / "file").write_text("kept")
    (tmp_path / "own.tflite").write_bytes(
        network(Case(lambda g, i: g.add_operator("SIGN", i, (1, 3)), [(1, 3)]))
    )
    for arguments, message in (
        (("open", tmp_path / "full"), "full holds files; --force writes over them"),
        (("open", tmp_path / "file"), "file is a file; --webgpu writes into a folder"),
        (("open", tmp_path / "a.onnx"), "--webgpu writes into a folder"),
        (("open", tmp_path / "a", "--fused"), "--webgpu writes into a folder"),
        (("mesh", tmp_path / "a"), "'mesh' is no network; expected official, open, a .keras or a .tflite"),
        ((tmp_path / "absent.tflite", tmp_path / "a"), "there is no file"),
        ((tmp_path / "own.tflite", tmp_path / "a"), "operator 0 (SIGN), which gives tensor 1"),
    ):
        result = export(*arguments, "--webgpu")
        assert result.exit_code != 0 and message in " ".join(result.output.split()), result.output
    assert not (tmp_path / "a").exists()
    result = export(tmp_path / "own.tflite", tmp_path / "b.tflite")
    assert "only --webgpu reads a .tflite file" in " ".join(result.output.split())
