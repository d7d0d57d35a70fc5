"""The clock of a film: times that fall back, jump, repeat, are below zero or missing."""

import pytest

from attention_mesh.media.film_clock import FilmClock

MS = 1000
NONE = None


@pytest.mark.parametrize(
    ("given_ms", "expected_ms", "falls"),
    [
        pytest.param([0, 40, 100, 120], [0, 40, 100, 120], 0, id="variable"),
        pytest.param([-400, -360, -300, 0], [0, 40, 100, 400], 0, id="below zero"),
        pytest.param([90_000, 90_040], [0, 40], 0, id="late begin"),
        pytest.param([0, 40, 0, 40, 80], [0, 40, 80, 120, 160], 1, id="joined"),
        pytest.param([0, 20, 0, 40, 80], [0, 20, 40, 80, 120], 1, id="joined with another rate"),
        pytest.param([0, 40, 0, 40, 0, 40], [0, 40, 80, 120, 160, 200], 1, id="falls twice at once"),
        pytest.param([80, 120, -9000, -8960], [0, 40, 80, 120], 1, id="falls below zero"),
        pytest.param([0, 40, 40, 40, 40], [0, 40, 80, 120, 160], 1, id="stands still"),
        pytest.param([0, 40, NONE, 120], [0, 40, 80, 120], 0, id="missing"),
        pytest.param([NONE, NONE, NONE], [0, 33, 66], 0, id="no times at all"),
        pytest.param([0, 40, 80, 40, 160, 200], [0, 40, 80, 120, 160, 200], 0, id="one out of order"),
        pytest.param([0, 40, 60_000], [0, 40, 60_000], 0, id="a picture that stands for a minute"),
    ],
)
def test_times_strictly_increase_at_the_films_own_intervals(given_ms, expected_ms, falls):
    clock = FilmClock(33 * MS)
    assert [clock.tick(None if t is None else t * MS) for t in given_ms] == [t * MS for t in expected_ms]
    assert clock.falls == falls


def test_a_long_film_that_was_joined_keeps_its_length():
    clock = FilmClock(40 * MS)
    times = [clock.tick(40 * MS * (index % 500)) for index in range(1500)]
    assert times == [40 * MS * index for index in range(1500)] and clock.falls == 2


def test_a_jump_ahead_is_closed_in_formats_that_permit_it():
    given = [0, 40 * MS, 3_600_000 * MS, 3_600_040 * MS]
    clock = FilmClock(33 * MS, cut=True)
    assert [clock.tick(time) for time in given] == [0, 40 * MS, 80 * MS, 120 * MS] and clock.falls == 1
    clock = FilmClock(33 * MS)
    assert [clock.tick(time) for time in given] == given
