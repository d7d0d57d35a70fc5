"""Runs whose tables say what the faces do."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from attention_mesh import FaceLandmarker, FaceLandmarkerOptions, RunningMode
from attention_mesh.cli.app import app
from attention_mesh.cli.outputs.face_columns import FACE_COLUMNS, column_names
from attention_mesh.media.image_file import write_image
from attention_mesh.media.open_source import open_source

OWN_GRAPH = """
  input_stream: "IMAGE:image"
  output_stream: "LANDMARKS:landmarks"
  input_side_packet: "WITH_ATTENTION:with_attention"
  input_side_packet: "WEIGHTS:weights"
  input_side_packet: "USE_PREV_LANDMARKS:use_prev_landmarks"
  input_side_packet: "DETECTOR:detector"
  input_side_packet: "MIN_DETECTION_CONFIDENCE:min_detection_confidence"
  input_side_packet: "MIN_TRACKING_CONFIDENCE:min_tracking_confidence"
  input_side_packet: "SMOOTH_LANDMARKS:smooth_landmarks"
  input_side_packet: "NUM_THREADS:num_threads"
  input_side_packet: "NUM_FACES:num_faces"
  node {
    calculator: "FaceMesh"
    input_stream: "IMAGE:image"
    output_stream: "LANDMARKS:landmarks"
    input_side_packet: "WITH_ATTENTION:with_attention"
    input_side_packet: "WEIGHTS:weights"
    input_side_packet: "USE_PREV_LANDMARKS:use_prev_landmarks"
    input_side_packet: "DETECTOR:detector"
    input_side_packet: "MIN_DETECTION_CONFIDENCE:min_detection_confidence"
    input_side_packet: "MIN_TRACKING_CONFIDENCE:min_tracking_confidence"
    input_side_packet: "SMOOTH_LANDMARKS:smooth_landmarks"
    input_side_packet: "NUM_THREADS:num_threads"
    input_side_packet: "NUM_FACES:num_faces"
  }
"""


GRINS = '''
import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks


@calculator
class GrinsCalculator(Calculator):
    """Finds the same in every face."""

    landmarks = Input("LANDMARKS", NormalizedLandmarks)
    blendshapes = Output("BLENDSHAPES", np.ndarray)

    def process(self) -> None:
        self.blendshapes.send(np.full((len(self.landmarks.value), 52), 0.625, np.float32))
'''


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["run", *map(str, arguments)])
    return result.exit_code, result.output


def csv_rows(path: Path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_columns_of_a_film_are_those_of_the_landmarker(clip: Path, tmp_path: Path) -> None:
    tables = [tmp_path / "out.csv", tmp_path / "out.jsonl"]
    code, text = run("-i", clip, "-o", tables[0], "-o", tables[1], "--max-frames", 5, *FACE_COLUMNS)
    assert code == 0, text
    options = FaceLandmarkerOptions(
        running_mode=RunningMode.VIDEO,
        output_face_blendshapes=True,
        output_facial_transformation_matrixes=True,
        output_gaze=True,
        output_blinks=True,
    )
    rows, lines = csv_rows(tables[0]), list(map(json.loads, tables[1].read_text("utf-8").splitlines()))
    assert len(rows) == len(lines) == 5
    with FaceLandmarker(options) as landmarker, open_source(str(clip)) as frames:
        for frame, row, line in zip(frames, rows, lines, strict=False):
            result = landmarker.detect_for_video(frame.image, frame.timestamp_us // 1000)
            for group in FACE_COLUMNS.values():
                expected = group.values(result)[0]
                for name, its, right in zip(group.types, line[group.key].values(), expected, strict=True):
                    if right is None:
                        assert row[name] == "" and its is None
                    else:
                        assert abs(float(row[name]) - right) < 2e-3 and abs(its - right) < 2e-3


def test_a_graph_of_the_users_own_has_the_columns_too(clip: Path, tmp_path: Path) -> None:
    """Its landmarks are enough: it puts out neither regions nor scores."""
    (tmp_path / "own.pbtxt").write_text(OWN_GRAPH)
    own = ["-i", clip, "--max-frames", 3, "--graph", tmp_path / "own.pbtxt"]
    code, text = run(*own, "-o", tmp_path / "own.csv", "--pose")
    assert code == 0, text
    code, text = run("-i", clip, "--max-frames", 3, "-o", tmp_path / "built_in.csv", "--pose")
    assert code == 0, text
    names = FACE_COLUMNS["--pose"].types
    for ours, its in zip(csv_rows(tmp_path / "built_in.csv"), csv_rows(tmp_path / "own.csv"), strict=True):
        assert [ours[name] for name in names] == [its[name] for name in names]


def test_what_a_graph_of_the_users_own_measures_is_not_measured_again(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "grins.py").write_text(GRINS)
    (tmp_path / "own.pbtxt").write_text(
        OWN_GRAPH
        + """
        output_stream: "BLENDSHAPES:grins"
        node {
          calculator: "GrinsCalculator"
          input_stream: "LANDMARKS:landmarks"
          output_stream: "BLENDSHAPES:grins"
        }
        """
    )
    own = ["-i", clip, "--max-frames", 3, "--graph", tmp_path / "own.pbtxt"]
    own += ["--calculators", tmp_path / "grins.py", "-o", tmp_path / "own.csv", "--blendshapes", "--gaze"]
    code, text = run(*own)
    assert code == 0, text
    for row in csv_rows(tmp_path / "own.csv"):
        assert {float(row[name]) for name in FACE_COLUMNS["--blendshapes"].types} == {0.625}
        assert np.hypot(np.hypot(*(float(row[f"gaze_{x}"]) for x in "xy")), float(row["gaze_z"])) > 0.99
    code, text = run(*own, "--calibrate", 2)
    assert code == 2 and "--calibrate does not apply: the graph measures blend shapes" in " ".join(
        text.split()
    )


def test_the_angle_of_view_decides_the_distance(clip: Path, tmp_path: Path) -> None:
    distances = []
    for options in ([], ["--fov", 63], ["--fov", 30]):
        code, text = run(
            "-i", clip, "-o", tmp_path / "out.csv", "--max-frames", 1, "--pose", "--gaze", *options
        )
        assert code == 0, text
        distances.append(-float(csv_rows(tmp_path / "out.csv")[0]["head_z_cm"]))
    assert distances[0] == distances[1]
    ratio = np.tan(np.radians(63 / 2)) / np.tan(np.radians(30 / 2))
    assert distances[2] / distances[1] == pytest.approx(ratio, rel=0.03)  # heads have depth


def test_landmarks_that_are_no_face_mesh_are_an_error_that_says_so(
    clip: Path, tmp_path: Path, user_graph: list[str]
) -> None:
    code, text = run("-i", clip, "-o", tmp_path / "out.csv", "--pose", *user_graph)
    assert code == 1 and "5 landmarks per face; expected 468 or 478" in " ".join(text.split())


def test_without_the_options_there_are_no_such_columns(clip: Path, tmp_path: Path) -> None:
    code, text = run("-i", clip, "-o", tmp_path / "out.csv", "--max-frames", 1)
    assert code == 0, text
    assert not {*column_names(list(FACE_COLUMNS.values()))} & {*csv_rows(tmp_path / "out.csv")[0]}


def test_a_neutral_face_is_learned_for_tables_of_films_only(
    shared_data: Path, astronaut: np.ndarray, tmp_path: Path
) -> None:
    film = next((shared_data / "videos").glob("portrait_d6*"))
    lines = []
    for seconds in ("0", "1"):
        table = tmp_path / f"{seconds}.jsonl"
        code, text = run("-i", film, "-o", table, "--max-frames", 60, "--blendshapes", "--calibrate", seconds)
        assert code == 0, text
        lines.append([json.loads(line)["blendshapes"] for line in table.read_text("utf-8").splitlines()])
    assert lines[0][:25] == lines[1][:25] and lines[0][59] != lines[1][59]
    write_image(tmp_path / "photo.png", astronaut)
    code, text = run(
        "-i", tmp_path / "photo.png", "-o", tmp_path / "out.csv", "--blendshapes", "--calibrate", 3
    )
    assert code == 2 and "images are unrelated" in text


@pytest.mark.parametrize("option", FACE_COLUMNS)
def test_photos_have_the_columns_too(astronaut: np.ndarray, tmp_path: Path, option: str) -> None:
    (tmp_path / "photos").mkdir()
    for name in ("a.png", "b.png"):
        write_image(tmp_path / "photos" / name, astronaut)
    code, text = run("-i", tmp_path / "photos", "-o", tmp_path / "out.csv", option)
    assert code == 0, text
    first, second = csv_rows(tmp_path / "out.csv")
    for name, kind in FACE_COLUMNS[option].types.items():
        assert first[name] == second[name]
        assert np.isfinite(float(first[name])) if kind is float else first[name] == ""


@pytest.mark.parametrize("option", ["--blendshapes", "--gaze"])
def test_a_mesh_without_irises_is_refused_for_columns_that_need_them(
    clip: Path, tmp_path: Path, option: str
) -> None:
    code, text = run("-i", clip, "-o", tmp_path / "a.csv", option, "--side-packet", "with_attention=false")
    assert code == 2
    assert f"{option} needs 478 landmarks, and with_attention=false gives 468" in text
    assert not (tmp_path / "a.csv").exists()
