"""Patches of skin that blush, contour and highlight cover."""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import numpy as np

from attention_mesh.drawing.makeup.facing import facing_share
from attention_mesh.models.topology.face_topology import FaceTopology
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.models.topology.mirror import mirror_landmarks

# Cosines at which a cheek, and the middle line of a face, are turned away, and are seen.
_CHEEK_FADE, _MIDDLE_FADE = (0.06, 0.32), (0.45, 0.7)
_FADES = (_CHEEK_FADE, _CHEEK_FADE, _MIDDLE_FADE)
_FARTHEST_PX = 1 << 20  # far beyond any image


class _Ring(NamedTuple):
    """Nested shapes made of a ring of landmarks on the right side of the face, and of its middle.

    Attributes:
      group: of the landmarks.
      strength: coverage in the middle.
      sizes: of the nested shapes relative to the ring, from the outer one.
    """

    group: str
    strength: float
    sizes: tuple[float, ...]


class _Product(NamedTuple):
    """What a product covers on each side.

    Attributes:
      rings: the shapes.
      feather: standard deviation of the blur over them, relative to the face's width.
    """

    rings: tuple[_Ring, ...]
    feather: float


_PRODUCTS = {
    "contour": _Product(
        (
            _Ring("cheek_hollow", 0.9, (1.09, 0.71)),
            _Ring("jaw", 0.55, (0.87,)),
            _Ring("forehead_side", 0.6, (0.87,)),
        ),
        0.033,
    ),
    "blush": _Product((_Ring("apple", 1.0, (1.13, 0.63)),), 0.06),
    "highlight": _Product((_Ring("cheekbone", 0.9, (1.01, 0.53)),), 0.032),
}
# Half of the bridge's width relative to its distance from the sides of the nose, from the top to the tip.
_BRIDGE_HALF = [0.06, 0.12, 0.14, 0.13, 0.12, 0.04]
_BRIDGE_STRENGTH, _BOW_STRENGTH = 0.9, 0.75
_BOW_FROM, _BOW_TO = 0.1, 0.36  # parts of the way from the bow to the landmarks above it
_FINE_FEATHER = 0.015


class SkinPatches(NamedTuple):
    """The patches that a product covers with one softness.

    Attributes:
      product: "contour", "blush" or "highlight".
      points: (P, 2) float32, pixels of the image: of all L polygons, one after another.
      counts: of points in each polygon; later ones lie on earlier ones.
      values: coverage in each polygon, 0 to 1. Where a patch is turned away, it is less.
      feather_px: standard deviation of the blur over them.
    """

    product: str
    points: np.ndarray
    counts: list[int]
    values: list[float]
    feather_px: float


def skin_patches(landmarks_px: np.ndarray, products: tuple[str, ...]) -> list[SkinPatches]:
    """The patches of one face, in the order in which they are painted.

    Args:
      landmarks_px: (N, 3 or 2) float, N at least 468; x, y in pixels, z on x's scale, smaller is nearer. A
        patch with a landmark that is not finite is left out.
      products: which are wanted: "contour", "blush", "highlight".
    """
    width = face_width_px(landmarks_px)
    if width is None:
        return []
    landmarks, weights, groups = _plan(products)
    if not groups:
        return []
    ends = landmarks_px[_planes()].astype(np.float64)
    facing = [
        facing_share(end, side == 1, fade) for side, (end, fade) in enumerate(zip(ends, _FADES, strict=True))
    ]
    places = landmarks_px[landmarks, :2].astype(np.float32)
    whole = np.abs(places).max() < _FARTHEST_PX  # False for NaN
    if not whole:
        known = (np.abs(places) < _FARTHEST_PX).all(axis=1)
        places[~known] = 0
    points = weights @ places
    if not whole:
        points[weights[:, ~known].any(axis=1)] = np.nan
    patches, start = [], 0
    for group in groups:
        end = start + len(group.rows)
        patch = _seen(points[start:end], group, facing, width, whole)
        start = end
        if patch is not None:
            patches.append(patch)
    return patches


def face_width_px(landmarks_px: np.ndarray) -> float | None:
    """Distance of the face's sides, as far as z is known also in depth; None if it is unknown."""
    right, left = landmarks_px[landmark_groups()["face_sides"]].tolist()
    width = math.dist(right, left)
    if not math.isfinite(width):
        width = math.dist(right[:2], left[:2])
    return width if 0 < width < _FARTHEST_PX else None


def face_oval(landmarks_px: np.ndarray) -> np.ndarray:
    """(P, 2) float32 px: the outline of the face."""
    oval = landmarks_px[FaceTopology.load().ring("FACE_OVAL"), :2].astype(np.float32)
    if np.abs(oval).max() < _FARTHEST_PX:
        return oval
    return np.clip(np.nan_to_num(oval), -_FARTHEST_PX, _FARTHEST_PX)


class _Shape(NamedTuple):
    """One polygon: its side (0 right, 1 left, 2 the middle), its count of points, and the coverage in it."""

    side: int
    points: int
    value: float


class _Shapes(NamedTuple):
    """Polygons as sums of landmarks, and the softness that they share.

    Attributes:
      product: whose they are.
      rows: for each point, the weights of landmarks.
      shapes: the polygons, one after another.
      feather: standard deviation of the blur over them, relative to the face's width.
    """

    product: str
    rows: list[dict[int, float]]
    shapes: list[_Shape]
    feather: float


class _Plan(NamedTuple):
    """The polygons of some products as one linear map: small maps cost by their number.

    Attributes:
      landmarks: (P,) int, of which the points are made.
      weights: (Q, P) float32, which make their Q points of the landmarks.
      groups: of polygons, one after another.
    """

    landmarks: np.ndarray
    weights: np.ndarray
    groups: list[_Shapes]


def _seen(
    points: np.ndarray, group: _Shapes, facing: list[float], width_px: float, whole: bool
) -> SkinPatches | None:
    """The polygons (Q, 2) px of a group on the sides that can be seen; `whole` if all points are near."""
    feather_px = group.feather * width_px
    if whole and all(facing[shape.side] == 1 for shape in group.shapes):
        counts, values = [shape.points for shape in group.shapes], [shape.value for shape in group.shapes]
        return SkinPatches(group.product, points, counts, values, feather_px)
    kept, start = [], 0
    for shape in group.shapes:
        part = points[start : start + shape.points]
        start += shape.points
        if facing[shape.side] > 0 and np.abs(part).max() < _FARTHEST_PX:
            kept.append((part, shape.points, facing[shape.side] * shape.value))
    if not kept:
        return None
    parts, counts, values = map(list, zip(*kept, strict=True))
    return SkinPatches(group.product, np.concatenate(parts), counts, values, feather_px)


@cache
def _plan(products: tuple[str, ...]) -> _Plan:
    """The polygons of these products, in the order in which they are painted."""
    groups = [_nested(name) for name in _PRODUCTS if name in products]
    if "highlight" in products:
        groups.append(_lines())
    rows = [row for group in groups for row in group.rows]
    landmarks = list(dict.fromkeys(landmark for row in rows for landmark in row))
    weights = np.array([[row.get(landmark, 0) for landmark in landmarks] for row in rows], np.float32)
    return _Plan(np.array(landmarks, int), weights, groups)


def _nested(product: str) -> _Shapes:
    """The nested shapes of a product's rings.

    The points of a ring of size s lie at c + s × (landmark − c), with the mean c of the ring's middle.
    """
    rows: list[dict[int, float]] = []
    shapes = []
    for ring in _PRODUCTS[product].rings:
        for side in (0, 1):
            outline = _sides(f"right_{ring.group}")[side].tolist()
            middle = _sides(f"right_{ring.group}_middle")[side].tolist()
            for level, size in enumerate(ring.sizes):
                shapes.append(_Shape(side, len(outline), ring.strength * (level + 1) / len(ring.sizes)))
                for landmark in outline:
                    row = dict.fromkeys(middle, (1 - size) / len(middle))
                    row[landmark] = row.get(landmark, 0) + size
                    rows.append(row)
    return _Shapes(product, rows, shapes, _PRODUCTS[product].feather)


def _lines() -> _Shapes:
    """The nose's bridge and the skin above the upper lip's bow."""
    groups = landmark_groups()
    names = ("nose_bridge", "upper_lip_bow", "above_upper_lip_bow")
    bridge, bow, above = (groups[name].tolist() for name in names)
    rows, shapes = [], []
    for starts, ends, parts, strength in (
        (bridge + bridge[::-1], _sides("right_nose_side"), (_BRIDGE_HALF, _BRIDGE_HALF), _BRIDGE_STRENGTH),
        (bow + bow[::-1], (above, above), ([_BOW_FROM] * len(bow), [_BOW_TO] * len(bow)), _BOW_STRENGTH),
    ):
        one, other = (list(each) for each in ends)
        for start, end, part in zip(starts, one + other[::-1], parts[0] + parts[1][::-1], strict=True):
            rows.append({start: 1 - part, int(end): part})
        shapes.append(_Shape(2, len(starts), strength))
    return _Shapes("highlight", rows, shapes, _FINE_FEATHER)


@cache
def _planes() -> np.ndarray:
    """(3, 4) landmarks: the ends of the right cheek, of the left one, and of the face."""
    return np.concatenate([_sides("right_cheek_plane"), landmark_groups()["face_ends"][None]])


@cache
def _sides(group: str) -> np.ndarray:
    """(2, P) landmarks of a group of the right side, and those of the left side."""
    landmarks = landmark_groups()[group]
    return np.stack([landmarks, mirror_landmarks()[landmarks]])
