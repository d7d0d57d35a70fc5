"""Development data of a scanned face rig."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from attention_mesh.geometry.mesh_points import MeshPoints


@pytest.fixture(scope="session")
def rig_folder(shared_data: Path) -> Path:
    """Folder with the arrays of ICT-FaceKit; a test that asks for it is skipped without them."""
    folder = shared_data.parent / "rig"
    if not folder.is_dir():
        pytest.skip(f"no scanned rig at {folder}")
    return folder


@pytest.fixture(scope="session")
def rig_478(rig_folder: Path) -> dict[str, np.ndarray]:
    """The landmarks of the rig in cm: neutral (478, 3), expressions and identities (K, 478, 3)."""
    with np.load(rig_folder / "ict_478.npz", allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


@dataclass
class ScannedHead:
    """Face, head and neck of the rig in cm, and 468 landmarks on them."""

    neutral: np.ndarray
    triangles: np.ndarray
    points: MeshPoints
    expressions: dict[str, np.ndarray]

    def posed(self, name: str) -> np.ndarray:
        return self.neutral + self.expressions[name]


@pytest.fixture(scope="session")
def scanned_head(rig_folder: Path, rig_478: dict[str, np.ndarray]) -> ScannedHead:
    count = 11248
    with np.load(rig_folder / "ict_facekit.npz", allow_pickle=False) as arrays:
        triangles = arrays["triangles"]
        scale = arrays["expression_scale"]
        names = [str(name) for name in arrays["expression_names"]]
        moves = arrays["expression_q"][:, :count] * scale.reshape(-1, 1, 1)
        neutral = arrays["neutral"][:count]
    return ScannedHead(
        neutral,
        triangles[(triangles < count).all(1)],
        MeshPoints(rig_478["vertex_index"][:468], rig_478["barycentric"][:468]),
        dict(zip(names, moves, strict=True)),
    )
