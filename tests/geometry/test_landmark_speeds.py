"""LandmarkSpeeds: speeds in sizes of the face per second, by track id, smoothed and forgotten."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.geometry.landmark_speeds import LandmarkSpeeds

FRAME_US = 40_000


def update(speeds: LandmarkSpeeds, places: list[float], ids: list[int] | None, frame: int) -> np.ndarray:
    """(F,) speeds of faces of size 2 whose three landmarks are all at (place, 0)."""
    points = np.zeros((len(places), 3, 2))
    points[:, :, 0] = np.array(places, float)[:, None]
    given = None if ids is None else np.array(ids)
    found = speeds.update(points, np.full(len(places), 2.0), given, frame * FRAME_US)
    assert found.shape == (len(places), 3) and found.dtype == np.float32
    assert (found == found[:, :1]).all()
    return found[:, 0]


def test_a_steady_motion_reaches_its_speed() -> None:
    """A tenth of a size in each frame of 40 ms is 2.5 sizes per second."""
    speeds = LandmarkSpeeds(0.1)
    found = [update(speeds, [0.2 * frame], [1], frame)[0] for frame in range(20)]
    assert found[0] == 0
    assert all(np.diff(found) > 0)
    assert found[-1] == pytest.approx(2.5, rel=1e-3)
    # After its time constant, a filter of first order has 63 % of a step.
    assert np.interp(0.1, 0.04 * np.arange(20), found) / 2.5 == pytest.approx(1 - np.exp(-1), abs=0.02)


def test_rest_lets_the_speed_fall() -> None:
    speeds = LandmarkSpeeds(0.04)
    moving = [update(speeds, [place], [1], frame)[0] for frame, place in enumerate([0, 1])][-1]
    assert update(speeds, [1], [1], 2)[0] == pytest.approx(moving * np.exp(-1), rel=1e-4)


def test_faces_are_told_apart_by_their_ids_and_else_by_their_places() -> None:
    speeds = LandmarkSpeeds()
    update(speeds, [0, 5], [7, 8], 0)
    assert not update(speeds, [5, 0], [8, 7], 1).any()
    assert not update(speeds, [5, 0, 9], [8, 7, 9], 2).any()  # a new face has no speed
    without = LandmarkSpeeds()
    update(without, [0, 5], None, 0)
    assert (update(without, [5, 0], [0, 0], 1) > 0).all()


@pytest.mark.parametrize("frame", [0, -3, 14], ids=["the same time", "back", "after half a second"])
def test_a_time_that_does_not_follow_starts_again(frame: int) -> None:
    speeds = LandmarkSpeeds()
    update(speeds, [0], [1], 0)
    assert update(speeds, [3], [1], frame)[0] == 0
    assert update(speeds, [4], [1], frame + 1)[0] > 0


def test_no_face_and_faces_of_no_size_have_no_speed() -> None:
    speeds = LandmarkSpeeds()
    assert update(speeds, [], [], 0).shape == (0,)
    points = np.zeros((1, 3, 2))
    for time_us in (0, 10_000):
        found = speeds.update(points + time_us, np.zeros(1), None, time_us)
    assert not found.any()


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan")])
def test_a_time_constant_that_is_none(seconds: float) -> None:
    with pytest.raises(ValueError, match="expected more than 0"):
        LandmarkSpeeds(seconds)
