"""How far a network in training is, on pictures it does not learn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from attention_mesh.models.attention_mesh import refined_landmarks
from attention_mesh.models.evaluation.landmark_errors import mesh_errors
from attention_mesh.models.training.augmentation import Augmentation
from attention_mesh.models.training.labelled_faces import LabelledFaces

_BATCH = 32


def landmark_errors_of(network: Any, sets: Sequence[LabelledFaces], most: int = 256) -> dict[str, float]:
    """Mean `mesh_errors` by name: error_all, error_lips, error_eyes, in percent, and error_presence, the
    share of wrong face flags, in percent.

    Over the first `most` pictures of each set, cropped as their landmarks say; landmark errors over those
    whose landmarks are all known.
    """
    size = network.preset.input_size
    rng = np.random.default_rng(0)
    errors, wrong = [], []
    for faces in sets:
        numbers = range(min(most, len(faces)))
        for start in range(0, len(numbers), _BATCH):
            samples = [
                Augmentation.none().crop(faces[number], size, rng)
                for number in numbers[start : start + _BATCH]
            ]
            images = np.stack([sample.image for sample in samples]).astype(np.float32) / 255
            outputs = {name: np.asarray(value) for name, value in network.predict_on_batch(images).items()}
            predicted = refined_landmarks(outputs)
            for row, sample in enumerate(samples):
                wrong.append((outputs["presence"][row, 0] > 0) != (sample.presence > 0.5))
                if np.isfinite(sample.landmarks).all():
                    found = predicted[row]
                    if len(found) < len(sample.landmarks):  # the released mesh alone knows no irises
                        found = np.concatenate([found, sample.landmarks[len(found) :]])
                    measured = mesh_errors(found, sample.landmarks)
                    errors.append((measured.all, measured.lips, measured.eyes))
    names = ("error_all", "error_lips", "error_eyes")
    means = np.mean(errors, 0) if errors else np.full(3, np.nan)
    figures = dict(zip(names, map(float, means), strict=True))
    return figures | {"error_presence": 100 * float(np.mean(wrong))}
