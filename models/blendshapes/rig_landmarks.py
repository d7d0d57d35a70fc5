"""Rig landmarks: the 478 landmarks of a rig's faces, for many random faces at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attention_mesh.models.errors import RigError
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES, LOOK_DEGREES
from attention_mesh.models.topology.refinement import refinement_plan
from attention_mesh.models.training.synthetic.face_rig import FaceRig


@dataclass(frozen=True)
class RigEye:
    """An eye of a rig, reduced to its landmarks.

    Attributes:
        side: "Left" or "Right", the subject's.
        rows: of its five iris landmarks.
        center: (3,) of the eyeball.
        rest: (5, 3) from the center to the landmarks if the eye looks straight ahead.
        moves: (I, 3) of the center per identity.
    """

    side: str
    rows: slice
    center: np.ndarray
    rest: np.ndarray
    moves: np.ndarray


class RigLandmarks:
    """The landmarks of a rig as arrays.

    At coefficients of 0 the eyes look straight ahead: an eyeball that rests otherwise in the rig is turned.

    Args:
        rig: with all shapes of ARKit but tongueOut.

    Attributes:
        neutral: (478, 3) float32, in the rig's unit, about a cm; +x the subject's left, +y up, +z forward.
        expressions: (52, 478, 3) float32, in the order of BLENDSHAPE_NAMES; zero for shapes that the rig
            does not have. Irises are not in it, because they turn.
        identities: (I, 478, 3) float32.

    Raises:
        RigError: the rig has only a few of the shapes.
    """

    def __init__(self, rig: FaceRig) -> None:
        missing = [name for name in BLENDSHAPE_NAMES[:51] if name not in rig.expression_names]
        if missing:
            raise RigError(
                f"the rig {rig.name!r} has no {', '.join(missing[:4])}{' …' if len(missing) > 4 else ''}; "
                "expected all 51 shapes of an ICT-FaceKit (attention-mesh pack-rig)"
            )
        self.neutral = rig.landmarks(rig.neutral)
        self.identities = np.stack([rig.landmarks(delta) for delta in rig.identities])
        self.expressions = np.zeros((len(BLENDSHAPE_NAMES), *self.neutral.shape), np.float32)
        for number, name in enumerate(BLENDSHAPE_NAMES):
            if name in rig.expression_names:
                self.expressions[number] = rig.landmarks(rig.expressions[rig.expression_names.index(name)])
        self.eyes = []
        for eye in rig.eyes:
            rows = slice(eye.landmarks, eye.landmarks + 5)
            center = np.asarray(eye.center, np.float32)
            turn = _turn_onto(np.asarray(eye.axis, np.float64), np.array([0.0, 0.0, 1.0]))
            rest = ((self.neutral[rows] - center) @ turn.T).astype(np.float32)
            moves = rig.identities[:, eye.first : eye.last].mean(1)
            self.eyes.append(RigEye(eye.side, rows, center, rest, moves))
            self.expressions[:, rows] = 0

    def points(self, identities: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
        """(B, 478, 3) float32 landmarks in the rig's frame.

        Args:
            identities: (B, I) weights, of about a standard normal distribution.
            coefficients: (B, 52), in the order of BLENDSHAPE_NAMES.
        """
        points = self.neutral + np.tensordot(identities.astype(np.float32), self.identities, 1)
        points += np.tensordot(coefficients.astype(np.float32), self.expressions, 1)
        for eye in self.eyes:
            yaw, pitch = _gaze_rad(eye.side, coefficients)
            turned = np.einsum("bij,kj->bki", _rotations(yaw, pitch), eye.rest)
            points[:, eye.rows] = eye.center + (identities @ eye.moves)[:, None] + turned
        return points


def with_network_depths(points: np.ndarray) -> np.ndarray:
    """Landmarks (…, 478, 3) with z of the irises as the attention network gives it: the mean of the lids'."""
    points = points.copy()
    for landmarks, rule in refinement_plan():
        if isinstance(rule, np.ndarray):
            points[..., landmarks, 2] = points[..., rule, 2].mean(-1, keepdims=True)
    return points


def _gaze_rad(side: str, coefficients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(B,) yaw to the subject's left, and (B,) pitch up."""
    yaw = np.zeros(len(coefficients), np.float32)
    pitch = np.zeros(len(coefficients), np.float32)
    for name, (left, up) in LOOK_DEGREES.items():
        if name.endswith(side):
            amount = coefficients[:, BLENDSHAPE_NAMES.index(name)]
            yaw += np.float32(np.radians(left)) * amount
            pitch += np.float32(np.radians(up)) * amount
    return yaw, pitch


def _rotations(yaw: np.ndarray, pitch: np.ndarray) -> np.ndarray:
    """(B, 3, 3): up, then to the subject's left, as `face_rig.rotation`."""
    cy, sy, cp, sp = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch)
    zero = np.zeros_like(cy)
    rows = [[cy, -sy * sp, sy * cp], [zero, cp, sp], [-sy, -cy * sp, cy * cp]]
    return np.moveaxis(np.array(rows, np.float32), 2, 0)


def _turn_onto(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """(3, 3) smallest rotation of one direction onto another (Rodrigues' formula)."""
    start, end = start / np.linalg.norm(start), end / np.linalg.norm(end)
    cross = np.cross(start, end)
    skew = np.array([[0, -cross[2], cross[1]], [cross[2], 0, -cross[0]], [-cross[1], cross[0], 0]])
    return np.eye(3) + skew + skew @ skew / (1 + start @ end)
