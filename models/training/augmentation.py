"""Augmentation: how a picture is cropped and changed at random before a network learns from it."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import cv2
import numpy as np

from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.models.topology.mirror import mirror_landmarks
from attention_mesh.models.training.labeled_faces import FaceSample
from attention_mesh.models.training.picture_effects import (
    blurred,
    compressed,
    darkened,
    half_hidden,
    motion_blurred,
    noisy,
    recolored,
    with_patch,
)
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig
from attention_mesh.models.training.synthetic.point_maps import similarity

# Side of the region of interest relative to the box around the landmarks, as in MediaPipe.
_REGION_SCALE = 1.5
_FEWEST = 3  # known landmarks that place a face


@dataclass(frozen=True)
class Augmentation:
    """Ranges of the random changes; 0 switches a change off.

    Attributes:
        rotation_deg: standard deviation of the rotation of the face's region, which a detector or a tracker
            does not place exactly.
        scale: standard deviation of the logarithm of its size.
        shift: standard deviation of its shift, as a fraction of its size.
        any_turn: probability of a further rotation by any angle.
        flip: probability of the mirror image.
        color, blur, noise, occlusion: strengths of these effects; 1 is the usual strength. Occlusion hides
            a part of the face, or rarely half of it.
        darkness, motion, compression: how often pictures are dark, moved while the shutter was open, or
            compressed to a JPEG file of low quality, relative to the usual share.
    """

    rotation_deg: float = 10.0
    scale: float = 0.15
    shift: float = 0.055
    any_turn: float = 0.02
    flip: float = 0.5
    color: float = 1.0
    blur: float = 1.0
    noise: float = 1.0
    occlusion: float = 1.0
    darkness: float = 1.0
    motion: float = 1.0
    compression: float = 1.0

    @classmethod
    def none(cls) -> Augmentation:
        """The crop alone, without changes."""
        return cls(*[0.0] * len(fields(cls)))

    def crop(self, sample: FaceSample, size: int, rng: np.random.Generator) -> FaceSample:
        """The face's region of interest as a picture of `size` pixels, with the landmarks in that picture."""
        matrix = self._matrix(sample, size, rng)
        # OpenCV's origin is the center of the first pixel. INTER_LINEAR even to shrink, as in inference.
        centered = matrix + np.array(
            [[0, 0, 0.5 * matrix[0, :2].sum() - 0.5], [0, 0, 0.5 * matrix[1, :2].sum() - 0.5]]
        )
        image = cv2.warpAffine(sample.image, centered, (size, size), flags=cv2.INTER_LINEAR)
        landmarks = sample.landmarks.copy()
        landmarks[:, :2] = landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        landmarks[:, 2] *= math.hypot(*matrix[0, :2])
        weights = sample.weights
        if rng.random() < self.flip:
            image = image[:, ::-1]
            landmarks, weights = landmarks[mirror_landmarks()], weights[mirror_landmarks()]
            landmarks[:, 0] = size - landmarks[:, 0]
        return FaceSample(self._changed(image, rng), landmarks.astype(np.float32), weights, sample.presence)

    def _matrix(self, sample: FaceSample, size: int, rng: np.random.Generator) -> np.ndarray:
        """(2, 3) affine from the picture to the crop, both in continuous coordinates."""
        points = _completed(sample.landmarks)
        if points is None:  # no face: anywhere
            height, width = sample.image.shape[:2]
            center = rng.uniform(0.3, 0.7, 2) * (width, height)
            side, angle = min(height, width) * rng.uniform(0.3, 0.9), rng.uniform(-math.pi, math.pi)
        else:
            right_eye, left_eye = points[landmark_groups()["outer_eye_corners"]]
            eyes = left_eye - right_eye
            angle = math.atan2(eyes[1], eyes[0])
            turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
            low, high = (points @ turn).min(0), (points @ turn).max(0)
            side = _REGION_SCALE * float(max(high - low)) * math.exp(self.scale * rng.normal())
            center = turn @ ((low + high) / 2) + self.shift * side * rng.normal(size=2)
            angle += math.radians(self.rotation_deg * rng.normal())
            if rng.random() < self.any_turn:
                angle += rng.uniform(-math.pi, math.pi)
        by = size / side
        turn = by * np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
        return np.concatenate([turn, (size / 2 - turn @ center)[:, None]], 1)

    def _changed(self, image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """uint8 picture with things in front of it, other colors, sharpness and noise."""
        if rng.random() < 0.15 * self.occlusion:
            image = with_patch(image, rng)
        if rng.random() < 0.04 * self.occlusion:
            image = half_hidden(image, rng)
        if self.color:
            image = recolored(image, rng, self.color)
        if rng.random() < 0.08 * self.darkness:
            image = darkened(image, rng)
        if rng.random() < 0.3 * self.blur:
            image = blurred(image, rng)
        if rng.random() < 0.08 * self.motion:
            image = motion_blurred(image, rng)
        if rng.random() < 0.4 * self.noise:
            image = noisy(image, rng, rng.uniform(0, 8))
        if rng.random() < 0.12 * self.compression:
            image = compressed(image, rng)
        return np.ascontiguousarray(image)


def _completed(landmarks: np.ndarray) -> np.ndarray | None:
    """(478, 2) px of landmarks (478, 3) of which some are NaN; None if fewer than three are known.

    The unknown landmarks come from the built-in rig's face, mapped onto the known ones by a similarity.
    They are good enough to place a crop, but not to learn from.
    """
    known = np.isfinite(landmarks[:, :2]).all(1)
    if known.sum() < _FEWEST:
        return None
    if known.all():
        return landmarks[:, :2]
    rig = builtin_rig()
    face = rig.landmarks(rig.neutral)[:, :2] * (1, -1)
    target = landmarks[known, :2]
    scale, turn, shift = similarity(face[known], target)
    filled = scale * face @ turn.T + shift
    filled[known] = target
    return filled
