"""Files of strangers: every reader refuses what is no regular file, or too large, and waits for nobody."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from attention_mesh.tests.limited_process import run_program

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pipes, devices and holes as Linux has them")

_READERS = """
from pathlib import Path
from attention_mesh.drawing.avatar.load_avatar import load_avatar
from attention_mesh.drawing.makeup.look import load_look
from attention_mesh.errors import AttentionMeshError
from attention_mesh.framework import CalculatorGraph
from attention_mesh.framework.graph_config import load_graph_config
from attention_mesh.media.image_file import read_image

from attention_mesh.media.open_source import open_source
from attention_mesh.models.training.synthetic.obj_mesh import read_obj_vertices
from attention_mesh.models.weights.model_files import landmark_model
from attention_mesh.python_bindings.mediapipe_api.image import Image

def run(node):
    graph = CalculatorGraph(node, scheduler="caller")
    graph.start_run()
    graph.close()

def local_contents(path):
    run('node { calculator: "LocalFileContentsCalculator" input_side_packet: "FILE_PATH:p" '
        'output_side_packet: "CONTENTS:c" } node { calculator: "ConstantSidePacketCalculator" '
        'output_side_packet: "PACKET:p" options { [mediapipe.ConstantSidePacketCalculatorOptions.ext] '
        '{ packet { string_value: "%s" } } } }' % path)

def label_map(path):
    run('input_stream: "d" node { calculator: "DetectionLabelIdToTextCalculator" input_stream: "d" '
        'output_stream: "o" options { [mediapipe.DetectionLabelIdToTextCalculatorOptions.ext] '
        '{ label_map_path: "%s" } } }' % path)

def frames(path):
    with open_source(path) as source:
        assert list(source) == [] and source.failures
        raise AttentionMeshError(source.failures[0])

READERS = {
    ".png": [read_image, Image.create_from_file, frames],
    ".look": [load_look], ".glb": [load_avatar], ".pbtxt": [load_graph_config],
    ".binarypb": [load_graph_config], ".obj": [lambda path: read_obj_vertices(Path(path))],
    ".tflite": [lambda path: landmark_model(weights=path)],
    ".txt": [local_contents, label_map],
}
"""


def test_no_reader_waits_for_a_pipe_or_reads_without_end(tmp_path: Path) -> None:
    """4 s: in a process that may be ended, with memory for none of the large files."""
    for kind in ("pipe", "folder", "zero", "hole"):
        (tmp_path / kind).mkdir()
    for suffix in (".png", ".look", ".glb", ".pbtxt", ".binarypb", ".obj", ".tflite", ".txt"):
        os.mkfifo(tmp_path / "pipe" / f"x{suffix}")
        (tmp_path / "folder" / f"x{suffix}").mkdir()
        (tmp_path / "zero" / f"x{suffix}").symlink_to("/dev/zero")
        with (tmp_path / "hole" / f"x{suffix}").open("wb") as file:
            file.truncate(1 << 40)

    printed = run_program(
        _READERS
        + """
import cv2, av
spend_at_most(400_000_000)
for folder in sorted(Path(sys.argv[1]).iterdir()):
    for suffix, readers in READERS.items():
        for read in readers:
            if read is frames and folder.name in ("folder", "zero"):
                continue  # a folder of photos, and a device that may be a camera
            try:
                read(str(folder / f"x{suffix}"))
                print("READ", folder.name, suffix)
            except (AttentionMeshError, OSError) as error:
                assert f"x{suffix}" in str(error), error
            except RuntimeError as error:  # MediaPipe's own words
                assert read == Image.create_from_file, error
print("done")
""",
        str(tmp_path),
    )

    assert printed == "done\n"
