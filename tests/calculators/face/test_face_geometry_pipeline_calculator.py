"""FaceGeometryPipelineCalculator: MediaPipe's own results, the canonical face of a file, and wrong files."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from attention_mesh.calculators.proto import geometry_pipeline_metadata_pb2
from attention_mesh.calculators.proto.environment_pb2 import Environment
from attention_mesh.framework import CalculatorError
from attention_mesh.framework.protos import message_to_text
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.head_pose import DEFAULT_CAMERA, rotation_matrices
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.models.topology.pose_weights import pose_weights

NAME = "FaceGeometryPipelineCalculator"
PEER = Path(__file__).resolve().parents[2] / "peer_programs" / "face_geometry.py"
SIZE = (640, 480)
TETRAHEDRON = np.array([[0, 0, 5], [-4, -4, 0], [4, -4, 0], [0, 5, 0.0]])


def metadata(
    vertices: np.ndarray = TETRAHEDRON, source: str = "FACE_LANDMARK_PIPELINE", **weights: float
) -> geometry_pipeline_metadata_pb2.GeometryPipelineMetadata:
    message = geometry_pipeline_metadata_pb2.GeometryPipelineMetadata()
    message.input_source = geometry_pipeline_metadata_pb2.InputSource.Value(source)
    texture = np.linspace(0, 1, 2 * len(vertices)).reshape(-1, 2)
    message.canonical_mesh.vertex_buffer.extend(np.concatenate([vertices, texture], 1).ravel().tolist())
    message.canonical_mesh.index_buffer.extend([0, 1, 2, 0, 2, 3])
    for landmark in range(len(vertices)):
        message.procrustes_landmark_basis.add(landmark_id=landmark, weight=weights.get(f"w{landmark}", 1))
    return message


def environment(top_left: bool = True, fov: float = 63) -> Environment:
    message = Environment(origin_point_location=2 if top_left else 1)
    message.perspective_camera.vertical_fov_degrees = fov
    message.perspective_camera.near, message.perspective_camera.far = 1, 10000
    return message


def geometry(
    landmarks: np.ndarray, path: str, camera: Environment | None = None, size: tuple[int, int] = SIZE
) -> list:
    inputs = {"MULTI_FACE_LANDMARKS": [(0, NormalizedLandmarks(landmarks))], "IMAGE_SIZE": [(0, size)]}
    found = run_calculator(
        NAME,
        inputs,
        options={"metadata_path": path},
        side={"ENVIRONMENT": camera or environment()},
    )
    return found.values("MULTI_FACE_GEOMETRY")[0]


def seen(vertices: np.ndarray, faces: int, seed: int = 0) -> np.ndarray:
    """(F, N, 3) normalized landmarks of noisy, turned faces."""
    rng = np.random.default_rng(seed)
    rotations = rotation_matrices(np.radians(rng.uniform(-1, 1, (faces, 3)) * (25, 50, 40)))
    away = rng.uniform(25, 80, (faces, 1))
    points = vertices @ rotations.transpose(0, 2, 1)
    points = (
        points
        + np.concatenate([rng.uniform(-0.2, 0.2, (faces, 2)), -np.ones((faces, 1))], 1)[:, None]
        * (away[:, None])
    )
    points += rng.normal(0, 0.1, points.shape)
    mean = points[:, :, 2:].mean(1, keepdims=True)
    depths = (points[:, :, 2:] - mean) / mean * DEFAULT_CAMERA.focal_length_px(SIZE) / SIZE[0]
    return np.concatenate([DEFAULT_CAMERA.project(points, SIZE), depths], 2).astype(np.float32)


def pose_of(message) -> np.ndarray:
    matrix = message.pose_transform_matrix
    assert (matrix.rows, matrix.cols) == (4, 4)
    return np.reshape(matrix.packed_data, (4, 4)).T


@pytest.mark.parametrize("source", ["FACE_LANDMARK_PIPELINE", "FACE_DETECTION_PIPELINE"])
@pytest.mark.parametrize(("top_left", "fov"), [(True, 63), (False, 40)])
def test_mediapipe_finds_the_same(source: str, top_left: bool, fov: float, peer_python: Path, tmp_path: Path):
    """Both get the same landmarks and the same file, written here and read by MediaPipe."""
    vertices = canonical_face().vertices[::9].astype(np.float64)
    weights = {f"w{index}": float(weight) for index, weight in enumerate(pose_weights()[::9] + 0.01)}
    message = metadata(vertices, source, **weights)
    landmarks = seen(vertices, 12)
    if not top_left:
        landmarks[:, :, 1] = 1 - landmarks[:, :, 1]
    if source == "FACE_DETECTION_PIPELINE":
        landmarks[:, :, 2] = 0
    (tmp_path / "face.binarypb").write_bytes(message.SerializeToString())
    cases = {"landmarks": landmarks, "size": SIZE, "top_left": top_left, "fov": fov}
    np.savez(tmp_path / "cases.npz", metadata=np.frombuffer(message.SerializeToString(), np.uint8), **cases)
    command = [peer_python, PEER, tmp_path / "cases.npz", tmp_path / "official.npz"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    official = np.load(tmp_path / "official.npz")
    found = geometry(landmarks, str(tmp_path / "face.binarypb"), environment(top_left, fov))
    poses = np.array([pose_of(face) for face in found])
    # MediaPipe calculates in float32; its translations are up to 130 cm.
    np.testing.assert_allclose(poses[:, :3, :3], official["poses"][:, :3, :3], atol=5e-4)
    np.testing.assert_allclose(poses[:, :3, 3], official["poses"][:, :3, 3], atol=0.02)
    vertices_found = np.array([np.reshape(face.mesh.vertex_buffer, (-1, 5)) for face in found])
    np.testing.assert_allclose(vertices_found, official["vertices"], atol=0.01)  # cm


def test_a_message_holds_the_mesh_of_the_file(tmp_path: Path):
    file = tmp_path / "face.binarypb"
    file.write_bytes(metadata().SerializeToString())
    (found,) = geometry(seen(TETRAHEDRON, 1), str(file))
    assert found.DESCRIPTOR.full_name == "mediapipe.face_geometry.FaceGeometry"
    assert list(found.mesh.index_buffer) == [0, 1, 2, 0, 2, 3]
    vertices = np.reshape(found.mesh.vertex_buffer, (4, 5))
    np.testing.assert_allclose(vertices[:, 3:], np.linspace(0, 1, 8).reshape(4, 2), atol=1e-6)
    np.testing.assert_allclose(vertices[:, :3], TETRAHEDRON, atol=0.5)  # the noise of the landmarks


def test_the_text_beside_a_missing_binary_file_is_read(tmp_path: Path):
    (tmp_path / "face.pbtxt").write_text(message_to_text(metadata()))
    landmarks = seen(TETRAHEDRON, 2)
    as_text = geometry(landmarks, str(tmp_path / "face.binarypb"))
    (tmp_path / "face.binarypb").write_bytes(metadata().SerializeToString())
    assert as_text == geometry(landmarks, str(tmp_path / "face.binarypb"))


def test_the_older_name_means_the_text_of_the_newer_one(tmp_path: Path, caplog):
    (tmp_path / "geometry_pipeline_metadata_landmarks.pbtxt").write_text(message_to_text(metadata()))
    (found,) = geometry(seen(TETRAHEDRON, 1), str(tmp_path / "geometry_pipeline_metadata.binarypb"))
    assert len(found.mesh.vertex_buffer) == 20 and not caplog.text


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("geometry_pipeline_metadata.binarypb", 468),
        ("geometry_pipeline_metadata_landmarks.binarypb", 468),
        ("geometry_pipeline_metadata_including_iris_landmarks.binarypb", 478),
    ],
)
def test_without_mediapipes_file_the_own_canonical_face_is_fitted(name: str, count: int, caplog):
    vertices = canonical_face().vertices[:count].astype(np.float64)
    found = geometry(seen(vertices, 3), f"mediapipe/modules/face_geometry/data/{name}")
    assert len(found) == 3
    for face in found:
        mesh = np.reshape(face.mesh.vertex_buffer, (count, 5))
        assert np.abs(mesh[:, :3] - vertices).mean() < 0.15  # cm; the landmarks' noise is 0.1
        np.testing.assert_allclose(mesh[:, 3:], canonical_face().uv[:count], atol=1e-6)
        assert len(face.mesh.index_buffer) == 898 * 3
    assert f'there is no file "mediapipe/modules/face_geometry/data/{name}"' in caplog.text


def test_without_mediapipes_file_key_points_are_fitted_too():
    """A detection's key points: eyes, nose tip, mouth, and the mesh's rim at the ears, right ones first."""
    vertices = canonical_face().vertices.astype(np.float64)
    places = np.array(
        [vertices[mark].mean(0) for mark in ([33, 133], [263, 362], [1], [61, 291], [234], [454])]
    )
    away = places - (0, 0, 60)
    landmarks = np.concatenate([DEFAULT_CAMERA.project(away, SIZE), np.zeros((6, 1))], 1)[None]
    (found,) = geometry(landmarks, "data/geometry_pipeline_metadata_detection.binarypb")
    assert np.reshape(found.mesh.vertex_buffer, (6, 5)).shape == (6, 5) and len(found.mesh.index_buffer) == 15
    pose = pose_of(found)
    assert abs(pose[0, 3]) < 0.1 and pose[2, 3] == pytest.approx(-60, rel=0.25)
    assert abs(pose[0, 2]) < 0.01  # no yaw


def test_no_face_is_an_empty_list(tmp_path: Path):
    assert geometry(np.zeros((0, 468, 3)), "geometry_pipeline_metadata_landmarks.binarypb") == []


def _broken(**changes) -> bytes:
    message = metadata()
    if "index" in changes:
        message.canonical_mesh.index_buffer.append(changes["index"])
    if "cut" in changes:
        del message.canonical_mesh.vertex_buffer[-changes["cut"] :]
    if "landmark" in changes:
        message.procrustes_landmark_basis.add(landmark_id=changes["landmark"], weight=1)
    if "weight" in changes:
        message.procrustes_landmark_basis[0].weight = changes["weight"]
    if "no_basis" in changes:
        del message.procrustes_landmark_basis[:]
    return message.SerializeToString()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xff", "is no GeometryPipelineMetadata"),
        (b"", "0 vertex numbers; expected 5 per vertex"),
        (_broken(cut=1), "19 vertex numbers; expected 5 per vertex"),
        (_broken(index=1), "7 indices"),
        (_broken(cut=5), "indices up to 3; expected 3 per triangle, below 3"),
        (_broken(landmark=4), "landmark 4 of 4 vertices"),
        (_broken(weight=-1), "not negative"),
        (_broken(no_basis=True), "not all 0"),
    ],
)
def test_a_wrong_file_is_named(content: bytes, message: str, tmp_path: Path):
    (tmp_path / "face.binarypb").write_bytes(content)
    with pytest.raises(CalculatorError, match=message) as error:
        geometry(seen(TETRAHEDRON, 1), str(tmp_path / "face.binarypb"))
    assert "face.binarypb" in str(error.value)


@pytest.mark.parametrize("path", ["", "no_such_face.binarypb"])
def test_a_missing_file_is_named(path: str):
    with pytest.raises(
        CalculatorError, match="is no file, neither as it stands nor below the resource folder"
    ):
        geometry(seen(TETRAHEDRON, 1), path)


def test_another_message_for_the_environment_is_an_error():
    with pytest.raises(CalculatorError, match="GeometryPipelineMetadata; expected .*Environment"):
        geometry(seen(TETRAHEDRON, 1), "geometry_pipeline_metadata.binarypb", metadata())


def test_another_number_of_landmarks_is_an_error(tmp_path: Path):
    with pytest.raises(CalculatorError, match=r"expected \(F, 468, 3\)"):
        geometry(seen(TETRAHEDRON, 1), "geometry_pipeline_metadata.binarypb")
