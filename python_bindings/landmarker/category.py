"""Category: a named score, in the shape of MediaPipe Tasks; a face's blend shapes are a list of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attention_mesh.models.topology.blendshape_names import (
    BLENDSHAPE_NAMES,
    MEDIAPIPE_BLENDSHAPE_NAMES,
    to_mediapipe_order,
)

__all__ = ["BLENDSHAPE_NAMES", "Category", "blendshape_categories"]


@dataclass
class Category:
    """A named score.

    Attributes:
      index: its place in the list of categories; None if unknown.
      score: 0 to 1.
      display_name: a name for people, "" for blend shapes.
      category_name: its name, for example "jawOpen".
    """

    index: int | None = None
    score: float | None = None
    display_name: str | None = None
    category_name: str | None = None


def blendshape_categories(coefficients: np.ndarray) -> list[list[Category]]:
    """The blend shapes of faces as MediaPipe Tasks gives them.

    Args:
      coefficients: (F, 52) float32 in the order of `BLENDSHAPE_NAMES`.

    Returns:
      For each face 52 categories in the order of `MEDIAPIPE_BLENDSHAPE_NAMES`: "_neutral", whose score is 0,
      comes first. `tongueOut` is left out, because MediaPipe has no such category.
    """
    return [
        [
            Category(index, score, "", name)
            for index, (score, name) in enumerate(zip(face, MEDIAPIPE_BLENDSHAPE_NAMES, strict=True))
        ]
        for face in to_mediapipe_order(coefficients).tolist()
    ]
