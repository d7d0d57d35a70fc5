"""MediaPipe programs, run by MediaPipe and by this package, give the same results.

MediaPipe needs an environment of its own (`make peer`): ATTENTION_MESH_PEER_PYTHON names its Python, else
.venv-mediapipe beside the package is used. If there is none, these tests are skipped.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

PROGRAMS = Path(__file__).parent / "programs"
REPOSITORY = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def peer_python() -> Path:
    named = os.environ.get("ATTENTION_MESH_PEER_PYTHON")
    python = Path(named) if named else REPOSITORY / ".venv-mediapipe" / "bin" / "python"
    if not python.exists():
        pytest.skip(f"no Python with mediapipe 0.10.21 at {python}; `make peer` makes it")
    return python


@pytest.fixture
def run_both(peer_python: Path, tmp_path: Path):
    def run(program: str, inputs: dict[str, np.ndarray]) -> tuple[dict, dict]:
        """Outputs by name: of MediaPipe, of this package with nothing but the imports' name changed."""
        np.savez(tmp_path / "input.npz", **inputs)
        source = (PROGRAMS / program).read_text()
        ours = tmp_path / program
        ours.write_text(
            source.replace("import mediapipe as mp", "import attention_mesh as mp").replace(
                "from mediapipe.", "from attention_mesh."
            )
        )
        outputs = []
        for python, path in ((peer_python, PROGRAMS / program), (Path(sys.executable), ours)):
            output = tmp_path / f"output{len(outputs)}.npz"
            result = subprocess.run(
                [python, path, tmp_path / "input.npz", output], capture_output=True, text=True
            )
            assert result.returncode == 0, result.stderr
            outputs.append(dict(np.load(output)))
        assert outputs[0].keys() == outputs[1].keys()
        return outputs[0], outputs[1]

    return run


@pytest.fixture
def astronaut_bgr(astronaut: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(astronaut[..., ::-1])


def distances_px(official: np.ndarray, ours: np.ndarray, image: np.ndarray) -> np.ndarray:
    """(F, N) distances in x and y, in pixels of the image, of normalized landmarks."""
    assert official.shape == ours.shape
    size = np.array(image.shape[1::-1])
    return np.linalg.norm((official[..., :2] - ours[..., :2]) * size, axis=-1)


def test_drawings_are_equal_to_the_pixel(run_both, astronaut_bgr: np.ndarray) -> None:
    random = np.random.default_rng(8)
    official, ours = run_both(
        "draw_program.py",
        {
            "image": astronaut_bgr,
            "points": random.uniform(-0.05, 1.05, (478, 3)).astype(np.float32),
            "keypoints": random.uniform(0, 1, (6, 2)).astype(np.float32),
        },
    )
    for name, picture in official.items():
        assert (picture != astronaut_bgr).any(), name
        # Two releases of OpenCV draw: they may differ in a pixel here and there, not in a line.
        assert (picture != ours[name]).any(axis=-1).mean() < 1e-4, name


def test_face_mesh_program(run_both, astronaut_bgr: np.ndarray) -> None:
    head = astronaut_bgr[:360, 50:410]
    wide = np.hstack([head, head[:, ::-1]])
    shifts = [np.array([[1, 0, 3.0 * step], [0, 1, 0]], np.float32) for step in range(5)]
    video = np.stack([cv2.warpAffine(astronaut_bgr, shift, (512, 512)) for shift in shifts])
    inputs = {"one": astronaut_bgr, "two": wide, "none": np.full((99, 50, 3), 90, np.uint8), "video": video}
    official, ours = run_both("face_mesh_program.py", inputs)
    assert [len(official[name]) for name in inputs] == [1, 2, 0, 1]
    for name, faces in official.items():
        if name.endswith("picture"):
            continue
        if name == "none":
            assert not len(ours[name])
            continue
        distance = distances_px(faces, ours[name], inputs[name] if inputs[name].ndim == 3 else video[0])
        # The eyes are 44 pixels apart: 0.25 % and 1.5 % of that, the goals set for photos.
        assert np.median(distance) < 0.0025 * 44, f"{name}: {np.median(distance)} px"
        assert np.percentile(distance, 95) < 0.015 * 44, f"{name}: {np.percentile(distance, 95)} px"
        changed = (official[f"{name} picture"] != ours[f"{name} picture"]).any(axis=-1)
        # Landmarks near the edge of a pixel may fall on the other side.
        assert changed.mean() < 0.005, name


def test_face_detection_program(run_both, astronaut_bgr: np.ndarray) -> None:
    head = astronaut_bgr[:360, 50:410]
    wide = np.hstack([head, head[:, ::-1]])
    inputs = {"one": astronaut_bgr, "two": wide, "none": np.full((99, 50, 3), 90, np.uint8)}
    official, ours = run_both("face_detection_program.py", inputs)
    assert len(official["one 0"]) == len(official["one 1"]) == 1 and not len(official["none 0"])
    for name, rows in official.items():
        if name.endswith("picture"):
            continue
        assert ours[name].shape == rows.shape, name
        # A score is a probability; boxes and keypoints are relative to the image, a pixel of 512 is 0.002.
        tolerance = np.where(np.arange(rows.shape[-1]) == 0, 0.01, 0.002)
        assert (np.abs(ours[name] - rows) <= tolerance).all(), f"{name}: {ours[name] - rows}"
