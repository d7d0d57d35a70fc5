"""Crop errors: landmark errors of a network alone, on crops that the known landmarks place."""

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
    """Errors of a network over many faces.

    Attributes:
        refined: errors of the network's landmarks, one per face.
        mesh: errors of the mesh head alone, on the same faces.
        flags: for each picture, whether the presence output was wrong.
    """

    refined: list[Errors] = field(default_factory=list)
    mesh: list[Errors] = field(default_factory=list)
    flags: list[bool] = field(default_factory=list)


def crop_errors(network: Any, faces: LabeledFaces, most: int | None = None) -> CropErrors:
    """Errors over all pictures, or over the first `most`. A face whose `known_errors` are None is skipped.

    Args:
        network: `Mesh`, `Cascade` or `AttentionMesh`.
        faces: pictures with known landmarks.
        most: number of pictures; all if None.
    """
    errors = CropErrors()
    for sample, refined, mesh, logit in predictions(network, faces, most):
        errors.flags.append((logit > 0) != (sample.presence > 0.5))
        of_refined, of_mesh = (known_errors(found, sample.landmarks) for found in (refined, mesh))
        if of_refined is not None and of_mesh is not None:
            errors.refined.append(of_refined)
            errors.mesh.append(of_mesh)
    return errors


def predictions(
    network: Any, faces: LabeledFaces, most: int | None = None
) -> Iterator[tuple[FaceSample, np.ndarray, np.ndarray, float]]:
    """The network's landmarks and presence for each picture.

    Yields:
        The crop of a picture; the landmarks (478, 3) px of that crop from all heads; those from the mesh head
        alone; the presence logit. Irises for which the network has no head are the true ones.
    """
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
