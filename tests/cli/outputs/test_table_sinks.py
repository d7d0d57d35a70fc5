"""Tables of landmarks in CSV, JSON Lines and Parquet, read with the usual readers."""

import csv
import dataclasses
import json
import shutil
import sys

import numpy as np
import pytest

from attention_mesh.cli.outputs import parquet_sink
from attention_mesh.cli.outputs.csv_sink import CsvSink
from attention_mesh.cli.outputs.frame_record import FrameRecord
from attention_mesh.cli.outputs.json_lines_sink import JsonLinesSink
from attention_mesh.cli.outputs.landmark_rows import COLUMNS
from attention_mesh.cli.outputs.parquet_file import ParquetFile
from attention_mesh.cli.outputs.parquet_sink import ParquetSink
from attention_mesh.media.errors import MediaError
from attention_mesh.python_bindings.landmarker.face_landmarker_result import FaceLandmarkerResult

SINKS = [CsvSink, JsonLinesSink, ParquetSink]


def record(index: int, faces: int = 1, points: int = 478) -> FrameRecord:
    random = np.random.default_rng(index)
    result = FaceLandmarkerResult(
        landmarks_px=random.uniform(-50, 700, (faces, points, 3)),
        scores=random.uniform(0.5, 1, faces),
        rois=random.uniform(0, 300, (faces, 5)),
        track_ids=np.arange(1, faces + 1),
        timestamp_us=40_000 * index,
        image_size=(640, 480),
    )
    return FrameRecord(index, f"frame_{index:06d}", 40_000 * index, None, result)


def read_csv(path):
    with open(path, newline="", encoding="utf-8") as file:
        lines = list(csv.reader(file))
    head, *rows = lines
    for row in rows:
        named = dict(zip(head[: len(COLUMNS)], row, strict=False))
        roi = [float(named[name]) for name in COLUMNS if name.startswith("roi_")]
        landmarks = np.array(row[len(COLUMNS) :], float).reshape(-1, 3)
        yield named | {"roi": roi, "landmarks": landmarks}


def read_json_lines(path):
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
        yield row | {"landmarks": np.array(row["landmarks_px"], float)}


def read_parquet(path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is in the dev extra")
    for row in parquet.read_table(path).to_pylist():
        roi = [row[name] for name in COLUMNS if name.startswith("roi_")]
        yield row | {"roi": roi, "landmarks": np.array(row["landmarks_px"]).reshape(-1, 3)}


READERS = {CsvSink: read_csv, JsonLinesSink: read_json_lines, ParquetSink: read_parquet}


@pytest.mark.parametrize("sink_class", SINKS)
def test_every_face_of_every_frame_is_a_row_with_its_values(tmp_path, sink_class):
    path = tmp_path / "out.table"
    sink = sink_class(path)
    records = [record(0, 2), record(1, 0), record(2, 1)]
    for each in records:
        sink.write(each)
    sink.write(FrameRecord(3, "frame_000003", 120_000))
    sink.close()
    sink.close()
    rows = list(READERS[sink_class](path))
    assert [(int(row["frame"]), int(row["track_id"])) for row in rows] == [(0, 1), (0, 2), (2, 1)]
    for row, (each, face) in zip(rows, [(0, 0), (0, 1), (2, 0)], strict=True):
        result = records[each].result
        assert int(row["timestamp_us"]) == 40_000 * each
        assert row["name"] == f"frame_{each:06d}"
        assert (int(row["image_width"]), int(row["image_height"])) == (640, 480)
        assert float(row["score"]) == pytest.approx(result.scores[face], abs=1e-5)  # six decimals kept
        np.testing.assert_allclose(row["roi"], result.rois[face], atol=1e-3)  # px; six digits kept
        np.testing.assert_allclose(row["landmarks"], result.landmarks_px[face], atol=6e-4)  # px; 3 decimals
    assert sink.written == 3 and "3 rows" in sink.summary()


@pytest.mark.parametrize("sink_class", [CsvSink, JsonLinesSink])
def test_rows_are_in_the_file_before_it_is_closed(tmp_path, sink_class):
    sink = sink_class(tmp_path / "out.table")
    sink.write(record(0))
    assert len(list(READERS[sink_class](tmp_path / "out.table"))) == 1
    sink.close()


def test_parquet_writes_row_groups_as_it_goes(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is in the dev extra")
    sink = ParquetSink(tmp_path / "out.parquet")
    for index in range(600):
        sink.write(record(index, points=5))
    assert len(sink._rows) < 512
    sink.close()
    file = parquet.ParquetFile(tmp_path / "out.parquet")
    assert file.num_row_groups == 2 and file.metadata.num_rows == 600
    assert str(file.schema_arrow.field("landmarks_px").type) == "list<element: float>"
    columns = [file.metadata.row_group(0).column(place) for place in range(file.metadata.num_columns)]
    with_dictionary = {column.path_in_schema for column in columns if column.has_dictionary_page}
    assert "name" in with_dictionary and not with_dictionary & {"score", "landmarks_px.list.element"}


@pytest.mark.parametrize("sink_class", SINKS)
def test_a_run_without_faces_leaves_a_readable_table(tmp_path, sink_class):
    sink = sink_class(tmp_path / "out.table")
    sink.write(record(0, faces=0))
    sink.close()
    assert list(READERS[sink_class](tmp_path / "out.table")) == []


@pytest.mark.parametrize("sink_class", SINKS)
def test_a_run_without_a_record_leaves_the_table_of_before(tmp_path, sink_class):
    old, new = tmp_path / "old.table", tmp_path / "a" / "new.table"
    old.write_text("good")
    for path in (old, new):
        sink = sink_class(path)
        sink.close()
        assert not sink.begun
    assert old.read_text() == "good" and list(tmp_path.iterdir()) == [old]


@pytest.mark.parametrize("sink_class", SINKS)
def test_a_missing_folder_is_made_at_the_first_record(tmp_path, sink_class):
    path = tmp_path / "a" / "b" / "out.table"
    sink = sink_class(path)
    sink.write(record(0))
    sink.close()
    assert sink.begun and len(list(READERS[sink_class](path))) == 1


@pytest.mark.parametrize("sink_class", SINKS)
def test_a_table_where_none_can_be_is_an_error_before_anything_is_written(tmp_path, sink_class):
    (tmp_path / "file").write_text("good")
    for path, reason in [
        (tmp_path, "Is a directory"),
        (tmp_path / "file" / "out.table", "Not a directory"),
        (tmp_path / ("x" * 300), "File name too long"),
    ]:
        with pytest.raises(MediaError, match=reason):
            sink_class(path)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("sink_class", [CsvSink, JsonLinesSink])
def test_a_table_that_the_disk_does_not_take_ends_with_a_whole_row(tmp_path, file_size_limit, sink_class):
    path = tmp_path / "out.table"
    sink = sink_class(path)
    sink.write(record(0))
    sink.write(record(1))
    room = 5000  # bytes, fewer than the rows of a frame
    with file_size_limit(path.stat().st_size + room):
        with pytest.raises(MediaError, match="out.table: File too large"):
            sink.write(record(2))
        sink.close()
    assert [int(row["frame"]) for row in READERS[sink_class](path)] == [0, 1]
    assert sink.summary().endswith("2 rows")


@pytest.mark.parametrize("limit", [20_000, 1_000_000, 4_000_000])  # bytes: of few rows, half a group, more
def test_parquet_on_a_full_disk_keeps_the_rows_that_fit(tmp_path, file_size_limit, limit):
    pytest.importorskip("pyarrow", reason="pyarrow is in the dev extra")
    path = tmp_path / "out.parquet"
    sink = ParquetSink(path)
    with file_size_limit(limit):
        with pytest.raises(MediaError, match=r"out.parquet: File too large; the table ends after \d+ rows"):  # noqa: PT012 - wherever it is found
            for index in range(1024):
                sink.write(record(index))
        sink.close()
    kept = [row["frame"] for row in read_parquet(path)]
    assert kept == list(range(len(kept))) and sink.summary().endswith(
        f"{len(kept)} row{'s' * (len(kept) != 1)}"
    )
    # A row has 478 * 3 random floats, which do not compress; the rest of it is small.
    assert len(kept) > 0.7 * limit / (478 * 3 * 4) - 2 and path.stat().st_size <= limit


def test_a_parquet_file_that_cannot_begin_is_removed(tmp_path, file_size_limit):
    pytest.importorskip("pyarrow", reason="pyarrow is in the dev extra")
    (tmp_path / "out.parquet").symlink_to("target.parquet")
    sink = ParquetSink(tmp_path / "out.parquet")
    sink.write(record(0))
    with file_size_limit(4), pytest.raises(MediaError, match="out.parquet: File too large"):
        sink.close()
    sink.close()
    assert not (tmp_path / "target.parquet").exists() and sink.summary().endswith("0 rows")


def test_parquet_can_be_read_after_every_write_to_the_disk(tmp_path, monkeypatch):
    pytest.importorskip("pyarrow", reason="pyarrow is in the dev extra")
    path, rows = tmp_path / "out.parquet", []
    put = ParquetFile._put

    def put_and_read(self: ParquetFile, at: int, data: bytes) -> None:
        put(self, at, data)
        if path.stat().st_size > 4:  # the magic, with which the file begins
            rows.append(len(list(read_parquet(path))))

    monkeypatch.setattr(ParquetFile, "_put", put_and_read)
    monkeypatch.setattr(parquet_sink, "_ROWS_PER_GROUP", 3)
    sink = ParquetSink(path)
    for index in range(60):
        sink.write(record(index, points=20))
    sink.close()
    assert rows == sorted(rows) and {0, 3, 30, 57, 60} <= {*rows}
    assert [row["frame"] for row in read_parquet(path)] == list(range(60))


def test_rows_that_come_slowly_are_written_too(tmp_path, monkeypatch):
    pytest.importorskip("pyarrow", reason="pyarrow is in the dev extra")
    monkeypatch.setattr(parquet_sink, "_SECONDS_PER_GROUP", 0.0)
    sink = ParquetSink(tmp_path / "out.parquet")
    for index in range(3):
        sink.write(record(index))
        assert len(list(read_parquet(tmp_path / "out.parquet"))) == index + 1
    sink.close()


@pytest.mark.parametrize("sink_class", SINKS)
@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("deleted", "deleted while it was written, and nothing is left"),
        ("replaced", "replaced by another"),
        ("renamed", "it or its folder was moved"),
        ("folder deleted", "deleted while it was written, and nothing is left"),
        ("folder renamed", "it or its folder was moved"),
    ],
)
def test_a_table_that_is_taken_away_is_an_error(tmp_path, sink_class, what, told):
    if sink_class is ParquetSink:
        pytest.importorskip("pyarrow", reason="pyarrow is in the dev extra")
    path = tmp_path / "results" / "out.table"
    sink = sink_class(path)
    sink.write(record(0))
    if what == "folder deleted":
        shutil.rmtree(path.parent)
    elif what == "folder renamed":
        path.parent.rename(tmp_path / "moved")
    elif what == "renamed":
        path.rename(tmp_path / "moved.table")
    else:
        path.unlink()
        if what == "replaced":
            path.write_text("another's")
    with pytest.raises(MediaError, match=f"out.table: .*{told}"):
        sink.close()
    sink.close()
    if what == "replaced":
        assert path.read_text() == "another's"


def test_a_table_that_is_deleted_ends_at_the_next_record(tmp_path):
    sink = JsonLinesSink(tmp_path / "out.jsonl")
    sink.write(record(0))
    (tmp_path / "out.jsonl").unlink()
    with pytest.raises(MediaError, match="deleted while it was written"):
        sink.write(record(1))
    with pytest.raises(MediaError, match="deleted while it was written"):
        sink.close()


def test_missing_scores_are_null_in_json(tmp_path):
    nan = FaceLandmarkerResult(
        np.zeros((1, 2, 3)), np.full(1, np.nan), np.full((1, 5), np.nan), np.zeros(1, int), 0, (4, 4)
    )
    sink = JsonLinesSink(tmp_path / "out.jsonl")
    sink.write(FrameRecord(0, "frame_000000", 0, None, nan))
    sink.close()
    (row,) = read_json_lines(tmp_path / "out.jsonl")
    assert row["score"] is None and row["roi"] == [None] * 5


def test_a_csv_of_changing_width_is_refused(tmp_path):
    sink = CsvSink(tmp_path / "out.csv")
    sink.write(record(0, points=478))
    with pytest.raises(MediaError, match="468 landmarks but the table began with 478"):
        sink.write(record(1, points=468))
    sink.close()


def test_without_pyarrow_the_error_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)  # import then fails as for a missing package
    with pytest.raises(MediaError, match=r"needs the package pyarrow: .*\[parquet\]"):
        ParquetSink(tmp_path / "out.parquet")


def test_a_pyarrow_that_does_not_load_leaves_no_file(tmp_path, monkeypatch):
    pytest.importorskip("pyarrow", reason="pyarrow is in the dev extra")
    sink = ParquetSink(tmp_path / "out.parquet")
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    sink.write(record(0))
    with pytest.raises(MediaError, match=r"needs the package pyarrow: .*\[parquet\]"):
        sink.close()
    sink.close()
    assert list(tmp_path.iterdir()) == [] and sink.summary().endswith("0 rows")


@pytest.mark.parametrize("sink_class", SINKS)
def test_with_all_frames_a_frame_without_a_face_is_a_row_without_values(tmp_path, sink_class):
    path = tmp_path / "out.table"
    sink = sink_class(path, all_frames=True)
    sink.write(record(0, 0))
    sink.write(FrameRecord(1, "b", 40_000, size=(640, 480)))  # a graph that puts out nothing without a face
    sink.write(record(2, 2, points=5))
    sink.write(record(3, 0))
    sink.close()
    landmarks = "landmarks_px"
    if sink_class is CsvSink:
        landmarks = "x4"
        with open(path, newline="", encoding="utf-8") as file:
            rows = [{name: value or None for name, value in row.items()} for row in csv.DictReader(file)]
        assert all(len(row) == len(COLUMNS) + 15 and None not in row for row in rows)
    elif sink_class is JsonLinesSink:
        rows = list(map(json.loads, path.read_text("utf-8").splitlines()))
    else:
        rows = pytest.importorskip("pyarrow.parquet").read_table(path).to_pylist()
    assert [int(row["frame"]) for row in rows] == [0, 1, 2, 2, 3]
    assert [int(row["image_width"]) for row in rows] == [640] * 5
    for name in ("track_id", "score", landmarks, "roi" if sink_class is JsonLinesSink else "roi_width"):
        assert [row[name] is None for row in rows] == [True, True, False, False, True]
    assert sink.written == 5


@pytest.mark.parametrize("sink_class", SINKS)
def test_all_frames_of_a_run_without_any_face_are_rows(tmp_path, sink_class):
    path = tmp_path / "out.table"
    sink = sink_class(path, all_frames=True)
    for index in range(3):
        sink.write(record(index, 0))
    sink.close()
    assert sink.written == 3
    if sink_class is not ParquetSink:
        assert len(path.read_text().splitlines()) == 3 + (sink_class is CsvSink)


@pytest.mark.parametrize("sink_class", SINKS)
@pytest.mark.parametrize("name", ["two\nlines.png", "a,b.png", 'a"b.png', "carriage\rreturn", "b\udcff.png"])
def test_any_name_of_a_photo_comes_back_from_a_table(tmp_path, sink_class, name):
    sink = sink_class(tmp_path / "out.table", all_frames=True)
    for index in range(2):
        sink.write(dataclasses.replace(record(index, 1 - index, points=5), name=name))
    sink.close()
    shown = name.encode("utf-8", "backslashreplace").decode("utf-8")
    if sink_class is CsvSink:
        with open(tmp_path / "out.table", newline="", encoding="utf-8") as file:
            names = [row["name"] for row in csv.DictReader(file)]
    elif sink_class is JsonLinesSink:
        names = [json.loads(line)["name"] for line in (tmp_path / "out.table").read_bytes().splitlines()]
    else:
        names = pytest.importorskip("pyarrow.parquet").read_table(tmp_path / "out.table")["name"].to_pylist()
    assert names == [shown, shown]
