"""Letters of a font file: their size and place, scripts beside ASCII, and clear errors."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from attention_mesh.drawing.layers import font_letters
from attention_mesh.drawing.layers.canvas import Canvas, text_width
from attention_mesh.drawing.layers.drawn_faces import DrawnFaces
from attention_mesh.drawing.layers.labels_layer import LabelsLayer
from attention_mesh.drawing.layers.layers import draw_layers
from attention_mesh.drawing.layers.mark_list import MarkList

pytest.importorskip("PIL", reason="letters of a font need the extra fonts")
WHITE = (255, 255, 255)


@pytest.fixture(scope="module")
def font() -> str:
    """A font with Latin, Greek and Cyrillic letters, which Matplotlib brings."""
    matplotlib = pytest.importorskip("matplotlib", reason="its font is drawn")
    return str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf")


@pytest.mark.parametrize("height", [8.0, 16.5, 40.0])
def test_text_has_its_height_and_width_and_stands_at_its_place(height: float, font: str) -> None:
    image = np.zeros((96, 400, 3), np.uint8)
    Canvas(image).text("HIHEH", (20.0, 48.0), height, WHITE, font)
    rows, columns = np.nonzero(image[..., 0] > 100)
    assert abs(np.ptp(rows) + 1 - height) < 1.5
    assert abs((rows.min() + rows.max() + 1) / 2 - 48) <= 1.5
    assert abs(columns.min() - 20) < 0.25 * height + 1.5  # letters have room beside them
    assert abs(np.ptp(columns) + 1 - text_width("HIHEH", height, font)) < 0.4 * height + 2


def drawn(text: str, font: str) -> np.ndarray:
    """(200, 400) int, 0 to 255: a face's label."""
    image = np.full((200, 400, 3), 128, np.uint8)
    points = np.zeros((478, 3), np.float32)
    points[:, :2] = np.random.default_rng(0).uniform((150, 100), (250, 190), (478, 2))
    draw_layers(Canvas(image), DrawnFaces(points[None], texts=[text]), [LabelsLayer(font=font, letter_px=40)])
    return image[..., 0].astype(int)


@pytest.mark.parametrize("text", ["Zo\u00eb", "\u0416\u043e\u0440\u0430", "\u03a3\u03bf\u03c6\u03af\u03b1"])
def test_labels_have_letters_of_other_scripts(text: str, font: str) -> None:
    letters = drawn(text, font)
    folded = "".join(letter if letter.isascii() else "?" for letter in text)
    assert (letters < 60).sum() > 20
    for other in (folded, text.replace("\u00eb", "e"), "\uffff" * len(text)):  # the last has no letters
        assert other == text or (np.abs(letters - drawn(other, font)) > 40).sum() > 3


def test_descenders_and_accents_are_not_cut(font: str) -> None:
    coverage, _, _ = font_letters.font_letters("\u00c5\u00c9gjpq", 30, font)
    border = np.concatenate([coverage[0], coverage[-1], coverage[:, 0], coverage[:, -1]])
    assert border.max() == 0 and coverage.max() > 250


def test_line_breaks_controls_and_long_texts_give_one_short_line(font: str) -> None:
    np.testing.assert_array_equal(drawn("\u0416\n\u0416\x00", font), drawn("\u0416 \u0416", font))
    assert (drawn("\u0416" * 5000, font) < 60).any()


def test_a_list_of_marks_holds_the_same_letters(font: str) -> None:
    marks = MarkList((400, 96))
    marks.text("\u0416", (20.0, 48.0), 20, WHITE, font)
    image = np.zeros((96, 400, 3), np.uint8)
    Canvas(image).text("\u0416", (20.0, 48.0), 20, WHITE, font)
    assert marks.coverage.astype(int).sum() == image[..., 0].astype(int).sum()


def test_a_file_that_is_no_font_is_one_clear_error(tmp_path: Path) -> None:
    other = tmp_path / "font.ttf"
    other.write_bytes(b"no font")
    for path in (other, tmp_path / "missing.ttf"):
        with pytest.raises(ValueError, match=f"{path.name}.*TrueType"):
            LabelsLayer(font=str(path))


def test_without_pillow_the_error_names_the_extra(font: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    font_letters._opened.cache_clear()
    font_letters.capital_share.cache_clear()
    with pytest.raises(ImportError, match=r"\[fonts\]"):
        LabelsLayer(font=font)
