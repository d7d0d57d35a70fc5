"""Face mesh drawing: parts and colors, sub-pixel placement, regions, ids, points far outside."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from attention_mesh.drawing.face_mesh_drawing import (
    BOX,
    GRAY,
    LEFT,
    RIGHT,
    WHITE,
    draw_face_mesh,
    draw_segments,
)
from attention_mesh.drawing.face_mesh_style import FaceMeshStyle
from attention_mesh.geometry.projection import rect_corners
from attention_mesh.models.topology.face_topology import FaceTopology

SIDE = 300
NOTHING = dict(tesselation=False, contours=False, irises=False)


def face_points(num_landmarks: int = 478) -> np.ndarray:
    """(1, N, 3) px: every landmark at a place of its own on a grid, so that parts do not cover each other
    by chance."""
    index = np.arange(num_landmarks)
    x, y = 10 + index % 22 * 13.0, 10 + index // 22 * 12.0
    return np.stack([x, y, np.zeros(num_landmarks)], axis=1)[None].astype(np.float32)


def drawn(points: np.ndarray, *arguments, **style) -> np.ndarray:
    image = np.zeros((SIDE, SIDE, 3), np.uint8)
    draw_face_mesh(image, points, FaceMeshStyle(**{**NOTHING, "antialias": False, **style}), *arguments)
    return image


def colors(image: np.ndarray) -> set[tuple[int, ...]]:
    return set(map(tuple, image.reshape(-1, 3).tolist())) - {(0, 0, 0)}


def test_nothing_is_drawn_where_nothing_is_asked_for() -> None:
    assert not drawn(face_points()).any()


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("tesselation", {GRAY}),
        ("contours", {WHITE, LEFT, RIGHT}),
        ("irises", {LEFT, RIGHT}),
        ("boxes", {BOX}),
    ],
)
def test_each_part_has_its_colors(part: str, expected: set) -> None:
    assert colors(drawn(face_points(), **{part: True})) == expected
    in_bgr = colors(drawn(face_points(), bgr=True, **{part: True}))
    assert in_bgr == {color[::-1] for color in expected}


def test_tesselation_draws_exactly_the_edges() -> None:
    """The trails cover the same pixels as single lines: each edge and no other."""
    points, expected = face_points(), np.zeros((SIDE, SIDE, 3), np.uint8)
    pixels = np.rint(points[0, :, :2] - 0.5).astype(int).tolist()
    for a, b in FaceTopology.load().connections["TESSELATION"]:
        cv2.line(expected, pixels[a], pixels[b], GRAY, 1)
    image = drawn(points, tesselation=True, thickness=1)
    # A line drawn from its other end may take the neighboring pixel at a few steps.
    assert (image != expected).any(axis=2).mean() < 0.02
    kernel = np.ones((3, 3), np.uint8)
    for one, other in ((image, expected), (expected, image)):
        assert not (one.any(axis=2) & ~cv2.dilate(other, kernel).any(axis=2)).any()


def test_a_mesh_without_irises_has_none_drawn() -> None:
    assert not drawn(face_points(468), irises=True).any()


def test_an_iris_is_a_circle_through_its_rim() -> None:
    points = face_points()
    center, radius = np.array([150.0, 160.0]), 40.0
    rim = center + radius * np.array([[1, 0], [0, -1], [-1, 0], [0, 1]])
    points[0, 468:473, :2] = [center, *rim]
    points[0, 473:] = 10  # the other one: a dot, out of the way
    weight = drawn(points, irises=True, thickness=1, antialias=True)[..., RIGHT.index(255)].astype(float)
    weight[:20, :20] = 0
    rows, columns = np.nonzero(weight)
    distance = np.hypot(columns + 0.5 - center[0], rows + 0.5 - center[1])
    np.testing.assert_allclose(distance, radius, atol=2, err_msg="pixels; a smooth line is up to three wide")
    assert np.average(distance, weights=weight[rows, columns]) == pytest.approx(radius, abs=0.2)


def test_antialiased_lines_are_placed_to_a_fraction_of_a_pixel() -> None:
    """The left side of a box moves with the box, by less than a pixel."""
    places = []
    for offset in (0.0, 0.25, 0.5, 0.75):
        roi = np.array([[150 + offset, 150, 100, 100, 0]])
        image = drawn(face_points(), roi, boxes=True, antialias=True, thickness=1)
        row = image[150, :150].sum(axis=1)
        places.append(np.average(np.arange(150) + 0.5, weights=row))
    np.testing.assert_allclose(places, [100.0, 100.25, 100.5, 100.75], atol=0.1, err_msg="pixels")


def test_all_faces_are_drawn() -> None:
    points = np.concatenate([face_points() / 3, face_points() / 3 + [0, 150, 0], face_points() / 3 + 150])
    together = drawn(points, contours=True, irises=True)
    one_by_one = np.maximum.reduce([drawn(face[None], contours=True, irises=True) for face in points])
    np.testing.assert_array_equal(together, one_by_one)


def test_a_face_with_a_point_that_is_not_finite_is_left_out() -> None:
    points = np.concatenate([face_points(), face_points() + 5])
    points[0, 17, 1] = np.nan
    rois, ids = np.array([[50, 50, 20, 20, 0], [200, 200, 40, 40, 0.3]]), np.array([1, 2])
    style = dict(contours=True, boxes=True, ids=True)
    np.testing.assert_array_equal(
        drawn(points, rois, ids, **style), drawn(points[1:], rois[1:], ids[1:], **style)
    )


@pytest.mark.parametrize("antialias", [False, True])
@pytest.mark.parametrize("scale", [1e3, 1e9, 1e30])
def test_points_far_outside_do_no_harm(scale: float, antialias: bool) -> None:
    points = face_points()
    points[0, ::7] *= scale
    everything = dict(tesselation=True, contours=True, irises=True, boxes=True, ids=True)
    image = drawn(points, None, np.array([3]), antialias=antialias, **everything)
    assert image.any()


def test_box_is_the_region_and_else_the_points_extent() -> None:
    points = face_points()
    low, high = points[0, :, :2].min(axis=0), points[0, :, :2].max(axis=0)
    rows, columns = np.nonzero(drawn(points, boxes=True, thickness=1).any(axis=2))
    np.testing.assert_allclose([columns.min(), rows.min()], low, atol=1)
    np.testing.assert_allclose([columns.max(), rows.max()], high, atol=1)
    roi = np.array([[150, 100, 80, 60, 0]])
    rows, columns = np.nonzero(drawn(points, roi, boxes=True, thickness=1).any(axis=2))
    assert [columns.min(), columns.max(), rows.min(), rows.max()] == pytest.approx([110, 190, 70, 130], abs=1)


@pytest.mark.parametrize("ids", [None, np.array([0])], ids=["unknown", "none"])
def test_no_id_is_not_written(ids: np.ndarray | None) -> None:
    assert not drawn(face_points(), None, ids, ids=True).any()


@pytest.mark.parametrize("place", [(-500, -500), (150, 150), (800, 800)], ids=["above", "inside", "below"])
def test_id_is_written_inside_the_image(place: tuple[int, int]) -> None:
    """Whole, wherever the face is: with as much ink as in the middle."""
    inks = []
    for x, y in (place, (150, 150)):
        points = face_points() * np.float32([0.1, 0.1, 1]) + np.float32([x, y, 0])
        inks.append(drawn(points, None, np.array([27]), ids=True).sum(dtype=int))
    assert inks[0] == inks[1] > 255 * 30


def test_id_stands_at_the_region_where_that_is_drawn_and_else_at_the_face() -> None:
    """Their top left corners; of a tilted region the corner that is nearest to it."""
    points, ids = face_points() * np.float32([0.1, 0.1, 1]) + np.float32([150, 150, 0]), np.array([27])
    rois = np.array([[165, 160, 160, 160, 0.3]])
    (corners,) = rect_corners(rois)
    only_box = drawn(points, rois, ids, boxes=True)
    for image, (x, y) in (
        (drawn(points, rois, ids, ids=True), points[0, :, :2].min(axis=0)),
        (drawn(points, rois, ids, boxes=True, ids=True) - only_box, corners[0]),
    ):
        rows, columns = np.nonzero(image.any(axis=2))
        assert abs(columns.min() - x) < 12 and abs(rows.max() - y) < 12


def test_segments_equal_single_lines() -> None:
    segments = np.random.default_rng(4).integers(-50, SIDE + 50, (60, 2, 2)).astype(np.int32)
    for thickness in (1, 2, 3, 5):
        image, expected = np.zeros((2, SIDE, SIDE, 3), np.uint8)
        draw_segments(image, segments, (1, 2, 3), thickness)
        for a, b in segments.tolist():
            cv2.line(expected, a, b, (1, 2, 3), thickness)
        np.testing.assert_array_equal(image, expected)
