"""Letters of a font file: every script that the font has, drawn by Pillow."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from attention_mesh.extras import MissingExtraError, install_command

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

_MEASURED_PX = 100  # size of a font at which its capitals are measured


def font_letters(text: str, capitals_px: float, font: str) -> tuple[np.ndarray, int, int]:
    """Coverage by a line of text in the letters of a font.

    Args:
        text: what is written, without line breaks.
        capitals_px: height of capital letters.
        font: path of a TrueType or OpenType file.

    Returns:
        (h, w) uint8 coverage; and where in it the middle of the text's left edge is: x and y. On the right
        of the text, there is as much room as on its left.

    Raises:
        ImportError: Pillow is missing; the error names the extra.
        ValueError: the file is no font that can be read.
    """
    from PIL import Image, ImageDraw

    capitals = capital_share(font)
    letters = _opened(font, round(capitals_px / capitals, 2))
    margin = math.ceil(capitals_px / 2) + 1  # some letters reach beyond their place
    _, top, _, bottom = letters.getbbox(text, anchor="ls")
    above, below = math.ceil(max(-top, capitals_px)) + 1, math.ceil(max(bottom, 0)) + 1
    image = Image.new("L", (math.ceil(letters.getlength(text)) + 2 * margin, above + below))
    ImageDraw.Draw(image).text((margin, above), text, 255, letters, anchor="ls")
    return np.array(image), margin, round(above - capitals_px / 2)


@lru_cache(maxsize=8)
def capital_share(font: str) -> float:
    """Height of capital letters relative to the font's size. Raises as `font_letters` does."""
    _, top, _, _ = _opened(font, _MEASURED_PX).getbbox("H", anchor="ls")
    return max(-top, 1) / _MEASURED_PX


@lru_cache(maxsize=32)
def _opened(font: str, size_px: float) -> FreeTypeFont:
    try:
        from PIL import ImageFont
    except ImportError as error:
        raise MissingExtraError(
            f"letters of a font need Pillow, which is not installed: {install_command('fonts')}"
        ) from error
    try:
        return ImageFont.truetype(font, size_px)
    except OSError as error:
        raise ValueError(
            f'font is "{font}", which cannot be read ({error}); expected the path of a TrueType or OpenType '
            "file, such as NotoSans-Regular.ttf"
        ) from None
