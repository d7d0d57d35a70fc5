"""The face that products are tried on."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.tests.drawing.makeup.makeup_faces import portrait, portrait_px


@pytest.fixture(scope="module")
def face() -> np.ndarray:
    """(478, 3) px."""
    return portrait_px()


@pytest.fixture(scope="module")
def image(face: np.ndarray) -> np.ndarray:
    """(720, 600, 3) uint8, the picture of `face`."""
    return portrait(face)
