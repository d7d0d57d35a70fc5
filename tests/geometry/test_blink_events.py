"""BlinkDetector: blinks of one or both eyes, of every face by itself."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.geometry.blink_events import BlinkDetector
from attention_mesh.geometry.eye_aspect_ratio import eye_aspect_ratios
from attention_mesh.models.topology.landmark_groups import landmark_groups

FRAME_US = 33_000
OPEN, SHUT = 0.3, 0.05


def curve(frames: int, *closures: tuple[int, int], level: float = OPEN) -> np.ndarray:
    """(frames,) ratios of an eye that is shut from the first to before the second frame of each pair."""
    ratios = np.full(frames, level)
    for first, end in closures:
        ratios[first:end] = SHUT
    return ratios


def blinks(left: np.ndarray, right: np.ndarray, **options) -> list[tuple[str, int, int]]:
    """(eyes, first frame, frames) of the blinks of one face."""
    detector, found = BlinkDetector(**options), []
    for frame, ratios in enumerate(zip(left, right, strict=True)):
        events = detector.update(np.array([ratios]), np.array([1]), frame * FRAME_US).events
        rows = zip(events.eye_names(), events.starts_us, events.lengths_us, strict=True)
        found += [(eyes, start // FRAME_US, length // FRAME_US) for eyes, start, length in rows]
    return found


def test_a_blink_of_both_eyes_is_one_event():
    both = curve(60, (20, 25))
    assert blinks(both, both) == [("both", 20, 5)]


@pytest.mark.parametrize(("left", "right"), [((20, 25), (22, 26)), ((21, 27), (20, 24))])
def test_eyes_that_close_a_little_apart_blink_together(left, right):
    found = blinks(curve(60, left), curve(60, right))
    assert found == [("both", min(left[0], right[0]), max(left[1], right[1]) - min(left[0], right[0]))]


def test_a_wink_is_an_event_of_one_eye():
    assert blinks(curve(60, (20, 28)), curve(60)) == [("left", 20, 8)]
    assert blinks(curve(60), curve(60, (20, 28))) == [("right", 20, 8)]


def test_eyes_that_close_one_after_the_other_are_two_events():
    assert blinks(curve(80, (20, 30)), curve(80, (29, 40))) == [("left", 20, 10), ("right", 29, 11)]


def test_every_blink_of_a_video_is_found():
    both = curve(300, (20, 24), (90, 95), (100, 103), (250, 257))
    assert blinks(both, both) == [("both", 20, 4), ("both", 90, 5), ("both", 100, 3), ("both", 250, 7)]


@pytest.mark.parametrize("level", [0.2, 0.3, 0.42])
def test_narrow_and_wide_eyes_blink_alike(level):
    ratios = curve(120, (80, 85), level=level)
    ratios[80:85] = 0.35 * level
    assert blinks(ratios, ratios) == [("both", 80, 5)]


def test_noise_around_the_threshold_makes_no_further_events():
    random = np.random.default_rng(0)
    both = curve(100, (30, 40)) + random.normal(0, 0.01, 100)
    both[38:44] = [0.17, 0.185, 0.175, 0.19, 0.2, 0.21]  # opens slowly, past 0.6 and below 0.75 of the level
    assert [found[:2] for found in blinks(both, both)] == [("both", 30)]


def test_eyes_that_stay_closed_do_not_blink_unless_all_closures_count():
    both = curve(120, (30, 90))
    assert blinks(both, both) == []
    assert blinks(both, both, longest_s=0) == [("both", 30, 60)]


def test_a_closure_without_an_end_is_no_blink():
    both = curve(60, (50, 60))
    assert blinks(both, both) == []


def test_closed_eyes_are_told_in_every_frame():
    detector, left = BlinkDetector(), curve(30, (10, 15))
    closed = [
        detector.update(np.array([[ratio, OPEN]]), np.array([1]), frame * FRAME_US).closed[0].tolist()
        for frame, ratio in enumerate(left)
    ]
    assert [frame for frame, (is_left, _) in enumerate(closed) if is_left] == [10, 11, 12, 13, 14]
    assert not any(is_right for _, is_right in closed)


def test_faces_are_told_apart_by_their_ids_not_their_place():
    detector, found = BlinkDetector(), []
    first, second = curve(60, (20, 25)), curve(60)
    for frame in range(60):
        ids, ratios = np.array([7, 9]), np.array([[first[frame]] * 2, [second[frame]] * 2])
        if frame % 2:
            ids, ratios = ids[::-1], ratios[::-1]
        events = detector.update(ratios, ids, frame * FRAME_US).events
        found += list(zip(events.track_ids.tolist(), events.starts_us // FRAME_US, strict=True))
    assert found == [(7, 20)]


def test_a_face_that_was_lost_starts_again():
    detector = BlinkDetector()
    for frame in range(20):
        detector.update(np.full((1, 2), SHUT if frame > 15 else OPEN), np.array([1]), frame * FRAME_US)
    nobody = detector.update(np.zeros((0, 2)), np.zeros(0, int), 20 * FRAME_US)
    assert len(nobody.events) == 0 and nobody.closed.shape == (0, 2)
    back = detector.update(np.full((1, 2), OPEN), np.array([1]), 20 * FRAME_US + 600_000)
    assert len(back.events) == 0


def test_time_that_goes_back_starts_again():
    detector = BlinkDetector()
    for frame in range(20):
        detector.update(np.full((1, 2), SHUT if frame > 15 else OPEN), np.array([1]), frame * FRAME_US)
    assert len(detector.update(np.full((1, 2), OPEN), np.array([1]), 0).events) == 0


def test_blinks_of_a_film_are_those_that_a_person_sees(shared_data):
    """In portrait_d6, both eyes are shut at frames 50, 207 and 220, by looking at the frames."""
    stored = np.load(shared_data / "mediapipe_videos.npz")["portrait_d6"]
    groups = landmark_groups()
    lids = np.stack([groups["left_eye_aspect"], groups["right_eye_aspect"]])
    ratios = eye_aspect_ratios(stored[:, :, :2].astype(np.float32) / 8, lids)
    both = [start for eyes, start, _ in blinks(*ratios.T) if eyes == "both"]
    np.testing.assert_allclose(both, [50, 207, 220], atol=2)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"close_share": 0.8}, "close_share is 0.8 and open_share 0.75"),
        ({"open_share": 1.0}, "expected 0 < close_share <= open_share < 1"),
        ({"longest_s": -1}, "longest_s is -1"),
        ({"max_gap_s": 0}, "expected seconds, the second above 0"),
    ],
)
def test_options_out_of_range_are_an_error(options, said):
    with pytest.raises(ValueError, match=said):
        BlinkDetector(**options)


def test_ratios_without_ids_are_an_error():
    with pytest.raises(ValueError, match=r"shape \(1, 2\) for 2 faces"):
        BlinkDetector().update(np.zeros((1, 2)), np.array([1, 2]), 0)
