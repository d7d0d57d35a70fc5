"""Animated portraits: photos with a changed expression and pose, and the changed landmarks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from attention_mesh.models.errors import DatasetError
from attention_mesh.models.topology.landmark_groups import interocular_distance
from attention_mesh.models.training.augmentation import Augmentation
from attention_mesh.models.training.labeled_faces import FaceSample, LabeledFaces
from attention_mesh.models.training.synthetic.background import random_background, with_background
from attention_mesh.models.training.synthetic.camera import apply_lens_and_sensor
from attention_mesh.models.training.synthetic.expressions import random_expression
from attention_mesh.models.training.synthetic.face_rig import FaceRig, rotation
from attention_mesh.models.training.synthetic.mouth_paint import paint_mouth
from attention_mesh.models.training.synthetic.occluders import add_occluders
from attention_mesh.models.training.synthetic.point_maps import radial_spline, similarity

_YAW, _PITCH = 9.0, 6.0  # standard deviations, degrees
_STEEPEST = 18.0  # degrees; beyond it, cheeks would fold over
_PIVOT = 0.5  # distance of the head's pivot behind the landmarks, in interocular distances
_STEP = 4  # px between the places whose move is computed; moves in between are interpolated
_SOFTNESS = 0.3  # px, of the spline: landmarks that meet, as of closing lips, may stay together
_OTHER_BACKGROUND = 0.8  # share of pictures
_FLIPPED = np.array([1, -1, -1])
# The animated crop: a region of interest that is nearly upright and nearly in the middle.
_LOOSE = replace(Augmentation.none(), rotation_deg=6.0, scale=0.08, shift=0.03)
_RIM = np.linspace(0, 1, 9)[:-1]


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
        scale, turn, _ = similarity(self._neutral, crop.landmarks * _FLIPPED)
        points = _turned(crop.landmarks + scale * (self._move(rng) @ turn.T) * _FLIPPED, rng)
        image = _warped(crop.image, crop.landmarks[:, :2], points[:, :2])
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


def _turned(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The head turned slightly about its pivot, in weak perspective."""
    yaw, pitch = np.clip(rng.normal(0, (_YAW, _PITCH)), -_STEEPEST, _STEEPEST)
    pivot = points.mean(0) + (0, 0, _PIVOT * interocular_distance(points))
    turn = rotation(math.radians(yaw), math.radians(pitch), 0.0)
    return ((points - pivot) * _FLIPPED) @ turn.T * _FLIPPED + pivot


def _warped(image: np.ndarray, old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """The picture warped so that `old` (N, 2) px comes to `new`; its rim stays.

    The warp is a `radial_spline` from new places back to old ones.
    """
    size = image.shape[0]
    along = _RIM * (size - 1)
    rim = np.concatenate([np.stack(pair, 1) for pair in _sides(along, size - 1)])
    places = np.concatenate([new, rim])
    back = np.concatenate([old - new, np.zeros_like(rim)])
    spline = radial_spline(places, back, _SOFTNESS)
    x, y = np.meshgrid(np.arange(0, size + _STEP, _STEP), np.arange(0, size + _STEP, _STEP))
    grid = np.stack([x.ravel(), y.ravel()], 1) + 0.5
    moves = spline(grid).reshape(*x.shape, 2).astype(np.float32)
    column, row = np.meshgrid(np.arange(size, dtype=np.float32), np.arange(size, dtype=np.float32))
    fine = cv2.remap(moves, column / _STEP, row / _STEP, cv2.INTER_LINEAR)
    return cv2.remap(
        image, column + fine[:, :, 0], row + fine[:, :, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def _sides(along: np.ndarray, last: float) -> Sequence[tuple[np.ndarray, np.ndarray]]:
    """x and y of places along the four sides of a picture."""
    zero, end = np.zeros_like(along), np.full_like(along, last)
    return [(along, zero), (end, along), (last - along, end), (zero, last - along)]
