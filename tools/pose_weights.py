"""Writes pose_weights.json, the landmarks' weights for head poses: `python tools/pose_weights.py RIG`.

RIG is a folder that `attention-mesh pack-rig` wrote of ICT-FaceKit. Its faces with random expressions are
fitted with the canonical face. A landmark's weight is the inverse of its variance after the fit, plus that of
the network's errors. Fit and weights are repeated until they agree.

It also prints how far expressions and identities, both unknown to a pose, turn a head by these weights and by
equal ones.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from attention_mesh.geometry.head_pose import euler_angles
from attention_mesh.geometry.procrustes import WeightedProcrustes
from attention_mesh.models import topology
from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.models.topology.face_topology import NUM_LANDMARKS
from attention_mesh.models.topology.mirror import mirror_landmarks
from attention_mesh.models.training.synthetic.face_rig import FaceRig
from attention_mesh.models.training.synthetic.ict_facekit import load_ict_facekit

FILE = Path(topology.__file__).with_name("pose_weights.json")
# Standard deviation of the network's landmarks per coordinate. Without it, the few points that expressions
# move least would decide alone, and their errors with them.
LANDMARK_ERROR_CM = 0.1
_ACTIVE = 0.15  # share of the expressions that a random face has
_FACES, _ROUNDS = 1500, 8
_DIGITS = 3
_ABOUT = (
    "Weight of each of the 478 landmarks for head poses; the largest is 1. tools/pose_weights.py wrote them "
    "and says how."
)


def random_faces(
    rig: FaceRig, faces: int, rng: np.random.Generator, expressions: bool, identities: bool
) -> np.ndarray:
    """(F, 478, 3) float64 landmarks of random faces of a rig, in its frame."""
    neutral = rig.landmarks(rig.neutral)
    points = np.repeat(neutral[None].astype(np.float64), faces, 0)
    if expressions:
        moves = np.array([rig.landmarks(move) for move in rig.expressions])
        active = rng.uniform(size=(faces, len(moves))) < _ACTIVE
        points += np.tensordot(active * rng.uniform(size=active.shape), moves, 1)
    if identities:
        moves = np.array([rig.landmarks(move) for move in rig.identities])
        points += np.tensordot(rng.normal(size=(faces, len(moves))), moves, 1)
    return points


def weights_for(faces: np.ndarray) -> np.ndarray:
    """(478,) float64 from 0 to 1, of faces (F, 478, 3) whose poses are alike."""
    canonical, mirror = canonical_face().vertices, mirror_landmarks()
    skin = np.arange(len(canonical)) < NUM_LANDMARKS
    weights = skin.astype(np.float64)
    for _ in range(_ROUNDS):
        scales, rotations, places = WeightedProcrustes(canonical, weights).fit(faces)
        aligned = (faces - places[:, None]) @ rotations / scales[:, None, None]
        variances = aligned.var(0).sum(1)
        variances = (variances + variances[mirror]) / 2
        weights = skin / (variances + 3 * LANDMARK_ERROR_CM**2)
    return weights / weights.max()


def spread_degrees(faces: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(3,): standard deviations of pitch, yaw and roll over faces (F, 478, 3) whose poses are alike."""
    fit = WeightedProcrustes(canonical_face().vertices, weights).fit(faces)
    return np.degrees(euler_angles(fit.rotations)).std(0)


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes pose_weights.json.")
    parser.add_argument("rig", type=Path, help="folder of a packed ICT-FaceKit")
    rig = load_ict_facekit(parser.parse_args().rig)
    weights = weights_for(random_faces(rig, _FACES, np.random.default_rng(0), True, False)).round(_DIGITS)
    rows = json.dumps(weights.tolist(), separators=(",", ":"))
    FILE.write_text(f'{{\n"about": {json.dumps(_ABOUT)},\n"weights": {rows}\n}}\n', encoding="utf-8")
    for title, expressions, identities in (
        ("expressions", True, False),
        ("identities", False, True),
        ("both", True, True),
    ):
        faces = random_faces(rig, _FACES, np.random.default_rng(1), expressions, identities)
        for name, shares in (("these", weights), ("equal", (weights > 0).astype(float))):
            pitch, yaw, roll = spread_degrees(faces, shares)
            print(f"{title}, {name} weights: pitch {pitch:.2f}, yaw {yaw:.2f}, roll {roll:.2f} degrees")


if __name__ == "__main__":
    main()
