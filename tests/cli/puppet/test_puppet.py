"""`attention-mesh puppet` from a film to pictures and to real receivers on the network."""

from __future__ import annotations

import csv
import json
import os
import signal
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from attention_mesh.cli.app import app
from attention_mesh.drawing.avatar.glb_builder import GlbBuilder
from attention_mesh.media.video_file_sink import VideoFileSink
from attention_mesh.media.video_reader import VideoReader
from attention_mesh.media.virtual_camera_source import VirtualCameraSource
from attention_mesh.tests.calculators.output.receivers import (
    read_ifacialmocap,
    read_live_link,
    read_vmc,
    receiver,
)

FRAMES = 30
SMALL = ("--height", "96")  # px; the pictures' content is tested elsewhere


@pytest.fixture(scope="module")
def film(astronaut, tmp_path_factory) -> Path:
    """The astronaut, filmed by a camera that rolls by 18° to both sides."""
    path = tmp_path_factory.mktemp("puppet") / "rolling.mp4"
    camera = VirtualCameraSource(
        astronaut, (480, 360), fps=20, duration_s=FRAMES / 20, focus=(0.43, 0.25), zoom=1.6
    )
    sink = VideoFileSink(str(path), camera.fps)
    for frame in camera:
        sink.write(frame)
    sink.close()
    return path


@pytest.fixture(scope="module")
def empty_film(tmp_path_factory) -> Path:
    """A film without a face."""
    path = tmp_path_factory.mktemp("puppet") / "empty.mp4"
    camera = VirtualCameraSource(np.full((64, 64, 3), 90, np.uint8), (160, 120), fps=20, duration_s=0.5)
    sink = VideoFileSink(str(path), camera.fps)
    for frame in camera:
        sink.write(frame)
    sink.close()
    return path


def puppet(*arguments) -> tuple[int, str]:
    """Runs the command in this process; returns the exit code and the output."""
    result = CliRunner().invoke(app, ["puppet", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_a_film_moves_an_avatar_and_three_receivers(film, tmp_path):
    output, record, table = (tmp_path / name for name in ("puppet.mp4", "puppet.glb", "puppet.csv"))
    with receiver() as vmc_peer, receiver() as ifm_peer, receiver() as live_link_peer:
        streams = ["--vmc", vmc_peer.address, "--ifacialmocap", ifm_peer.address]
        streams += ["--livelink", live_link_peer.address, "--no-pace", "--record", record]
        outputs = ["-o", output, "-o", table]
        code, text = puppet("-i", film, *outputs, "--layout", "side-by-side", *SMALL, *streams)
        assert code == 0, text
        vmc = vmc_peer.datagrams(2 * FRAMES)
        ifm = [read_ifacialmocap(data) for data in ifm_peer.datagrams(FRAMES)]
        live_link = [read_live_link(data) for data in live_link_peer.datagrams(FRAMES)]
        assert not vmc_peer.waiting() and not ifm_peer.waiting() and not live_link_peer.waiting()
    for flag, peer, count in (("--vmc", vmc_peer, 60), ("--ifacialmocap", ifm_peer, 30)):
        assert f"{flag} {peer.address}: {count} datagrams sent\n" in text
    assert "warning" not in text and f"{record}: an animation of {FRAMES} frames" in text

    pictures = [image for image, _ in VideoReader(output)]
    assert len(pictures) == FRAMES and pictures[0].shape == (96, 256, 3)
    right = np.array([image[:, 128:] for image in pictures], float)
    assert right.std(0).mean() > 5  # the avatar moves

    # The camera rolls by 18° to both sides, which looks like a head that leans as far the other way.
    roll = np.array([packet.values["HeadRoll"] for packet in live_link])
    assert np.degrees(np.ptp(roll)) == pytest.approx(36, abs=4)
    rolls_ifm = np.array([face.head[2] for face in ifm])
    np.testing.assert_allclose(rolls_ifm, -np.degrees(roll), atol=1e-3)
    heads = [read_vmc(vmc[index : index + 2]).bones["Head"] for index in range(0, len(vmc), 2)]
    # The same rotation in both streams: the angle from rest, from the quaternion's w.
    angles = np.array(
        [[packet.values[f"Head{name}"] for name in ("Yaw", "Pitch", "Roll")] for packet in live_link]
    )
    traces = [np.trace(rotation(*row)) for row in angles]
    np.testing.assert_allclose([2 * q[6] ** 2 - 1 for q in heads], (np.array(traces) - 1) / 2, atol=1e-5)

    # Every shape of the three streams is the same number.
    blends = [read_vmc(vmc[index : index + 2]).blends for index in range(0, len(vmc), 2)]
    for blend, packet, face in zip(blends, live_link, ifm, strict=True):
        assert {name: packet.values[name] for name in blend} == pytest.approx(blend)
        assert face.shapes["mouthSmile_L"] == round(100 * blend["MouthSmileLeft"])
    smile = np.array([blend["MouthSmileLeft"] for blend in blends])
    assert np.unique(smile).size > FRAMES / 2
    frames = np.diff([packet.frame for packet in live_link])
    np.testing.assert_allclose(frames, 3, atol=0.01)  # 50 ms at 60 Hz

    # So it is in the table, because the graph's own outputs are its columns.
    with open(table, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for blend, row in zip(blends, rows, strict=True):
        named = {name: float(row[name[0].lower() + name[1:]]) for name in blend}
        assert named == pytest.approx(blend, abs=1e-4)

    # The recording has the same smile at the same times.
    times, weights, names = recorded_weights(record)
    np.testing.assert_allclose(np.diff(times), 0.05, atol=1e-3)
    np.testing.assert_allclose(weights[:, names.index("mouthSmileLeft")], smile, atol=0.01)


def recorded_weights(path: Path) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Times in s, weights (T, S) and names of the shapes of the first animated mesh of a GLB file."""
    data = path.read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    document, binary = json.loads(data[20 : 20 + length]), data[28 + length :]

    def numbers(index: int) -> np.ndarray:
        accessor = document["accessors"][index]
        view = document["bufferViews"][accessor["bufferView"]]
        kind = {5126: np.float32, 5121: np.uint8, 5123: np.uint16, 5122: np.int16}[accessor["componentType"]]
        start = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
        values = np.frombuffer(binary, kind, accessor["count"], start)
        if accessor.get("normalized"):
            return values / np.iinfo(kind).max
        return values

    (animation,) = document["animations"]
    channel = next(entry for entry in animation["channels"] if entry["target"]["path"] == "weights")
    sampler = animation["samplers"][channel["sampler"]]
    mesh = document["meshes"][document["nodes"][channel["target"]["node"]]["mesh"]]
    names = mesh["extras"]["targetNames"]
    times = numbers(sampler["input"])
    return times, numbers(sampler["output"]).reshape(len(times), len(names)), names


def rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """The rotation of Live Link Face's angles, by its definition."""
    (cy, cp, cr), (sy, sp, sr) = np.cos([-yaw, pitch, -roll]), np.sin([-yaw, pitch, -roll])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return about_y @ about_x @ about_z


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell a sender of refusals")
def test_a_peer_that_does_not_listen_is_counted_and_the_film_is_whole(film, tmp_path):
    with receiver() as peer:
        nobody = peer.address
    output = tmp_path / "puppet.mp4"
    code, text = puppet("-i", film, "-o", output, *SMALL, "--livelink", nobody, "--no-pace")
    assert code == 0, text
    assert f"--livelink {nobody}: 30 datagrams sent" in text
    assert f"warning: --livelink {nobody}: refused " in text
    assert len(list(VideoReader(output))) == FRAMES


def test_the_open_weights_move_an_avatar_too(film, tmp_path):
    table = tmp_path / "faces.csv"
    code, text = puppet("-i", film, "-o", table, "--side-packet", "weights=open", "--max-frames", "5")
    assert code == 0, text
    header, *rows = table.read_text().splitlines()
    assert len(rows) == 5
    for name in ("head_roll_rad", "jawOpen", "gaze_x", "eye_aspect_ratio_left"):
        column = header.split(",").index(name)
        assert all(np.isfinite(float(row.split(",")[column])) for row in rows)


def test_without_a_face_only_vmcs_state_is_sent(empty_film):
    with receiver() as vmc_peer, receiver() as live_link_peer:
        code, text = puppet(
            *("-i", empty_film, "--no-show", "--no-pace"),
            *("--vmc", vmc_peer.address, "--livelink", live_link_peer.address),
        )
        assert code == 0, text
        state = read_vmc(vmc_peer.datagrams(10))
        assert state.states == [[1, 3, 0, 0]] * 10 and not state.blends and not state.bones
        assert state.times == pytest.approx(np.arange(10) * 0.05)
        assert not live_link_peer.waiting()


def test_a_film_that_is_sent_keeps_its_pace(empty_film):
    with receiver() as peer:
        process = subprocess.run(
            [
                sys.executable,
                "-m",
                "attention_mesh",
                "puppet",
                "-i",
                empty_film,
                "--no-show",
                "--vmc",
                peer.address,
            ],
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert process.returncode == 0, process.stderr
        rate = float(process.stderr.partition(" frames, ")[2].partition(" fps")[0])
        assert rate <= 22  # the film has 20 frames per second; without the pace it takes far less


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            ["--vmc", "no-such-host.invalid"],
            1,
            "no-such-host.invalid:39539: the host no-such-host.invalid is unknown",
        ),
        (["--vmc", "pc:port"], 2, '--vmc "pc:port": the port is "port"'),
        (["--avatar", "none.glb", "-o", "a.mp4"], 2, "--avatar none.glb: there is no such file"),
        (["--avatar", ".", "-o", "a.mp4"], 2, "--avatar .: this is no file"),
        (["--layout", "tiled", "-o", "a.mp4"], 2, "--layout tiled: expected one of"),
        (["--detector", "best", "-o", "a.mp4"], 2, "--detector best"),
    ],
)
def test_errors_are_one_line_and_come_before_anything_is_written(
    film, tmp_path, monkeypatch, arguments, code, message
):
    monkeypatch.chdir(tmp_path)
    result, text = puppet("-i", film, "--no-show", *arguments)
    assert result == code
    assert f"error: {message}" in text and text.count("error:") == 1 and "Traceback" not in text
    assert not list(tmp_path.iterdir())


def test_an_avatar_that_is_none_is_one_error_without_a_count_of_frames(film, tmp_path):
    builder = GlbBuilder("test")
    builder.add("meshes", {"name": "Cube", "primitives": []})
    avatar, output = tmp_path / "cube.glb", tmp_path / "puppet.mp4"
    avatar.write_bytes(builder.file())
    code, text = puppet("-i", film, "-o", output, "--avatar", avatar)
    assert code == 1 and not output.exists()
    assert text.startswith("error: cube.glb cannot be an avatar: it has 1 mesh (Cube), 0 vertices and ")
    assert text.count("\n") == 1


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or any(Path("/dev").glob("video*")),
    reason="this system may have a virtual camera",
)
def test_without_a_virtual_camera_the_error_says_how_to_get_one(film):
    code, text = puppet("-i", film, "--virtual-camera", *SMALL)
    assert code == 1
    assert "error: The virtual camera cannot be opened" in text and "modprobe v4l2loopback" in text


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
@pytest.mark.usefixtures("default_signals")
def test_ctrl_c_keeps_what_was_written(film, tmp_path):
    output = tmp_path / "puppet.mp4"
    with receiver() as peer:
        command = [sys.executable, "-m", "attention_mesh", "puppet", "-i", film, "-o", output, *SMALL]
        with subprocess.Popen(
            [*command, "--vmc", peer.address], stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                peer.datagrams(4, wait_s=60)
                process.send_signal(signal.SIGINT)
                _, text = process.communicate(timeout=120)
            finally:
                process.kill()
    assert process.returncode == 130, text
    assert "stopped by the user" in text and "Traceback" not in text
    assert f"--vmc {peer.address}: " in text
    assert 2 <= len(list(VideoReader(output))) < FRAMES


def test_a_live_camera_is_followed_until_it_ends(network_camera):
    with receiver() as peer:
        code, text = puppet("-i", network_camera, "--no-show", "--vmc", peer.address)
        assert code == 1, text  # the camera has gone away, which is an error
        states = read_vmc(peer.waiting()).states
    assert 1 <= len(states) <= 12 and states[0] == [1, 3, 0, 0]


def test_on_a_display_the_window_opens_by_itself(empty_film, display):
    environment = os.environ | {"DISPLAY": display}
    process = subprocess.run(
        [sys.executable, "-m", "attention_mesh", "puppet", "-i", empty_film, "--no-pace"],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
    )
    assert process.returncode == 0, process.stderr
    assert "10/10 frames" in process.stderr


def test_a_recording_of_a_track_that_nobody_has_names_the_track(film, tmp_path):
    code, text = puppet(
        "-i", film, "--no-show", "--track", 99, "--record", tmp_path / "a.glb", "--max-frames", 2
    )
    assert code == 1
    assert "a.glb: nothing was written, because no face with the track id 99 was found" in text
