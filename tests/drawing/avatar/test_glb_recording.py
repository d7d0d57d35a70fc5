"""GLB recordings: right by the specification, read with nothing of ours, and by Khronos' validator."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from attention_mesh.drawing.avatar.avatar_glb import AvatarGlb
from attention_mesh.drawing.avatar.avatar_model import AvatarModel
from attention_mesh.drawing.avatar.builtin_avatar import builtin_avatar
from attention_mesh.drawing.avatar.glb_recording import GlbRecording
from attention_mesh.drawing.errors import AvatarError
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES
from attention_mesh.tests.drawing.avatar.glb_heads import floats, parts

VALIDATOR = """
const validator = require("gltf-validator"), fs = require("fs");
validator.validateBytes(new Uint8Array(fs.readFileSync(process.argv[1]))).then(
    report => console.log(JSON.stringify(report)));
"""


def turned(yaw_rad: float, pitch_rad: float, place: tuple[float, float, float]) -> np.ndarray:
    cos_y, sin_y, cos_x, sin_x = np.cos(yaw_rad), np.sin(yaw_rad), np.cos(pitch_rad), np.sin(pitch_rad)
    pose = np.eye(4)
    pose[:3, :3] = np.array([[cos_y, 0, sin_y], [0, 1, 0], [-sin_y, 0, cos_y]]) @ [
        [1, 0, 0],
        [0, cos_x, -sin_x],
        [0, sin_x, cos_x],
    ]
    pose[:3, 3] = place
    return pose


def samples(count: int) -> list[tuple[int, np.ndarray, np.ndarray, np.ndarray]]:
    """Times, coefficients, poses and gaze; the head turns all the way round, so quaternions change sides."""
    rng = np.random.default_rng(8)
    times = np.cumsum(rng.integers(20_000, 50_000, count)) + 5_000_000
    rows = []
    for row, time in enumerate(times.tolist()):
        pose = turned(0.3 * row, 0.5 * np.sin(row / 5), (row * 0.1, -1, -40 - row * 0.2))
        eye = np.array([0.2 * np.sin(row), 0.1, 1])
        gaze = np.tile(pose[:3, :3] @ (eye / np.linalg.norm(eye)), (3, 1))
        rows.append((time, rng.uniform(0, 1, len(BLENDSHAPE_NAMES)).astype(np.float32), pose, gaze))
    return rows


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list]:
    path, rows = tmp_path_factory.mktemp("recording") / "out.glb", samples(60)
    recording = GlbRecording(path, builtin_avatar())
    for row in rows:
        recording.add(*row)
    recording.close()
    recording.close()
    return path, rows


def matrix(quaternion: np.ndarray) -> np.ndarray:
    x, y, z, w = quaternion
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def tracks(path: Path) -> tuple[np.ndarray, dict[tuple[str, str], np.ndarray]]:
    """The times in seconds, and the values of each channel by the node's name and the path."""
    tree, binary = parts(path.read_bytes())
    (animation,) = tree["animations"]
    found, times = {}, None
    for channel in animation["channels"]:
        sampler = animation["samplers"][channel["sampler"]]
        assert sampler["interpolation"] == "LINEAR"
        times = floats(tree, binary, sampler["input"])[:, 0]
        name = tree["nodes"][channel["target"]["node"]]["name"]
        found[name, channel["target"]["path"]] = floats(tree, binary, sampler["output"])
    assert times is not None
    return times, found


def test_every_sample_is_in_the_file_at_its_time(recorded: tuple[Path, list]) -> None:
    path, rows = recorded
    times, found = tracks(path)
    np.testing.assert_allclose(times, [(row[0] - rows[0][0]) / 1e6 for row in rows], atol=1e-5)
    weights = found["Face", "weights"].reshape(len(rows), len(BLENDSHAPE_NAMES))
    np.testing.assert_array_equal(weights, [row[1] for row in rows])
    neck = builtin_avatar().pivot
    meters = [(row[2][:3, :3] @ neck + row[2][:3, 3]) / 100 for row in rows]
    for joint in ("Head", "Body"):
        np.testing.assert_allclose(found[joint, "translation"], meters, atol=1e-6)
    for quaternion, row in zip(found["Head", "rotation"], rows, strict=True):
        np.testing.assert_allclose(matrix(quaternion), row[2][:3, :3], atol=1e-6)
    for eye in ("LeftEye", "RightEye"):
        for quaternion, row in zip(found[eye, "rotation"], rows, strict=True):
            in_head = row[2][:3, :3].T @ row[3][0]
            np.testing.assert_allclose(matrix(quaternion) @ [0, 0, 1], in_head, atol=1e-5)


def test_rotations_take_the_short_way(recorded: tuple[Path, list]) -> None:
    _, found = tracks(recorded[0])
    quaternions = found["Head", "rotation"]
    assert ((quaternions[1:] * quaternions[:-1]).sum(1) > 0).all()
    np.testing.assert_allclose(np.linalg.norm(quaternions, axis=1), 1, atol=1e-6)


def test_accessors_stay_in_the_file_and_note_their_bounds(recorded: tuple[Path, list]) -> None:
    tree, binary = parts(recorded[0].read_bytes())
    for view in tree["bufferViews"]:
        assert view["byteOffset"] + view["byteLength"] <= len(binary)
    for mesh in tree["meshes"]:
        for primitive in mesh["primitives"]:
            places = floats(tree, binary, primitive["attributes"]["POSITION"])
            entry = tree["accessors"][primitive["attributes"]["POSITION"]]
            np.testing.assert_array_equal(places.min(0), np.float32(entry["min"]))
            np.testing.assert_array_equal(places.max(0), np.float32(entry["max"]))
    face = next(mesh for mesh in tree["meshes"] if mesh["name"] == "Face")
    assert face["extras"]["targetNames"] == list(BLENDSHAPE_NAMES)
    assert {len(primitive["targets"]) for primitive in face["primitives"]} == {len(BLENDSHAPE_NAMES)}


def test_the_skin_moves_vertices_as_the_avatar_does(recorded: tuple[Path, list]) -> None:
    """A viewer that follows the specification sees what our renderers draw."""
    path, rows = recorded
    tree, binary = parts(path.read_bytes())
    _, found = tracks(path)
    row = 9
    model = builtin_avatar()
    expected, _ = model.posed(np.zeros(len(BLENDSHAPE_NAMES)), rows[row][2], rows[row][3])
    names = [tree["nodes"][node]["name"] for node in tree["skins"][0]["joints"]]
    bind = floats(tree, binary, tree["skins"][0]["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1)
    world = []
    for name in names:
        local = np.eye(4)
        if (name, "rotation") in found:
            local[:3, :3] = matrix(found[name, "rotation"][row])
        node = next(node for node in tree["nodes"] if node.get("name") == name)
        moved = found.get((name, "translation"))
        local[:3, 3] = node.get("translation", (0, 0, 0)) if moved is None else moved[row]
        world.append(world[0] @ local if name.endswith("Eye") else local)
    joints = np.array(world) @ bind
    rest = next(mesh for mesh in tree["meshes"] if mesh["name"] == "Rest")
    got = []
    for primitive in rest["primitives"]:
        attributes = primitive["attributes"]
        places = floats(tree, binary, attributes["POSITION"])
        view = tree["bufferViews"][tree["accessors"][attributes["JOINTS_0"]]["bufferView"]]
        of_joint = np.frombuffer(binary, np.uint8, 4 * len(places), view["byteOffset"]).reshape(-1, 4)
        weights = floats(tree, binary, attributes["WEIGHTS_0"])
        matrices = np.einsum("vk,vkij->vij", weights, joints[of_joint])
        got.append(np.einsum("vij,vj->vi", matrices[:, :3, :3], places) + matrices[:, :3, 3])
    for point in np.concatenate(got)[::11]:
        assert np.linalg.norm(expected - point * 100, axis=1).min() < 1e-2  # cm


def test_khronos_validator_finds_nothing(recorded: tuple[Path, list], tmp_path: Path) -> None:
    node = shutil.which("node")
    found = node and subprocess.run(
        [node, "-e", 'require("gltf-validator")'], capture_output=True, timeout=60
    )
    if not found or found.returncode:
        pytest.skip("node with the npm package gltf-validator is not here (NODE_PATH says where it is)")
    still = tmp_path / "still.glb"
    still.write_bytes(AvatarGlb(builtin_avatar()).file())
    for path in (recorded[0], still):
        run = subprocess.run(
            [node, "-e", VALIDATOR, path], capture_output=True, text=True, timeout=120, check=True
        )
        issues = json.loads(run.stdout)["issues"]
        assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), issues["messages"]


def test_samples_that_are_not_finite_or_not_later_are_left_out(tmp_path: Path) -> None:
    recording = GlbRecording(tmp_path / "out.glb", builtin_avatar())
    (first, weights, pose, gaze), *_ = samples(1)
    recording.add(first, weights, pose, gaze)
    recording.add(first, weights, pose, gaze)
    recording.add(first + 1000, np.full_like(weights, np.nan), pose, gaze)
    recording.add(first + 2000, weights, np.full((4, 4), np.inf), gaze)
    recording.add(first + 2500, weights, np.zeros((4, 4)), gaze)
    recording.add(first + 3000, 9 * weights, pose, np.full((3, 3), np.nan))
    recording.close()
    times, found = tracks(tmp_path / "out.glb")
    np.testing.assert_allclose(times, [0, 0.003], atol=1e-6)
    assert found["Face", "weights"].max() <= 1


def test_a_recording_without_a_face_leaves_no_file(tmp_path: Path) -> None:
    recording = GlbRecording(tmp_path / "out.glb", builtin_avatar())
    recording.close()
    assert list(tmp_path.iterdir()) == []


def test_a_killed_program_leaves_a_valid_file(tmp_path: Path) -> None:
    """Nothing that ends the program, not even SIGKILL, makes the file unreadable."""
    program = textwrap.dedent(
        """
        import sys
        import numpy as np
        from attention_mesh.drawing.avatar.builtin_avatar import builtin_avatar
        from attention_mesh.drawing.avatar.glb_recording import GlbRecording

        recording = GlbRecording(sys.argv[1], builtin_avatar())
        time = 0
        while True:
            time += 400_000
            recording.add(time, np.full(52, 0.5, np.float32), np.eye(4))
            if time == 20_000_000:
                print("recorded", flush=True)
        """
    )
    path = tmp_path / "out.glb"
    with subprocess.Popen(
        [sys.executable, "-c", program, path], stdout=subprocess.PIPE, env=os.environ
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"recorded\n"
        run.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    times, _ = tracks(path)
    assert times[-1] >= 9  # it saves every ten seconds of film


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    recording = GlbRecording(tmp_path / "file" / "out.glb", builtin_avatar())
    with pytest.raises(AvatarError, match=r"out\.glb"):
        recording.add(*samples(1)[0])
    with pytest.raises(AvatarError, match=r"\.glb"):
        GlbRecording(tmp_path / "out.gltf", builtin_avatar())


def test_an_avatar_of_another_kind_is_recorded_too(tmp_path: Path) -> None:
    builtin = builtin_avatar()
    plain = AvatarModel(
        name="plain",
        vertices=builtin.vertices,
        triangles=builtin.triangles,
        triangle_materials=np.zeros(len(builtin.triangles), np.int32),
        uv=builtin.uv,
        materials=builtin.materials[:1],
        moving=builtin.moving,
        shapes=builtin.shapes,
    )
    recording = GlbRecording(tmp_path / "out.glb", plain)
    recording.add(*samples(1)[0])
    recording.close()
    assert ("LeftEye", "rotation") not in tracks(tmp_path / "out.glb")[1]
