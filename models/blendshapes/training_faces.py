"""Training faces: random aligned landmarks with known blend-shape coefficients, made on the fly."""

from __future__ import annotations

import numpy as np

from attention_mesh.geometry.face_alignment import FaceAlignment
from attention_mesh.models.blendshapes.expression_sampling import sample_expressions
from attention_mesh.models.blendshapes.landmark_noise import LandmarkNoise
from attention_mesh.models.blendshapes.neutral_faces import NeutralFaces
from attention_mesh.models.blendshapes.rig_landmarks import RigLandmarks, with_network_depths
from attention_mesh.models.blendshapes.smooth_fields import SmoothFields
from attention_mesh.models.inference.blendshape_network import reference_face
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.models.topology.refinement import region_landmarks

_IDENTITY_SPREAD = 0.8
_YAW, _PITCH, _ROLL = 22, 12, 10  # standard deviations, degrees
_STEEPEST = 50  # degrees
_FACE_HEIGHT_PX = 200  # only perspective and z's scale matter, not the size
_NEAREST, _FARTHEST = 3, 9  # face heights from the camera
_REAL = 0.65  # share of faces whose neutral is a real person's
_CALIBRATED = 0.45  # share of faces of which the person's neutral face is known
_CALIBRATION_ERROR = 0.12  # of the known neutral face, as a share of how much people differ
# How much of what rendered faces show of networks also happens to photos, and of the noise. In photos, closed
# lids meet better than in rendered faces.
_SYSTEMATIC, _SYSTEMATIC_LIDS, _NOISE = (0.5, 1.1), (0.25, 1.0), (0.2, 0.9)
# Real brows move toward each other less than the rig's, and networks see little of it.
_BROWS_SIDEWAYS = (0.0, 1.0)
# How differently people move: the most of a movement that differs at random, in fields of both lengths. And
# what measured noise does not cover, in cm: smooth and independent by landmark.
_MANNER, _SMOOTH_CM, _WHITE_CM = (0.5, 0.15), (0.0, 0.12), (0.0, 0.08)
_LONG_CM, _SHORT_CM, _LONG_MODES, _SHORT_MODES = 3.0, 1.5, 24, 72
# Spread of people relative to the measured one: below 1, what might be person or expression counts rather as
# an expression.
_PEOPLE = 0.8


class TrainingFaces:
    """Draws faces as the face mesh finds them.

    A face is a neutral one of the rig, or of the distribution of real people's, plus the rig's change from
    neutral to a random expression, both in a random pose under perspective; plus what the network does to
    such a face; plus noise.

    Args:
        rig: the rig's landmarks.
        noise: see `LandmarkNoise`.
        neutrals: of real people, or None for the rig's alone.
        reference: (478, 3), and its weights (478,), see `FaceAlignment`.
    """

    def __init__(
        self,
        rig: RigLandmarks,
        noise: LandmarkNoise,
        neutrals: NeutralFaces | None,
        reference: np.ndarray,
        weights: np.ndarray,
    ) -> None:
        self._rig, self._noise, self._neutrals = rig, noise, neutrals
        self._long = SmoothFields(reference, _LONG_CM, _LONG_MODES)
        self._short = SmoothFields(reference, _SHORT_CM, _SHORT_MODES)
        groups = landmark_groups()
        # 0 at the upper lids, 1 from the lower edge of the brows upward.
        lids_cm, brows_cm = (reference[groups[name], 1].min() for name in ("upper_lid_middles", "brows"))
        self._above_eyes = ((reference[:, 1:2] - lids_cm) / (brows_cm - lids_cm)).clip(0, 1)
        eyes = [
            region_landmarks()[f"{side}_{part}"] for side in ("right", "left") for part in ("eye", "iris")
        ]
        self._lids = np.setdiff1d(np.concatenate(eyes), groups["brows"])
        self._reference, self._alignment = reference, FaceAlignment(reference, weights)

    @classmethod
    def of_landmarks(cls, rig: RigLandmarks) -> TrainingFaces:
        """Faces of a rig with the noise, the neutral faces and the reference of this package."""
        return cls(rig, LandmarkNoise.load(), NeutralFaces.load(), *reference_face())

    def sample(self, rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Faces for a `blendshape_model`.

        Returns:
            Aligned landmarks (count, 478, 3) float32, calibrated (count, 1) float32 with 1 if the person's
            neutral face is taken out of them, and coefficients (count, 52) float32.
        """
        coefficients = sample_expressions(rng, count)
        identities = rng.normal(0, _IDENTITY_SPREAD, (count, len(self._rig.identities))).astype(np.float32)
        turns, distances = random_turns(rng, count), rng.uniform(_NEAREST, _FARTHEST, count)
        neutral = self._rig.points(identities, np.zeros_like(coefficients))
        moved = self._rig.points(identities, coefficients)
        faces = self.aligned(
            np.concatenate([neutral, moved]), np.tile(turns, (2, 1, 1)), np.tile(distances, 2)
        )
        neutral, moved = faces[:count], faces[count:]
        person, calibrated = self._people(rng, neutral, identities)
        seen = self._seen(rng, coefficients)
        found = person + self._moved(rng, moved - neutral) + seen + self._unmeasured(rng, count)
        return found.astype(np.float32), calibrated[:, None].astype(np.float32), coefficients

    def _people(
        self, rng: np.random.Generator, neutral: np.ndarray, identities: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Neutral faces (B, 478, 3) as a network finds them, and which of them are calibrated, (B,)."""
        count, still = len(neutral), np.zeros((len(neutral), len(BLENDSHAPE_NAMES)), np.float32)
        person = neutral + self._noise.mean + self._noise.systematic(still, identities)
        if self._neutrals is not None:
            real = rng.random(count) < _REAL
            people = self._neutrals.sample(rng, int(real.sum()))
            person[real] = self._neutrals.mean + (people - self._neutrals.mean) * _PEOPLE
        calibrated = rng.random(count) < _CALIBRATED
        person[calibrated] = self._reference + (person[calibrated] - self._reference) * _CALIBRATION_ERROR
        return person, calibrated

    def _seen(self, rng: np.random.Generator, coefficients: np.ndarray) -> np.ndarray:
        """(B, 478, 3): what a network does to expressions, and its measured noise."""
        count = len(coefficients)
        seen = self._noise.systematic(coefficients, None)
        lids = seen[:, self._lids] * _uniform(rng, _SYSTEMATIC_LIDS, count)
        seen *= _uniform(rng, _SYSTEMATIC, count)
        seen[:, self._lids] = lids
        return seen + self._noise.sample(rng, count) * _uniform(rng, _NOISE, count)

    def _moved(self, rng: np.random.Generator, change: np.ndarray) -> np.ndarray:
        """The rig's changes from neutral (B, 478, 3) in the manner of random people."""
        count = len(change)
        change[:, :, :1] *= 1 - self._above_eyes * (1 - _uniform(rng, _BROWS_SIDEWAYS, count))
        size = np.linalg.norm(change, axis=2, keepdims=True)
        for fields, most in zip((self._long, self._short), _MANNER, strict=True):
            change += fields.sample(rng, count) * size * _uniform(rng, (0.0, most), count)
        return change

    def _unmeasured(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """(B, 478, 3): differences that no measured noise covers."""
        smooth = self._short.sample(rng, count) * _uniform(rng, _SMOOTH_CM, count)
        white = rng.standard_normal((count, *self._reference.shape), np.float32)
        return smooth + white * _uniform(rng, _WHITE_CM, count)

    def aligned(self, points: np.ndarray, turns: np.ndarray, distances: np.ndarray) -> np.ndarray:
        """(B, 478, 3) points of the rig, turned (B, 3, 3) and seen from distances (B,) in face heights."""
        return self._alignment.align(project(points, turns, distances))


def _uniform(rng: np.random.Generator, limits: tuple[float, float], count: int) -> np.ndarray:
    return rng.uniform(*limits, (count, 1, 1)).astype(np.float32)


def random_turns(rng: np.random.Generator, count: int) -> np.ndarray:
    """(count, 3, 3) float32 rotations of heads."""
    degrees = rng.normal(0, (_YAW, _PITCH, _ROLL), (count, 3)).clip(-_STEEPEST, _STEEPEST)
    (cy, cp, cr), (sy, sp, sr) = np.cos(np.radians(degrees)).T, np.sin(np.radians(degrees)).T
    zero, one = np.zeros_like(cy), np.ones_like(cy)

    def stack(*rows: tuple) -> np.ndarray:
        return np.moveaxis(np.array(rows), 2, 0)

    turn_y = stack((cy, zero, sy), (zero, one, zero), (-sy, zero, cy))
    turn_x = stack((one, zero, zero), (zero, cp, sp), (zero, -sp, cp))
    turn_z = stack((cr, -sr, zero), (sr, cr, zero), (zero, zero, one))
    return (turn_z @ turn_y @ turn_x).astype(np.float32)


def project(points: np.ndarray, turns: np.ndarray, distances: np.ndarray) -> np.ndarray:
    """Landmarks as a perfect network would find them in a picture.

    Args:
        points: (B, 478, 3) in the rig's frame.
        turns: (B, 3, 3) of the heads.
        distances: (B,) from the camera, in face heights.

    Returns:
        (B, 478, 3) float32; x, y in pixels, y down, z on x's scale, smaller is nearer.
    """
    height = np.ptp(points[:, :, 1], axis=1)
    turned = (points - points.mean(1, keepdims=True)) @ turns.transpose(0, 2, 1)
    away = distances * height
    depth = away[:, None] - turned[:, :, 2]
    focal = _FACE_HEIGHT_PX * distances
    by = focal[:, None] / depth
    z = (depth - depth.mean(1, keepdims=True)) * (focal / away)[:, None]
    seen = np.stack([turned[:, :, 0] * by, -turned[:, :, 1] * by, z], 2)
    return with_network_depths(seen.astype(np.float32))
