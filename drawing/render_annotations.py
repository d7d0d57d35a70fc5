"""Shapes to draw: the parts of MediaPipe's `RenderData` messages that drawing reads, as protocols.

The messages themselves are in calculators/proto/render_data.proto, which says what each field means.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol


class Color(Protocol):
    """Each channel 0 to 255, in the order of the image's channels."""

    r: int
    g: int
    b: int


class Rectangle(Protocol):
    left: float
    top: float
    right: float
    bottom: float
    normalized: bool
    rotation: float
    top_left_thickness: float

    def HasField(self, field_name: Any, /) -> bool: ...


class FilledRectangle(Protocol):
    @property
    def rectangle(self) -> Rectangle: ...


class RoundedRectangle(Protocol):
    corner_radius: int
    line_type: int

    @property
    def rectangle(self) -> Rectangle: ...


class FilledRoundedRectangle(Protocol):
    @property
    def rounded_rectangle(self) -> RoundedRectangle: ...


class Oval(Protocol):
    @property
    def rectangle(self) -> Rectangle: ...


class FilledOval(Protocol):
    @property
    def oval(self) -> Oval: ...


class Point(Protocol):
    x: float
    y: float
    normalized: bool


class Segment(Protocol):
    """A line or an arrow."""

    x_start: float
    y_start: float
    x_end: float
    y_end: float
    normalized: bool


class GradientLine(Segment, Protocol):
    @property
    def color1(self) -> Color: ...
    @property
    def color2(self) -> Color: ...


class Scribble(Protocol):
    @property
    def point(self) -> Iterable[Point]: ...


class Text(Protocol):
    display_text: str
    left: float
    baseline: float
    font_height: float
    normalized: bool
    font_face: int
    center_horizontally: bool
    center_vertically: bool
    outline_thickness: float

    @property
    def outline_color(self) -> Color: ...


class RenderAnnotation(Protocol):
    """One shape, its color and its pen."""

    thickness: float

    @property
    def color(self) -> Color: ...
    @property
    def rectangle(self) -> Rectangle: ...
    @property
    def filled_rectangle(self) -> FilledRectangle: ...
    @property
    def rounded_rectangle(self) -> RoundedRectangle: ...
    @property
    def filled_rounded_rectangle(self) -> FilledRoundedRectangle: ...
    @property
    def oval(self) -> Oval: ...
    @property
    def filled_oval(self) -> FilledOval: ...
    @property
    def point(self) -> Point: ...
    @property
    def line(self) -> Segment: ...
    @property
    def gradient_line(self) -> GradientLine: ...
    @property
    def scribble(self) -> Scribble: ...
    @property
    def arrow(self) -> Segment: ...
    @property
    def text(self) -> Text: ...
    def WhichOneof(self, oneof_group: Any, /) -> str | None: ...


class RenderData(Protocol):
    @property
    def render_annotations(self) -> Iterable[RenderAnnotation]: ...


def set_color(annotation: RenderAnnotation, color: Color) -> None:
    """Gives a shape a color with all three channels set, those that `color` leaves open as 0."""
    mine = annotation.color
    mine.r, mine.g, mine.b = color.r, color.g, color.b
