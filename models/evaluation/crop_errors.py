"""Landmark errors of a network alone, on faces cropped as their known landmarks say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from attention_mesh.models.attention_mesh import refined_landmarks
from attention_mesh.models.evaluation.landmark_errors import Errors, known_errors
from attention_mesh.models.training.augmentation import Augmentation
from attention_mesh.models.training.labeled_faces import FaceSample, LabeledFaces

_BATCH = 32


@dataclass
class CropErrors:
    """refined: of the network's landmarks, one a face. mesh: of the same faces by the mesh head alone.
    flags: for each picture whether the face flag was wrong.
    """

    refined: list[Errors] = field(default_factory=list)
    mesh: list[Errors] = field(default_factory=list)
    flags: list[bool] = field(default_factory=list)


def crop_errors(network: Any, faces: LabeledFaces, most: int | None = None) -> CropErrors:
    """Over all pictures, or the first `most`; a face counts where `known_errors` can tell its errors.

    network: `Mesh`, `Cascade` or `AttentionMesh`.
    """
    errors = CropErrors()
    for sample, refined, mesh, logit in predictions(network, faces, most):
        errors.flags.append((logit > 0) != (sample.presence > 0.5))
        found = known_errors(refined, sample.landmarks)
        if found is not None:
            errors.refined.append(found)
            errors.mesh.append(known_errors(mesh, sample.landmarks))
    return errors


def predictions(
    network: Any, faces: LabeledFaces, most: int | None = None
) -> Iterator[tuple[FaceSample, np.ndarray, np.ndarray, float]]:
    """The crop of each picture, its landmarks (478, 3) px of that crop from all heads and from the mesh head
    alone, and the face flag's logit. Irises that no head gives are the truth's."""
    size = network.preset.input_size
    rng = np.random.default_rng(0)
    count = len(faces) if most is None else min(most, len(faces))
    for start in range(0, count, _BATCH):
        numbers = range(start, min(start + _BATCH, count))
        samples = [Augmentation.none().crop(faces[number], size, rng) for number in numbers]
        images = np.stack([sample.image for sample in samples]).astype(np.float32) / 255
        outputs = {name: np.asarray(value) for name, value in network.predict_on_batch(images).items()}
        rows = zip(samples, refined_landmarks(outputs), outputs["mesh"], outputs["presence"], strict=True)
        for sample, refined, mesh, logit in rows:
            known = sample.landmarks
            yield sample, _with_irises(refined, known), _with_irises(mesh, known), float(logit[0])


def _with_irises(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    return np.concatenate([found, truth[len(found) :]])
