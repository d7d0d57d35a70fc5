"""Attention regions: lips and eyes, their heads and their crops (data: regions.json)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from keras import ops

from attention_mesh.models.attention_mesh.layers import LandmarksToTransform
from attention_mesh.models.preset import FEATURE_STRIDE, Preset
from attention_mesh.models.topology.face_topology import NUM_LANDMARKS_WITH_IRISES
from attention_mesh.models.topology.refinement import region_landmarks


@dataclass(frozen=True)
class Region:
    """One attention region.

    Args:
      name: "lips", "right_eye" or "left_eye", the subject's.
      heads: names of the outputs that its branch regresses, the region itself first.
      line: the two landmarks whose connection is horizontal in the crop, left end first.
    """

    name: str
    heads: tuple[str, ...]
    line: tuple[int, int]

    @property
    def landmarks(self) -> np.ndarray:
        """Indices of the landmarks that the crop surrounds: (80,) of the lips, (71,) of an eye."""
        return region_landmarks()[self.name]


@cache
def regions() -> tuple[Region, ...]:
    """Lips, right eye, left eye: the order of every array with one θ per region."""
    document = json.loads(Path(__file__).with_name("regions.json").read_text(encoding="utf-8"))
    return tuple(
        Region(entry["name"], tuple(entry["heads"]), tuple(entry["line"])) for entry in document["regions"]
    )


def head_sizes() -> dict[str, int]:
    """Number of landmarks of each region head, in the order of the network's outputs."""
    return {name: len(indices) for name, indices in region_landmarks().items()}


def separate_transforms(transforms: Any) -> list[Any]:
    """Splits (B, 3, 2, 3) into one (B, 2, 3) per region, by slices that GPU delegates support."""
    return [ops.reshape(transforms[:, index : index + 1], (-1, 2, 3)) for index in range(len(regions()))]


def chosen_transforms(given: Any, own: Any) -> Any:
    """(B, 3, 2, 3): the given θ, or the network's own if these are NaN or None."""
    return own if given is None else ops.where(ops.isnan(given), own, given)


def transform_layers(preset: Preset, landmarks: int, method: str = "gather") -> list[LandmarksToTransform]:
    """One layer per region, from landmarks in pixels of the input to θ in feature cells.

    Args:
      preset: the sizes of the network.
      landmarks: the number of landmarks.
      method: how landmarks are selected, see `LandmarksToTransform`.
    """
    layers = [
        LandmarksToTransform(
            region.landmarks.tolist(),
            *region.line,
            crop_size=preset.crop_size,
            scale=preset.crop_scale,
            unit=FEATURE_STRIDE,
            method=method,
            dtype="float32",
            name=f"{region.name}_transform",
        )
        for region in regions()
    ]
    for layer in layers:
        layer.build((None, landmarks, 3))
    return layers


def ideal_transforms(landmarks: Any, preset: Preset) -> Any:
    """The θ that known landmarks give, for an `AttentionMesh` or `Cascade`.

    Args:
      landmarks: (B, 478, 2 or 3) float32 in pixels of the network's input, x first.
      preset: the sizes of the network.

    Returns:
      (B, 3, 2, 3) of lips, right eye and left eye; an array if the landmarks are an array.
    """
    transforms = ops.stack([layer(landmarks) for layer in _layers(preset)], 1)
    return ops.convert_to_numpy(transforms) if isinstance(landmarks, np.ndarray) else transforms


@lru_cache(maxsize=4)
def _layers(preset: Preset) -> tuple[Any, ...]:
    return tuple(transform_layers(preset, NUM_LANDMARKS_WITH_IRISES))
