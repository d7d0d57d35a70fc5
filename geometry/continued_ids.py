"""ContinuedIds: track ids that go on where those of another tracker ended."""

from __future__ import annotations

import numpy as np

from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.rect_association import rect_overlaps

_SAME_FACE = 0.3  # overlap; as `TrackAssociation` recovers a face that was lost


class ContinuedIds:
    """Renames the track ids of a tracker that starts in the middle of a video, where another one ended.

    A face of the first frame that lies where the other tracker saw one keeps that one's id. All other faces
    get ids that were never given.

    Args:
      last: the other tracker's regions in its last frame.
      next_id: larger than all ids that the other tracker gave.
    """

    def __init__(self, last: NormalizedRects, next_id: int) -> None:
        self._last: NormalizedRects | None = last
        self._next_id = next_id
        self._names: dict[int, int] = {}

    def update(self, rects: NormalizedRects) -> NormalizedRects:
        """The regions of the next frame, whose ids are above 0, with their new ids."""
        if self._last is not None:
            self._names, self._last = _same_faces(rects, self._last), None
        for number in rects.ids.tolist():
            if number not in self._names:
                self._names[number] = self._next_id
                self._next_id += 1
        ids = [self._names[number] for number in rects.ids.tolist()]
        return NormalizedRects(rects.values, np.array(ids, np.int64))


def _same_faces(rects: NormalizedRects, last: NormalizedRects) -> dict[int, int]:
    """From ids of `rects` to those of the regions of `last` that overlap them most."""
    overlaps, names = rect_overlaps(rects.values, last.values), {}
    while overlaps.size and overlaps.max() > _SAME_FACE:
        new, old = np.unravel_index(overlaps.argmax(), overlaps.shape)
        names[int(rects.ids[new])] = int(last.ids[old])
        overlaps[new, :] = overlaps[:, old] = 0
    return names
