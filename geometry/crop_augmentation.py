"""Test-time augmentation: crops of one face that differ a little, and the landmarks fused of them.

The errors of one network in different crops are partly independent, most of all those of a face and its
mirror image. On photos with human annotation, the fused landmarks are nearer to it than those of any one crop
(docs/accuracy.md).
"""

from __future__ import annotations

import numpy as np

from attention_mesh.geometry.normalized_rects import NormalizedRects

# The scale of each crop against the region of interest, and its turn, degrees. Each is measured as it is, and
# mirrored.
_CROPS = np.array([(1.0, 0.0), (1.0, 5.0), (1.0, -5.0), (0.88, 0.0)], np.float32)

CROPS_PER_FACE = 2 * len(_CROPS)

# The first landmarks count as so many crops: they come from two passes already.
_WEIGHT_OF_FIRST = 2

# So many of the highest and of the lowest values of a coordinate are left out of its mean.
_TRIMMED = 2


def augmented_rects(rects: NormalizedRects) -> NormalizedRects:
    """The regions of the crops of all faces.

    Args:
      rects: F regions of interest.

    Returns:
      F · CROPS_PER_FACE regions, face by face: first the crops as they are, then the mirrored ones. Their ids
      are their places, from 0.
    """
    scales, turns_rad = np.tile(_CROPS[:, 0], 2), np.radians(np.tile(_CROPS[:, 1], 2))
    sides = np.repeat(np.array([1, -1], np.float32), len(_CROPS))
    values = np.repeat(rects.values[:, None], CROPS_PER_FACE, axis=1)
    values[..., 2] *= scales * sides
    values[..., 3] *= scales
    values[..., 4] += turns_rad
    return NormalizedRects(values.reshape(-1, 5), np.arange(len(rects) * CROPS_PER_FACE))


def fused_landmarks(
    first_px: np.ndarray, crops_px: np.ndarray, mirror: np.ndarray, rotations_rad: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Fuses the landmarks of a face's crops by a trimmed mean, so that a stray crop does no harm.

    The networks place landmarks a third of a crop's pixel too far to the right. A mirrored crop errs to the
    other side, so its landmarks are first moved along the crop's x axis until their mean is that of the crop
    that is not mirrored: the fused landmarks lie as those of one pass do.

    Args:
      first_px: (F, N, 3) float32, px: the landmarks around which the crops were laid.
      crops_px: (F, CROPS_PER_FACE, N, 3) float32, px: those of the regions of `augmented_rects`.
      mirror: (N,) int, the landmark that each landmark becomes in a mirrored face.
      rotations_rad: (F,) rotations of the regions of interest, clockwise.

    Returns:
      The fused landmarks, (F, N, 3) float32 px; and their spreads, (F, N) float32 px: the standard deviation
      of the crops' landmarks in the plane.
    """
    straight, mirrored = np.split(crops_px, 2, axis=1)
    mirrored = mirrored[:, :, mirror]
    axes = np.stack([np.cos(rotations_rad), np.sin(rotations_rad)], axis=-1).astype(np.float32)
    gaps = np.einsum("fknc,fc->fk", (straight - mirrored)[..., :2], axes) / np.float32(len(mirror))
    mirrored[..., :2] += (gaps[..., None] * axes[:, None])[:, :, None]
    crops = np.concatenate([straight, mirrored], axis=1)
    votes = np.sort(np.concatenate([first_px[:, None]] * _WEIGHT_OF_FIRST + [crops], axis=1), axis=1)
    fused = votes[:, _TRIMMED:-_TRIMMED].mean(axis=1)
    return fused, np.sqrt(crops[..., :2].var(axis=1).sum(axis=-1))
