"""QR codes: a reader finds the text again, in the modules and in the lines for a terminal."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pytest

from attention_mesh.cli.study.qr_text import qr_modules, qr_text

TEXTS = ["http://192.0.2.17:8000/0123456789abcdef0123456789abcdef/", "http://[2001:db8::7]:80/", "a"]
CELLS = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}


def read(dark: np.ndarray) -> str:
    picture = np.where(np.kron(dark, np.ones((8, 8), bool)), 0, 255).astype(np.uint8)
    return cv2.QRCodeDetector().detectAndDecode(picture)[0]


@pytest.mark.parametrize("text", TEXTS)
def test_a_reader_finds_the_text(text) -> None:
    assert read(qr_modules(text)) == text


@pytest.mark.parametrize("text", TEXTS)
def test_the_lines_of_a_terminal_show_the_same_code(text) -> None:
    lines = [re.sub("\x1b\\[[\\d;]*m", "", line) for line in qr_text(text).split("\n")]
    assert len({len(line) for line in lines}) == 1 and len(lines[0]) <= 60  # columns of a terminal
    dark = np.array([[CELLS[cell] for cell in line] for line in lines], bool)
    assert read(dark.transpose(0, 2, 1).reshape(-1, len(lines[0]))) == text


def test_a_code_has_its_white_border() -> None:
    dark = qr_modules(TEXTS[0])
    assert not dark[:4].any() and not dark[:, -4:].any() and dark[4, 4]
