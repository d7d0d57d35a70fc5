"""Fixtures of the export tests."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

pytest.importorskip("keras", reason="keras is in the train extra")

from attention_mesh.models.attention_mesh import AttentionMesh, Mesh, Preset  # noqa: E402


@pytest.fixture(scope="session")
def official() -> AttentionMesh:
    """The Keras network with the official weights."""
    return AttentionMesh.from_official()


@pytest.fixture(scope="session")
def crops(astronaut) -> np.ndarray:
    """(3, 192, 192, 3) float32 in [0, 1]: a face, turned and shifted."""
    images = []
    for angle, side, shift in ((0, 210, 0), (20, 250, 8), (-15, 180, -6)):
        matrix = cv2.getRotationMatrix2D((223.0, 118.0), angle, 192 / side)
        matrix[:, 2] += 96 + shift - np.array([223.0, 118.0])
        images.append(cv2.warpAffine(astronaut, matrix, (192, 192)))
    return np.stack(images).astype(np.float32) / 255


@pytest.fixture(scope="session")
def small_mesh() -> Mesh:
    """A mesh network with a 64 px input and random weights, quick to export."""
    sizes = {"input_size": 64, "widths": (8, 16, 16, 16), "crop_size": 8, "neck_width": 8}
    return Mesh(Preset(**{**Preset.named("released").as_dict(), **sizes}))
