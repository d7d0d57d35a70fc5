"""Fixtures that every test may ask for."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

REPOSITORY = Path(__file__).resolve().parents[1]
PEER_IMAGE_NODES = Path(__file__).parent / "peer_programs" / "image_nodes.py"

# How long an example takes tells of the machine and what else it does, not of the code.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder with the development data: photos, videos and the official runtime's landmarks on them.

    It is not part of the repository: `ATTENTION_MESH_TEST_DATA` names it, else `../shared/data` beside
    the checkout is tried. A test that asks for it is skipped, with that reason, where neither is there.
    """
    named = os.environ.get("ATTENTION_MESH_TEST_DATA")
    folder = Path(named) if named else REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no development data at {folder}; ATTENTION_MESH_TEST_DATA names the folder")
    return folder


@pytest.fixture
def file_size_limit() -> Callable[[int], contextlib.AbstractContextManager[None]]:
    """A context in which no file of this process may grow beyond so many bytes.

    What goes beyond fails with "File too large", much as a full disk fails; a test's own log does as well.
    """
    resource = pytest.importorskip("resource", reason="needs POSIX limits")

    @contextlib.contextmanager
    def limited(size: int) -> Iterator[None]:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    return limited


@pytest.fixture(scope="session")
def astronaut() -> np.ndarray:
    """(512, 512, 3) uint8 RGB, read-only: scikit-image's portrait of Eileen Collins, one frontal face.

    The file lies inside the scikit-image wheel, so no network is needed. Read-only, because one array
    serves the whole session: a test that draws on it takes a copy.
    """
    data = pytest.importorskip("skimage.data", reason="scikit-image is in the dev extra")
    image = np.ascontiguousarray(data.astronaut())
    image.flags.writeable = False
    return image


@pytest.fixture(scope="session")
def peer_python() -> Path:
    """Python with mediapipe 0.10.21: ATTENTION_MESH_PEER_PYTHON, else .venv-mediapipe beside the package."""
    named = os.environ.get("ATTENTION_MESH_PEER_PYTHON")
    python = Path(named) if named else REPOSITORY / ".venv-mediapipe" / "bin" / "python"
    if not python.exists():
        pytest.skip(f"no Python with mediapipe 0.10.21 at {python}; `make peer` makes it")
    return python


@pytest.fixture
def peer_images(peer_python: Path, tmp_path: Path):
    """Runs one node a case in MediaPipe: (node text, text of a RenderData or "", image) → image."""

    def run(cases: list[tuple[str, str, np.ndarray]]) -> list[np.ndarray]:
        texts = json.dumps([case[:2] for case in cases])
        images = {f"image{index}": case[2] for index, case in enumerate(cases)}
        np.savez(tmp_path / "cases.npz", cases=texts, **images)
        command = [peer_python, PEER_IMAGE_NODES, tmp_path / "cases.npz", tmp_path / "official.npz"]
        result = subprocess.run(command, capture_output=True, text=True)
        assert result.returncode == 0, result.stderr
        with np.load(tmp_path / "official.npz") as official:
            return [official[f"image{index}"] for index in range(len(cases))]

    return run
