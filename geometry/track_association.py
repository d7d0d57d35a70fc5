"""Which face of this frame is which of the last: regions of interest with ids that stay."""

from __future__ import annotations

import numpy as np

from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.rect_association import associate_rects, rect_overlaps


class TrackAssociation:
    """Joins detected and tracked regions frame by frame and gives each face an id.

    min_similarity: a detected region whose axis-aligned intersection over union with a tracked one is
    strictly above this is the same face, and the tracked region stays.
    moving_similarity, still_similarity: of a tracked region and the detected one that overlaps it most, above
    the first but not the second, the face has moved so far since the last frame that the tracked region lags
    behind: the detected one takes its place and its id. (Of a face that stands still, the regions that follow
    from its detection and from its landmarks overlap by about 0.75 and more.)
    recovery_similarity, recovery_seconds: a new region that overlaps the last place of a face lost at most
    so long ago by strictly more than this takes that face's id back. The default is lower than
    `min_similarity`, because a face is lost when it moves fast.

    Ids are 1, 2, 3, … and never given twice. Raises ValueError when an option is out of range.
    """

    def __init__(
        self,
        min_similarity: float = 0.5,
        moving_similarity: float = 0.3,
        still_similarity: float = 0.6,
        recovery_similarity: float = 0.3,
        recovery_seconds: float = 0.5,
    ) -> None:
        for name, value in (
            ("min_similarity", min_similarity),
            ("moving_similarity", moving_similarity),
            ("still_similarity", still_similarity),
            ("recovery_similarity", recovery_similarity),
        ):
            if not 0 <= value <= 1:
                raise ValueError(f"{name} is {value}; an intersection over union is between 0 and 1")
        if recovery_seconds < 0:
            raise ValueError(f"recovery_seconds is {recovery_seconds}; expected 0 or more")
        self._min_similarity = min_similarity
        self._moving_similarity = moving_similarity
        self._still_similarity = still_similarity
        self._recovery_similarity = recovery_similarity
        self._recovery_us = round(recovery_seconds * 1_000_000)
        self._next_id = 1
        self._last = NormalizedRects.empty()
        self._last_timestamp_us = 0
        self._lost = NormalizedRects.empty()
        self._lost_at_us = np.empty(0, np.int64)

    def update(
        self, detected: NormalizedRects, tracked: NormalizedRects, max_faces: int, timestamp_us: int
    ) -> NormalizedRects:
        """The regions of this frame, all with ids: tracked ones first, then new ones, at most `max_faces`.

        detected: regions of this frame's detector, best first; empty where it did not run.
        tracked: regions that follow from the previous frame's landmarks, with the ids given there. One
        without an id (0) is given a new one.
        timestamp_us: of this frame; greater than at the last call.
        """
        if len(detected) and len(tracked):
            detected, tracked = self._follow(detected, tracked)
        joined = associate_rects([detected, tracked], self._min_similarity)
        if joined is tracked and tracked.ids is self._last.ids and not len(self._lost):
            # The same faces, tracked on: what most frames of most videos are.
            self._last, self._last_timestamp_us = tracked, timestamp_us
            return tracked
        self._remember_lost(tracked, timestamp_us)
        is_new = joined.ids == 0
        if is_new.any():
            joined = joined.take(np.argsort(is_new, kind="stable")).take(slice(max_faces))
            joined = NormalizedRects(joined.values, self._with_ids(joined))
        elif len(joined) > max_faces:
            joined = joined.take(slice(max_faces))
        self._last, self._last_timestamp_us = joined, timestamp_us
        return joined

    def _follow(
        self, detected: NormalizedRects, tracked: NormalizedRects
    ) -> tuple[NormalizedRects, NormalizedRects]:
        """Both, with detected regions in the place of tracked ones that lag behind their faces."""
        similarity = rect_overlaps(detected.values, tracked.values)
        values, is_new = tracked.values.copy(), np.ones(len(detected), bool)
        while similarity.size and similarity.max() > self._moving_similarity:
            new, old = np.unravel_index(similarity.argmax(), similarity.shape)
            if similarity[new, old] <= self._still_similarity:
                values[old], is_new[new] = detected.values[new], False
            similarity[new, :] = similarity[:, old] = 0
        if is_new.all():
            return detected, tracked
        return detected.take(is_new), NormalizedRects(values, tracked.ids)

    def _remember_lost(self, tracked: NormalizedRects, timestamp_us: int) -> None:
        """Moves faces of the last frame that are tracked no more to the lost ones; forgets old ones."""
        if len(self._last) and not (
            len(self._last) == len(tracked) and np.array_equal(self._last.ids, tracked.ids)
        ):
            gone = self._last.take(~np.isin(self._last.ids, tracked.ids))
            self._lost = NormalizedRects.concatenate([self._lost, gone])
            when = np.full(len(gone), self._last_timestamp_us)
            self._lost_at_us = np.concatenate([self._lost_at_us, when])
        if len(self._lost):
            recent = timestamp_us - self._lost_at_us <= self._recovery_us
            if not recent.all():
                self._lost, self._lost_at_us = self._lost.take(recent), self._lost_at_us[recent]

    def _with_ids(self, rects: NormalizedRects) -> np.ndarray:
        """(F,) int64 ids in which every 0 has become a recovered or a new one."""
        ids = rects.ids.copy()
        new = np.flatnonzero(ids == 0)
        if len(self._lost):
            similarity = rect_overlaps(rects.values[new], self._lost.values)
            while similarity.size and similarity.max() > self._recovery_similarity:
                face, lost = np.unravel_index(similarity.argmax(), similarity.shape)
                ids[new[face]] = self._lost.ids[lost]
                similarity[face, :] = similarity[:, lost] = 0
            still_lost = ~np.isin(self._lost.ids, ids)
            self._lost, self._lost_at_us = self._lost.take(still_lost), self._lost_at_us[still_lost]
        new = np.flatnonzero(ids == 0)
        ids[new] = np.arange(self._next_id, self._next_id + len(new))
        self._next_id += len(new)
        return ids
