"""Overlap of rectangles, and which of several that overlap is kept."""

import numpy as np
import pytest

from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.rect_association import associate_rects, propagate_ids, rect_overlaps


def rects(*rows, ids=None):
    """Squares of side 0.2 at the given (x, y), turned by a radian, which must not matter."""
    values = np.array([[x, y, 0.2, 0.2, 1.0] for x, y in rows], np.float32).reshape(-1, 5)
    return NormalizedRects(values, None if ids is None else np.array(ids))


def test_overlap_of_equal_disjoint_touching_and_half_shifted_squares():
    base = rects((0.5, 0.5)).values
    others = rects((0.5, 0.5), (0.9, 0.5), (0.7, 0.5), (0.6, 0.5)).values
    # Shifted by half a side: intersection 0.5, union 1.5.
    np.testing.assert_allclose(rect_overlaps(base, others), [[1, 0, 0, 1 / 3]], atol=1e-6)


def test_overlap_of_a_square_inside_another_is_the_ratio_of_areas():
    inner = np.array([[0.55, 0.5, 0.1, 0.1, 0]], np.float32)
    np.testing.assert_allclose(rect_overlaps(rects((0.5, 0.5)).values, inner), [[0.25]], rtol=1e-6)


def test_overlap_of_rectangles_without_area_is_zero():
    nothing = np.zeros((1, 5), np.float32)
    np.testing.assert_array_equal(rect_overlaps(nothing, nothing), [[0]])


def test_later_part_wins_and_order_is_kept():
    joined = associate_rects([rects((0.5, 0.5), (0.1, 0.1)), rects((0.51, 0.5), (0.9, 0.9))], 0.5)
    np.testing.assert_allclose(joined.values[:, :2], [(0.1, 0.1), (0.51, 0.5), (0.9, 0.9)], rtol=1e-6)


def test_later_wins_within_a_part_too():
    joined = associate_rects([rects((0.5, 0.5), (0.52, 0.5))], 0.5)
    np.testing.assert_allclose(joined.values[:, 0], [0.52], rtol=1e-6)


def test_threshold_is_strict():
    pair = [rects((0.5, 0.5)), rects((0.5, 0.5))]
    assert len(associate_rects(pair, 1.0)) == 2
    assert len(associate_rects(pair, 0.999)) == 1


def test_the_winner_takes_over_the_id_of_what_it_displaces():
    joined = associate_rects([rects((0.5, 0.5), ids=[4]), rects((0.51, 0.5), ids=[7])], 0.5)
    np.testing.assert_array_equal(joined.ids, [4])


def test_displacing_one_without_id_keeps_the_winners_id():
    joined = associate_rects([rects((0.5, 0.5)), rects((0.51, 0.5), ids=[7])], 0.5)
    np.testing.assert_array_equal(joined.ids, [7])


def test_a_displaced_rectangle_displaces_nothing_later():
    # The second removes the first; the third overlaps the first only.
    joined = associate_rects([rects((0.50, 0.5), (0.54, 0.5), (0.46, 0.5))], 0.6)
    np.testing.assert_allclose(joined.values[:, 0], [0.54, 0.46], rtol=1e-6)


def test_nothing_gives_nothing():
    assert len(associate_rects([], 0.5)) == 0
    assert len(associate_rects([NormalizedRects.empty(), NormalizedRects.empty()], 0.5)) == 0


def test_propagated_ids_come_from_the_overlapping_previous_rectangle():
    previous = rects((0.1, 0.1), (0.5, 0.5), ids=[3, 9])
    current = propagate_ids(previous, rects((0.51, 0.5), (0.9, 0.9)), 0.5)
    np.testing.assert_array_equal(current.ids, [9, 0])


@pytest.mark.parametrize("previous", [NormalizedRects.empty(), rects((0.5, 0.5))])
def test_nothing_to_propagate_leaves_the_ids(previous):
    np.testing.assert_array_equal(propagate_ids(previous, rects((0.5, 0.5), ids=[2]), 0.5).ids, [2])
