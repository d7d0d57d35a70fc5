"""Avatar scene: the faces of a frame and the camera that sees them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES

VERTICAL_FOV_DEGREES = 63.0  # MediaPipe's camera for face poses


@dataclass(frozen=True)
class AvatarScene:
    """Faces to draw avatars for.

    Attributes:
        coefficients: (F, 52) float, in the order of `BLENDSHAPE_NAMES`, 0 to 1.
        poses: (F, 4, 4) float, canonical face to the camera's frame (cm; the camera looks along −z).
        gaze: (F, 2 or 3, 3) float, unit vectors of left and right eye in the camera's frame; None if
            unknown. Then the eyes follow the eyeLook… coefficients.
        vertical_fov_degrees: of the camera.

    Raises:
        ValueError: the shapes do not fit.
    """

    coefficients: np.ndarray
    poses: np.ndarray
    gaze: np.ndarray | None = None
    vertical_fov_degrees: float = VERTICAL_FOV_DEGREES

    def __post_init__(self) -> None:
        faces, names = len(self.poses), len(BLENDSHAPE_NAMES)
        if self.poses.shape != (faces, 4, 4) or self.coefficients.shape != (faces, names):
            raise ValueError(
                f"coefficients {self.coefficients.shape} and poses {self.poses.shape} should be (F, {names}) "
                "and (F, 4, 4), with F faces"
            )
        if self.gaze is not None and (self.gaze.shape[0] != faces or self.gaze.shape[1:] not in _GAZE_SHAPES):
            raise ValueError(f"gaze {self.gaze.shape} should be ({faces}, 3, 3) for {faces} faces")

    def focal_px(self, height: int) -> float:
        """The focal length in pixels of a picture of this height."""
        return height / 2 / float(np.tan(np.radians(self.vertical_fov_degrees) / 2))

    def faces(self) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray | None]]:
        """Coefficients, pose and gaze of each face whose numbers are finite."""
        for face, (coefficients, pose) in enumerate(zip(self.coefficients, self.poses, strict=True)):
            gaze = None if self.gaze is None else self.gaze[face]
            if gaze is not None and not np.isfinite(gaze).all():
                gaze = None
            if np.isfinite(coefficients).all() and np.isfinite(pose).all():
                yield np.clip(coefficients, 0, 1), pose, gaze


_GAZE_SHAPES = ((2, 3), (3, 3))
