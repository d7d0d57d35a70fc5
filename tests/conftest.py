"""Fixtures that every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


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
