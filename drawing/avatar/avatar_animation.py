"""Avatar animation: the coefficients, poses and looks of one face over time."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from attention_mesh.drawing.avatar.avatar_model import LARGEST_LOOK_RAD, gaze_angles, look_angles
from attention_mesh.geometry.head_rotation import quaternion_of_rotation

_LEAST_VOLUME = 1e-9  # of the axes of a pose


@dataclass
class AvatarAnimation:
    """Samples of a face, in the order of their times.

    Attributes:
        times_us: microseconds, strictly increasing.
        coefficients: (52,) float32 each, in the order of `BLENDSHAPE_NAMES`.
        rotations: (4,) float64 each, unit quaternions x, y, z, w of the head; neighbors are on one side.
        translations: (3,) float64 each, of the head, cm in the camera's frame.
        looks: (2, 2) float32 each, radians that the left and the right eye turn by, to the subject's left and
            up.
    """

    times_us: list[int] = field(default_factory=list)
    coefficients: list[np.ndarray] = field(default_factory=list)
    rotations: list[np.ndarray] = field(default_factory=list)
    translations: list[np.ndarray] = field(default_factory=list)
    looks: list[np.ndarray] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.times_us)

    def add(
        self, timestamp_us: int, coefficients: np.ndarray, pose: np.ndarray, gaze: np.ndarray | None = None
    ) -> bool:
        """Appends a sample.

        Args:
            timestamp_us: its time.
            coefficients: (52,) float; what is outside of 0 to 1 is clipped.
            pose: (4, 4) float, canonical face to the camera's frame, cm.
            gaze: (2 or 3, 3) float, unit vectors of left and right eye in the camera's frame; None takes the
                eyeLook… coefficients.

        Returns:
            Whether it was taken: not if it is not finite, if the pose has no rotation, or if it is not after
            the last one.
        """
        if not (np.isfinite(coefficients).all() and np.isfinite(pose).all()):
            return False
        volume = np.linalg.det(pose[:3, :3])
        if volume < _LEAST_VOLUME:
            return False
        if self.times_us and timestamp_us <= self.times_us[-1]:
            return False
        weights = np.clip(np.asarray(coefficients, np.float32), 0, 1)
        rotation = quaternion_of_rotation(np.asarray(pose[:3, :3], float) / np.cbrt(volume))
        if self.rotations and rotation @ self.rotations[-1] < 0:
            rotation = -rotation
        if gaze is not None and np.isfinite(gaze).all():
            look = np.stack([gaze_angles(pose, gaze[side]) for side in (0, 1)])
        else:
            look = look_angles(weights)
        self.times_us.append(int(timestamp_us))
        self.coefficients.append(weights)
        self.rotations.append(rotation)
        self.translations.append(np.asarray(pose[:3, 3], float))
        self.looks.append(np.clip(look, -LARGEST_LOOK_RAD, LARGEST_LOOK_RAD))
        return True


def look_quaternions(looks: np.ndarray) -> np.ndarray:
    """(N, 4) unit quaternions x, y, z, w of looks (N, 2): radians to the subject's left, and up."""
    left, up = np.asarray(looks, float).T / 2
    # Ry(left) Rx(−up): +y of the head is up, so looking up turns about −x.
    y, x, cos_y, cos_x = np.sin(left), -np.sin(up), np.cos(left), np.cos(up)
    return np.stack([x * cos_y, y * cos_x, -x * y, cos_x * cos_y], 1)
