"""Training of the blend-shape networks on faces of a rig, and their export."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np

from attention_mesh.models.blendshapes.blendshape_model import blendshape_model
from attention_mesh.models.blendshapes.training_faces import TrainingFaces
from attention_mesh.models.topology.blendshape_names import mirrored_blendshapes
from attention_mesh.models.topology.mirror import mirror_landmarks

_POOL = 24_576  # faces that are drawn at once; noise is part of them
_FLIP = np.array([-1, 1, 1], np.float32)


@dataclass(frozen=True)
class BlendshapeTraining:
    """Length and pace of a training.

    Attributes:
        pools: how often new faces are drawn; the training sees each pool `passes` times.
        passes: over each pool.
        batch_size: faces per step.
        learning_rate: at the start; it falls to 0 on a cosine.
        seed: of everything random.
    """

    pools: int = 8
    passes: int = 3
    batch_size: int = 256
    learning_rate: float = 2e-3
    seed: int = 0


def train_blendshapes(
    faces: TrainingFaces,
    training: BlendshapeTraining,
    progress: Callable[[int, float], object] = lambda done, loss: None,
) -> keras.Model:
    """A trained `blendshape_model`.

    Args:
        faces: what to learn from.
        training: how long.
        progress: called with the pools done so far and the mean absolute error over the last one.
    """
    keras.utils.set_random_seed(training.seed)
    rng = np.random.default_rng(training.seed)
    first = faces.sample(rng, 4096)[0]
    mirrored = first[:, mirror_landmarks()] * _FLIP
    both = np.concatenate([first, mirrored])
    model = blendshape_model(both.mean(0)[:, :2], both.std(0)[:, :2])
    steps = training.pools * training.passes * (_POOL // training.batch_size)
    rate = keras.optimizers.schedules.CosineDecay(training.learning_rate, steps)
    model.compile(keras.optimizers.Adam(rate), loss=_loss, metrics=["mae"])
    for done in range(training.pools):
        aligned, calibrated, coefficients = faces.sample(rng, _POOL)
        swapped = rng.random(_POOL) < 0.5
        aligned[swapped] = aligned[swapped][:, mirror_landmarks()] * _FLIP
        coefficients[swapped] = coefficients[swapped][:, mirrored_blendshapes()]
        history = model.fit(
            [aligned, calibrated], coefficients, training.batch_size, training.passes, verbose=0, shuffle=True
        )
        progress(done + 1, history.history["mae"][-1])
    return model


def _loss(truth: keras.KerasTensor, found: keras.KerasTensor) -> keras.KerasTensor:
    """Huber's loss with a short square part: what a face does not show goes to its usual value, 0."""
    error = keras.ops.abs(truth - found)
    return keras.ops.where(error < _SQUARE, error**2 / (2 * _SQUARE), error - _SQUARE / 2)


_SQUARE = 0.15
