"""Fixtures of the commands' tests."""

from pathlib import Path

import cv2
import numpy as np
import pytest


def write_photo(file: Path, image: np.ndarray) -> None:
    cv2.imwrite(str(file), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))


@pytest.fixture(scope="session")
def photos(tmp_path_factory, astronaut) -> Path:
    """A portrait, the same one small, and a picture of nothing."""
    folder = tmp_path_factory.mktemp("photos")
    write_photo(folder / "a.png", astronaut)
    write_photo(folder / "b.png", cv2.resize(astronaut, (200, 200), interpolation=cv2.INTER_AREA))
    write_photo(folder / "c.png", np.full((100, 100, 3), 90, np.uint8))
    return folder
