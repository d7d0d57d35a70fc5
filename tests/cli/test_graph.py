"""`attention-mesh graph`: shows and checks graphs without running them."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from attention_mesh.cli.app import app

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
    result = run("show", GRAPHS / "face_mesh" / "face_mesh.pbtxt", "--svg", tmp_path / "graph.svg")
    assert result.exit_code == 0
    assert "AttentionMesh__InferenceCalculator (InferenceCalculator)" in result.output
    assert "-> NORM_FILTERED_LANDMARKS landmarks [NormalizedLandmarks]" in result.output
    assert (tmp_path / "graph.svg").read_text(encoding="utf-8").startswith("<svg")


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


def test_an_outline_has_a_box_per_subgraph(tmp_path):
    file = GRAPHS / "face_mesh" / "face_puppet.pbtxt"
    assert run("show", file, "--svg", tmp_path / "graph.svg", "--outline").exit_code == 0
    drawn = (tmp_path / "graph.svg").read_text(encoding="utf-8")
    assert ">FaceMesh<" in drawn and ">FaceExpression<" in drawn and "Inference" not in drawn
    committed = GRAPHS.parent / "docs" / "face_puppet_graph.svg"
    assert committed.read_text(encoding="utf-8") == drawn, "draw the picture of docs/streaming.md again"


@pytest.mark.parametrize("name", ["face_mesh", "face_mesh_gpu"])
def test_the_pictures_of_the_docs_show_the_graphs(name, tmp_path):
    file = GRAPHS / "face_mesh" / f"{name}.pbtxt"
    assert run("show", file, "--svg", tmp_path / "graph.svg").exit_code == 0
    drawn = (tmp_path / "graph.svg").read_text(encoding="utf-8")
    committed = GRAPHS.parent / "docs" / f"{name}_graph.svg"
    assert committed.read_text(encoding="utf-8") == drawn, f"draw docs/{committed.name} again"


def test_an_outline_without_a_picture_is_refused():
    result = run("show", GRAPHS / "face_mesh" / "face_puppet.pbtxt", "--outline")
    assert result.exit_code == 2 and "--outline belongs to --svg" in result.output


def test_show_expanded_prints_a_config_without_subgraphs():
    result = run("show", GRAPHS / "face_detection" / "face_detector.pbtxt", "--expanded")
    assert 'calculator: "NonMaxSuppressionCalculator"' in result.output
    assert 'calculator: "ShortRangeFaceDetector"' not in result.output


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
