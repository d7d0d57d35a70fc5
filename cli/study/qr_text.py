"""QR codes as text, so that a phone can take an address from a terminal."""

from __future__ import annotations

import cv2
import numpy as np

_QUIET = 4  # modules of white around the code, ISO/IEC 18004
# Upper and lower half of a character cell, by whether each is dark. The colors are set, because a code
# that is light on dark puzzles some readers.
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
_BLACK_ON_WHITE, _USUAL = "\x1b[30;107m", "\x1b[0m"


def qr_modules(text: str) -> np.ndarray:
    """The QR code of a text: (N, N) bool, true where it is dark, with its white border.

    Args:
      text: such as an address.
    """
    encoded = cv2.QRCodeEncoder.create().encode(text)
    dark = np.asarray(encoded) < 128
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    inside = dark[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.pad(inside, _QUIET)


def qr_text(text: str) -> str:
    """The QR code of a text for a terminal with ANSI colors, with two modules per character."""
    dark = qr_modules(text)
    if len(dark) % 2:
        dark = np.pad(dark, ((0, 1), (0, 0)))
    lines = (
        "".join(_HALVES[bool(upper), bool(lower)] for upper, lower in zip(*pair, strict=True))
        for pair in zip(dark[::2], dark[1::2], strict=True)
    )
    return "\n".join(f"{_BLACK_ON_WHITE}{line}{_USUAL}" for line in lines)
