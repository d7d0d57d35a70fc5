"""Faces to measure the blend-shape networks with: rendered ones, and neutral portraits.

python tools/blendshape_faces.py render RIG FACES.npz --count 800 --portraits FOLDER --labels LABELS.npz
python tools/blendshape_faces.py measure RIG FACES.npz LABELS.npz

`render` draws faces of a packed ICT-FaceKit with known coefficients and finds their landmarks with the
official and the open weights. `measure` writes what the training knows about networks and people:
the reference face (models/inference/reference_face.npz) and the distribution of neutral faces
(models/blendshapes/neutral_faces.npz) from portraits without expression, and the official network's errors
(models/blendshapes/landmark_noise.npz) from rendered faces.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from attention_mesh import FaceLandmarker, FaceLandmarkerOptions
from attention_mesh.cli.progress import job_progress
from attention_mesh.geometry.face_alignment import FaceAlignment
from attention_mesh.models.blendshapes.expression_sampling import sample_expressions
from attention_mesh.models.blendshapes.landmark_noise import NOISE, LandmarkNoise
from attention_mesh.models.blendshapes.neutral_faces import NEUTRAL_FACES, NeutralFaces
from attention_mesh.models.blendshapes.rendered_faces import RenderedFaces
from attention_mesh.models.blendshapes.rig_landmarks import RigLandmarks, with_network_depths
from attention_mesh.models.inference.blendshape_network import REFERENCE
from attention_mesh.models.topology.mirror import mirror_landmarks
from attention_mesh.models.training.label_file import LabelFile
from attention_mesh.models.training.synthetic.ict_facekit import load_rig
from attention_mesh.models.training.synthetic.skin_atlas import portrait_skins

_NETWORKS = ("official", "open")
_ROUNDS = 5  # of aligning portraits with their mean
_NEUTRAL_MODES, _NOISE_MODES = 30, 40
_LOST = 0.12  # mean error in distances of the outer eye corners from which on a face was not found
_SAMPLES = 2000


def finder(weights: str) -> Callable[[np.ndarray], np.ndarray | None]:
    """Finds the landmarks (478, 3) px of the face in a picture through the whole face mesh."""
    landmarker = FaceLandmarker(FaceLandmarkerOptions(weights=weights, num_threads=1))

    def find(picture: np.ndarray) -> np.ndarray | None:
        result = landmarker.detect(picture)
        return result.landmarks_px[0] if len(result) else None

    return find


def render(options: argparse.Namespace) -> None:
    """Writes the rendered faces."""
    cv2.setNumThreads(1)
    rig = load_rig(options.rig)
    skins = (
        portrait_skins(rig, options.portraits, LabelFile.read(options.labels)) if options.portraits else []
    )
    finders = {weights: finder(weights) for weights in _NETWORKS}
    with job_progress("faces", options.count) as update:
        faces = RenderedFaces.render(rig, options.count, finders, skins, seed=options.seed, progress=update)
    faces.save(options.out)


def measure(options: argparse.Namespace) -> None:
    """Writes the reference face, the neutral faces and the noise."""
    rig = RigLandmarks(load_rig(options.rig))
    labels = LabelFile.read(options.labels)
    is_neutral = [name.startswith(options.neutral) for name in labels.names]
    portraits = labels.landmarks[is_neutral]
    weights = stable_weights(rig)
    reference = with_network_depths(rig.neutral)
    for _ in range(_ROUNDS):
        aligned = FaceAlignment(reference, weights).align(portraits)
        reference = symmetric(aligned.mean(0))
    np.savez_compressed(REFERENCE, points=reference, weights=weights)
    alignment = FaceAlignment(reference, weights)
    NeutralFaces.measure(alignment.align(portraits), _NEUTRAL_MODES).save(NEUTRAL_FACES)

    faces = RenderedFaces.load(options.faces)
    found = faces.found[list(faces.networks).index("official")]
    true = with_network_depths(faces.true)
    unit = np.linalg.norm(true[:, 33] - true[:, 263], axis=1)
    distance = np.linalg.norm((found - true)[:, :, :2], axis=2).mean(1) / unit
    right = distance < _LOST  # false where NaN
    differences = alignment.align(found[right]) - alignment.align(true[right])
    noise = LandmarkNoise.measure(
        differences, faces.coefficients[right], faces.identities[right], _NOISE_MODES
    )
    noise.save(NOISE)
    print(f"{len(portraits)} neutral faces; {right.sum()} of {len(right)} rendered faces")


def stable_weights(rig: RigLandmarks) -> np.ndarray:
    """(478,) float32: how little expressions and identities of a rig move each landmark; symmetric."""
    rng = np.random.default_rng(0)
    coefficients = sample_expressions(rng, _SAMPLES)
    identities = rng.normal(0, 0.8, (_SAMPLES, len(rig.identities)))
    still = rig.points(np.zeros_like(identities), np.zeros_like(coefficients))
    moved = rig.points(np.zeros_like(identities), coefficients) - still
    other = rig.points(identities, np.zeros_like(coefficients)) - still
    moved_cm2, other_cm2 = ((change**2).sum(2).mean(0) for change in (moved, other))
    # Identities count less, because they are the same in every frame.
    weights = 1 / (moved_cm2 + 0.3 * other_cm2 + 0.02) ** 2
    weights = weights + weights[mirror_landmarks()]
    return (weights / weights.max()).astype(np.float32)


def symmetric(face: np.ndarray) -> np.ndarray:
    """The mean of a face (478, 3) and its mirror image."""
    mirrored = face[mirror_landmarks()] * np.array([-1, 1, 1], np.float32)
    return (face + mirrored) / 2


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    rendering = commands.add_parser("render")
    rendering.add_argument("rig", type=Path)
    rendering.add_argument("out", type=Path)
    rendering.add_argument("--count", type=int, default=2000)
    rendering.add_argument("--seed", type=int, default=0)
    rendering.add_argument("--portraits", type=Path)
    rendering.add_argument("--labels", type=Path)
    rendering.set_defaults(run=render)
    measuring = commands.add_parser("measure")
    measuring.add_argument("rig", type=Path)
    measuring.add_argument("faces", type=Path)
    measuring.add_argument("labels", type=Path)
    measuring.add_argument(
        "--neutral", default="", help="how the names of portraits without expression begin"
    )
    measuring.set_defaults(run=measure)
    arguments = parser.parse_args()
    arguments.run(arguments)
