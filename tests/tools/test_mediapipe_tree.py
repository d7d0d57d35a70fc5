"""The table of MediaPipe's graphs, on a small tree of our own."""

import subprocess
import sys
from pathlib import Path

import pytest

from attention_mesh.media.image_file import write_image
from attention_mesh.tools import mediapipe_tree
from attention_mesh.tools.mediapipe_tree import NODES, TEMPLATE, check, examine

IMAGE = 'input_stream: "IMAGE:image" output_stream: "IMAGE:mirrored"\n'
FILES = {
    "graphs/face_mesh/mirror.pbtxt": IMAGE
    + 'node { calculator: "ImageTransformationCalculator" input_stream: "IMAGE:image" output_stream: '
    '"IMAGE:mirrored" options { [mediapipe.ImageTransformationCalculatorOptions.ext] '
    "{ flip_horizontally: true } } }",
    "graphs/face_mesh/mirror_gpu.pbtxt": IMAGE
    + 'node { calculator: "FlipGpu" input_stream: "IMAGE:image" output_stream: "IMAGE:mirrored" }',
    "graphs/face_mesh/names_a_module.pbtxt": IMAGE
    + 'node { calculator: "PalmMirror" input_stream: "IMAGE:image" output_stream: "IMAGE:mirrored" }',
    "graphs/face_mesh/lacks_nodes.pbtxt": IMAGE
    + 'node { calculator: "NobodyKnowsCalculator" input_stream: "IMAGE:image" output_stream: "IMAGE:mirrored"'
    " node_options { [type.googleapis.com/mediapipe.NobodyKnowsCalculatorOptions] { } } }",
    "graphs/face_mesh/lacks_a_modules_node.pbtxt": IMAGE
    + 'node { calculator: "PalmBlur" input_stream: "IMAGE:image" output_stream: "IMAGE:mirrored" }',
    "modules/palm/palm_blur.pbtxt": 'type: "PalmBlur"\n'
    + IMAGE
    + 'node { calculator: "BlurCalculator" input_stream: "IMAGE:image" output_stream: "IMAGE:mirrored" '
    "options { [mediapipe.BlurCalculatorOptions.ext] { radius: 2 } } }",
    "modules/palm/palm_mirror.pbtxt": 'type: "PalmMirror"\n'
    + IMAGE
    + 'node { calculator: "PassThroughCalculator" input_stream: "image" output_stream: "mirrored" }',
    "modules/face_detection/template.pbtxt": 'type: "Template"\ninput_stream: "TENSORS:a"\n'
    "graph_options: { [type.googleapis.com/mediapipe.FaceDetectionOptions] {} }\n"
    'node { calculator: "InferenceCalculator" input_stream: "TENSORS:a" output_stream: "TENSORS:b" '
    'option_value: "model_path:options/model_path" }',
    "graphs/data.pbtxt": 'label_id: 1 label: "no graph"',
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_every_graph_is_checked_and_its_needs_are_named(checkout):
    reports = {report.name: report for report in examine(checkout, ("",), None, None)}
    assert set(reports) == set(FILES) - {"graphs/data.pbtxt"}
    mirror = reports["graphs/face_mesh/mirror.pbtxt"]
    assert mirror.validates and not mirror.needs_modules and not mirror.needs
    assert reports["graphs/face_mesh/mirror_gpu.pbtxt"].details == ["FlipGpu"]
    assert reports["graphs/face_mesh/names_a_module.pbtxt"].needs_modules
    lacking = reports["graphs/face_mesh/lacks_nodes.pbtxt"]
    assert (lacking.needs, lacking.details) == (NODES, ["NobodyKnowsCalculator"])
    deeper = reports["graphs/face_mesh/lacks_a_modules_node.pbtxt"]
    assert (deeper.needs, deeper.details) == (NODES, ["BlurCalculator"])
    assert reports["modules/face_detection/template.pbtxt"].needs == TEMPLATE


def test_graphs_run_on_a_photo_and_parts_do_not(checkout, astronaut):
    write_image(checkout / "photo.png", astronaut[::8, ::8])
    reports = examine(checkout, ("graphs/face_mesh",), None, checkout / "photo.png")
    assert {report.name.rpartition("/")[2]: report.photo for report in reports if report.photo} == {
        "mirror.pbtxt": "runs"
    }


def test_an_error_of_a_run_is_in_the_report(checkout, tmp_path):
    (tmp_path / "photo.png").write_bytes(b"no image")
    (report,) = [
        report
        for report in examine(checkout, ("graphs/face_mesh",), None, tmp_path / "photo.png")
        if report.validates and not report.needs_modules
    ]
    assert report.photo not in ("", "runs")


def test_the_tables_have_a_row_for_each_graph_and_folder(checkout):
    reports = examine(checkout, ("",), None, None)
    rows = mediapipe_tree.graph_table(reports).splitlines()[2:]
    assert len(rows) == 8
    assert "needs nodes that do not exist here: NobodyKnowsCalculator" in rows[1]
    counts = mediapipe_tree.count_table(reports).splitlines()
    assert counts[2].startswith("| `mediapipe/graphs/face_mesh` | 5 | 2 | 3 | 0 |")
    assert counts[-1].startswith("| all | 8 | 3 | 4 | 1 |")


def test_the_script_prints_a_line_for_each_graph(checkout):
    command = [sys.executable, mediapipe_tree.__file__, str(checkout), "--faces"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert "graphs/face_mesh/mirror.pbtxt: validates: yes" in result.stdout
    assert result.stdout.splitlines()[-1] == "2 of 6 graphs validate"


def test_a_file_of_another_message_is_no_graph(checkout):
    assert check(checkout, checkout / "graphs" / "data.pbtxt") is None
