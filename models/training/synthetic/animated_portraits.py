"""Animated portraits: photos with a changed expression and pose, and the changed landmarks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from attention_mesh.models.errors import DatasetError
from attention_mesh.models.training.augmentation import Augmentation
from attention_mesh.models.training.labeled_faces import FaceSample, LabeledFaces
from attention_mesh.models.training.synthetic.background import random_background, with_background
from attention_mesh.models.training.synthetic.camera import apply_lens_and_sensor
from attention_mesh.models.training.synthetic.expressions import random_expression
from attention_mesh.models.training.synthetic.face_rig import FaceRig
from attention_mesh.models.training.synthetic.mouth_paint import paint_mouth
from attention_mesh.models.training.synthetic.occluders import add_occluders
from attention_mesh.models.training.synthetic.point_maps import similarity
from attention_mesh.models.training.synthetic.portrait_warp import FLIPPED, turned_landmarks, warped

_YAW, _PITCH = 9.0, 6.0  # standard deviations, degrees
_STEEPEST = 18.0  # degrees; beyond it, cheeks would fold over
_OTHER_BACKGROUND = 0.8  # share of pictures
# The animated crop: a region of interest that is nearly upright and nearly in the middle.
_LOOSE = replace(Augmentation.none(), rotation_deg=6.0, scale=0.08, shift=0.03)


class AnimatedPortraits:
    """Draws samples of labeled photos, each face with another expression and slightly turned.

    The rig tells how landmarks move with an expression, and the photo is warped accordingly: skin, hair,
    light and eyes stay those of the photo. The inside of an opened mouth is painted. A background of one
    color is replaced, occluders are added, and lens and sensor effects are applied.

    Args:
        rig: whose expressions are used.
        photos: labeled photos; those without a whole face are skipped.
        size: side of the pictures in pixels.

    Raises:
        DatasetError: no photo has a whole, trusted face. `sample` raises it for an unreadable photo.
    """

    def __init__(self, rig: FaceRig, photos: LabeledFaces, size: int = 320) -> None:
        self.rig, self.size = rig, size
        self._photos = photos
        whole = np.isfinite(photos.labels.landmarks).all((1, 2)) & (photos.labels.weights.min((1, 2)) > 0)
        self._usable = np.flatnonzero(whole)
        if not len(self._usable):
            raise DatasetError(f"{photos.folder}: none of {len(photos)} photos has a whole, trusted face")
        self._moves = {
            name: rig.landmarks(shape)
            for name, shape in zip(rig.expression_names, rig.expressions, strict=True)
        }
        self._neutral = rig.landmarks(rig.neutral)

    def __len__(self) -> int:
        return len(self._usable)

    def sample(self, rng: np.random.Generator) -> FaceSample:
        """(size, size, 3) picture of one face."""
        number = int(self._usable[rng.integers(len(self._usable))])
        photo = self._photos[number]
        return self._animated(_LOOSE.crop(photo, self.size, rng), rng)

    def _animated(self, crop: FaceSample, rng: np.random.Generator) -> FaceSample:
        # The pose of the rig's face in the crop, whose y and z axes point the other way.
        scale, turn, _ = similarity(self._neutral, crop.landmarks * FLIPPED)
        moved = crop.landmarks + scale * (self._move(rng) @ turn.T) * FLIPPED
        points = turned_landmarks(moved, *_random_turn(rng))
        image = warped(crop.image, crop.landmarks[:, :2], points[:, :2])
        picture = paint_mouth(image, crop.landmarks[:, :2], points[:, :2], rng).astype(np.float32)
        if rng.random() < _OTHER_BACKGROUND:
            picture = with_background(picture, random_background(rng, self.size))
        picture = apply_lens_and_sensor(rng, add_occluders(rng, picture, points))
        return FaceSample(picture, points.astype(np.float32), crop.weights, crop.presence)

    def _move(self, rng: np.random.Generator) -> np.ndarray:
        """(478, 3) in the rig's frame. Eyeballs do not move."""
        move = np.zeros((478, 3))
        for name, weight in random_expression(rng, self.rig.expression_names).items():
            if name in self._moves and not name.startswith("eyeLook"):
                move += weight * self._moves[name]
        move[468:] = 0
        return move


def _random_turn(rng: np.random.Generator) -> tuple[float, float]:
    """Yaw and pitch, degrees."""
    yaw, pitch = np.clip(rng.normal(0, (_YAW, _PITCH)), -_STEEPEST, _STEEPEST)
    return float(yaw), float(pitch)
