"""`attention-mesh bench` measures a clip and prints its tables."""

import json
import re

import numpy as np
import pytest
from typer.testing import CliRunner

from attention_mesh.cli.app import app
from attention_mesh.cli.speed_measurement import Clip, load_clip, measure_speed
from attention_mesh.media.image_file import write_image
from attention_mesh.python_bindings.landmarker.face_landmarker_options import (
    FaceLandmarkerOptions,
    RunningMode,
)

VIDEO = FaceLandmarkerOptions(running_mode=RunningMode.VIDEO, num_threads=1)


def test_the_report_has_speed_ratio_and_nodes(clip):
    result = CliRunner().invoke(app, ["bench", "-i", str(clip), "--frames", "20", "--threads", "1"])
    assert result.exit_code == 0, result.output
    assert "512x512, 20 frames, faces in the median frame 1, network threads 1" in result.output
    figures = {
        name: float(re.search(rf"{name}\s+([\d.]+)", result.output)[1])
        for name in (
            "whole frame",
            "mesh network alone",
            "whole / network",
        )
    }
    ratio = figures["whole frame"] / figures["mesh network alone"]
    assert abs(figures["whole / network"] - ratio) < 0.05  # the figures are rounded to 0.01 ms
    inference = re.search(r"AttentionMesh__InferenceCalculator\s+(\d+)", result.output)
    assert inference and int(inference[1]) == 20


def test_the_measurement_is_of_the_frames_asked_for(clip):
    measured = measure_speed(load_clip(str(clip), 8), VIDEO, frames=25)
    assert len(measured.clip.images) == 8
    assert measured.frame_ms.shape == measured.faces.shape == (25,)
    assert (measured.faces == 1).all()
    # The fastest of each, because other load on the machine may slow more than half of either.
    assert 0 < measured.network_ms.min() < measured.frame_ms.min()
    assert measured.first_frame_ms > np.median(measured.frame_ms)


def test_a_clip_is_played_to_and_fro():
    images = [np.full((1, 1, 3), level, np.uint8) for level in range(4)]
    player = Clip("levels", images).endless()
    assert [int(next(player)[0, 0, 0]) for _ in range(9)] == [0, 1, 2, 3, 2, 1, 0, 1, 2]


def test_without_a_face_no_network_time_is_made_up():
    blank = Clip("blank", [np.full((96, 128, 3), 90, np.uint8)])
    assert len(measure_speed(blank, VIDEO, frames=10).network_ms) == 0


def test_a_folder_is_wrong_usage(tmp_path):
    write_image(tmp_path / "a.png", np.zeros((8, 8, 3), np.uint8))
    result = CliRunner().invoke(app, ["bench", "-i", str(tmp_path)])
    assert result.exit_code == 2 and "one photo" in result.output


GRAPH = """
input_stream: "IMAGE:image"
input_side_packet: "NUM_FACES:num_faces"
output_stream: "size"
output_stream: "landmarks"
node { calculator: "ImagePropertiesCalculator" input_stream: "IMAGE:image" output_stream: "SIZE:size" }
node { calculator: "FaceMesh" input_stream: "IMAGE:image" output_stream: "LANDMARKS:landmarks"
       input_side_packet: "NUM_FACES:num_faces" }
"""


def bench_graph(folder, clip, *arguments):
    (folder / "own.pbtxt").write_text(GRAPH)
    command = ["bench", "-i", str(clip), "--frames", "12", "--graph", str(folder / "own.pbtxt"), *arguments]
    return CliRunner().invoke(app, command)


def test_another_graph_is_measured_node_by_node_and_traced(clip, tmp_path):
    result = bench_graph(tmp_path, clip, "--num-faces", "2", "--trace", str(tmp_path / "trace.json"))
    assert result.exit_code == 0, result.output
    assert "12 frames, packets: size 12, landmarks 12" in result.output
    assert float(re.search(r"whole frame\s+([\d.]+)", result.output)[1]) > 0
    assert re.search(r"^ImagePropertiesCalculator\s+12 ", result.output, re.MULTILINE)
    assert "mesh network alone" not in result.output
    events = json.loads((tmp_path / "trace.json").read_text())["traceEvents"]
    assert {"ImagePropertiesCalculator", "FaceMesh__DetectorGateCalculator"} <= {e["name"] for e in events}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--graph", "GRAPH", "--detector", "full"], "--detector does not apply"),
        (["--graph", "GRAPH", "--side-packet", "x=1"], "the graph takes no side packet x"),
        (["--trace", "t.json"], "--trace belongs to --graph"),
        (["--calculators", "own.py"], "--calculators belongs to --graph"),
    ],
)
def test_what_does_not_belong_together_is_wrong_usage(arguments, message, tmp_path):
    (tmp_path / "own.pbtxt").write_text(GRAPH)
    named = [str(tmp_path / "own.pbtxt") if argument == "GRAPH" else argument for argument in arguments]
    result = CliRunner().invoke(app, ["bench", "--frames", "10", *named])
    assert result.exit_code == 2 and message in result.output, result.output
