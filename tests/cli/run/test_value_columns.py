"""What a user's graph puts out beside faces: columns of every table, or named as what fits none."""

import csv
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from attention_mesh.cli.app import app
from attention_mesh.cli.outputs.csv_sink import CsvSink
from attention_mesh.cli.outputs.frame_record import FrameRecord
from attention_mesh.cli.outputs.json_lines_sink import JsonLinesSink
from attention_mesh.cli.outputs.parquet_sink import ParquetSink
from attention_mesh.cli.outputs.value_columns import ValueColumns
from attention_mesh.python_bindings.landmarker.face_landmarker_result import FaceLandmarkerResult


def record(index: int, faces: int, **values: object) -> FrameRecord:
    result = FaceLandmarkerResult(
        landmarks_px=np.zeros((faces, 3, 3)),
        scores=np.ones(faces),
        rois=np.zeros((faces, 5)),
        track_ids=np.arange(1, faces + 1),
        timestamp_us=1000 * index,
        image_size=(64, 48),
    )
    return FrameRecord(index, f"f{index}", 1000 * index, None, result, values=values)


def read(path):
    """Rows of a table as dicts, whatever its format."""
    if path.suffix == ".parquet":
        return pytest.importorskip("pyarrow.parquet").read_table(path).to_pylist()
    text = path.read_text("utf-8")
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines()]
    return list(csv.DictReader(text.splitlines()))


def written(path, sink_type, streams, records, **arguments):
    columns = ValueColumns(streams)
    sink = sink_type(path, values=columns, **arguments)
    for item in records:
        sink.write(item)
    sink.close()
    return read(path), columns


FORMATS = [(CsvSink, ".csv"), (JsonLinesSink, ".jsonl"), (ParquetSink, ".parquet")]
every_format = pytest.mark.parametrize(("sink_type", "suffix"), FORMATS, ids=["csv", "jsonl", "parquet"])


@every_format
@pytest.mark.parametrize(
    ("value", "faces", "cells"),
    [
        (3, 1, {"v": [3]}),
        (np.int64(3), 2, {"v": [3, 3]}),
        (0.25, 1, {"v": [0.25]}),
        (True, 1, {"v": [True]}),
        ('left, "right"', 1, {"v": ['left, "right"']}),
        (np.array(0.5), 1, {"v": [0.5]}),
        (np.array([0.5, 0.25]), 2, {"v": [0.5, 0.25]}),
        ([1, 2], 2, {"v": [1, 2]}),
        (["a", "b"], 2, {"v": ["a", "b"]}),
        ((1, 2), 2, {"v_0": [1, 1], "v_1": [2, 2]}),
        (np.array([1.0, 2.0, 3.0]), 1, {"v_0": [1.0], "v_1": [2.0], "v_2": [3.0]}),
        (np.array([[1, 2], [3, 4]]), 2, {"v_0": [1, 3], "v_1": [2, 4]}),
        (np.ones((1, 16), bool), 1, {f"v_{index}": [True] for index in range(16)}),
    ],
    ids=str,
)
def test_what_fits_becomes_columns_with_the_name_of_the_stream(
    sink_type, suffix, value, faces, cells, tmp_path
):
    rows, columns = written(tmp_path / f"t{suffix}", sink_type, {"v": object}, [record(0, faces, v=value)])
    assert columns.notice() is None and len(rows) == faces
    for row in range(faces):
        expected = {name: values[row] for name, values in cells.items()}
        if suffix == ".jsonl":
            found = rows[row]["v"]
            assert found == ([*expected.values()] if "v_0" in expected else expected["v"])
        elif suffix == ".csv":
            as_text = {
                name: str(item).lower() if isinstance(item, bool) else format(item, "g")
                for name, item in expected.items()
                if not isinstance(item, str)
            }
            assert {name: rows[row][name] for name in expected} == {**expected, **as_text}
        else:
            assert {name: rows[row][name] for name in expected} == expected


@every_format
@pytest.mark.parametrize(
    ("value", "what"),
    [
        (np.zeros((480, 640, 3), np.uint8), r"an array \(480, 640, 3\) uint8"),
        (np.zeros(17), r"an array \(17,\) float64"),
        ({"a": 1}, "dict"),
        ([1, "a"], "a list of 2"),
        (np.zeros((1, 17)), r"an array \(1, 17\)"),
    ],
    ids=["image", "long", "dict", "mixed", "wide"],
)
def test_what_fits_no_column_is_named_in_one_line(sink_type, suffix, value, what, tmp_path):
    rows, columns = written(
        tmp_path / f"t{suffix}", sink_type, {"v": object, "w": int}, [record(0, 1, v=value, w=7)]
    )
    assert "v" not in rows[0] and int(rows[0]["w"]) == 7
    notice = columns.notice()
    assert notice is not None and "\n" not in notice
    with pytest.raises(AssertionError, match=rf"outputs of the graph: v \({what}"):
        raise AssertionError(notice)


@every_format
def test_a_stream_without_a_packet_is_an_empty_cell_and_its_column_is_there_from_the_start(
    sink_type, suffix, tmp_path
):
    records = [record(0, 0), record(1, 1), record(2, 1, blink=3), record(3, 1, side="left")]
    rows, columns = written(tmp_path / f"t{suffix}", sink_type, {"blink": int, "side": str}, records)
    empty = "" if suffix == ".csv" else None
    assert [row["blink"] or empty for row in rows] == [empty, "3" if suffix == ".csv" else 3, empty]
    assert [row["side"] or empty for row in rows] == [empty, empty, "left"]
    assert columns.notice() is None


@every_format
def test_a_packet_before_the_first_face_decides_about_the_columns(sink_type, suffix, tmp_path):
    records = [record(0, 0, size=(4, 5)), record(1, 1, size=(6, 7))]
    rows, _ = written(tmp_path / f"t{suffix}", sink_type, {"size": object}, records)
    found = rows[0]["size"] if suffix == ".jsonl" else [int(rows[0]["size_0"]), int(rows[0]["size_1"])]
    assert found == [6, 7]


@every_format
def test_a_packet_unlike_the_first_one_leaves_its_cell_empty_and_is_named(sink_type, suffix, tmp_path):
    records = [record(0, 1, v=1), record(1, 1, v="text"), record(2, 1, v=2)]
    rows, columns = written(tmp_path / f"t{suffix}", sink_type, {"v": object}, records)
    assert [row["v"] or None for row in rows] == (["1", None, "2"] if suffix == ".csv" else [1, None, 2])
    assert "v (str at 1000 µs, unlike its first packet)" in str(columns.notice())


@every_format
def test_frames_without_a_face_have_the_frames_own_values(sink_type, suffix, tmp_path):
    records = [record(0, 0, count=4, per_face=np.zeros(0)), record(1, 1, count=5, per_face=np.array([0.5]))]
    streams = {"count": int, "per_face": np.ndarray}
    rows, columns = written(tmp_path / f"t{suffix}", sink_type, streams, records, all_frames=True)
    assert [int(row["count"]) for row in rows] == [4, 5]
    assert not rows[0]["per_face"] and float(rows[1]["per_face"]) == 0.5
    assert columns.notice() is None


CALCULATORS = """
import numpy as np
from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks

@calculator
class SampleWidthCalculator(Calculator):
    landmarks = Input("LANDMARKS", NormalizedLandmarks)
    width = Output("WIDTH", np.ndarray)
    count = Output("COUNT", int)
    seen = 0

    def process(self):
        points = self.landmarks.value.points
        self.seen += 1
        self.width.send(points[:, 454, 0] - points[:, 234, 0])
        self.count.send(self.seen)

@calculator
class SampleLightCalculator(Calculator):
    image = Input("IMAGE", np.ndarray)
    light = Output("LIGHT", float)

    def process(self):
        self.light.send(float(self.image.value.mean()))
"""
FACES = """
input_stream: "IMAGE:image"
output_stream: "LANDMARKS:landmarks"
output_stream: "width"
output_stream: "count"
output_stream: "detections"
node { calculator: "FaceMesh" input_stream: "IMAGE:image"
       output_stream: "LANDMARKS:landmarks" output_stream: "DETECTIONS:detections" }
node { calculator: "SampleWidthCalculator" input_stream: "LANDMARKS:landmarks"
       output_stream: "WIDTH:width" output_stream: "COUNT:count" }
"""
LIGHT = """
input_stream: "IMAGE:image"
output_stream: "light"
node { calculator: "SampleLightCalculator" input_stream: "IMAGE:image" output_stream: "LIGHT:light" }
"""


@pytest.fixture(scope="module")
def calculators(tmp_path_factory):
    """The file of `CALCULATORS`: one, because a process knows each calculator once."""
    file = tmp_path_factory.mktemp("calculators") / "own.py"
    file.write_text(CALCULATORS)
    return file


@pytest.fixture
def run(tmp_path, clip, calculators):
    """Runs a graph with `CALCULATORS` over six frames of the clip."""

    def go(graph: str, *arguments: str):
        (tmp_path / "own.pbtxt").write_text(graph)
        command = ["run", "-i", clip, "--graph", tmp_path / "own.pbtxt", "--calculators", calculators]
        command += ["--max-frames", "6", *arguments]
        return CliRunner().invoke(app, [str(part) for part in command])

    return go


def test_a_run_writes_the_same_values_to_tables_of_all_formats(run, tmp_path):
    outputs = [argument for _, suffix in FORMATS for argument in ("-o", str(tmp_path / f"t{suffix}"))]
    result = run(FACES, *outputs)
    assert result.exit_code == 0, result.output
    assert "the tables lack outputs of the graph: detections (Detections);" in result.output
    tables = [read(tmp_path / f"t{suffix}") for _, suffix in FORMATS]
    for table in tables:
        assert [int(row["count"]) for row in table] == [1, 2, 3, 4, 5, 6]
        widths = [float(row["width"]) for row in table]
        assert np.allclose(widths, [float(row["width"]) for row in tables[0]], rtol=1e-5)
        assert 0.05 < min(widths) <= max(widths) < 0.5  # of the frame's width


def test_a_graph_without_landmarks_has_a_row_per_frame(run, tmp_path):
    result = run(LIGHT, "-o", str(tmp_path / "light.csv"))
    assert result.exit_code == 0, result.output
    table = read(tmp_path / "light.csv")
    assert len(table) == 6 and all(30 < float(row["light"]) < 225 for row in table)
    assert "x0" not in table[0]


@pytest.mark.parametrize(
    ("graph", "flags", "message"),
    [
        (LIGHT, ["--pose"], "--pose does not apply: the graph puts out no landmarks"),
        (LIGHT.replace('"light"', '"score"').replace(":light", ":score"), [], 'output "score" has the name'),
        (LIGHT.replace('"light"', '"x12"').replace(":light", ":x12"), [], 'output "x12" has the name'),
    ],
)
def test_what_cannot_be_a_table_is_refused_before_the_run(run, graph, flags, message, tmp_path):
    result = run(graph, "-o", str(tmp_path / "t.csv"), *flags)
    assert result.exit_code == 2 and message in " ".join(result.output.split())
    assert not (tmp_path / "t.csv").exists()
