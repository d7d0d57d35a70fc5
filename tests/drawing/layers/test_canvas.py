"""Canvas: its marks follow the rules of its module, to the tolerance that OpenCV's lines allow."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.drawing.layers.canvas import Canvas, text_width
from attention_mesh.drawing.layers.trails import Trails

SIDE = 96
WHITE = (255, 255, 255)
LINE = Trails([np.array([0, 1])])


def black() -> np.ndarray:
    return np.zeros((SIDE, SIDE, 3), np.uint8)


def ink(image: np.ndarray) -> float:
    """Covered area in pixels, of white on black."""
    return image[..., 0].sum() / 255


def ruled_coverage(start: np.ndarray, end: np.ndarray, width: float) -> np.ndarray:
    """(SIDE, SIDE) coverage by a line, by the rule of the module."""
    y, x = np.mgrid[:SIDE, :SIDE] + 0.5
    away = end - start
    along = np.clip(((x - start[0]) * away[0] + (y - start[1]) * away[1]) / (away @ away), 0, 1)
    distance = np.hypot(x - start[0] - along * away[0], y - start[1] - along * away[1])
    full = max(width, 1)
    return np.clip(full / 2 + 0.5 - distance, 0, 1) * min(width, 1)


ENDS = [((20.3, 20.7), (75.1, 21.2)), ((20.3, 20.7), (75.1, 60.4)), ((30.5, 15.25), (31.0, 80.5))]


@pytest.mark.parametrize("ends", ENDS, ids=["level", "oblique", "steep"])
@pytest.mark.parametrize("width", [0.2, 0.5, 0.9, 1.3, 1.7, 2.2, 2.9, 4.0, 5.4, 7.5, 11.5])
@pytest.mark.parametrize("opacity", [1.0, 0.6])
def test_lines_cover_what_the_rule_says(ends: tuple, width: float, opacity: float) -> None:
    points = np.array(ends, np.float32)
    image = black()
    Canvas(image).lines(points, LINE, width, WHITE, opacity=opacity)
    coverage = image[..., 0] / 255 / opacity
    if opacity == 1 and 0.78 < width < 1.3:  # drawn as the next width that OpenCV has
        width = 1.3
    expected = ruled_coverage(*points.astype(float), width)
    assert abs(coverage.sum() - expected.sum()) < 0.18 * expected.sum() + 2
    off = np.abs(coverage - expected)
    assert off.max() < 0.85 and off[expected > 0].mean() < 0.17
    # Nothing beyond the soft edge of a pixel.
    assert not coverage[ruled_coverage(*points.astype(float), width + 3) == 0].any()


def test_lines_are_placed_to_a_fraction_of_a_pixel() -> None:
    """Their middle moves evenly as they do."""
    middles = []
    for shift in np.arange(0, 1.01, 0.125):
        image = black()
        points = np.array([[20, 40 + shift], [70, 40 + shift]], np.float32)
        Canvas(image).lines(points, LINE, 1.2, WHITE)
        column = image[:, 45, 0].astype(float)
        middles.append((column * (np.arange(SIDE) + 0.5)).sum() / column.sum())
    np.testing.assert_allclose(np.diff(middles), 0.125, atol=0.06)
    assert abs(middles[0] - 40) < 0.1


def test_crossing_lines_are_one_mark() -> None:
    """Opacity counts once where they cross."""
    points = np.array([[10, 48], [86, 48], [48, 10], [48, 86]], np.float32)
    image = black()
    Canvas(image).lines(points, Trails([np.array([0, 1]), np.array([2, 3])]), 6, WHITE, opacity=0.5)
    assert image.max() in (127, 128)
    assert abs(int(image[48, 48, 0]) - int(image[48, 20, 0])) <= 1


def test_opacity_blends() -> None:
    image = np.full((SIDE, SIDE, 3), 100, np.uint8)
    Canvas(image).lines(np.array([[10, 48], [86, 48]], np.float32), LINE, 8, (200, 100, 0), opacity=0.5)
    np.testing.assert_allclose(image[48, 48].astype(int), [150, 100, 50], atol=1)


def every_mark(canvas: Canvas, move: np.ndarray) -> None:
    """One mark of each kind, in the middle of the picture if `move` is 0."""
    corners = np.array([[40, 40], [56, 42], [48, 58]]) + move
    canvas.lines(corners, Trails([np.array([0, 1, 2, 0])]), 1.8, (250, 10, 10))
    canvas.lines(corners, LINE, 6, (250, 10, 10))
    canvas.ellipses(corners[:1], np.array([[[7.0, 1], [-1, 5]]]), 0.7, (10, 250, 10), opacity=0.8)
    canvas.polygon(corners, (10, 10, 250), 0.5)
    canvas.disc(corners[1], 4.3, (200, 200, 10))
    canvas.triangles(corners, np.array([[0, 1, 2]]), np.array([[20, 220, 220]], np.uint8), 0.7)
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    canvas.heat(corners, np.array([[0, 1, 2]]), np.array([0.2, 0.9, 0.5]), ramp, np.full(256, 0.6))
    canvas.text("a1", tuple(corners[2]), 9, (255, 255, 255))


def noise() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (SIDE, SIDE, 3), np.uint8)


def test_pixels_away_from_the_marks_keep_their_values() -> None:
    image, before = noise(), noise()
    every_mark(Canvas(image), np.zeros(2))
    changed = np.argwhere((image != before).any(axis=2))
    assert len(changed) > 300
    assert changed.min() >= 25 and changed.max() <= 75


@pytest.mark.parametrize("move", [(-48, 0), (48, 0), (0, -48), (0, 48), (-47, -49), (47.5, 48.5)], ids=str)
def test_marks_over_the_edge_are_cut_off(move: tuple) -> None:
    """What is inside is as in a larger picture."""
    image = noise()
    wide = np.pad(image, ((SIDE, SIDE), (SIDE, SIDE), (0, 0)))
    every_mark(Canvas(image), np.array(move))
    every_mark(Canvas(wide), np.array(move) + SIDE)
    inner = wide[SIDE:-SIDE, SIDE:-SIDE]
    # The blur of heat sees no surface beyond the edge, and smooth lines are cut before they are smoothed.
    assert np.mean(np.abs(image.astype(int) - inner) > 6) < 0.004


@pytest.mark.parametrize("move", [(1e3, 0), (0, -1e3), (1e9, 1e9), (-1e12, 3)], ids=str)
def test_marks_outside_leave_the_picture_alone(move: tuple) -> None:
    image, before = noise(), noise()
    every_mark(Canvas(image), np.array(move))
    np.testing.assert_array_equal(image, before)


def test_bgr_swaps_red_and_blue() -> None:
    image = noise()
    swapped = np.ascontiguousarray(image[..., ::-1])
    every_mark(Canvas(image), np.zeros(2))
    every_mark(Canvas(swapped, bgr=True), np.zeros(2))
    np.testing.assert_array_equal(image, swapped[..., ::-1])


def test_triangles_without_color_leave_no_seam_and_cover_what_they_should() -> None:
    image = black()
    square = np.array([[20.5, 20.5], [60.5, 20.5], [60.5, 60.5], [20.5, 60.5]])
    Canvas(image).triangles(square, np.array([[0, 1, 2], [0, 2, 3]]), np.full((2, 3), 255, np.uint8))
    assert (image[22:59, 22:59] == 255).all()
    assert abs(ink(image) - 1600) < 60  # a row of half pixels at each side


def test_later_triangles_cover_earlier_ones() -> None:
    image = black()
    square = np.array([[20, 20], [60, 20], [60, 60]], float)
    twice = np.array([[0, 1, 2], [0, 1, 2]])
    Canvas(image).triangles(square, twice, np.array([[255, 0, 0], [0, 255, 0]], np.uint8))
    assert image[..., 0].max() == 0 and image[30, 50, 1] == 255


@pytest.mark.parametrize("height", [6.0, 9.5, 16.0, 40.0])
def test_text_has_its_height_and_width_and_stands_at_its_place(height: float) -> None:
    image = np.zeros((SIDE, 400, 3), np.uint8)
    Canvas(image).text("HIHEH", (20.0, 48.0), height, WHITE)
    rows, columns = np.nonzero(image[..., 0] > 100)
    assert abs(np.ptp(rows) + 1 - height) < 0.2 * height + 1.5
    assert abs((rows.min() + rows.max() + 1) / 2 - 48) < 0.1 * height + 1
    assert abs(columns.min() - 20) < 0.15 * height + 1.5
    assert abs(np.ptp(columns) + 1 - text_width("HIHEH", height)) < 0.3 * height + 2


def read_only() -> np.ndarray:
    image = black()
    image.flags.writeable = False
    return image


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.zeros((8, 8), np.uint8), r"uint8 \(8, 8\); expected uint8 \(height, width, 3\)"),
        (np.zeros((8, 8, 4), np.uint8), r"\(8, 8, 4\)"),
        (np.zeros((8, 8, 3), np.float32), "float32"),
        (np.zeros((8, 8, 3), np.uint16), "uint16"),
        (np.zeros((8, 8, 3), np.uint8)[:, ::-1], "not contiguous"),
        (read_only(), "read-only"),
    ],
    ids=["gray", "alpha", "float", "16 bit", "mirrored view", "read-only"],
)
def test_other_images_are_refused(image: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Canvas(image)
