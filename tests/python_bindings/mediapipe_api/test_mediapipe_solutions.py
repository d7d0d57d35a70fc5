"""MediaPipe's own solutions, its Python files and binary graphs unmodified, find the same on this package."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from attention_mesh.tests.python_bindings.mediapipe_api import mediapipe_python_tests as runner

pytestmark = pytest.mark.slow

HEAD_THERE = "from mediapipe.python.solutions import face_detection, face_mesh"
# By path, as this package has modules of the same names.
HEAD_HERE = """
import importlib.util, pathlib
import attention_mesh
attention_mesh.install_as("mediapipe")
from mediapipe.python._framework_bindings import resource_util
folder = pathlib.Path(FOLDER)
resource_util.set_resource_dir(str(folder.parent))

def load(name):
    path = folder / "python" / "solutions" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"of_mediapipe_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

face_detection, face_mesh = load("face_detection"), load("face_mesh")
base = face_mesh.FaceMesh.__mro__[1]
assert base.__module__ == "attention_mesh.python_bindings.mediapipe_api.solution_base"
"""
PROGRAM = """
import sys, cv2, numpy as np
image = np.ascontiguousarray(cv2.imread(sys.argv[1])[..., ::-1])
found = {}
for refine in (True, False):
    with face_mesh.FaceMesh(max_num_faces=2, refine_landmarks=refine, min_tracking_confidence=0.4) as mesh:
        for frame in range(3):
            faces = mesh.process(np.roll(image, 3 * frame, axis=1)).multi_face_landmarks
            found[f"mesh {refine} {frame}"] = [[(p.x, p.y, p.z) for p in face.landmark] for face in faces]
        assert mesh.process(np.full_like(image, 128)).multi_face_landmarks is None
for model in (0, 1):
    with face_detection.FaceDetection(model_selection=model) as detection:
        locations = [found.location_data for found in detection.process(image).detections]
        found[f"points {model}"] = [[(p.x, p.y) for p in at.relative_keypoints] for at in locations]
np.savez(sys.argv[2], **found)
"""


def test_they_find_the_same_faces(astronaut: np.ndarray, tmp_path: Path) -> None:
    folder = runner.default_folder()
    if folder is None:
        pytest.skip("no environment with mediapipe 0.10.21; `make peer` makes it")
    peer = folder.parents[3] / "bin" / "python"
    cv2.imwrite(str(tmp_path / "photo.png"), np.ascontiguousarray(astronaut[..., ::-1]))
    results = []
    for python, head in ((peer, HEAD_THERE), (sys.executable, f"FOLDER = {str(folder)!r}\n{HEAD_HERE}")):
        output = tmp_path / f"found{len(results)}.npz"
        command = [python, "-c", f"{head}\n{PROGRAM}", tmp_path / "photo.png", output]
        child = subprocess.run(command, capture_output=True, text=True)
        assert child.returncode == 0, child.stderr
        results.append(dict(np.load(output)))
    there, here = results
    assert there.keys() == here.keys()
    for name, expected in there.items():
        assert here[name].shape == expected.shape, name
        distance_px = np.abs(here[name] - expected)[..., :2].max(axis=-1) * astronaut.shape[0]
        # The networks run on other engines, whose outputs differ by some thousandths of a pixel of the crop.
        print(f"{name}: median {np.median(distance_px):.4f} px, largest {distance_px.max():.4f} px")
        assert np.median(distance_px) < 0.1, name
        assert distance_px.max() < 1.0, name
