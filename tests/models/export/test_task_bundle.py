"""A .task bundle: its files are stored as MediaPipe reads them, take uint8, and run in FaceLandmarker."""

import io
import json
import subprocess
import zipfile

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from attention_mesh.models.attention_mesh import AttentionMesh, Mesh, Preset
from attention_mesh.models.errors import ExportError
from attention_mesh.models.export.task_bundle import export_task
from attention_mesh.models.runtime.litert_runner import LitertRunner
from attention_mesh.models.weights.model_files import model_path
from attention_mesh.models.weights.task_file import LANDMARK_NETWORK, MARK
from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
from attention_mesh.python_bindings.landmarker.face_landmarker_options import FaceLandmarkerOptions


@pytest.fixture(scope="module")
def mesh() -> Mesh:
    """A mesh network with 478 landmarks, a 64 px input and random weights."""
    sizes = {
        "input_size": 64,
        "widths": (8, 16, 16, 16),
        "crop_size": 8,
        "neck_width": 8,
        "mesh_landmarks": 478,
    }
    return Mesh(Preset(**{**Preset.named("released").as_dict(), **sizes}))


@pytest.fixture(scope="module")
def bundle(mesh) -> bytes:
    return export_task(mesh)


def run(model: bytes, image: np.ndarray) -> list[np.ndarray]:
    interpreter = Interpreter(model_content=model)
    interpreter.allocate_tensors()
    (entry,) = interpreter.get_input_details()
    assert entry["dtype"] == image.dtype and tuple(entry["shape"]) == image.shape
    interpreter.set_tensor(entry["index"], image)
    interpreter.invoke()
    return [interpreter.get_tensor(entry["index"]) for entry in interpreter.get_output_details()]


def test_files_are_stored_and_aligned(bundle):
    with zipfile.ZipFile(io.BytesIO(bundle)) as files:
        assert files.testzip() is None
        assert files.namelist() == ["face_detector.tflite", "face_landmarks_detector.tflite", MARK]
        for entry in files.infolist():
            assert entry.compress_type == zipfile.ZIP_STORED
            content = files.read(entry)
            assert bundle.index(content) % 4 == 0
            assert content[4:8] == b"TFL3" or entry.filename == MARK


def test_both_take_uint8_and_give_what_the_floats_give(bundle, mesh):
    pixels = np.random.default_rng(0).integers(0, 256, (1, 128, 128, 3), np.uint8)
    with zipfile.ZipFile(io.BytesIO(bundle)) as files:
        detector, network = (files.read(name) for name in files.namelist()[:2])
    floats = pixels.astype(np.float32) / 127.5 - 1
    official = model_path("face_detection_short_range", batch=1).read_bytes()
    for ours, theirs in zip(run(detector, pixels), run(official, floats), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=2e-3)  # logits and pixels of some hundred
    landmarks, presence = run(network, pixels[:, :64, :64])
    expected = mesh(pixels[:, :64, :64].astype(np.float32) / 255)
    np.testing.assert_allclose(landmarks, np.asarray(expected["mesh"]), atol=1e-3)
    np.testing.assert_allclose(presence, np.asarray(expected["presence"]), atol=1e-3)


def test_its_network_of_one_face_runs_for_several(bundle):
    """The network's batch is 1, because MediaPipe asks for that; the runtime may resize it."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as files:
        runner = LitertRunner(files.read(LANDMARK_NETWORK), num_threads=1)
    faces = np.random.default_rng(3).integers(0, 256, (3, 64, 64, 3), np.uint8)
    together = runner.run([faces])
    for number, face in enumerate(faces):
        for ours, its in zip(together, runner.run([face[None]]), strict=True):
            np.testing.assert_array_equal(ours[number], its[0])


def test_a_mesh_of_468_landmarks_is_refused(small_mesh):
    with pytest.raises(ExportError, match="gives 468 landmarks; expected 478"):
        export_task(small_mesh)


_IN_MEDIAPIPE = """
import json, sys
import numpy as np
import mediapipe as mp
from mediapipe.tasks.python import BaseOptions, vision
image = np.load(sys.argv[2])
options = vision.FaceLandmarkerOptions(base_options=BaseOptions(model_asset_path=sys.argv[1]))
with vision.FaceLandmarker.create_from_options(options) as landmarker:
    result = landmarker.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=image))
print(json.dumps([[[point.x, point.y] for point in face] for face in result.face_landmarks]))
"""


@pytest.mark.slow
def test_mediapipes_own_landmarker_gives_our_landmarks(peer_python, astronaut, tmp_path):
    (tmp_path / "open.task").write_bytes(export_task(AttentionMesh.from_open(), "float16"))
    np.save(tmp_path / "image.npy", astronaut)
    command = [
        str(peer_python),
        "-c",
        _IN_MEDIAPIPE,
        str(tmp_path / "open.task"),
        str(tmp_path / "image.npy"),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    (face,) = json.loads(ran.stdout.splitlines()[-1])
    height, width = astronaut.shape[:2]
    options = FaceLandmarkerOptions(weights="open", refine_passes=1, detector="short")
    with FaceLandmarker(options) as landmarker:
        (ours,) = landmarker.detect(astronaut).landmarks_px
    away = np.linalg.norm(np.array(face) * (width, height) - ours[:, :2], axis=1)
    assert away.max() < 0.1  # px; another crop's roundings
