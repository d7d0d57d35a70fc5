"""Layer: one thing that is drawn over the faces of a frame, with its style."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import fields
from typing import ClassVar

from attention_mesh.drawing.layers.canvas import Canvas, Color
from attention_mesh.drawing.layers.drawn_faces import DrawnFaces

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_WIDEST = 64.0


class Layer(ABC):
    """The base of layers, which are dataclasses: their fields are the style.

    A field whose name is or ends in ``color`` is text, "#RRGGBB". One that is or ends in ``width`` is in
    pixels on a face of 256 pixels, see `line_width_px`. ``opacity`` is from 0 to 1.

    Attributes:
        needs: attributes of `DrawnFaces` that the layer cannot do without.
        reads: attributes of `DrawnFaces` that it draws if they are there.

    Raises:
        ValueError: a field is outside of its range.
    """

    needs: ClassVar[tuple[str, ...]] = ()
    reads: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        for field in fields(self):  # type: ignore[arg-type]  # subclasses are dataclasses
            value = getattr(self, field.name)
            if field.name.endswith("color") and not _COLOR.fullmatch(value):
                raise ValueError(f'{field.name} is "{value}"; expected #RRGGBB, such as "#30FF30"')
            if field.name.endswith("width") and not 0 < value <= _WIDEST:
                raise ValueError(f"{field.name} is {value:g}; expected more than 0, and at most {_WIDEST:g}")
            if field.name.endswith("opacity") and not 0 <= value <= 1:
                raise ValueError(f"{field.name} is {value:g}; expected a number from 0 to 1")

    @abstractmethod
    def draw(self, canvas: Canvas, faces: DrawnFaces) -> None:
        """Draws over all faces, whose points are finite; there is at least one."""


def rgb(color: str) -> Color:
    """The channels of "#RRGGBB"."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
