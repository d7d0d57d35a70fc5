"""Gaze drawing: an arrow from each iris in the direction in which the eye looks."""

from __future__ import annotations

import cv2
import numpy as np

from attention_mesh.drawing.face_mesh_drawing import IRISES
from attention_mesh.models.topology.face_topology import NUM_LANDMARKS_WITH_IRISES
from attention_mesh.models.topology.landmark_groups import landmark_groups

_LENGTH = 0.9  # of an arrow in the plane of the picture, in distances of the outer eye corners
_FRACTION_BITS = 4
_FARTHEST_PX = 1 << 20


def draw_gaze(
    image: np.ndarray,
    points_px: np.ndarray,
    gaze: np.ndarray,
    thickness: int = 2,
    eyes_open: np.ndarray | None = None,
    bgr: bool = False,
) -> None:
    """Draws where the eyes of all faces look into `image`, in place.

    An arrow is as long as the gaze is turned away from the camera's axis. An eye that looks along the axis
    has a dot.

    Args:
        image: (H, W, 3) uint8, contiguous and writeable, RGB, or BGR as `bgr` says.
        points_px: (F, 478, 2 or more) float; x, y in pixels of the image. A face with a point that is not
            finite is left out.
        gaze: (F, 3, 3) unit vectors as of `gaze_vectors`: left, right, mean.
        thickness: of the arrows in pixels.
        eyes_open: (F, 2) bool; closed eyes have no arrow. Default: all are open.
        bgr: the order of the image's channels.

    Raises:
        ValueError: a shape is another.
    """
    points = np.asarray(points_px, np.float32)
    if points.ndim != 3 or points.shape[1] < NUM_LANDMARKS_WITH_IRISES or gaze.shape != (len(points), 3, 3):
        raise ValueError(
            f"points have shape {points.shape} and gaze {gaze.shape}; expected (F, 478, 2 or more) and "
            "(F, 3, 3): irises are needed"
        )
    scale = 1 << _FRACTION_BITS
    shown = np.flatnonzero(np.isfinite(points).all((1, 2)) & np.isfinite(gaze).all((1, 2)))
    corners = landmark_groups()["outer_eye_corners"]
    for face in shown:
        place = np.clip(points[face, :, :2], -_FARTHEST_PX, _FARTHEST_PX)
        length = _LENGTH * float(np.linalg.norm(place[corners[1]] - place[corners[0]]))
        for eye, (color, iris) in enumerate(IRISES):
            if eyes_open is not None and not eyes_open[face, eye]:
                continue
            pen = color[::-1] if bgr else color
            start = place[iris]
            end = start + length * gaze[face, eye, :2] * [1, -1]
            tail, tip = (np.round(point * scale).astype(int).tolist() for point in (start, end))
            cv2.circle(image, tail, 2 * thickness * scale, pen, -1, cv2.LINE_AA, _FRACTION_BITS)
            cv2.line(image, tail, tip, pen, thickness, cv2.LINE_AA, _FRACTION_BITS)
            _draw_head(image, start, end, pen, thickness)


def _draw_head(
    image: np.ndarray, start: np.ndarray, end: np.ndarray, color: tuple[int, ...], thickness: int
) -> None:
    """The head of an arrow; a short arrow has none."""
    away = end - start
    length = float(np.linalg.norm(away))
    size = 4.0 * thickness
    if length < size:
        return
    along = away / length * size
    across = np.array([-along[1], along[0]]) * 0.5
    corners = np.stack([end + along * 0.5, end - along * 0.5 + across, end - along * 0.5 - across])
    scaled = np.round(corners * (1 << _FRACTION_BITS)).astype(np.int32)
    cv2.fillConvexPoly(image, scaled, color, cv2.LINE_AA, _FRACTION_BITS)
