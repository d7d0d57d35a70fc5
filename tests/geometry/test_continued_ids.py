"""Track ids go on where another tracker ended."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.geometry.continued_ids import ContinuedIds
from attention_mesh.geometry.normalized_rects import NormalizedRects


def rects(**ids_by_x: int) -> NormalizedRects:
    """Squares of 0.2 whose centers are at `x30=7`: 0.30 from the left, with the id 7."""
    rows = [[int(name[1:]) / 100, 0.5, 0.2, 0.2, 0.0] for name in ids_by_x]
    return NormalizedRects(np.array(rows, np.float32).reshape(-1, 5), np.array(list(ids_by_x.values())))


@pytest.mark.parametrize(
    "last, next_id, frames, expected",
    [
        (rects(x20=4, x70=6), 7, [rects(x72=1, x21=2)], [[6, 4]]),  # each is where it was
        (rects(x20=4), 7, [rects(x24=1, x22=2)], [[7, 4]]),  # the nearer one is the old face
        (rects(x20=4), 7, [rects(x60=1)], [[7]]),  # another place, so another face
        (rects(x20=4), 7, [rects(), rects(x20=1)], [[], [7]]),  # only the first frame counts
        (rects(), 1, [rects(x20=1), rects(x20=1, x70=2)], [[1], [1, 2]]),
        (rects(x20=4), 9, [rects(x20=1, x70=2), rects(x70=2), rects(x40=5, x70=2)], [[4, 9], [9], [10, 9]]),
    ],
)
def test_known_faces_keep_their_ids_and_new_ones_get_unused_ids(
    last: NormalizedRects, next_id: int, frames: list[NormalizedRects], expected: list[list[int]]
) -> None:
    continued = ContinuedIds(last, next_id)
    found = [continued.update(frame) for frame in frames]
    assert [each.ids.tolist() for each in found] == expected
    for frame, each in zip(frames, found, strict=True):
        np.testing.assert_array_equal(each.values, frame.values)
