"""Annotation drawing: the shapes of `RenderData` messages, pixel for pixel as in MediaPipe."""

import math
from collections.abc import Iterable

import cv2
import numpy as np

from attention_mesh.drawing.line_pixels import line_pixels
from attention_mesh.drawing.line_segments import draw_segments
from attention_mesh.drawing.render_annotations import (
    Color,
    Point,
    Rectangle,
    RenderAnnotation,
    RenderData,
    Segment,
)

_MAX_THICKNESS = 32767  # OpenCV's limit
_FARTHEST_PX = 1 << 24  # beyond any image, and far below the overflow of OpenCV's integers
_ARROW_TIP = 0.2  # of the arrow's length
# Up to OpenCV 4 letters are strokes of a pen; since 5 they are filled, and a pen's width is their weight.
_STROKED_LETTERS = int(cv2.__version__.partition(".")[0]) < 5
# Height of capitals and depth of descenders by font, in the font's own units.
_FONT_UNITS = {
    cv2.FONT_HERSHEY_PLAIN: 5 + 4,
    cv2.FONT_HERSHEY_COMPLEX_SMALL: 6 + 7,
    **dict.fromkeys(
        (
            cv2.FONT_HERSHEY_SIMPLEX,
            cv2.FONT_HERSHEY_DUPLEX,
            cv2.FONT_HERSHEY_COMPLEX,
            cv2.FONT_HERSHEY_TRIPLEX,
            cv2.FONT_HERSHEY_SCRIPT_SIMPLEX,
            cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
        ),
        9 + 12,
    ),
}

Place = tuple[int, int]  # x, y in pixels
Channels = tuple[int, int, int, int]


class AnnotationDrawing:
    """Draws on one image, in place.

    Normalized places are multiplied by the image's size and rounded, places in pixels are cut to whole
    numbers. Differences from MediaPipe 0.10.21: filled rounded rectangles are drawn (it ends the program at
    them), and letters look as the installed OpenCV's fonts do.

    Args:
      image: (H, W, 3 or 4) uint8, contiguous and writeable; colors are taken as its first three channels, and
        a fourth becomes 0 under the drawing, as in MediaPipe.
      flip_text: letters upside down, for images whose first row is the lowest.
    """

    def __init__(self, image: np.ndarray, flip_text: bool = False) -> None:
        self.image = image
        self.flip_text = flip_text
        self._size = (image.shape[1], image.shape[0])
        self._segments: list[tuple[Place, Place]] = []  # not drawn yet, all of one pen
        self._pen: tuple[Channels, int] | None = None

    def draw(self, data: RenderData) -> None:
        """Draws all shapes in their order.

        Raises:
          ValueError: a shape has no content or bad numbers.
        """
        for annotation in data.render_annotations:
            kind = annotation.WhichOneof("data")
            if kind == "line":
                self._line(annotation)
                continue
            self._flush()
            if kind is None:
                raise ValueError("an annotation has no shape; set one of rectangle, point, line, text …")
            getattr(self, f"_{kind}")(annotation)
        self._flush()

    # ---- places, pens -----------------------------------------------------------------------------
    def _point_px(self, x: float, y: float, normalized: bool) -> Place:
        if normalized:
            return _round(x * self._size[0]), _round(y * self._size[1])
        return _cut(x), _cut(y)

    def _corners(self, rectangle: Rectangle) -> tuple[Place, Place]:
        """Top-left and bottom-right corner before the rotation, pixels."""
        normalized = rectangle.normalized
        return (
            self._point_px(rectangle.left, rectangle.top, normalized),
            self._point_px(rectangle.right, rectangle.bottom, normalized),
        )

    def _ends(self, line: Segment) -> tuple[Place, Place]:
        """Both ends of a line, gradient line or arrow, pixels."""
        return (
            self._point_px(line.x_start, line.y_start, line.normalized),
            self._point_px(line.x_end, line.y_end, line.normalized),
        )

    # ---- rectangles -------------------------------------------------------------------------------
    def _rectangle(self, annotation: RenderAnnotation) -> None:
        rectangle = annotation.rectangle
        color, thickness = _channels(annotation.color), _thickness(annotation.thickness)
        corners = self._corners(rectangle)
        if rectangle.rotation:
            vertices = _rotated_corners(*corners, rectangle.rotation)
            sides = np.stack([vertices, np.roll(vertices, -1, axis=0)], axis=1)
            draw_segments(self.image, sides, color, thickness)
        else:
            self._upright(*corners, color, thickness)
        if rectangle.HasField("top_left_thickness"):
            top_left = _rotated_corners(*corners, rectangle.rotation)[1].tolist()
            radius = _thickness(rectangle.top_left_thickness)
            cv2.ellipse(self.image, top_left, (radius, radius), 0, 0, 360, color, cv2.FILLED)

    def _filled_rectangle(self, annotation: RenderAnnotation) -> None:
        rectangle = annotation.filled_rectangle.rectangle
        color, corners = _channels(annotation.color), self._corners(rectangle)
        if rectangle.rotation:
            cv2.fillConvexPoly(self.image, _rotated_corners(*corners, rectangle.rotation), color)
        else:
            self._upright(*corners, color, cv2.FILLED)

    def _upright(self, top_left: Place, bottom_right: Place, color: Channels, thickness: int) -> None:
        (left, top), (right, bottom) = top_left, bottom_right
        if right > left and bottom > top:
            cv2.rectangle(self.image, (left, top, right - left, bottom - top), color, thickness)

    def _rounded_rectangle(self, annotation: RenderAnnotation) -> None:
        shape = annotation.rounded_rectangle
        (left, top), (right, bottom) = self._corners(shape.rectangle)
        color, radius = _channels(annotation.color), _round(shape.corner_radius)
        pen = (color, _thickness(annotation.thickness), shape.line_type)
        for start, end in (
            ((left + radius, top), (right - radius, top)),
            ((right, top + radius), (right, bottom - radius)),
            ((left + radius, bottom), (right - radius, bottom)),
            ((left, top + radius), (left, bottom - radius)),
        ):
            cv2.line(self.image, start, end, *pen)
        for x, y, degrees in (
            (left + radius, top + radius, 180),
            (right - radius, top + radius, 270),
            (right - radius, bottom - radius, 0),
            (left + radius, bottom - radius, 90),
        ):
            cv2.ellipse(self.image, (x, y), (radius, radius), degrees, 0, 90, *pen)

    def _filled_rounded_rectangle(self, annotation: RenderAnnotation) -> None:
        shape = annotation.filled_rounded_rectangle.rounded_rectangle
        (left, top), (right, bottom) = self._corners(shape.rectangle)
        color, radius = _channels(annotation.color), _round(shape.corner_radius)
        self._upright((left + radius, top), (right - radius + 1, bottom + 1), color, cv2.FILLED)
        self._upright((left, top + radius), (right + 1, bottom - radius + 1), color, cv2.FILLED)
        for x in (left + radius, right - radius):
            for y in (top + radius, bottom - radius):
                cv2.ellipse(self.image, (x, y), (radius, radius), 0, 0, 360, color, cv2.FILLED)

    # ---- ovals, points ----------------------------------------------------------------------------
    def _oval(self, annotation: RenderAnnotation) -> None:
        self._ellipse(annotation, annotation.oval.rectangle, _thickness(annotation.thickness))

    def _filled_oval(self, annotation: RenderAnnotation) -> None:
        self._ellipse(annotation, annotation.filled_oval.oval.rectangle, cv2.FILLED)

    def _ellipse(self, annotation: RenderAnnotation, rectangle: Rectangle, thickness: int) -> None:
        (left, top), (right, bottom) = self._corners(rectangle)
        center = (int((left + right) / 2), int((top + bottom) / 2))
        axes = (max(0, int((right - left) / 2)), max(0, int((bottom - top) / 2)))
        degrees = math.degrees(rectangle.rotation)
        cv2.ellipse(self.image, center, axes, degrees, 0, 360, _channels(annotation.color), thickness)

    def _point(self, annotation: RenderAnnotation) -> None:
        self._dots(annotation, [annotation.point])

    def _scribble(self, annotation: RenderAnnotation) -> None:
        self._dots(annotation, annotation.scribble.point)

    def _dots(self, annotation: RenderAnnotation, points: Iterable[Point]) -> None:
        color, radius = _channels(annotation.color), _thickness(annotation.thickness)
        for point in points:
            place = self._point_px(point.x, point.y, point.normalized)
            cv2.circle(self.image, place, radius, color, cv2.FILLED)

    # ---- lines ------------------------------------------------------------------------------------
    def _line(self, annotation: RenderAnnotation) -> None:
        """Solid, whatever its line_type says, as officially; drawn with the next lines of the same pen."""
        pen = (_channels(annotation.color), _thickness(annotation.thickness))
        if pen != self._pen:
            self._flush()
            self._pen = pen
        self._segments.append(self._ends(annotation.line))

    def _flush(self) -> None:
        if self._segments and self._pen:
            draw_segments(self.image, np.array(self._segments, np.int32), *self._pen)
            self._segments.clear()

    def _gradient_line(self, annotation: RenderAnnotation) -> None:
        line, thickness = annotation.gradient_line, _thickness(annotation.thickness)
        pixels = line_pixels(self._size, *self._ends(line))
        share = np.arange(len(pixels))[:, None] / max(len(pixels), 1)
        colors = np.array(_channels(line.color1)) * (1 - share) + np.array(_channels(line.color2)) * share
        for (x, y), color in zip(pixels.tolist(), colors.tolist(), strict=True):
            cv2.rectangle(self.image, (x, y, thickness, thickness), color, cv2.FILLED)

    def _arrow(self, annotation: RenderAnnotation) -> None:
        start, end = self._ends(annotation.arrow)
        along = np.subtract(end, start) * _ARROW_TIP
        aside = np.array([-along[1], along[0]])
        tips = [[_round(v) for v in end - along + side] for side in (aside, -aside)]
        segments = np.array([(start, end), (tips[0], end), (tips[1], end)], np.int32)
        draw_segments(self.image, segments, _channels(annotation.color), _thickness(annotation.thickness))

    # ---- text -------------------------------------------------------------------------------------
    def _text(self, annotation: RenderAnnotation) -> None:
        text = annotation.text
        if text.font_face not in _FONT_UNITS:
            raise ValueError(f"font_face {text.font_face} is none of OpenCV's Hershey fonts, 0 to 7")
        x, y = self._point_px(text.left, text.baseline, text.normalized)
        height = _round(text.font_height * self._size[1]) if text.normalized else _cut(text.font_height)
        thickness = _thickness(annotation.thickness)
        scale = (height - (thickness + 1) / 2) / _FONT_UNITS[text.font_face]
        if scale <= 0 or not text.display_text:
            return
        (width, above), _ = cv2.getTextSize(text.display_text, text.font_face, scale, thickness)
        if text.center_horizontally:
            x -= width // 2
        if text.center_vertically:
            y += above // 2
        letters = (text.display_text, (x, y), text.font_face, scale)
        if text.outline_thickness > 0:
            self._outline(
                letters, annotation.thickness, text.outline_thickness, _channels(text.outline_color)
            )
        color = _channels(annotation.color)
        if self.image.shape[2] == 4 and not _STROKED_LETTERS:
            self._blend_letters(letters, color, thickness)
        else:
            cv2.putText(self.image, *letters, color, thickness, cv2.LINE_8, self.flip_text)

    def _blend_letters(self, letters: tuple[str, Place, int, float], color: Channels, thickness: int) -> None:
        """Draws soft letters into an image with alpha, in which OpenCV 5 would store their coverage."""
        mask = np.zeros(self.image.shape[:2], np.uint8)
        cv2.putText(mask, *letters, 255, thickness, cv2.LINE_8, self.flip_text)
        inked = mask > 0
        share = mask[inked][:, None] * np.float32(1 / 255)
        self.image[inked] = np.rint(self.image[inked] * (1 - share) + np.array(color, np.float32) * share)

    def _outline(
        self, letters: tuple[str, Place, int, float], thickness: float, width: float, color: Channels
    ) -> None:
        """Draws letters that are wider by `width` pixels on all sides."""
        if _STROKED_LETTERS:
            pen = (color, _thickness(thickness + 2 * width), cv2.LINE_8, self.flip_text)
            cv2.putText(self.image, *letters, *pen)
            return
        mask = np.zeros(self.image.shape[:2], np.uint8)
        cv2.putText(mask, *letters, 255, _thickness(thickness), cv2.LINE_8, self.flip_text)
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _round(width) + 1,) * 2)
        self.image[cv2.dilate(mask, kernel) > 127] = color[: self.image.shape[2]]


def _channels(color: Color) -> Channels:
    """As OpenCV takes a color; the image's channels are in the message's order."""
    return (color.r, color.g, color.b, 0)


def _thickness(value: float) -> int:
    return min(max(_round(value), 1), _MAX_THICKNESS)


def _round(value: float) -> int:
    """To the nearest whole number, halves away from zero, as C++ does."""
    return _cut(value + 0.5 if value >= 0 else value - 0.5)


def _cut(value: float) -> int:
    """Without its fraction, and not so far off that OpenCV's integers would overflow."""
    if -_FARTHEST_PX < value < _FARTHEST_PX:
        return int(value)
    if not math.isfinite(value):
        raise ValueError(f"an annotation holds the number {value}; places and sizes must be finite")
    return _FARTHEST_PX if value > 0 else -_FARTHEST_PX


def _rotated_corners(top_left: Place, bottom_right: Place, rotation_rad: float) -> np.ndarray:
    """(4, 2) int32; corners from the bottom-left one clockwise, of the rectangle turned about its center."""
    (left, top), (right, bottom) = top_left, bottom_right
    box = (((left + right) / 2, (top + bottom) / 2), (right - left, bottom - top), math.degrees(rotation_rad))
    return np.rint(cv2.boxPoints(box)).astype(np.int32)
