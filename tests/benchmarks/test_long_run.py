"""The long run: it sees what grows, and its frames have faces that come and go."""

import sys

import numpy as np
import pytest

from attention_mesh.benchmarks import long_run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc says what a process holds")


def lines(**held):
    """A log in which what is held grows by so much per line."""
    start = {"rss_mib": 100.0, "files": 8, "threads": 4}
    return [
        {name: value + held.get(name, 0) * index for name, value in start.items()}
        | {"part": "frames", "count": 1000 * (index + 1), "faces": 0, "seconds": 0.0, "objects": 0}
        for index in range(100)
    ]


@pytest.mark.parametrize(
    ("held", "flat"),
    [
        ({}, True),
        ({"rss_mib": 0.1}, True),
        ({"rss_mib": 0.5}, False),
        ({"files": 1}, False),
        ({"threads": 1}, False),
    ],
)
def test_what_grows_is_seen(held, flat):
    text, found = long_run.report(lines(**held), {"frames": 100_000, "landmarkers": 0})
    assert found is flat and "100,000 frames." in text
    assert "Stopped after 100,000 of 200,000" in long_run.report(lines(), {"frames": 200_000})[0]


def test_what_a_process_needs_at_first_is_no_growth():
    log = lines()
    log[0]["rss_mib"] = log[5]["rss_mib"] = 10.0
    assert long_run.growth(log) == {"rss_mib": 0.0, "files": 0.0, "threads": 0.0}


def test_faces_come_and_go_and_sizes_change():
    frames = long_run.scenes(np.random.default_rng(0))
    shown = [next(frames) for _ in range(1000)]
    assert len({frame.shape for frame in shown}) >= 3
    empty = [np.ptp(frame.reshape(-1, 3), axis=0).max() == 0 for frame in shown]
    assert 50 < sum(empty) < 950


def test_a_line_of_the_log_holds_what_the_process_holds(tmp_path):
    before = long_run.usage("frames", 1, 0, 0.0)
    with (tmp_path / "file").open("w"):
        after = long_run.usage("frames", 1, 0, 0.0)
    assert after["files"] == before["files"] + 1 and after["rss_mib"] > 10
