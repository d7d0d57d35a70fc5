"""A real face that comes with a package, for the commands that need one to show something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attention_mesh.cli.errors import UsageError

if TYPE_CHECKING:
    import numpy as np


def astronaut_photo() -> np.ndarray:
    """(512, 512, 3) uint8 RGB: NASA's portrait of Eileen Collins, which the scikit-image wheel holds.

    Raises UsageError that names the extra when scikit-image is not installed.
    """
    try:
        import skimage.data
    except ImportError as error:
        raise UsageError(
            "the photo of an astronaut comes with scikit-image, which is not installed: "
            "pip install 'attention-mesh[demo]'"
        ) from error
    return skimage.data.astronaut()
