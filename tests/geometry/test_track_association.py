"""TrackAssociation: ids that stay with a face."""

import numpy as np
import pytest

from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.track_association import TrackAssociation

NONE = NormalizedRects.empty()
FRAME_US = 33_333


def at(*places, ids=None):
    """Upright squares of side 0.2 centered at the given (x, y)."""
    values = np.array([[x, y, 0.2, 0.2, 0.0] for x, y in places], np.float32).reshape(-1, 5)
    return NormalizedRects(values, None if ids is None else np.array(ids))


def test_new_faces_are_numbered_from_one():
    found = TrackAssociation().update(at((0.2, 0.2), (0.8, 0.8)), NONE, 5, 0)
    np.testing.assert_array_equal(found.ids, [1, 2])


def test_a_tracked_face_keeps_its_id_and_place_though_detected_again():
    tracks = TrackAssociation()
    first = tracks.update(at((0.5, 0.5)), NONE, 2, 0)
    moved = NormalizedRects(first.values + np.float32([0.01, 0, 0, 0, 0]), first.ids)
    second = tracks.update(at((0.5, 0.5)), moved, 2, FRAME_US)
    np.testing.assert_array_equal(second.ids, [1])
    np.testing.assert_array_equal(second.values, moved.values)


def moved(rects, x):
    return NormalizedRects(rects.values + np.float32([x, 0, 0, 0, 0]), rects.ids)


def test_a_detected_region_that_is_turned_otherwise_neither_replaces_a_tracked_one_nor_is_a_face_of_its_own():
    tracks = TrackAssociation()
    tracked = tracks.update(at((0.5, 0.5)), NONE, 2, 0)
    turned = NormalizedRects(at((0.55, 0.52)).values + np.float32([0, 0, 0, 0, 0.3]))
    found = tracks.update(turned, tracked, 2, FRAME_US)
    np.testing.assert_array_equal(found.ids, [1])
    np.testing.assert_array_equal(found.values, tracked.values)


@pytest.mark.parametrize(
    ("x", "ids", "place"),
    [
        (0.04, [1], 0.5),  # overlap 0.67: the tracked region stays
        (0.06, [1], 0.56),  # 0.54: it lags
        (0.1, [1], 0.6),  # 0.33
        (0.12, [1, 2], 0.5),  # 0.25: another face
    ],
)
def test_a_detected_region_takes_the_place_of_a_tracked_one_that_lags(x, ids, place):
    tracks = TrackAssociation()
    first = tracks.update(at((0.5, 0.5)), NONE, 2, 0)
    second = tracks.update(moved(at((0.5, 0.5)), x), first, 2, FRAME_US)
    np.testing.assert_array_equal(second.ids, ids)
    np.testing.assert_allclose(second.values[0, 0], place, rtol=1e-6)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ([0.3, 0.45], [0.36, 0.51]),  # both have gone the same way, the left one to where the right one was
        ([0.5], [0.5, 0.6]),  # a new one beside one that stands
    ],
)
def test_a_detected_region_follows_the_tracked_one_that_is_nearest(before, now):
    tracks = TrackAssociation()
    first = tracks.update(at(*((x, 0.5) for x in before)), NONE, 4, 0)
    second = tracks.update(at(*((x, 0.5) for x in now)), first, 4, FRAME_US)
    np.testing.assert_array_equal(second.ids, [1, 2])
    np.testing.assert_allclose(second.values[:, 0], now, rtol=1e-6)


def test_tracked_faces_come_before_new_ones():
    tracks = TrackAssociation()
    first = tracks.update(at((0.5, 0.5)), NONE, 3, 0)
    second = tracks.update(at((0.1, 0.1), (0.5, 0.5)), first, 3, FRAME_US)
    np.testing.assert_array_equal(second.ids, [1, 2])
    np.testing.assert_allclose(second.values[:, 0], [0.5, 0.1], rtol=1e-6)


def test_no_more_than_max_faces_and_tracked_ones_first():
    tracks = TrackAssociation()
    first = tracks.update(at((0.5, 0.5)), NONE, 2, 0)
    second = tracks.update(at((0.1, 0.1), (0.9, 0.9)), first, 2, FRAME_US)
    np.testing.assert_array_equal(second.ids, [1, 2])
    np.testing.assert_allclose(second.values[:, 0], [0.5, 0.1], rtol=1e-6)
    assert len(TrackAssociation().update(at((0.1, 0.1), (0.5, 0.5), (0.9, 0.9)), NONE, 2, 0)) == 2


def test_a_lost_face_gets_its_id_back_near_its_place_within_the_time():
    tracks = TrackAssociation(recovery_seconds=0.5)
    tracks.update(at((0.5, 0.5)), NONE, 1, 0)
    for frame in range(1, 5):
        assert len(tracks.update(NONE, NONE, 1, frame * FRAME_US)) == 0
    again = tracks.update(at((0.55, 0.5)), NONE, 1, 5 * FRAME_US)
    np.testing.assert_array_equal(again.ids, [1])


def test_time_counts_from_the_last_frame_with_the_face_and_its_end_is_included():
    for gap_us, expected in ((500_000, 1), (500_001, 2)):
        tracks = TrackAssociation(recovery_seconds=0.5)
        tracks.update(at((0.5, 0.5)), NONE, 1, 1000)
        np.testing.assert_array_equal(tracks.update(at((0.5, 0.5)), NONE, 1, 1000 + gap_us).ids, [expected])


def test_a_face_elsewhere_is_a_new_one_and_ids_are_never_reused():
    tracks = TrackAssociation()
    tracks.update(at((0.2, 0.2)), NONE, 1, 0)
    np.testing.assert_array_equal(tracks.update(at((0.8, 0.8)), NONE, 1, FRAME_US).ids, [2])
    np.testing.assert_array_equal(tracks.update(at((0.5, 0.2)), NONE, 1, 2 * FRAME_US).ids, [3])
    np.testing.assert_array_equal(tracks.update(at((0.8, 0.8)), NONE, 1, 3 * FRAME_US).ids, [2])


def test_two_lost_faces_each_get_the_nearer_old_id():
    tracks = TrackAssociation()
    tracks.update(at((0.30, 0.5), (0.42, 0.5)), NONE, 2, 0)
    tracks.update(NONE, NONE, 2, FRAME_US)
    again = tracks.update(at((0.41, 0.5), (0.31, 0.5)), NONE, 2, 2 * FRAME_US)
    np.testing.assert_array_equal(again.ids, [2, 1])


def test_a_recovered_id_is_not_given_twice():
    tracks = TrackAssociation()
    tracks.update(at((0.5, 0.5)), NONE, 2, 0)
    again = tracks.update(at((0.46, 0.5), (0.56, 0.5)), NONE, 2, FRAME_US)
    np.testing.assert_array_equal(np.sort(again.ids), [1, 2])
    np.testing.assert_array_equal(again.ids, [1, 2])


def test_a_face_that_is_still_tracked_is_not_lost():
    tracks = TrackAssociation()
    first = tracks.update(at((0.2, 0.2), (0.8, 0.8)), NONE, 2, 0)
    second = tracks.update(at((0.8, 0.8)), first.take([0]), 2, FRAME_US)
    np.testing.assert_array_equal(second.ids, [1, 2])


def test_two_tracks_that_run_into_one_face_become_the_older():
    tracks = TrackAssociation()
    tracks.update(at((0.2, 0.2), (0.8, 0.8)), NONE, 2, 0)
    merged = tracks.update(NONE, at((0.5, 0.5), (0.51, 0.5), ids=[1, 2]), 2, FRAME_US)
    np.testing.assert_array_equal(merged.ids, [1])


@pytest.mark.parametrize(
    "options", [{"min_similarity": 1.5}, {"recovery_similarity": -0.1}, {"recovery_seconds": -1}]
)
def test_options_out_of_range_are_errors_that_name_them(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        TrackAssociation(**options)
