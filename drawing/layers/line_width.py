"""Line widths that follow the size of a face.

A width is given in pixels on a face of 256 pixels. It grows with the power 0.65 of the size: a face of 40
pixels gets 0.3 of it, one of 1500 pixels the 3.2-fold. With a power of 1 the lines of a large face would be
bars and those of a small one invisible, with 0 the mesh of a small face would be a blot. The ink of a layer,
as a share of the face, changes with the power -0.35.
"""

import numpy as np

from attention_mesh.models.topology.face_topology import NUM_LANDMARKS

REFERENCE_PX = 256.0
_POWER = 0.65
# Height of the canonical face (landmarks 10 to 152), seen from the front, over the deviation of its
# landmarks.
_HEIGHT_BY_DEVIATION = 3.37


def face_sizes(points_px: np.ndarray) -> np.ndarray:
    """(F,) float32 sizes of faces in pixels: as high as the canonical face is with this spread of landmarks.

    Unlike a box, the size does not change as a face rolls, and one landmark moves it little.

    Args:
        points_px: (F, N, 2 or more) float32 with N at least 1; x, y in pixels. Irises do not count.
    """
    # Reducing along a contiguous last axis is ten times faster than along the middle one.
    xy = points_px[:, :NUM_LANDMARKS, :2].transpose(0, 2, 1).copy()
    xy -= xy.mean(axis=2, keepdims=True)
    return np.sqrt(np.einsum("fcn,fcn->f", xy, xy) / xy.shape[2]) * np.float32(_HEIGHT_BY_DEVIATION)


def line_width_px(width: float, size_px: float) -> float:
    """Width of a line in pixels.

    Args:
        width: in pixels on a face of 256 pixels.
        size_px: of the face, as of `face_sizes`.
    """
    return width * (size_px / REFERENCE_PX) ** _POWER
