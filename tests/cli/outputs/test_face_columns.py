"""Columns of tables that say what a face does: their values, in every format, and only if asked for."""

from __future__ import annotations

import csv
import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.outputs.csv_sink import CsvSink
from attention_mesh.cli.outputs.face_columns import FACE_COLUMNS, column_names, named_points
from attention_mesh.cli.outputs.frame_record import FrameRecord
from attention_mesh.cli.outputs.json_lines_sink import JsonLinesSink
from attention_mesh.cli.outputs.landmark_rows import COLUMNS
from attention_mesh.cli.outputs.parquet_sink import ParquetSink
from attention_mesh.geometry.blink_events import BlinkEvents
from attention_mesh.geometry.head_pose import rotation_matrices
from attention_mesh.python_bindings.landmarker.face_landmarker_result import (
    EXPRESSION_SHAPES,
    FaceLandmarkerResult,
)
from attention_mesh.python_bindings.landmarker.landmark_names import LANDMARK_NAMES

parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is in the extra parquet")

GROUPS = tuple(FACE_COLUMNS.values())
ANGLES = np.array([[0.1, -0.2, 0.3], [-0.4, 0.5, 0.0]], np.float32)  # pitch, yaw, roll, rad
PLACES = np.array([[1, 2, -40], [-3, 4, -50]], np.float32)  # cm


BLINK = BlinkEvents(np.array([2]), np.array([[True, True]]), np.array([40_000]), np.array([120_000]))
NO_BLINK = BlinkEvents(np.zeros(0, int), np.zeros((0, 2), bool), np.zeros(0, int), np.zeros(0, int))


def record(index: int, faces: int = 2) -> FrameRecord:
    random = np.random.default_rng(index)
    poses = np.tile(np.eye(4, dtype=np.float32), (2, 1, 1))
    poses[:, :3, :3], poses[:, :3, 3] = rotation_matrices(ANGLES), PLACES
    expression = {
        name: random.uniform(0, 1, (faces, *shape)).astype(np.float32)
        for name, shape in EXPRESSION_SHAPES.items()
    }
    result = FaceLandmarkerResult(
        landmarks_px=random.uniform(-50, 700, (faces, 5, 3)),
        scores=random.uniform(0.5, 1, faces),
        rois=random.uniform(0, 300, (faces, 5)),
        track_ids=np.arange(1, faces + 1),
        timestamp_us=40_000 * index,
        image_size=(640, 480),
        **(expression | {"poses": poses[:faces], "blinks": BLINK if faces == 2 else NO_BLINK}),
    )
    return FrameRecord(index, f"frame_{index}", 40_000 * index, None, result)


def flat_rows(sink_class: Any, path: Path) -> list[dict[str, Any]]:
    """The rows of a table, with a number or None in each of the groups' columns."""
    if sink_class is CsvSink:
        with open(path, newline="", encoding="utf-8") as file:
            rows: list[dict[str, Any]] = list(csv.DictReader(file))
        kinds = {name: kind for group in GROUPS for name, kind in group.types.items()}
        return [row | {name: kinds[name](row[name]) if row[name] else None for name in kinds} for row in rows]
    if sink_class is JsonLinesSink:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for row in rows:
            for group in GROUPS:
                values = row[group.key]
                assert values is None or tuple(values) == group.json_names
                named = zip(group.types, group.json_names, strict=True)
                row.update({name: None if values is None else values[json_name] for name, json_name in named})
        return rows
    return pytest.importorskip("pyarrow.parquet").read_table(path).to_pylist()


@pytest.mark.parametrize("sink_class", [CsvSink, JsonLinesSink, ParquetSink])
def test_every_group_has_its_values_in_the_row_of_its_face(tmp_path: Path, sink_class: Any) -> None:
    path = tmp_path / "out.table"
    sink = sink_class(path, all_frames=True, groups=GROUPS)
    records = [record(0), record(1, 0), record(2, 1)]
    for entry in records:
        sink.write(entry)
    sink.close()
    rows = flat_rows(sink_class, path)
    assert [int(row["frame"]) for row in rows] == [0, 0, 1, 2]
    for row, (entry, face) in zip(
        rows, [(records[0], 0), (records[0], 1), (None, 0), (records[2], 0)], strict=True
    ):
        for group in GROUPS:
            values = [row[name] for name in group.types]
            if entry is None:
                assert values == [None] * len(group.types)
            else:
                expected = group.values(entry.result)[face]
                for value, right, kind in zip(values, expected, group.types.values(), strict=True):
                    assert (value is None) == (right is None)
                    if kind is float and right is not None:
                        assert abs(value - right) <= 5.1e-5  # four decimals
                    else:
                        assert value == right


def test_head_columns_are_angles_and_place() -> None:
    group = FACE_COLUMNS["--pose"]
    values = group.values(record(0).result)
    np.testing.assert_allclose(values, np.hstack([ANGLES, PLACES]), atol=1e-5)
    assert tuple(group.types)[:3] == ("head_pitch_rad", "head_yaw_rad", "head_roll_rad")


def test_a_blink_is_in_the_row_of_its_face_and_photos_have_none() -> None:
    result = record(0).result
    first, second = FACE_COLUMNS["--blinks"].values(result)
    assert first[2:] == [None, None, None] and second[2:] == ["both", 40_000, 120_000]
    untracked = dataclasses.replace(result, track_ids=np.zeros(2))
    assert FACE_COLUMNS["--blinks"].values(untracked) == [first, second]
    photo = dataclasses.replace(result, blinks=None)
    assert [row[2:] for row in FACE_COLUMNS["--blinks"].values(photo)] == [[None] * 3] * 2
    np.testing.assert_allclose([first[:2], second[:2]], result.eye_aspect_ratios)


@pytest.mark.parametrize("sink_class", [CsvSink, JsonLinesSink, ParquetSink])
def test_without_groups_a_table_is_as_before(tmp_path: Path, sink_class: Any) -> None:
    paths = [tmp_path / "with", tmp_path / "without"]
    entry = record(0)
    bare = dataclasses.replace(
        entry, result=dataclasses.replace(entry.result, **dict.fromkeys([*EXPRESSION_SHAPES, "blinks"]))
    )
    for path, written in zip(paths, (entry, bare), strict=True):
        sink = sink_class(path)
        sink.write(written)
        sink.close()
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_names_of_columns_differ_from_each_other_and_from_the_landmarks() -> None:
    names = [
        *COLUMNS,
        *column_names(GROUPS),
        "landmarks_px",
        *(f"{axis}{i}" for i in range(478) for axis in "xyz"),
    ]
    assert len(names) == len(set(names))
    assert all(len(group.types) == len(group.json_names) for group in GROUPS)


def test_numbers_that_are_none_are_null_in_json_lines(tmp_path: Path) -> None:
    entry = record(0)
    poses = np.full((2, 4, 4), np.nan, np.float32)
    sink = JsonLinesSink(tmp_path / "out.jsonl", groups=[FACE_COLUMNS["--pose"]])
    sink.write(dataclasses.replace(entry, result=dataclasses.replace(entry.result, poses=poses)))
    sink.close()
    (row, _) = map(json.loads, (tmp_path / "out.jsonl").read_text().splitlines())
    assert row["head"] == dict.fromkeys(FACE_COLUMNS["--pose"].json_names)


@pytest.mark.parametrize("points", [478, 468])
@pytest.mark.parametrize("sink_class", [CsvSink, JsonLinesSink, ParquetSink])
def test_named_points_stand_in_place_of_all_landmarks(sink_class, points, tmp_path):
    landmarks = np.random.default_rng(0).uniform(-50, 700, (2, points, 3)).astype(np.float32)
    faces = dataclasses.replace(
        record(1).result, landmarks_px=landmarks, **dict.fromkeys(EXPRESSION_SHAPES), blinks=None
    )
    table = sink_class(tmp_path / "table", all_frames=True, groups=[named_points()], landmarks=False)
    table.write(FrameRecord(0, "empty", 0, None, dataclasses.replace(record(0, 0).result, blinks=None)))
    table.write(FrameRecord(1, "frame", 40_000, None, faces))
    table.close()
    if sink_class is CsvSink:
        with open(table.path, newline="", encoding="utf-8") as file:
            rows: list[dict[str, Any]] = list(csv.DictReader(file))
    elif sink_class is JsonLinesSink:
        lines = [json.loads(line) for line in table.path.read_text(encoding="utf-8").splitlines()]
        rows = [line | (line.pop("points_px") or {}) for line in lines]
    else:
        rows = parquet.read_table(table.path).to_pylist()
    assert len(rows) == 3 and not any("landmarks_px" in row or "x0" in row for row in rows)
    assert rows[0].get("nose_tip_x") in (None, "")
    for row, face in zip(rows[1:], landmarks, strict=True):
        for name, index in LANDMARK_NAMES.items():
            found = [row[f"{name}_{axis}"] for axis in "xyz"]
            if index < points:
                np.testing.assert_allclose(np.array(found, float), face[index], atol=1e-3)
            else:
                assert found in ([None] * 3, [""] * 3)


def test_named_points_need_a_face_mesh(tmp_path):
    table = CsvSink(tmp_path / "table.csv", groups=[named_points()], landmarks=False)
    with pytest.raises(
        UsageError, match="--columns named does not apply: the graph's faces have 5 landmarks"
    ):
        table.write(record(0))
