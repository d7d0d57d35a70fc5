"""Moving portrait: a photo of a face that shows expressions and turns, with known weights."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from attention_mesh.models.training.synthetic.face_rig import FaceRig
from attention_mesh.models.training.synthetic.mouth_paint import paint_mouth
from attention_mesh.models.training.synthetic.point_maps import similarity
from attention_mesh.models.training.synthetic.portrait_warp import FLIPPED, RepeatedWarp, turned_landmarks

_MARGIN = 0.5  # of the picture around the face, as a share of the landmarks' larger side
_MOUTH_SEED = 3  # of the random colors and shapes of the mouth's inside, the same in every picture


class MovingPortrait:
    """Draws a face of a photo with other expressions and slightly turned.

    The rig tells how landmarks move with an expression, and the photo is warped accordingly: skin, hair,
    light and eyes stay those of the photo. The inside of an opened mouth is painted.

    Args:
        rig: whose expressions are used.
        photo: (H, W, 3) uint8 RGB.
        landmarks_px: (478, 3) of the face in the photo, px.
        size: side of the pictures in pixels.

    Attributes:
        landmarks: (478, 3) px of the pictures, without expression and turn.
    """

    def __init__(self, rig: FaceRig, photo: np.ndarray, landmarks_px: np.ndarray, size: int = 384) -> None:
        low, high = landmarks_px[:, :2].min(0), landmarks_px[:, :2].max(0)
        middle, side = (low + high) / 2, float((high - low).max()) * (1 + 2 * _MARGIN)
        scale = size / side
        left_top = middle - side / 2
        # OpenCV has the origin at the center of the first pixel.
        shift = 0.5 * scale - 0.5 - left_top * scale
        matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
        self._photo = cv2.warpAffine(
            photo, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        self.landmarks = (landmarks_px - (*left_top, 0)) * scale
        self._warp = RepeatedWarp(size, self.landmarks[:, :2])
        neutral = rig.landmarks(rig.neutral)
        scale, turn, _ = similarity(neutral, self.landmarks * FLIPPED)
        self._moves = {
            name: scale * (rig.landmarks(shape) @ turn.T) * FLIPPED
            for name, shape in zip(rig.expression_names, rig.expressions, strict=True)
        }

    @property
    def shapes(self) -> tuple[str, ...]:
        """The shapes whose weights `moved` takes."""
        return tuple(self._moves)

    def moved(
        self, weights: Mapping[str, float], yaw_deg: float = 0.0, pitch_deg: float = 0.0
    ) -> tuple[np.ndarray, np.ndarray]:
        """The face with an expression.

        Args:
            weights: by name of shapes, 0 to 1. The eyeballs do not move.
            yaw_deg: turn to the subject's left; beyond 18° cheeks fold over.
            pitch_deg: turn up.

        Returns:
            The picture, (size, size, 3) uint8 RGB, and its landmarks, (478, 3) px.

        Raises:
            KeyError: the rig has no such shape.
        """
        points = self.landmarks.copy()
        for name, weight in weights.items():
            points[:468] += weight * self._moves[name][:468]
        points = turned_landmarks(points, yaw_deg, pitch_deg)
        before, after = self.landmarks[:, :2], points[:, :2]
        picture = self._warp(self._photo, after)
        return paint_mouth(picture, before, after, np.random.default_rng(_MOUTH_SEED)), points
