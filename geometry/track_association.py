"""Track association: regions of interest that keep the ids of their faces from frame to frame."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.rect_association import associate_rects, rect_overlaps
from attention_mesh.geometry.regions_of_interest import angle_gaps

MAX_LAG_TURN_RAD = 0.12
"""The most by which a region that lags behind its face and the detected one are turned differently."""


@dataclass
class _Tracks:
    """The association's memory from one frame to the next.

    Attributes:
      next_id: of the next new face.
      last: the regions of the last frame, whose timestamp is last_timestamp_us.
      lost: (L) the last regions of lost faces.
      lost_at_us: (L,) int64, the timestamps of their last frames.
    """

    next_id: int = 1
    last: NormalizedRects = field(default_factory=NormalizedRects.empty)
    last_timestamp_us: int = 0
    lost: NormalizedRects = field(default_factory=NormalizedRects.empty)
    lost_at_us: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))

    def keep_lost(self, which: np.ndarray) -> None:
        """Forgets the lost faces for which `which` (L,) bool is false."""
        self.lost, self.lost_at_us = self.lost.take(which), self.lost_at_us[which]

    def add_lost(self, gone: NormalizedRects) -> None:
        """Adds faces of the last frame to the lost ones."""
        self.lost = NormalizedRects.concatenate([self.lost, gone])
        when = np.full(len(gone), self.last_timestamp_us)
        self.lost_at_us = np.concatenate([self.lost_at_us, when])


class TrackAssociation:
    """Joins detected and tracked regions frame by frame and gives each face an id.

    Ids are 1, 2, 3, … and never given twice.

    Args:
      min_similarity: if the axis-aligned intersection over union of a detected region and a tracked one is
        strictly above this, they are the same face, and the tracked region stays.
      moving_similarity, still_similarity: if a tracked region and the detected one that overlaps it most are
        above the first but not the second, then the face has moved so far since the last frame that the
        tracked region lags behind: the detected one takes its place and its id. (The regions that follow from
        the detection and from the landmarks of a still face overlap by about 0.75 and more.) This holds only
        if both are turned alike, to `MAX_LAG_TURN_RAD`: a detector frames a face in profile badly, and turns
        it by 0.13 to 0.8 rad, so that its region must not replace a good one. It is dropped then.
      recovery_similarity, recovery_seconds: a new region takes the id of a face that was lost at most so long
        ago if it overlaps that face's last place by strictly more than this. The default is lower than
        `min_similarity`, because a face is lost when it moves fast.

    Raises:
      ValueError: an option is out of range.
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
        self._tracks = _Tracks()

    def update(
        self, detected: NormalizedRects, tracked: NormalizedRects, max_faces: int, timestamp_us: int
    ) -> NormalizedRects:
        """The regions of this frame, all with ids: tracked ones first, then new ones.

        Args:
          detected: regions of this frame's detector, best first; empty if it did not run.
          tracked: regions that follow from the previous frame's landmarks, with their ids. One without an id
            (0) gets a new one.
          max_faces: the most regions that are kept.
          timestamp_us: of this frame; greater than at the last call.
        """
        tracks = self._tracks
        if len(detected) and len(tracked):
            detected, tracked = self._follow(detected, tracked)
        joined = associate_rects([detected, tracked], self._min_similarity)
        if joined is tracked and tracked.ids is tracks.last.ids and not len(tracks.lost):
            # The same faces, tracked on: the usual case in most frames of most videos.
            tracks.last, tracks.last_timestamp_us = tracked, timestamp_us
            return tracked
        self._remember_lost(tracked, timestamp_us)
        is_new = joined.ids == 0
        if is_new.any():
            joined = joined.take(np.argsort(is_new, kind="stable")).take(slice(max_faces))
            joined = NormalizedRects(joined.values, self._with_ids(joined))
        elif len(joined) > max_faces:
            joined = joined.take(slice(max_faces))
        tracks.last, tracks.last_timestamp_us = joined, timestamp_us
        return joined

    def _follow(
        self, detected: NormalizedRects, tracked: NormalizedRects
    ) -> tuple[NormalizedRects, NormalizedRects]:
        """Both, with detected regions in place of the tracked ones that lag behind their faces."""
        similarity = rect_overlaps(detected.values, tracked.values)
        values, is_new = tracked.values.copy(), np.ones(len(detected), bool)
        while similarity.size and similarity.max() > self._moving_similarity:
            new, old = np.unravel_index(similarity.argmax(), similarity.shape)
            if similarity[new, old] <= self._still_similarity:
                is_new[new] = False
                if angle_gaps(detected.values[new, 4], tracked.values[old, 4]) <= MAX_LAG_TURN_RAD:
                    values[old] = detected.values[new]
            similarity[new, :] = similarity[:, old] = 0
        if is_new.all():
            return detected, tracked
        return detected.take(is_new), NormalizedRects(values, tracked.ids)

    def _remember_lost(self, tracked: NormalizedRects, timestamp_us: int) -> None:
        """Moves faces of the last frame that are no longer tracked to the lost ones; forgets old ones."""
        tracks, last = self._tracks, self._tracks.last
        if len(last) and not (len(last) == len(tracked) and np.array_equal(last.ids, tracked.ids)):
            tracks.add_lost(last.take(~np.isin(last.ids, tracked.ids)))
        if len(tracks.lost):
            is_recent = timestamp_us - tracks.lost_at_us <= self._recovery_us
            if not is_recent.all():
                tracks.keep_lost(is_recent)

    def _with_ids(self, rects: NormalizedRects) -> np.ndarray:
        """(F,) int64 ids in which every 0 has become a recovered or a new one."""
        tracks = self._tracks
        ids = rects.ids.copy()
        new = np.flatnonzero(ids == 0)
        if len(tracks.lost):
            similarity = rect_overlaps(rects.values[new], tracks.lost.values)
            while similarity.size and similarity.max() > self._recovery_similarity:
                face, lost = np.unravel_index(similarity.argmax(), similarity.shape)
                ids[new[face]] = tracks.lost.ids[lost]
                similarity[face, :] = similarity[:, lost] = 0
            tracks.keep_lost(~np.isin(tracks.lost.ids, ids))
        new = np.flatnonzero(ids == 0)
        ids[new] = np.arange(tracks.next_id, tracks.next_id + len(new))
        tracks.next_id += len(new)
        return ids
