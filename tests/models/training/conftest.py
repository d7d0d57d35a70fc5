"""Fixtures of the training tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("keras", reason="keras is in the train extra")

import attention_mesh.models.keras_backend  # noqa: E402, F401 - before keras
from attention_mesh.models.training.labeled_faces import FaceSample  # noqa: E402
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig  # noqa: E402
from attention_mesh.models.training.synthetic.synthesize import synthesize  # noqa: E402
from attention_mesh.models.training.synthetic.synthetic_faces import SyntheticFaces  # noqa: E402


@pytest.fixture(scope="session")
def faces_folder(tmp_path_factory) -> Path:
    """48 synthetic faces of the built-in rig with their labels."""
    folder = tmp_path_factory.mktemp("faces")
    synthesize(folder, 48, size=128, seed=3, processes=1)
    return folder


@pytest.fixture(scope="session")
def sample() -> FaceSample:
    """A synthetic face of 320 px, near the middle, looking ahead."""
    faces = SyntheticFaces(builtin_rig())
    return next(
        found
        for found in (faces.sample(np.random.default_rng(seed)) for seed in range(20))
        if found.presence and abs(found.landmarks[454, 2] - found.landmarks[234, 2]) < 30
    )
