"""RerunSink: what it logs, read back by Rerun's own reader, from a file and over the network."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from attention_mesh.cli.outputs.frame_record import FrameRecord
from attention_mesh.cli.outputs.rerun_sink import RerunSink
from attention_mesh.extras import install_command
from attention_mesh.geometry.head_pose import rotation_matrices
from attention_mesh.media.errors import MediaError
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES
from attention_mesh.python_bindings.landmarker.face_landmarker_result import FaceLandmarkerResult

READER = pytest.importorskip("rerun.chunk", reason="reading recordings needs rerun-sdk 0.41 or newer")
ANGLES = np.float32([[0.1, -0.2, 0.3], [-0.4, 0.5, 0.0]])  # pitch, yaw, roll, rad


def record(index: int, faces: int, *, ids: bool = True, measured: bool = True) -> FrameRecord:
    random = np.random.default_rng(index)
    frame = cv2.blur(random.integers(0, 256, (48, 64, 3), np.uint8), (9, 9))
    more: dict[str, Any] = {}
    if measured:
        poses = np.tile(np.eye(4, dtype=np.float32), (faces, 1, 1))
        poses[:, :3, :3] = rotation_matrices(ANGLES[:faces])
        gaze = np.tile(np.float32([0.6, 0.0, 0.8]), (faces, 3, 1))
        more = {
            "poses": poses,
            "blendshapes": random.uniform(0, 1, (faces, 52)).astype(np.float32),
            "gaze": gaze,
            "eye_aspect_ratios": random.uniform(0, 0.4, (faces, 2)).astype(np.float32),
        }
    result = FaceLandmarkerResult(
        landmarks_px=random.uniform(0, 60, (faces, 478, 3)).astype(np.float32),
        scores=random.uniform(0.5, 1, faces),
        rois=random.uniform(0, 300, (faces, 5)),
        track_ids=np.arange(7, 7 + faces) if ids else np.zeros(faces, int),
        timestamp_us=40_000 * index,
        image_size=(64, 48),
        **more,
    )
    return FrameRecord(index, f"frame_{index}", 40_000 * index, None, result, (64, 48), frame)


def test_other_outputs_of_a_graph_are_curves_if_they_are_numbers(tmp_path):
    values = {"count": 3, "opening": np.array([0.25, 0.5]), "name": "text", "heat": np.zeros((20, 20))}
    sink = RerunSink(str(tmp_path / "out.rrd"))
    sink.write(replace(record(0, 2), values=values))
    sink.close()
    found = read(tmp_path / "out.rrd")
    curves = {path: columns["Scalars:scalars"] for path, columns in found.items() if "/values/" in path}
    assert curves.keys() == {"/values/count", "/values/opening"}
    np.testing.assert_allclose(curves["/values/count"][0], [3])
    np.testing.assert_allclose(curves["/values/opening"][0], [0.25, 0.5])


@pytest.mark.parametrize("what", ["deleted", "replaced", "renamed"])
def test_a_recording_that_is_taken_away_is_an_error(tmp_path, what):
    path = tmp_path / "out.rrd"
    sink = RerunSink(str(path))
    sink.write(record(0, 1))
    path.unlink() if what == "deleted" else path.rename(tmp_path / "moved.rrd")
    if what == "replaced":
        path.write_text("another's")
    with pytest.raises(MediaError, match="out.rrd: the file was deleted, moved or replaced"):
        sink.close()
    sink.close()


def test_a_recording_that_the_disk_does_not_take_is_an_error(tmp_path, file_size_limit):
    sink = RerunSink(str(tmp_path / "out.rrd"))
    with file_size_limit(100_000):
        for index in range(30):
            sink.write(record(index, 2))
        with pytest.raises(MediaError, match=r"out.rrd: .*; the recording ends before frame 30"):
            sink.close()


@pytest.mark.filterwarnings("ignore:RRD file has no footer")
def read(path: Path) -> dict[str, dict[str, list[Any]]]:
    """Entity -> column -> its values; "frame" has the numbers of their frames."""
    entities: dict[str, dict[str, list[Any]]] = {}
    for chunk in READER.RrdReader(path).stream():
        columns = entities.setdefault(chunk.entity_path, {})
        for name, values in values_of(chunk).items():
            columns.setdefault(name, []).extend(values)
    return entities


def values_of(chunk: Any) -> dict[str, list[Any]]:
    """Column -> values, without the clocks in nanoseconds, for which Python has no type."""
    batch = chunk.to_record_batch()
    names = [name for name in batch.schema.names if name == "frame" or ":" in name]
    return batch.select(names).to_pydict()


def written(path: Path, *records: FrameRecord) -> dict[str, dict[str, list[Any]]]:
    sink = RerunSink(str(path))
    assert not sink.begun and not path.exists()
    for each in records:
        sink.write(each)
    sink.close()
    sink.close()
    assert sink.begun and sink.summary() == f"{path}: {len(records)} frames for Rerun"
    return read(path)


def test_a_recording_has_the_frames_and_what_is_known_of_the_faces(tmp_path: Path) -> None:
    records = [record(0, 2), record(1, 2)]
    found = written(tmp_path / "new" / "run.rrd", *records)
    assert found["/frame"]["frame"] == [0, 1]
    jpeg = np.frombuffer(bytes(found["/frame"]["EncodedImage:blob"][1][0]), np.uint8)
    picture = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)[..., ::-1]
    assert records[1].frame is not None
    assert np.abs(picture.astype(int) - records[1].frame).mean() < 6
    for face, name in enumerate(("face_7", "face_8")):
        results = [each.result for each in records if each.result is not None]
        flat, space = found[f"/frame/{name}"], found[f"/mesh/{name}"]
        for row, result in enumerate(results):
            points = result.landmarks_px[face]
            np.testing.assert_allclose(flat["Points2D:positions"][row], points[:, :2])
            np.testing.assert_allclose(space["Points3D:positions"][row], points)
            score = found[f"/scores/{name}"]["Scalars:scalars"][row]
            np.testing.assert_allclose(score, [result.scores[face]])
            assert result.blendshapes is not None and result.eye_aspect_ratios is not None
            curves = found[f"/blendshapes/{name}"]["Scalars:scalars"][row]
            np.testing.assert_allclose(curves, result.blendshapes[face])
            eyes = found[f"/eyes/{name}"]["Scalars:scalars"][row]
            np.testing.assert_allclose(eyes, result.eye_aspect_ratios[face])
        angles = found[f"/pose/{name}"]["Scalars:scalars"][0]
        np.testing.assert_allclose(angles, np.degrees(ANGLES[face]), atol=1e-3)
        assert found[f"/blendshapes/{name}"]["SeriesLines:names"][0] == list(BLENDSHAPE_NAMES)
        (left, right) = found[f"/mesh/{name}/gaze"]["Arrows3D:vectors"][0]
        # To the right and toward the camera: z points away from it.
        assert left[0] > 0 and left[2] < 0 and abs(left[1]) < 1e-6
        np.testing.assert_allclose(left, right)
        assert len(found[f"/frame/{name}/contours"]["LineStrips2D:strips"][0]) >= 8


def test_only_what_was_measured_is_logged(tmp_path: Path) -> None:
    found = written(tmp_path / "run.rrd", record(0, 1, measured=False), record(1, 1, measured=False))
    roots = {path.split("/")[1] for path in found}
    assert {"frame", "mesh", "scores"} <= roots and not roots & {"pose", "blendshapes", "eyes"}


def test_a_face_that_is_gone_is_cleared_and_faces_without_ids_are_numbered(tmp_path: Path) -> None:
    records = [record(0, 2, ids=False), record(1, 1, ids=False), record(2, 0), record(3, 1, ids=False)]
    found = written(tmp_path / "run.rrd", *records)
    assert {"/mesh/face_1", "/mesh/face_2"} <= set(found)
    cleared = {}
    for chunk in READER.RrdReader(tmp_path / "run.rrd").stream():
        columns = values_of(chunk)
        if any(columns.get("Clear:is_recursive", ())) and chunk.entity_path.startswith("/mesh"):
            cleared.setdefault(chunk.entity_path, []).extend(columns["frame"])
    assert cleared == {"/mesh/face_2": [1], "/mesh/face_1": [2]}


def test_frames_without_faces_or_results_are_logged(tmp_path: Path) -> None:
    frame = np.zeros((8, 8, 3), np.uint8)
    nothing = FrameRecord(1, "b", 40_000, None, None, (8, 8), frame)
    found = written(tmp_path / "run.rrd", record(0, 0), nothing)
    assert found["/frame"]["frame"] == [0, 1]


def test_a_missing_package_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rerun", None)
    with pytest.raises(MediaError, match=re.escape(install_command("rerun"))):
        RerunSink(str(tmp_path / "run.rrd"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_an_address_where_no_viewer_listens_is_an_error() -> None:
    port = free_port()
    with pytest.raises(MediaError, match=f"--rerun 127.0.0.1:{port}: no viewer listens there"):
        RerunSink(f"127.0.0.1:{port}")


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MediaError, match="run.rrd"):
        RerunSink(str(tmp_path / "file" / "run.rrd"))


@pytest.mark.filterwarnings("ignore:RRD file has no footer")
def test_a_viewer_gets_the_same_over_the_network(
    tmp_path: Path, start_processes: Callable[[list[str], int], list[subprocess.Popen[str]]]
) -> None:
    """In place of the window, Rerun's own server writes what it receives to a file."""
    path, port = tmp_path / "received.rrd", free_port()
    program = Path(sys.executable).with_name("rerun")
    if not program.exists():
        pytest.skip("the command rerun is not beside the interpreter")
    (server,) = start_processes([str(program), "--save", str(path), "--port", str(port)], 1)
    sent = record(0, 1)
    for _ in range(100):
        try:
            sink = RerunSink(f"127.0.0.1:{port}")
            break
        except MediaError:
            time.sleep(0.1)
    else:
        pytest.fail(f"rerun does not listen: {server.poll()}")
    sink.write(sent)
    sink.close()
    server.send_signal(signal.SIGINT)
    server.communicate(timeout=120)
    found = read(path)
    assert sent.result is not None
    points = found["/mesh/face_7"]["Points3D:positions"][0]
    np.testing.assert_allclose(points, sent.result.landmarks_px[0])
