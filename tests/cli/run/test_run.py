"""`attention-mesh run`: its options, files, exit codes and messages."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from attention_mesh.cli.app import app
from attention_mesh.media.image_file import read_image, write_image
from attention_mesh.media.video_file_source import VideoFileSource
from attention_mesh.tests.cli.run.output_files import frame_count, rows

WRONG_PICTURE = """
import numpy as np
from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks

@calculator
class WrongPictureCalculator(Calculator):
    image = Input("IMAGE", np.ndarray)
    inverted = Output("IMAGE", object)
    points = Output("LANDMARKS", NormalizedLandmarks)
    fail_from_us = SideInput("FAIL_FROM_US", int, optional=True)
    delay_s = SideInput("DELAY_S", float, optional=True)
    delay_from_us = SideInput("DELAY_FROM_US", int, optional=True)

    def process(self):
        self.inverted.send(self.image.value if self.timestamp < 80_000 else "text")
        self.points.send(NormalizedLandmarks(np.zeros((1, 5, 3), np.float32)))
"""


def run(*arguments):
    """Runs the command in this process; returns the exit code and the output."""
    result = CliRunner().invoke(app, ["run", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.fixture
def folder(tmp_path, astronaut):
    """A folder with three good images and two bad ones."""
    folder = tmp_path / "photos"
    folder.mkdir()
    bgr = cv2.cvtColor(astronaut, cv2.COLOR_RGB2BGR)
    cv2.imwrite(str(folder / "a.png"), bgr)
    cv2.imwrite(str(folder / "b_gray16.png"), cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY).astype(np.uint16) * 257)
    cv2.imwrite(str(folder / "c_alpha.png"), np.dstack([bgr, bgr[..., 0]]))
    (folder / "d_empty.png").touch()
    (folder / "e_text.jpg").write_text("no image")
    return folder


def test_a_video_becomes_a_video_and_tables_with_the_containers_times(clip, tmp_path):
    outputs = [tmp_path / name for name in ("out.mp4", "out.csv", "out.jsonl", "out.parquet")]
    code, text = run("-i", clip, *(part for path in outputs for part in ("-o", path)))
    assert code == 0, text
    with VideoFileSource(outputs[0]) as source, VideoFileSource(clip) as original:
        assert (source.fps, source.size) == (25.0, (512, 512))
        drawn, plain = list(source), list(original)
    assert len(drawn) == 20
    difference = np.abs(drawn[0].image.astype(int) - plain[0].image).max(axis=2)
    assert (difference > 60).sum() > 200  # pixels: the mesh is drawn
    assert difference[300:].mean() < 8  # levels, the loss of the codec: it is drawn only on the face
    table = rows(outputs[1])
    assert [int(row["frame"]) for row in table] == list(range(20))
    assert [int(row["timestamp_us"]) for row in table] == [40_000 * index for index in range(20)]
    assert {row["track_id"] for row in table} == {"1"}
    noses = np.array([float(row["x1"]) for row in table])
    np.testing.assert_allclose(np.diff(noses)[2:], 4, atol=2)  # px per frame, the motion of the clip
    lines = [json.loads(line) for line in outputs[2].read_text().splitlines()]
    assert [len(line["landmarks_px"]) for line in lines] == [478] * 20
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is in the dev extra")
    assert parquet.read_table(outputs[3]).num_rows == 20


def test_an_image_becomes_an_image_and_a_table(astronaut, tmp_path):
    photo = tmp_path / "photo.png"
    cv2.imwrite(str(photo), cv2.cvtColor(astronaut, cv2.COLOR_RGB2BGR))
    code, text = run("-i", photo, "-o", tmp_path / "out.png", "-o", tmp_path / "out.csv")
    assert code == 0, text
    assert (np.abs(read_image(tmp_path / "out.png").astype(int) - astronaut).max(2) > 60).sum() > 200
    (row,) = rows(tmp_path / "out.csv")
    assert abs(float(row["x468"]) - 203) < 3 and abs(float(row["y468"]) - 101) < 3  # px: the right pupil
    assert row["name"] == "photo.png" and row["track_id"] == "0"


@pytest.mark.parametrize("output", [".", "link.png", "photo.png"])
def test_a_photo_is_not_overwritten_by_its_picture(astronaut, tmp_path, monkeypatch, output):
    monkeypatch.chdir(tmp_path)
    cv2.imwrite("photo.png", cv2.cvtColor(astronaut, cv2.COLOR_RGB2BGR))
    os.link("photo.png", "link.png")
    code, text = run("-i", "photo.png", "-o", output)
    assert code == 2 and f"--output {output}" in text and text.count("\n") == 1
    np.testing.assert_array_equal(read_image("photo.png"), astronaut)


def test_a_bad_image_in_a_folder_is_reported_and_the_rest_go_on(folder, tmp_path):
    code, text = run("-i", folder, "-o", tmp_path / "drawn", "-o", tmp_path / "out.csv")
    assert code == 1
    assert "d_empty.png: the file is empty" in text and "e_text.jpg: this is no image" in text
    names = ["a.png", "b_gray16.png", "c_alpha.png"]
    assert sorted(path.name for path in (tmp_path / "drawn").iterdir()) == names
    assert [row["name"] for row in rows(tmp_path / "out.csv")] == names


def test_photos_of_another_size_end_the_video_alone(tmp_path, user_graph):
    photos = tmp_path / "photos"
    photos.mkdir()
    for name, side in (("a.png", 64), ("b.png", 64), ("c.png", 32), ("d.png", 64)):
        cv2.imwrite(str(photos / name), np.full((side, side, 3), 50, np.uint8))
    outputs = [tmp_path / name for name in ("out.mp4", "out.csv", "pictures")]
    code, text = run("-i", photos, *user_graph, *(part for path in outputs for part in ("-o", path)))
    assert code == 1 and "c.png is 32x32 but the video began with 64x64" in text
    assert "out.mp4: 2 frames" in text and "out.csv: 4 rows" in text and "pictures: 4 pictures" in text
    with VideoFileSource(outputs[0]) as source:
        assert sum(1 for _ in source) == 2


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are Unicode there")
def test_an_image_whose_name_is_not_utf8_is_an_image_like_others(tmp_path, astronaut):
    folder = tmp_path / os.fsdecode(b"photos\xff")
    folder.mkdir()
    for name in (b"a.png", b"b\xff.png", b"c.png"):
        write_image(folder / os.fsdecode(name), astronaut)
    tables = [tmp_path / f"out.{suffix}" for suffix in ("csv", "jsonl", "parquet")]
    outputs = [part for path in (tmp_path / "drawn", *tables) for part in ("-o", path)]
    code, text = run("-i", folder, *outputs)
    assert code == 0, text
    names = ["a.png", r"b\udcff.png", "c.png"]
    assert [row["name"] for row in rows(tables[0])] == names
    assert [json.loads(line)["name"] for line in tables[1].read_text().splitlines()] == names
    drawn = sorted(os.fsencode(path.name) for path in (tmp_path / "drawn").iterdir())
    assert drawn == [b"a.png", b"b\xff.png", b"c.png"]
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is in the dev extra")
    assert parquet.read_table(tables[2]).column("name").to_pylist() == names


def test_max_frames_ends_the_run_early(clip, tmp_path):
    code, _ = run("-i", clip, "-o", tmp_path / "frames", "--max-frames", 3)
    assert code == 0
    assert len(list((tmp_path / "frames").iterdir())) == 3


def test_options_reach_the_graph(clip, tmp_path, astronaut):
    two = tmp_path / "two.png"
    both = np.concatenate([astronaut, astronaut[:, ::-1]], axis=1)
    cv2.imwrite(str(two), cv2.cvtColor(both, cv2.COLOR_RGB2BGR))
    assert run("-i", two, "-o", tmp_path / "one.csv")[0] == 0
    assert run("-i", two, "-o", tmp_path / "two.csv", "--num-faces", 2)[0] == 0
    assert (len(rows(tmp_path / "one.csv")), len(rows(tmp_path / "two.csv"))) == (1, 2)
    plain = ["--side-packet", "with_attention=false", "--no-smooth", "--threads", 1, "--detector", "short"]
    assert run("-i", clip, "-o", tmp_path / "plain.csv", "--max-frames", 2, *plain)[0] == 0
    assert "x467" in rows(tmp_path / "plain.csv")[0] and "x468" not in rows(tmp_path / "plain.csv")[0]


def test_a_users_graph_and_calculator_run_and_leave_a_trace(clip, tmp_path, user_graph):
    outputs = ["-o", tmp_path / "out.mp4", "-o", tmp_path / "out.csv"]
    code, text = run("-i", clip, *user_graph, *outputs, "--trace", tmp_path / "made" / "trace.json")
    assert code == 0, text
    with VideoFileSource(tmp_path / "out.mp4") as source, VideoFileSource(clip) as original:
        inverted, plain = next(iter(source)).image, next(iter(original)).image
        assert source.length == 20
    assert np.abs(255 - plain.astype(int) - inverted).mean() < 8  # levels, the loss of the codec
    table = rows(tmp_path / "out.csv")
    assert len(table) == 20 and table[0]["score"] == "nan" and "x4" in table[0]
    events = json.loads((tmp_path / "made" / "trace.json").read_text())["traceEvents"]
    assert sum(event["name"] == "InvertCalculator" and event["cat"] == "process" for event in events) == 20


def test_a_calculator_that_fails_ends_the_run_with_what_came_before(clip, tmp_path, user_graph):
    outputs = ["-o", tmp_path / "out.mp4", "-o", tmp_path / "out.jsonl"]
    code, text = run("-i", clip, *user_graph, *outputs, "--side-packet", "fail_from_us=400000")
    assert code == 1
    assert 'node "InvertCalculator"' in text and "told to fail" in text and "400000" in text
    assert "Traceback" not in text
    with VideoFileSource(tmp_path / "out.mp4") as source:
        frames = sum(1 for _ in source)
    lines = (tmp_path / "out.jsonl").read_text().splitlines()
    assert len(lines) == frames <= 10 and all(json.loads(line) for line in lines)


def test_a_calculator_that_sends_no_picture_is_told_with_stream_and_time(clip, tmp_path, user_graph):
    (tmp_path / "wrong.py").write_text(WRONG_PICTURE)
    graph = Path(user_graph[1]).read_text().replace("InvertCalculator", "WrongPictureCalculator")
    (tmp_path / "wrong.pbtxt").write_text(graph)
    own = ["--graph", tmp_path / "wrong.pbtxt", "--calculators", tmp_path / "wrong.py"]
    code, text = run("-i", clip, *own, "-o", tmp_path / "out.mp4")
    assert code == 1
    assert 'error: output stream "inverted" holds str at 80000 µs; expected (H, W) gray' in text
    assert frame_count(tmp_path / "out.mp4") == 2
    assert run("-i", clip, *own, "-o", tmp_path / "out.csv")[0] == 0  # a table needs no picture
    assert len(rows(tmp_path / "out.csv")) == 20


def test_a_cut_off_video_is_an_error_with_its_good_part_kept(tmp_path, user_graph):
    path = tmp_path / "cut.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 30.0, (64, 64))
    for _ in range(30):
        writer.write(np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8))
    writer.release()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    code, text = run("-i", path, *user_graph, "-o", tmp_path / "out.mp4", "-o", tmp_path / "out.csv")
    assert code == 1 and "of 30 announced frames" in text
    with VideoFileSource(tmp_path / "out.mp4") as source:
        assert 5 < sum(1 for _ in source) == len(rows(tmp_path / "out.csv")) < 25


def test_a_video_that_the_disk_does_not_take_is_an_error_with_the_table_kept(
    clip, tmp_path, user_graph, file_size_limit
):
    with file_size_limit(50_000):
        code, text = run("-i", clip, *user_graph, "-o", tmp_path / "out.mp4", "-o", tmp_path / "out.csv")
    assert code == 1 and "out.mp4: File too large; the film is not whole" in text
    assert "frames at" not in text and len(rows(tmp_path / "out.csv")) == 20


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "file/"], "cannot be made"),
        (["-o", "file/out.csv"], "Not a directory"),
        (["-o", "new.parquet"], "pyarrow"),
        (["--side-packet", "fail_from_us=early"], "fail_from_us"),
        (["-o", "new.xyz"], "no output has the suffix"),
    ],
)
def test_a_run_that_does_not_begin_leaves_every_file_as_it_was(
    clip, tmp_path, user_graph, monkeypatch, arguments, message
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "pyarrow", None)  # import then fails as for a missing package
    before = ["file", "out.csv", "out.jsonl", "out.mp4", "out.png"]
    for name in before:
        (tmp_path / name).write_text("good")
    outputs = ["-o", "out.csv", "-o", "out.jsonl", "-o", "out.mp4", "-o", "new.csv", "-o", "frames"]
    code, text = run("-i", clip, *user_graph, *outputs, *arguments)
    assert code in (1, 2) and message in text and "nothing was written" not in text
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert all((tmp_path / name).read_text() == "good" for name in before)


def test_a_graph_that_puts_out_no_picture_says_that_the_old_video_is_old(clip, tmp_path):
    (tmp_path / "gate.pbtxt").write_text(
        'input_stream: "IMAGE:frames"\noutput_stream: "IMAGE:passed"\ninput_side_packet: "allow"\n'
        'node { calculator: "GateCalculator" input_stream: "frames" input_side_packet: "ALLOW:allow" '
        'output_stream: "passed" }'
    )
    (tmp_path / "old.mp4").write_text("old")
    graph = ["--graph", tmp_path / "gate.pbtxt", "--side-packet", "allow=false"]
    code, text = run("-i", clip, *graph, "-o", tmp_path / "old.mp4", "-o", tmp_path / "frames")
    assert code == 1, text
    assert "old.mp4: nothing was written; what is there is from before" in text
    assert text.endswith("frames: nothing was written\n")
    assert (tmp_path / "old.mp4").read_text() == "old" and not (tmp_path / "frames").exists()


def test_of_an_unreadable_photo_the_old_picture_is_said_to_be_old(tmp_path):
    (tmp_path / "photo.png").write_text("no image")
    (tmp_path / "old.png").write_text("old")
    code, text = run("-i", tmp_path / "photo.png", "-o", tmp_path / "old.png", "-o", tmp_path / "new.csv")
    assert code == 1 and "skipped: " in text
    assert "old.png: nothing was written; what is there is from before" in text and "new.csv" not in text
    assert (tmp_path / "old.png").read_text() == "old" and not (tmp_path / "new.csv").exists()


def test_a_camera_that_goes_away_is_an_error_with_its_part_kept(network_camera, tmp_path, user_graph):
    outputs = ["-o", tmp_path / "out.mp4", "-o", tmp_path / "out.csv"]
    code, text = run("-i", network_camera, *user_graph, *outputs)
    assert code == 1 and "no more pictures after 12 frames" in text
    table = rows(tmp_path / "out.csv")
    assert 6 <= len(table) <= 12  # frames that come while another is processed are dropped
    times = [int(row["timestamp_us"]) for row in table]
    assert times == sorted(set(times)) and times[-1] > 12 * 10_000
    with VideoFileSource(tmp_path / "out.mp4") as source:
        seconds = sum(1 for _ in source) / source.fps
    assert seconds == pytest.approx(
        (times[-1] - times[0]) / 1e6, abs=0.1
    )  # the video keeps the camera's pace


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-i", "97", "-o", "out.csv"], "camera 97: it cannot be opened"),
        (["-i", "absent.mp4", "-o", "out.csv"], "no such file"),
        (["-i", "absent.png", "-o", "out.csv"], "no such file or folder"),
        (["-i", "CLIP", "-o", "CLIP/out.csv"], "Not a directory"),
        (["-i", "CLIP", "-o", "out.csv", "--trace", "CLIP/trace.json"], "trace.json: Not a directory"),
        (["-i", "CLIP", "-o", "out.csv", "--graph", "absent.pbtxt"], "cannot read graph absent.pbtxt"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_1(clip, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    code, text = run(*[part.replace("CLIP", str(clip)) for part in arguments])
    assert code == 1, text
    assert message in text and text.count("\n") == 1 and text.startswith("error: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "nothing to do"),
        (["-o", "out.xyz"], "no output has the suffix .xyz"),
        (["-o", "out.png"], "one image cannot hold"),
        (["-o", "out.pgm"], "a .pgm file holds no color"),
        (["-o", "CLIP"], "is the input"),
        (["-o", "CLIP", "-o", "out.csv"], "is the input"),
        (["-o", "out.csv", "--trace", "CLIP"], "is the input"),
        (["-o", "out.csv", "--trace", "out.csv"], "and so does --output out.csv"),
        (["-o", ""], "--output is empty"),
        (["-o", "-"], "standard input and output"),
        (["-i", "", "-o", "out.csv"], "--input is empty"),
        (["-o", "out.csv", "--detector", "long"], "auto, short, full"),
        (["-o", "out.csv", "--side-packet", "volume=3"], "takes no side packet volume"),
        (["-o", "out.csv", "--calculators", "mine.py"], "belong to --graph"),
        (["-o", "out.csv", "--num-faces", "0"], "num-faces"),
    ],
)
def test_wrong_usage_is_exit_code_2(clip, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    code, text = run("-i", clip, *[str(clip) if part == "CLIP" else part for part in arguments])
    assert code == 2, text
    assert message in text
    assert list(tmp_path.iterdir()) == []


def test_smoothing_a_photo_is_wrong_usage(folder, tmp_path):
    code, text = run("-i", folder / "a.png", "-o", tmp_path / "out.csv", "--smooth")
    assert code == 2 and "--smooth does not apply: images are unrelated" in text
    assert not (tmp_path / "out.csv").exists()
    assert run("-i", folder / "a.png", "-o", tmp_path / "out.csv", "--no-smooth")[0] == 0


def test_options_of_the_face_mesh_do_not_silently_vanish_in_another_graph(clip, tmp_path, user_graph):
    code, text = run("-i", clip, *user_graph, "-o", tmp_path / "out.csv", "--num-faces", 2)
    assert code == 2 and "--num-faces does not apply" in text


def test_show_without_a_display_is_an_error(clip, monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    code, text = run("-i", clip, "--show")
    assert code == 1 and "no display" in text


def test_show_on_a_display_shows_every_frame_to_the_end(clip, tmp_path, display):
    command = [sys.executable, "-m", "attention_mesh", "run", "-i", str(clip)]
    command += ["--show", "-o", str(tmp_path / "out.csv")]
    environment = os.environ | {"DISPLAY": display}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert len(rows(tmp_path / "out.csv")) == 20


def test_debug_shows_where_an_error_came_from(tmp_path):
    result = CliRunner().invoke(app, ["run", "-i", str(tmp_path / "absent.mp4"), "-o", "x.csv", "--debug"])
    assert type(result.exception).__name__ == "MediaError"


def test_without_weights_and_network_the_error_says_what_to_place_where(clip, tmp_path):
    command = [sys.executable, "-m", "attention_mesh"]
    environment = os.environ | {
        "ATTENTION_MESH_CACHE": str(tmp_path / "cache"),
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_RETRIES": "0",
    }
    environment.pop("ATTENTION_MESH_MEDIAPIPE_WHEEL", None)
    arguments = ["run", "-i", str(clip), "-o", str(tmp_path / "out.csv")]
    done = subprocess.run(
        command + arguments, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 1
    assert "face_landmark" in done.stderr and str(tmp_path / "cache") in done.stderr
    assert "Traceback" not in done.stderr


def test_no_thread_is_left_behind(clip, tmp_path, user_graph):
    before = set(threading.enumerate())
    assert run("-i", clip, *user_graph, "-o", tmp_path / "out.mp4")[0] == 0
    assert run("-i", clip, *user_graph, "-o", tmp_path / "b.mp4", "--side-packet", "fail_from_us=0")[0] == 1
    assert set(threading.enumerate()) <= before
