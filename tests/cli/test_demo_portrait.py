"""The film of the demo's moving face."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh import FaceLandmarker
from attention_mesh.cli.demo_portrait import MovingPortraitSource, motion
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig


@pytest.fixture(scope="module")
def source(astronaut: np.ndarray) -> MovingPortraitSource:
    with FaceLandmarker() as landmarker:
        landmarks = landmarker.detect(astronaut).landmarks_px[0]
    return MovingPortraitSource(astronaut, landmarks, size=128, fps=10, duration_s=1)


def test_it_is_a_film_of_its_length_and_rate(source: MovingPortraitSource) -> None:
    with source as frames:
        film = list(frames)
    assert len(film) == source.length == 10
    assert [frame.timestamp_us for frame in film] == [100_000 * index for index in range(10)]
    assert {frame.image.shape for frame in film} == {(128, 128, 3)}
    assert all((a.image != b.image).any() for a, b in zip(film, film[1:], strict=False))


def test_the_motion_has_no_jumps_and_ends_as_it_begins() -> None:
    """In steps of a frame of four seconds at 25 frames per second."""
    names = builtin_rig().expression_names
    weights = [motion(step / 100) for step in range(101)]
    assert {name for weight in weights for name in weight} <= {*names}
    assert motion(0) == motion(1) == {}
    for before, after in zip(weights, weights[1:], strict=False):
        for name in {*before, *after}:
            largest = 0.5 if name.startswith("eyeBlink") else 0.2  # lids close within a tenth of a second
            assert abs(before.get(name, 0) - after.get(name, 0)) < largest
