"""Canvas: the picture that layers draw on, and the five kinds of marks of which their drawings consist.

How a drawing looks follows from these rules:

- Places are pixels from the top left corner of the picture, so that the first pixel's center is at (0.5,
  0.5). They are not rounded to pixels.
- A mark covers a pixel by the share of its area that is inside of the mark. For a line of width w whose
  middle is at the distance d from the pixel's center, this is clip(w / 2 + 0.5 - d, 0, 1). Ends and bends are
  round.
- A line that is thinner than a pixel is a line of one pixel whose coverage is multiplied by its width.
- Lines of one color that are drawn together are one mark: where they cross or meet, the largest coverage
  counts, and opacity is applied once.
- A pixel becomes pixel + (color - pixel) * coverage * opacity, rounded. The levels are blended as they are
  stored, without a conversion to linear light. A pixel with coverage 0 keeps its value to the bit.

This canvas draws with OpenCV, whose lines have a few whole widths only. Widths between them are made of lines
beside each other, of coverage, or, above 3 pixels, left to the nearest one. Measured against the rules, the
ink of lines from 1.3 pixels up differs by 18 % at most, and so does that of translucent lines. Opaque lines
from 0.8 to 1.3 pixels are drawn with 1.3 pixels, which is fastest. The canvas on a GPU draws the same.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

import cv2
import numpy as np

from attention_mesh.drawing.layers.blending import blend
from attention_mesh.drawing.layers.font_letters import font_letters
from attention_mesh.drawing.layers.trails import Trails

Color = tuple[int, int, int]

# Places in sixteenths of a pixel: as fine as OpenCV's smooth lines are.
_FRACTION_BITS = 4
# In these sixteenths: far beyond any image, and still far below the overflow of OpenCV's integers.
_FARTHEST = 1 << 24
_WIDEST_PX = 4096.0  # OpenCV's limit is 32767
_ROUND = np.stack([trigonometric(np.arange(33) * (np.pi / 16)) for trigonometric in (np.cos, np.sin)], 1)
# OpenCV's smooth lines are wider by this than their thickness, and odd thicknesses above 1 are as the next
# even one. So lines between the hairline and the next width are two or three hairlines beside each other.
_SOFT_PX = 1.4
_HAIR_PX = 1.3  # width of a line with thickness 1
_GAP_PX = 0.55  # from the middle, beyond which two hairlines would leave a gap
_WIDE_PX = 3.2
_DIRECT = 0.6  # least coverage of a line that is drawn as if it were 1
# Triangles smaller than this, in all, are drawn with twice the resolution.
_FINE_PX = 700
_HEAT_PX = 256  # longer side of the picture of heat, before it is enlarged


class Canvas:
    """Draws marks into a picture, in place.

    Args:
        image: (H, W, 3) uint8, contiguous and writeable, RGB, or BGR as `bgr` says.
        bgr: the order of the image's channels. Colors are given in RGB in any case.

    Raises:
        ValueError: the image is another array.
    """

    def __init__(self, image: np.ndarray, bgr: bool = False) -> None:
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
            raise ValueError(f"the image is {image.dtype} {image.shape}; expected uint8 (height, width, 3)")
        if not (image.flags.c_contiguous and image.flags.writeable):
            raise ValueError("the image cannot be drawn into: it is read-only or not contiguous")
        self.image = image
        self.size = (image.shape[1], image.shape[0])
        self._bgr = bgr

    def lines(
        self,
        points_px: np.ndarray,
        trails: Trails,
        width_px: float,
        *colors: Color,
        opacity: float = 1.0,
    ) -> None:
        """Draws polylines, each group of them as one mark.

        Args:
            points_px: (N, 2) float.
            trails: which points the lines join.
            width_px: of the lines, above 0.
            colors: RGB, one for each group of the trails.
            opacity: 0 to 1.
        """
        pen = pen_of(width_px)
        share = share_of_line(width_px, opacity)
        places = points_px.take(trails.indices, axis=0)
        if pen.offsets == (0.0,):
            passes = [fixed_places(places, 1)]
        else:
            across = trails.normals(places)
            passes = [fixed_places(places + np.float32(offset) * across, 1) for offset in pen.offsets]
        for group, color in enumerate(colors):
            of_group = [fixed[trails.groups[group]] for fixed in passes]
            ink = self._channels(color)
            if share == 1:
                for fixed in of_group:
                    _polylines(self.image, trails.split(fixed, group), ink, pen.thickness)
                continue
            box = self.box(of_group[0], 1, pen.width)
            if box is None:
                continue
            left, top, width, height = box
            mask = np.zeros((height, width), np.uint8)
            for fixed in of_group:
                fixed -= np.array([left, top], np.int32) * (1 << _FRACTION_BITS)
                _polylines(mask, trails.split(fixed, group), 255, pen.thickness)
            blend(self.image, mask, (left, top), ink, share)

    def ellipses(
        self,
        centers_px: np.ndarray,
        axes_px: np.ndarray,
        width_px: float,
        *colors: Color,
        opacity: float = 1.0,
    ) -> None:
        """Draws the outlines of ellipses.

        Args:
            centers_px: (K, 2) float.
            axes_px: (K, 2, 2) float, from each center to two points of the outline whose directions are
                conjugate.
            width_px, opacity: as for `lines`.
            colors: RGB, one for each ellipse.
        """
        points = centers_px[:, None] + _ROUND @ axes_px
        self.lines(points.reshape(-1, 2), _rings(len(points)), width_px, *colors, opacity=opacity)

    def polygon(self, points_px: np.ndarray, color: Color, opacity: float = 1.0) -> None:
        """Fills a convex polygon: (N, 2) float points."""
        fixed = fixed_places(points_px, 2)
        box = self.box(fixed, 2)
        if box is None:
            return
        left, top, width, height = box
        mask: np.ndarray = np.zeros((height * 2, width * 2), np.uint8)
        fixed -= np.array([left, top], np.int32) * (2 << _FRACTION_BITS)
        cv2.fillConvexPoly(mask, fixed, 255, cv2.LINE_AA, _FRACTION_BITS)
        mask = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA)
        blend(self.image, mask, (left, top), self._channels(color), opacity)

    def disc(self, center_px: np.ndarray, radius_px: float, color: Color, opacity: float = 1.0) -> None:
        """Fills a circle around (2,) float."""
        self.polygon(np.asarray(center_px) + _ROUND[:-1] * radius_px, color, opacity)

    def triangles(
        self, points_px: np.ndarray, triangles: np.ndarray, colors: np.ndarray, opacity: float = 1.0
    ) -> None:
        """Fills triangles as one mark, each in one color; later ones cover earlier ones.

        Args:
            points_px: (N, 2) float.
            triangles: (T, 3) int indices of points, in the order in which they are drawn.
            colors: (T, 3) uint8 RGB.
            opacity: 0 to 1.
        """
        corners = fixed_places(points_px, 1)[triangles]
        box = self.box(corners.reshape(-1, 2), 1) if len(triangles) else None
        if box is None:
            return
        left, top, width, height = box
        scale = _triangle_scale(width, height)
        paint: np.ndarray = np.zeros((height * scale, width * scale, 4), np.uint8)
        corners = fixed_places(points_px - np.array([left, top], np.float32), scale)[triangles]
        inks = (colors[:, ::-1] if self._bgr else colors).tolist()
        for corner, ink in zip(corners, inks, strict=True):
            cv2.fillConvexPoly(paint, corner, (*ink, 255), cv2.LINE_8, _FRACTION_BITS)
        if scale > 1:
            paint = cv2.resize(paint, (width, height), interpolation=cv2.INTER_AREA)
        mask = np.ascontiguousarray(paint[..., 3])
        blend(self.image, mask, (left, top), np.ascontiguousarray(paint[..., :3]), opacity)

    def heat(
        self,
        points_px: np.ndarray,
        triangles: np.ndarray,
        values: np.ndarray,
        colors: np.ndarray,
        opacities: np.ndarray,
    ) -> None:
        """Colors the surface of triangles by values at their corners, with smooth transitions.

        A triangle has the mean of its three values, and the picture of the values is blurred by half of an
        edge, which comes close to values that change linearly between the corners.

        Args:
            points_px: (N, 2) float.
            triangles: (T, 3) int indices of points.
            values: (N,) float in [0, 1].
            colors: (256, 3) uint8 RGB, by value.
            opacities: (256,) float in [0, 1], by value.
        """
        heat = shrunk_heat(self, points_px, triangles, values)
        if heat is None:
            return
        (left, top, width, height), field, surface = heat
        if surface.shape != (height, width):
            field = cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR)
            surface = cv2.resize(surface, (width, height), interpolation=cv2.INTER_LINEAR)
        by_value = np.rint(np.asarray(opacities) * 255).astype(np.uint8)
        mask = cv2.multiply(cv2.LUT(field, by_value), surface, scale=1 / 255)
        inks = np.ascontiguousarray(colors[:, ::-1] if self._bgr else colors, np.uint8).reshape(1, 256, 3)
        paint = cv2.multiply(cv2.LUT(cv2.merge([field] * 3), inks), cv2.merge([mask] * 3), scale=1 / 255)
        blend(self.image, mask, (left, top), paint, 1.0)

    def text(
        self, text: str, place_px: tuple[float, float], height_px: float, color: Color, font: str = ""
    ) -> None:
        """Writes a line of text.

        Args:
            text: what is written; without a font, ASCII letters.
            place_px: the middle of its left edge; moved to whole pixels, which keeps the letters sharp.
            height_px: of capital letters.
            color: RGB.
            font: path of a font file; "" for OpenCV's letters of lines.

        Raises:
            ImportError, ValueError: as `font_letters`.
        """
        mask, left, middle = letters_at(text, height_px, font)
        left, top = round(place_px[0]) - left, round(place_px[1]) - middle
        x, y = max(left, 0), max(top, 0)
        right, bottom = max(left, self.size[0]), max(top, self.size[1])
        mask = mask[y - top : bottom - top, x - left : right - left]
        if mask.size:
            blend(self.image, np.ascontiguousarray(mask), (x, y), self._channels(color), 1.0)

    def _channels(self, color: Color) -> Color:
        return color[::-1] if self._bgr else color

    def box(self, fixed: np.ndarray, scale: int, width_px: float = 1.0) -> tuple[int, int, int, int] | None:
        """Left, top, width and height of the part of the picture around points; None if it is empty.

        Args:
            fixed: (N, 2) int32, as of `fixed_places` with this scale.
            scale: pixels of the mask per pixel.
            width_px: of lines between the points.
        """
        x, y, width, height = cv2.boundingRect(fixed)
        unit = scale << _FRACTION_BITS
        margin = int(width_px / 2) + 3
        left, top = max(0, x // unit - margin), max(0, y // unit - margin)
        right = min(self.size[0], (x + width) // unit + margin + 1)
        bottom = min(self.size[1], (y + height) // unit + margin + 1)
        return (left, top, right - left, bottom - top) if left < right and top < bottom else None


def triangle_scale(canvas: Canvas, points_px: np.ndarray) -> int:
    """How many times finer than the picture triangles are drawn, in each direction, before a reduction."""
    box = canvas.box(fixed_places(points_px, 1), 1)
    return 1 if box is None else _triangle_scale(box[2], box[3])


def _triangle_scale(width_px: int, height_px: int) -> int:
    return 2 if max(width_px, height_px) <= _FINE_PX else 1


def shrunk_heat(
    canvas: Canvas, points_px: np.ndarray, triangles: np.ndarray, values: np.ndarray
) -> tuple[tuple[int, int, int, int], np.ndarray, np.ndarray] | None:
    """What `Canvas.heat` enlarges: its box in the picture, the values and the surface, uint8 of one shape.

    None if it is outside of the picture.
    """
    box = canvas.box(fixed_places(points_px, 1), 1)
    if box is None:
        return None
    left, top, width, height = box
    # Smooth transitions need no more resolution, and blurs over many pixels take long.
    scale = min(1.0, _HEAT_PX / max(width, height))
    field: np.ndarray
    surface: np.ndarray
    field, surface = np.zeros((2, max(1, round(height * scale)), max(1, round(width * scale))), np.uint8)
    by_axis = np.array([field.shape[1] / width, field.shape[0] / height])
    places = (points_px - [left, top]) * by_axis
    corners = fixed_places(places, 1)[triangles]
    levels = np.rint(values[triangles].mean(1) * 255).astype(int).tolist()
    for corner, level in zip(corners, levels, strict=True):
        cv2.fillConvexPoly(field, corner, level, cv2.LINE_8, _FRACTION_BITS)
        cv2.fillConvexPoly(surface, corner, 255, cv2.LINE_8, _FRACTION_BITS)
    edges = places[triangles[:, 0]] - places[triangles[:, 1]]
    sigma = min(max(0.5, 0.5 * float(np.sqrt((edges * edges).sum(1).mean()))), _HEAT_PX / 8)
    field = cv2.GaussianBlur(field, (0, 0), sigma)
    surface = cv2.GaussianBlur(surface, (0, 0), max(0.5, sigma / 2))
    return box, field, surface


_FONT = cv2.FONT_HERSHEY_SIMPLEX
_CAPITALS = 21.0  # height of the font's capitals in pixels, at scale 1


def text_width(text: str, height_px: float, font: str = "") -> float:
    """Width of a line of text in pixels, see `Canvas.text`."""
    mask, left, _ = letters_at(text, height_px, font)
    return float(mask.shape[1] - 2 * left)


def letters_at(text: str, height_px: float, font: str = "") -> tuple[np.ndarray, int, int]:
    """Coverage by a line of text, and where in it the middle of its left edge is: x and y."""
    half_px = max(1, round(2 * height_px))
    return _font_letters(text, half_px, font) if font else _drawn_letters(text, half_px)


@lru_cache(maxsize=256)
def _font_letters(text: str, half_px: int, font: str) -> tuple[np.ndarray, int, int]:
    mask, left, middle = font_letters(text, half_px / 2, font)
    mask.flags.writeable = False
    return mask, left, middle


@lru_cache(maxsize=256)  # ids and scores of the same faces are written again and again
def _drawn_letters(text: str, half_px: int) -> tuple[np.ndarray, int, int]:
    """The same, for capitals of so many half pixels: they are drawn with twice the resolution."""
    scale, thickness = half_px / _CAPITALS, max(1, round(half_px / 8))
    (width, height), _ = cv2.getTextSize(text, _FONT, scale, thickness)
    margin = 2 * (thickness // 2 + 2)
    baseline = margin + height
    mask: np.ndarray = np.zeros(
        (2 * ((baseline + height + margin) // 2), 2 * ((width + 2 * margin + 1) // 2)), np.uint8
    )
    cv2.putText(mask, text, (margin, baseline), _FONT, scale, 255, thickness, cv2.LINE_AA)
    mask = cv2.resize(mask, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    mask.flags.writeable = False
    return mask, margin // 2, round((baseline - half_px / 2) / 2)


def _polylines(image: np.ndarray, lines: list[np.ndarray], color: Color | int, thickness: int) -> None:
    cv2.polylines(image, lines, False, color, thickness, cv2.LINE_AA, _FRACTION_BITS)


@cache
def _rings(count: int) -> Trails:
    """Closed outlines one after the other, each a group."""
    return Trails(*([np.arange(len(_ROUND)) + index * len(_ROUND)] for index in range(count)))


class Pen(NamedTuple):
    """How OpenCV draws a line.

    Attributes:
        thickness: of its lines.
        offsets: px, of lines beside each other that make one.
        width: px, of the line that comes out.
    """

    thickness: int
    offsets: tuple[float, ...]
    width: float


def pen_of(width_px: float) -> Pen:
    """The pen for a line of this width, or the next possible one."""
    width_px = min(width_px, _WIDEST_PX)
    if width_px <= _HAIR_PX:
        return Pen(1, (0.0,), _HAIR_PX)
    if width_px < _WIDE_PX:
        aside = (width_px - _HAIR_PX) / 2
        return Pen(1, (-aside, aside) if aside <= _GAP_PX else (-aside, 0.0, aside), width_px)
    thickness = 2 * max(1, round((width_px - _SOFT_PX) / 2))
    return Pen(thickness, (0.0,), thickness + _SOFT_PX)


def share_of_line(width_px: float, opacity: float) -> float:
    """What the coverage by a pen's line is multiplied by: 1 if it is opaque and about as wide as the pen."""
    coverage = min(1.0, min(width_px, _WIDEST_PX) / pen_of(width_px).width)
    return 1.0 if opacity == 1 and coverage >= _DIRECT else coverage * opacity


def fixed_places(points_px: np.ndarray, scale: int) -> np.ndarray:
    """OpenCV's integers, whose origin is the first pixel's center, of pixels from the corner."""
    places = points_px * np.float32(scale << _FRACTION_BITS)
    places -= np.float32(1 << (_FRACTION_BITS - 1))
    np.minimum(places, _FARTHEST, out=places)
    np.maximum(places, -_FARTHEST, out=places)
    return np.rint(places, out=places).astype(np.int32, order="C")
