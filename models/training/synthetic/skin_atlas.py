"""Skin atlas: the texture of a rig's skin, and how photos fill it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from attention_mesh.media.errors import MediaError
from attention_mesh.media.image_file import read_image
from attention_mesh.models.errors import DatasetError
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.models.training.label_file import LabelFile
from attention_mesh.models.training.synthetic.face_rig import FaceRig, Material
from attention_mesh.models.training.synthetic.portrait_fit import fit_portrait
from attention_mesh.models.training.synthetic.rasterizer import interpolate, rasterize

SIZE = 512  # side of each of the two halves, in texels
# Cosines between skin and camera at which a photo starts to count, and at which it counts fully.
_GRAZING, _FACING = 0.15, 0.45


class SkinAtlas:
    """Makes skins, (SIZE, 2·SIZE, 3) uint8 RGB: the texture of FACE on the left, of HEAD on the right."""

    def __init__(self, rig: FaceRig) -> None:
        self.rig = rig
        corners = rig.uv * (SIZE, -SIZE) + (0, SIZE)
        corners[rig.materials == Material.HEAD] += (SIZE, 0)
        corners[rig.materials > Material.HEAD] = 0  # no area, so not drawn
        # A texture may wind its triangles in either direction; the rasterizer draws only one.
        one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        turned = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0] > 0
        triangles = np.arange(corners.size // 2, dtype=np.int32).reshape(-1, 3)
        triangles[turned] = triangles[turned][:, [0, 2, 1]]
        # Earlier parts are in front of later ones with the same texels.
        order = np.repeat(np.arange(len(triangles)), 3)[:, None]
        flat = np.concatenate([corners.reshape(-1, 2), order], 1)
        self._triangle, self._shares = rasterize(flat, triangles, SIZE, 2 * SIZE)
        swapped = turned[np.maximum(self._triangle, 0)]
        self._shares[swapped] = self._shares[swapped][:, [0, 2, 1]]

    def bake(self, photo: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
        """The skin of a person; parts that face away from the camera are filled from their surroundings.

        Args:
            photo: (H, W, 3) uint8 RGB.
            landmarks: (478, 3) px in the photo, as in `fit_portrait`.
        """
        fit = fit_portrait(self.rig, landmarks)
        corners = np.concatenate([fit.image_px, fit.facing[:, None]], 1)[self.rig.triangles]
        seen = self._triangle >= 0
        values = np.zeros((*seen.shape, 3), np.float32)
        values[seen] = interpolate(corners, self._triangle[seen], self._shares[seen])
        map_x, map_y = (np.ascontiguousarray(values[:, :, axis] - 0.5) for axis in range(2))
        texture = cv2.remap(photo, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        trust = np.clip((values[:, :, 2] - _GRAZING) / (_FACING - _GRAZING), 0, 1) * seen
        halves = (slice(SIZE), slice(SIZE, None))
        return np.concatenate([_filled(texture[:, half], trust[:, half]) for half in halves], 1)

    def landmark_texels(self) -> np.ndarray:
        """(478, 2) float32 place of each landmark in the face's half, x and y in texels."""
        face = self.rig.materials == Material.FACE
        uv = np.zeros((len(self.rig.neutral), 2), np.float32)
        uv[self.rig.triangles[face].ravel()] = self.rig.uv[face].reshape(-1, 2)
        return self.rig.landmarks(np.stack([uv[:, 0], 1 - uv[:, 1]], 1)) * SIZE


def _filled(texture: np.ndarray, trust: np.ndarray) -> np.ndarray:
    """The texture filled from its surroundings if trust (H, W) is below 1, by coarser copies (push-pull)."""
    levels: list[tuple[np.ndarray, np.ndarray]] = [
        (texture.astype(np.float32) * trust[:, :, None], trust.astype(np.float32))
    ]
    while min(levels[-1][1].shape) > 1:
        half = [cv2.resize(part, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for part in levels[-1]]
        levels.append((half[0], half[1]))
    colors, weights = levels.pop()
    result = (colors.reshape(-1, 3) / np.maximum(weights.reshape(-1, 1), 1e-6)).reshape(1, 1, 3)
    for colors, weights in reversed(levels):
        height, width = weights.shape
        coarse = cv2.resize(result, (width, height), interpolation=cv2.INTER_LINEAR)
        full = weights[:, :, None]
        result = colors / np.maximum(full, 1e-6) * full + coarse * (1 - full)
    return result.clip(0, 255).astype(np.uint8)


_JPEG = [cv2.IMWRITE_JPEG_QUALITY, 92]


def portrait_skins(
    rig: FaceRig, folder: Path, labels: LabelFile, progress: Callable[[int], object] = lambda done: None
) -> list[bytes]:
    """One skin as JPEG for every portrait whose face looks at the camera within 20°, in the labels' order.

    Raises:
        DatasetError: a picture is unreadable, or no portrait has a frontal face.
    """
    atlas = SkinAtlas(rig)
    skins = []
    for number, name in enumerate(labels.names):
        landmarks = labels.landmarks[number]
        if labels.presence[number] < 0.5 or not np.isfinite(landmarks).all() or not _is_frontal(landmarks):
            continue
        try:
            photo = cv2.cvtColor(read_image(folder / name), cv2.COLOR_RGB2BGR)
        except MediaError as error:
            raise DatasetError(f"cannot read the portrait {error}") from error
        content = cv2.imencode(".jpg", atlas.bake(photo, landmarks), _JPEG)[1]
        skins.append(content.tobytes())
        progress(number + 1)
    if not skins:
        raise DatasetError(f"{folder}: none of {len(labels.names)} portraits has a frontal face")
    return skins


def _is_frontal(landmarks: np.ndarray) -> bool:
    """True if the line between the sides of the face is within 20° of the picture's plane."""
    right, left = landmarks[landmark_groups()["face_sides"]]
    across = left - right
    return abs(across[2]) < np.tan(np.radians(20)) * np.hypot(across[0], across[1])
