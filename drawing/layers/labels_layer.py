"""Labels layer: a plate above each face with its track id, score and text."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from attention_mesh.drawing.layers.canvas import Canvas, Color, text_width
from attention_mesh.drawing.layers.drawn_faces import DrawnFaces
from attention_mesh.drawing.layers.font_letters import capital_share
from attention_mesh.drawing.layers.layer import Layer, rgb
from attention_mesh.drawing.layers.line_width import REFERENCE_PX
from attention_mesh.drawing.layers.trails import Trails
from attention_mesh.geometry.normalized_landmarks import landmark_bounds

_LINE = Trails([np.array([0, 1])])
_SMALLEST_PX, _LARGEST_PX = 8.0, 60.0  # height of capitals
_DARK, _LIGHT = (16, 16, 16), (255, 255, 255)
_LONGEST = 64


@dataclass(frozen=True)
class LabelsLayer(Layer):
    """Says which face is which. A face about which nothing is known has no label.

    The letters grow with the root of the face's size, and are never too small to read.

    Attributes:
        color: of the plate; the letters are black or white, whichever is easier to read.
        opacity: of the plate.
        letter_px: height of capital letters on a face of 256 pixels.
        ids: whether track ids are shown, as "#3".
        scores: whether scores are shown, as "0.98".
        texts: whether texts are shown.
        font: path of a TrueType or OpenType file, whose letters are drawn. Without one, letters are ASCII:
            accents are dropped, and other characters become question marks.
    """

    reads: ClassVar[tuple[str, ...]] = ("ids", "scores", "texts")

    color: str = "#FFD166"
    opacity: float = 1.0
    letter_px: float = 11.0
    ids: bool = True
    scores: bool = True
    texts: bool = True
    font: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.letter_px <= _LARGEST_PX:
            raise ValueError(f"letter_px is {self.letter_px:g}; expected a number from 1 to {_LARGEST_PX:g}")
        if self.font:
            capital_share(self.font)  # a font that cannot be read is an error now

    def draw(self, canvas: Canvas, faces: DrawnFaces) -> None:
        low, high = landmark_bounds(faces.points_px)
        color = rgb(self.color)
        for face, size in enumerate(faces.sizes_px.tolist()):
            text = self._text(faces, face)
            if not text:
                continue
            letters = self.letter_px * (size / REFERENCE_PX) ** 0.5
            letters = min(max(letters, _SMALLEST_PX), _LARGEST_PX)
            middle = (low[face, 0] + high[face, 0]) / 2
            self._plate(canvas, text, float(middle), float(low[face, 1]), letters, color)

    def _plate(
        self, canvas: Canvas, text: str, middle: float, below: float, letters: float, color: Color
    ) -> None:
        """Draws a label whose lower edge is just above `below`, moved into the picture if it leaves it."""
        height = 2.2 * letters
        reach = text_width(text, letters, self.font) / 2
        wide, high = canvas.size
        y = min(max(below - 0.8 * letters - height / 2, height / 2), high - height / 2)
        x = min(max(middle, reach + height / 2), wide - reach - height / 2)
        ends = np.array([[x - reach, y], [x + reach, y]], np.float32)
        canvas.lines(ends, _LINE, height, color, opacity=self.opacity)
        bright = 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2] > 128
        canvas.text(text, (x - reach, y), letters, _DARK if bright else _LIGHT, self.font)

    def _text(self, faces: DrawnFaces, face: int) -> str:
        parts = []
        if self.ids and faces.ids is not None and faces.ids[face]:
            parts.append(f"#{faces.ids[face]}")
        if self.scores and faces.scores is not None:
            parts.append(f"{float(faces.scores[face]):.2f}")
        if self.texts and faces.texts is not None:
            parts.append(_line(faces.texts[face], self.font != ""))
        return "  ".join(part for part in parts if part)


def _line(text: str, every_script: bool) -> str:
    """The text on one line, in the letters that the canvas has; a very long one is cut."""
    if every_script:
        kept = (letter for letter in " ".join(text.split()) if unicodedata.category(letter) != "Cc")
        line, cut = unicodedata.normalize("NFC", "".join(kept)), "\N{HORIZONTAL ELLIPSIS}"
    else:
        plain = unicodedata.normalize("NFKD", " ".join(text.split()))
        plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
        line, cut = "".join(letter if " " <= letter <= "~" else "?" for letter in plain), "..."
    return line if len(line) <= _LONGEST else line[: _LONGEST - len(cut)] + cut
