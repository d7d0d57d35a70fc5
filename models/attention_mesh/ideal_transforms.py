"""Crops as known landmarks would lay them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from keras import ops

from attention_mesh.models.attention_mesh.preset import Preset
from attention_mesh.models.attention_mesh.regions import transform_layers

_LANDMARKS = 478


def ideal_transforms(landmarks: Any, preset: Preset) -> Any:
    """(B, 3, 2, 3) θ of lips, right and left eye for `AttentionMesh` or `Cascade` of this preset.

    landmarks: (B, 478, 2 or 3) float32 in pixels of the network's input, x first; an array gives an array.
    """
    transforms = ops.stack([layer(landmarks) for layer in _layers(preset)], 1)
    return ops.convert_to_numpy(transforms) if isinstance(landmarks, np.ndarray) else transforms


@lru_cache(maxsize=4)
def _layers(preset: Preset) -> tuple[Any, ...]:
    return tuple(transform_layers(preset, _LANDMARKS))
