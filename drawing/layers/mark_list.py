"""MarkList: a canvas that keeps the marks as arrays, for whoever draws them elsewhere, such as on a GPU."""

from __future__ import annotations

import numpy as np

from attention_mesh.drawing.layers.canvas import (
    Canvas,
    Color,
    fixed_places,
    letters_at,
    pen_of,
    share_of_line,
    shrunk_heat,
    triangle_scale,
)
from attention_mesh.drawing.layers.trails import Trails

NOTHING, LINES, POLYGON, TRIANGLES, LETTERS, HEAT = range(6)
"""Kinds of marks."""

MARK = np.dtype(
    [
        ("box", np.float32, 4),
        ("kind", np.uint32),
        ("first", np.uint32),
        ("count", np.uint32),
        ("color", np.uint32),
        ("share", np.float32),
        ("size", np.float32, 3),
    ]
)
"""A mark, 48 bytes.

box: left, top, right, bottom: the pixels that it may touch, from the first to the last one.
kind: see above.
first, count: of its shapes, rows of four numbers:
  lines: the ends x, y, x, y of a line; size is (radius), 0 for a hairline.
  polygon: the same, its sides one after the other; in half pixels.
  triangles: two rows: x, y, x, y of two corners; x, y of the third, the depth (the least one is in front),
    and the color as a number. Size is (their coordinates' pixels per pixel).
  letters: none; first is a place among the bytes of coverage, count their number per row.
  heat: none; first is a place among the bytes, where the values, the surface, and 256 colors with their
    opacity follow each other; size is (columns, rows, 0) of the values and of the surface.
  Coordinates have their origin in the center of the first pixel.
color: red in the lowest byte, then green, blue.
share: what the coverage is multiplied by, 0 to 1.
"""

_SOFT_PX = 2.0  # how far a smooth line reaches beyond its radius


class MarkList(Canvas):
    """Takes marks as `Canvas` does, and keeps them.

    Args:
        size: (width, height) of the picture in pixels.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self._bgr = False
        self._marks: list[tuple] = []
        self._shapes: list[np.ndarray] = []
        self._bytes: list[np.ndarray] = []
        self._count = self._place = 0

    @property
    def marks(self) -> np.ndarray:
        """(M,) `MARK`, in the order in which they are drawn."""
        return np.array(self._marks, MARK)

    @property
    def shapes(self) -> np.ndarray:
        """(S, 4) float32, see `MARK`."""
        return np.concatenate([np.zeros((0, 4), np.float32), *self._shapes])

    @property
    def coverage(self) -> np.ndarray:
        """(B,) uint8: bytes of letters and of heat, see `MARK`."""
        return np.concatenate([np.zeros(0, np.uint8), *self._bytes])

    def lines(
        self,
        points_px: np.ndarray,
        trails: Trails,
        width_px: float,
        *colors: Color,
        opacity: float = 1.0,
    ) -> None:
        pen = pen_of(width_px)
        places = points_px.take(trails.indices, axis=0)
        passes = [_quantized(places, 1)]
        if pen.offsets != (0.0,):
            across = trails.normals(places)
            passes = [_quantized(places + np.float32(offset) * across, 1) for offset in pen.offsets]
        radius = pen.thickness / 2 if pen.thickness > 1 else 0.0
        share = share_of_line(width_px, opacity)
        for group, color in enumerate(colors):
            segments = [
                np.concatenate([line[:-1], line[1:]], axis=1)
                for places in passes
                for line in trails.split(places[trails.groups[group]], group)
            ]
            self._add(LINES, np.concatenate(segments), color, share, radius + _SOFT_PX, (radius, 0, 0))

    def polygon(self, points_px: np.ndarray, color: Color, opacity: float = 1.0) -> None:
        corners = _quantized(points_px, 2)
        sides = np.concatenate([corners, np.roll(corners, -1, axis=0)], axis=1)
        self._add(POLYGON, sides, color, opacity, _SOFT_PX, (2, 0, 0), 2)

    def triangles(
        self, points_px: np.ndarray, triangles: np.ndarray, colors: np.ndarray, opacity: float = 1.0
    ) -> None:
        if not len(triangles):
            return
        scale = triangle_scale(self, points_px[triangles].reshape(-1, 2))
        corners = _quantized(points_px, scale)[triangles]
        rows = np.zeros((len(triangles), 2, 4), np.float32)
        rows[:, 0] = corners[:, :2].reshape(-1, 4)
        rows[:, 1, :2] = corners[:, 2]
        rows[:, 1, 2] = -np.arange(len(triangles))  # later ones are in front
        rows[:, 1, 3] = _packed(colors)
        spread = corners.reshape(-1, 4)  # for the box
        self._add(TRIANGLES, rows.reshape(-1, 4), (0, 0, 0), opacity, 1, (scale, 0, 0), scale, spread)

    def heat(
        self,
        points_px: np.ndarray,
        triangles: np.ndarray,
        values: np.ndarray,
        colors: np.ndarray,
        opacities: np.ndarray,
    ) -> None:
        heat = shrunk_heat(self, points_px, triangles, values)
        if heat is None:
            return
        (left, top, width, height), field, surface = heat
        table = np.zeros((256, 4), np.uint8)
        table[:, :3] = colors
        table[:, 3] = np.rint(np.asarray(opacities) * 255)
        size = field.shape[1], field.shape[0], 0
        content = np.concatenate([field.ravel(), surface.ravel(), table.ravel()])
        self._add_bytes(HEAT, (left, top, width, height), content, 0, (0, 0, 0), size)

    def text(
        self, text: str, place_px: tuple[float, float], height_px: float, color: Color, font: str = ""
    ) -> None:
        mask, left, middle = letters_at(text, height_px, font)
        box = round(place_px[0]) - left, round(place_px[1]) - middle, mask.shape[1], mask.shape[0]
        self._add_bytes(LETTERS, box, mask.ravel(), mask.shape[1], color, (0, 0, 0))

    def _add(
        self,
        kind: int,
        shapes: np.ndarray,
        color: Color,
        share: float,
        margin: float,
        size: tuple[float, float, float],
        scale: int = 1,
        spread: np.ndarray | None = None,
    ) -> None:
        """Adds a mark of shapes (S, 4), unless it is outside of the picture."""
        if not len(shapes):
            return
        points = (shapes if spread is None else spread).reshape(-1, 2) / scale
        low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
        if (high < 0).any() or (low >= self.size).any():
            return
        self._marks.append(
            ((*low, *high), kind, self._count, len(shapes), int(_packed(np.array(color))), share, size)
        )
        self._shapes.append(shapes.astype(np.float32))
        self._count += len(shapes)

    def _add_bytes(
        self,
        kind: int,
        box: tuple[int, int, int, int],
        content: np.ndarray,
        count: int,
        color: Color,
        size: tuple[float, float, float],
    ) -> None:
        left, top, width, height = box
        packed = int(_packed(np.array(color)))
        self._marks.append(
            ((left, top, left + width - 1, top + height - 1), kind, self._place, count, packed, 1.0, size)
        )
        self._bytes.append(content)
        self._place += len(content)


def _quantized(points_px: np.ndarray, scale: int) -> np.ndarray:
    """Places as `Canvas` draws them, in sixteenths, with the first pixel's center as origin."""
    return fixed_places(points_px, scale).astype(np.float32) / 16


def _packed(colors: np.ndarray) -> np.ndarray:
    """(…,) uint32 of (…, 3) RGB."""
    return np.asarray(colors).astype(np.uint32) @ np.array([1, 256, 65536], np.uint32)
