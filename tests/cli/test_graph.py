"""`attention-mesh graph`: shows and checks graphs without running them."""

import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from attention_mesh.cli.app import app
from attention_mesh.framework.graph_config import load_graph_config
from attention_mesh.media.video_writer import VideoWriter

GRAPHS = Path(__file__).resolve().parents[2] / "graphs"


def run(*arguments: object):
    return CliRunner().invoke(app, ["graph", *map(str, arguments)])


# Subgraphs that need the options of the node that names them.
TEMPLATES = ("face_detection", "face_detection_without_roi")
WHOLE = [file for file in sorted(GRAPHS.rglob("*.pbtxt")) if file.stem not in TEMPLATES]


@pytest.mark.parametrize("file", WHOLE, ids=lambda file: file.stem)
def test_every_graph_of_the_package_is_fit_to_run(file):
    result = run("check", file)
    assert result.exit_code == 0, result.output
    assert "fit to run" in result.output


def test_show_prints_nodes_with_types_and_draws_them(tmp_path):
    graph = GRAPHS / "face_mesh" / "face_mesh.pbtxt"
    result = run("show", graph, "--expanded", "--svg", tmp_path / "graph.svg")
    assert result.exit_code == 0
    assert "AttentionMesh__InferenceCalculator (InferenceCalculator)" in result.output
    assert "-> NORM_FILTERED_LANDMARKS landmarks [NormalizedLandmarks]" in result.output
    drawn = (tmp_path / "graph.svg").read_text(encoding="utf-8")
    assert drawn.startswith("<svg") and ">Inference<" in drawn


@pytest.mark.parametrize(
    "name", ["face_mesh", "face_mesh_still", "face_mesh_gpu", "face_puppet", "attention_mesh"]
)
def test_show_has_one_node_and_one_box_for_each_node_that_the_file_has(name, tmp_path):
    file = GRAPHS / "face_mesh" / f"{name}.pbtxt"
    written = [node.calculator for node in load_graph_config(file).node]
    result = run("show", file, "--svg", tmp_path / "graph.svg")
    assert result.exit_code == 0, result.output
    listed = re.findall(r"^[\w]+ \((\w+)[,)]", result.stdout, re.MULTILINE)
    drawn = (tmp_path / "graph.svg").read_text(encoding="utf-8")
    titles = re.findall(r"<g><rect[^>]*/><text[^>]*>([^<▼▲]+)</text>", drawn)
    assert sorted(listed) == sorted(written)
    assert sorted(titles) == sorted(name.removesuffix("Calculator") for name in written)


def test_check_and_show_say_where_a_graph_crosses_between_cpu_and_gpu():
    graph = GRAPHS / "face_mesh" / "face_mesh_gpu.pbtxt"
    lines = [
        'CPU to GPU at node "ImageFrameToGpuBufferCalculator"',
        'GPU to CPU at node "GpuFacesToLandmarksCalculator"',
    ]
    assert [line for line in run("check", graph).output.splitlines() if " to " in line][1:] == lines
    assert (
        "ImageFrameToGpuBufferCalculator (ImageFrameToGpuBufferCalculator), CPU to GPU"
        in run("show", graph).output.splitlines()
    )


@pytest.mark.parametrize(
    ("name", "flags"), [("face_mesh", []), ("face_puppet", []), ("face_mesh_gpu", ["--expanded"])]
)
def test_the_pictures_of_the_docs_show_the_graphs(name, flags, tmp_path):
    file = GRAPHS / "face_mesh" / f"{name}.pbtxt"
    assert run("show", file, "--svg", tmp_path / "graph.svg", *flags).exit_code == 0
    drawn = (tmp_path / "graph.svg").read_text(encoding="utf-8")
    committed = GRAPHS.parent / "docs" / f"{name}_graph.svg"
    assert committed.read_text(encoding="utf-8") == drawn, f"draw docs/{committed.name} again"


@pytest.mark.parametrize("flags", [[], ["--expanded"]])
def test_show_config_prints_the_text_with_or_without_subgraphs(flags):
    result = run("show", GRAPHS / "face_detection" / "face_detector.pbtxt", "--config", *flags)
    assert ('calculator: "NonMaxSuppressionCalculator"' in result.output) == bool(flags)
    assert ('calculator: "ShortRangeFaceDetector"' in result.output) != bool(flags)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('node { calculator: "GateCalculater" }', "did you mean GateCalculator"),
        ('node { calculator: "MergeCalculator" input_stream: "a" }', '"a" (port :0) is produced by no node'),
        ('node { calculator: "GateCalculator" colour: 1 }', "line 1"),
    ],
)
def test_a_graph_that_cannot_run_is_explained_and_gives_exit_code_1(text, message, tmp_path):
    file = tmp_path / "broken.pbtxt"
    file.write_text(text)
    result = run("check", file)
    assert result.exit_code == 1
    assert message in result.output and "Traceback" not in result.output


def test_each_problem_of_a_graph_is_a_line_of_its_own(tmp_path):
    (tmp_path / "broken.pbtxt").write_text('node { calculator: "A" }\nnode { calculator: "B" }')
    result = run("check", tmp_path / "broken.pbtxt")
    lines = result.stderr.splitlines()
    assert len(lines) == 2 and all(line.startswith("error: ") for line in lines), result.output


def test_a_picture_that_cannot_be_written_is_an_error(tmp_path):
    result = run(
        "show", GRAPHS / "face_detection" / "face_detector.pbtxt", "--svg", tmp_path / "no" / "g.svg"
    )
    assert result.exit_code == 1 and "g.svg: No such file or directory" in result.output


def test_a_graph_that_names_its_file_itself_is_found_by_check(tmp_path, monkeypatch):
    (tmp_path / "evil.pbtxt").write_text(
        'node { calculator: "ConstantSidePacketCalculator" output_side_packet: "PACKET:path" node_options {\n'
        "  [type.googleapis.com/mediapipe.ConstantSidePacketCalculatorOptions] {\n"
        '    packet { string_value: "diary.mp4" } } } }\n'
        'node { calculator: "OpenCvVideoDecoderCalculator" input_side_packet: "INPUT_FILE_PATH:film"\n'
        '  output_stream: "VIDEO:video" output_stream: "VIDEO_PRESTREAM:header" }\n'
        'node { calculator: "OpenCvVideoEncoderCalculator" input_stream: "VIDEO:video"\n'
        '  input_stream: "VIDEO_PRESTREAM:header" input_side_packet: "OUTPUT_FILE_PATH:path" node_options {\n'
        "  [type.googleapis.com/mediapipe.OpenCvVideoEncoderCalculatorOptions] {\n"
        '    codec: "mp4v" video_format: "mp4" } } }\n'
    )
    result = CliRunner().invoke(app, ["graph", "check", str(tmp_path / "evil.pbtxt")])
    assert "writes a file (OUTPUT_FILE_PATH)" in result.output, result.output
    assert result.output.count("needs --allow-graph-files") == 1
    film = tmp_path / "film.mp4"
    writer = VideoWriter(film, 30, (64, 48))
    for _ in range(5):
        writer.write(np.zeros((48, 64, 3), np.uint8))
    writer.close()
    diary = tmp_path / "diary.mp4"
    diary.write_bytes(b"precious")
    arguments = ["run", "--graph", str(tmp_path / "evil.pbtxt"), "--input", str(film)]
    monkeypatch.chdir(tmp_path)
    refused = CliRunner().invoke(app, arguments)
    assert refused.exit_code == 1 and "--allow-graph-files" in refused.output
    assert diary.read_bytes() == b"precious"
    allowed = CliRunner().invoke(app, [*arguments, "--allow-graph-files"])
    assert allowed.exit_code == 0, allowed.output
    assert diary.read_bytes() != b"precious"
