"""Loss weights: how much each part of the training loss counts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LossWeights:
    """Weights of the parts of the loss.

    Attributes:
        contours: a mesh landmark of an eye, iris, brow, lip or the face's outline, relative to any other one.
        z: depth, relative to x and y.
        regions: all region heads together, relative to the mesh.
        transforms: the predicted θ.
        presence: whether the picture shows a face.
    """

    contours: float = 3.0
    z: float = 0.3
    regions: float = 1.0
    transforms: float = 1.0
    presence: float = 1.0
