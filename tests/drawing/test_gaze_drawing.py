"""draw_gaze: arrows that begin at the irises and point where the eyes look."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.drawing.face_mesh_drawing import LEFT, RIGHT
from attention_mesh.drawing.gaze_drawing import draw_gaze

AHEAD = np.array([0.0, 0.0, 1.0])


def face() -> np.ndarray:
    """(1, 478, 3) px: the right iris at (60, 100), the left one at (140, 100)."""
    points = np.full((1, 478, 3), 100.0, np.float32)
    points[0, 468:473, 0], points[0, 473:478, 0] = 60, 140
    points[0, 33, 0], points[0, 263, 0] = 50, 150
    return points


def gaze(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.stack([left, right, AHEAD])[None]


def drawn(*arguments, **options) -> np.ndarray:
    image = np.zeros((200, 200, 3), np.uint8)
    draw_gaze(image, *arguments, **options)
    return image


def box(image: np.ndarray, color: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the pixels of a color."""
    y, x = np.nonzero((image == color).all(2))
    return x.min(), y.min(), x.max(), y.max()


def test_arrows_point_where_the_eyes_look():
    image = drawn(face(), gaze(np.array([0.5, 0.0, 0.87]), np.array([0.0, 0.6, 0.8])))
    left, _, right, _ = box(image, LEFT)
    assert 132 < left <= 138 and 183 < right < 195  # 0.9 x 100 px x 0.5 = 45 to the right
    _, top, _, bottom = box(image, RIGHT)
    assert 35 < top < 48 and bottom < 106  # 54 px up


def test_an_eye_that_looks_along_the_axis_has_a_dot():
    left, top, right, bottom = box(drawn(face(), gaze(AHEAD, AHEAD)), LEFT)
    assert right - left < 10 and bottom - top < 10


def test_closed_eyes_have_no_arrow():
    image = drawn(face(), gaze(AHEAD, AHEAD), eyes_open=np.array([[False, True]]))
    assert not (image == LEFT).all(2).any() and (image == RIGHT).all(2).any()


def test_bgr_swaps_red_and_blue():
    vectors = gaze(AHEAD, np.array([0.6, 0.0, 0.8]))
    np.testing.assert_array_equal(drawn(face(), vectors, bgr=True), drawn(face(), vectors)[:, :, ::-1])


def test_faces_with_points_that_are_not_finite_are_left_out():
    points = face()
    points[0, 7] = np.nan
    assert not drawn(points, gaze(AHEAD, AHEAD)).any()
    assert not drawn(np.zeros((0, 478, 3)), np.zeros((0, 3, 3))).any()


def test_points_far_outside_are_clipped():
    assert drawn(face() * 1e9, gaze(AHEAD, np.array([1.0, 0, 0]))).shape == (200, 200, 3)


@pytest.mark.parametrize(("points", "vectors"), [((1, 468, 3), (1, 3, 3)), ((1, 478, 3), (1, 3))])
def test_wrong_shapes_are_an_error(points, vectors):
    with pytest.raises(ValueError, match="irises are needed"):
        drawn(np.zeros(points), np.zeros(vectors))
