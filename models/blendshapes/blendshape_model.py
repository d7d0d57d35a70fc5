"""Blend-shape model: aligned landmarks to 52 coefficients, by one small network per region of the face.

regions.json says which landmarks each network sees and which shapes it gives.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import ArrayLike

from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES
from attention_mesh.models.topology.mirror import mirror_landmarks
from attention_mesh.models.topology.refinement import region_landmarks

LANDMARKS = 478
# Units of the two hidden layers. All weights in half precision are below 200 KB.
HIDDEN = {"mouth": (72, 48), "eye": (88, 48), "face": (84, 56)}


@cache
def _regions() -> dict:
    return json.loads(Path(__file__).with_name("regions.json").read_text(encoding="utf-8"))


def network_shapes(network: str) -> tuple[str, ...]:
    """The shapes that a network, "mouth", "eye" or "face", gives; the eye's without a side."""
    return tuple(_regions()[network]["shapes"])


def network_landmarks(network: str) -> np.ndarray:
    """(L,) int64: the landmarks that a network sees; those of the right eye for the eye's."""
    entry = _regions()[network]
    if "regions" in entry:
        return np.concatenate([region_landmarks()[name] for name in entry["regions"]])
    half = np.array(entry["landmarks"])
    return np.unique(np.concatenate([half, mirror_landmarks()[half]]))


@keras.saving.register_keras_serializable("attention_mesh")
class RegionLandmarks(keras.layers.Layer):
    """Takes the landmarks of a region out of a face, normalizes them and puts them in a row.

    Args:
        landmarks: (L,) which of the face's.
        mean, spread: (L, D); subtracted, then divided by. D is 2 for x and y alone, or 3.
        mirrored: whether x is negated first.
    """

    def __init__(
        self,
        landmarks: ArrayLike,
        mean: ArrayLike,
        spread: ArrayLike,
        mirrored: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(trainable=False, **options)
        self.landmarks, self.mirrored = np.asarray(landmarks, np.int32), mirrored
        self.mean, self.spread = np.asarray(mean, np.float32), np.asarray(spread, np.float32)

    def call(self, face: keras.KerasTensor) -> keras.KerasTensor:
        dimensions = self.mean.shape[1]
        region = keras.ops.take(face, self.landmarks, axis=1)[:, :, :dimensions]
        flip = np.array([-1 if self.mirrored else 1, 1, 1], np.float32)[:dimensions]
        scaled = region * (flip / self.spread) - self.mean / self.spread
        return keras.ops.reshape(scaled, (-1, self.mean.size))

    def get_config(self) -> dict[str, Any]:
        """Every argument of the constructor."""
        return {
            **super().get_config(),
            "landmarks": self.landmarks.tolist(),
            "mean": self.mean.tolist(),
            "spread": self.spread.tolist(),
            "mirrored": self.mirrored,
        }


@keras.saving.register_keras_serializable("attention_mesh")
class InNamedOrder(keras.layers.Layer):
    """Puts the coefficients of all networks into the order of BLENDSHAPE_NAMES, 0 for those of none.

    Args:
        names: of the input's columns.
    """

    def __init__(self, names: Sequence[str], **options: Any) -> None:
        super().__init__(trainable=False, **options)
        self.names = list(names)

    def call(self, coefficients: keras.KerasTensor) -> keras.KerasTensor:
        padded = keras.ops.concatenate([coefficients, coefficients[:, :1] * 0.0], axis=1)
        columns = [
            self.names.index(name) if name in self.names else len(self.names) for name in BLENDSHAPE_NAMES
        ]
        return keras.ops.take(padded, np.array(columns, np.int32), axis=1)

    def get_config(self) -> dict[str, Any]:
        """Every argument of the constructor."""
        return {**super().get_config(), "names": self.names}


def blendshape_model(
    mean: np.ndarray, spread: np.ndarray, hidden: Mapping[str, tuple] = HIDDEN
) -> keras.Model:
    """The Keras model: faces to coefficients (B, 52), 0 to 1, in the order of BLENDSHAPE_NAMES.

    Its inputs are aligned landmarks (B, 478, 3), and calibrated (B, 1): 1 if the person's neutral face was
    taken out of them, so that every difference from the mean is expression; else 0.

    Args:
        mean, spread: (478, D) float32, of aligned landmarks over the training faces; the networks' inputs are
            normalized by them. With D = 2 the networks see no depths.
        hidden: units of the hidden layers by network.
    """
    face = keras.Input((LANDMARKS, 3), name="aligned_landmarks")
    calibrated = keras.Input((1,), name="calibrated")
    names: list[str] = []
    coefficients = []

    def region(network: str, side: str = "") -> keras.KerasTensor:
        seen = network_landmarks(network)
        places = mirror_landmarks()[seen] if side == "Left" else seen
        points = RegionLandmarks(places, mean[seen], spread[seen], side == "Left")(face)
        if network == "eye":
            # Other weights for known people: how high brows are says much of these, and nothing of others.
            return keras.layers.Concatenate()([points, points * calibrated, calibrated])
        return keras.layers.Concatenate()([points, calibrated])

    for network in ("mouth", "eye", "face"):
        shapes = network_shapes(network)
        layers = keras.Sequential(
            [
                *(keras.layers.Dense(units, "relu") for units in hidden[network]),
                keras.layers.Dense(
                    len(shapes), "sigmoid", bias_initializer=keras.initializers.Constant(-3.0)
                ),
            ],
            name=network,
        )
        for side in ("Right", "Left") if network == "eye" else ("",):
            coefficients.append(layers(region(network, side)))
            names += [f"{name}{side}" for name in shapes]
    joined = keras.layers.Concatenate()(coefficients)
    return keras.Model(
        [face, calibrated], InNamedOrder(names, name="coefficients")(joined), name="blendshapes"
    )
