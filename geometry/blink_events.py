"""Blink events: when eyes close and open again, from the eye aspect ratios of a video."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

_EYES = ("left", "right")
# How fast the level of an open eye follows higher and lower ratios, in seconds. It falls slowly, so that a
# closed eye does not soon count as open.
_RISE_S, _FALL_S = 0.5, 5.0
_LEAST_LEVEL, _HIGHEST_LEVEL = 0.18, 0.5  # of any person's open eyes
_FIRST_LEVEL = 0.25  # at least, before an eye was seen open
_TOGETHER_US = 150_000  # both eyes close in one blink if they do it within this time


@dataclass(frozen=True, eq=False)
class BlinkEvents:
    """B blinks, in the order in which they ended.

    In a table, a blink belongs to the row of its face in the frame in which it ended: `eye_names()` is one
    column, start and length are the next two. The columns of all other rows are empty.

    Attributes:
        track_ids: (B,) int64, whose blink.
        eyes: (B, 2) bool, whether the left and the right eye took part.
        starts_us: (B,) int64, the time of the first frame with a closed eye.
        lengths_us: (B,) int64, from then to the first frame with open eyes.
    """

    track_ids: np.ndarray
    eyes: np.ndarray
    starts_us: np.ndarray
    lengths_us: np.ndarray

    def __len__(self) -> int:
        """Number of blinks B."""
        return len(self.track_ids)

    def eye_names(self) -> list[str]:
        """The eyes of each blink: "left", "right" or "both"."""
        return ["both" if eyes.all() else _EYES[int(eyes[1])] for eyes in self.eyes]


class BlinkUpdate(NamedTuple):
    """What a frame tells.

    Attributes:
        events: the blinks that ended in it.
        closed: (F, 2) bool, which eyes are closed in it, left and right.
    """

    events: BlinkEvents
    closed: np.ndarray


class BlinkDetector:
    """Finds blinks in a video, frame by frame, of every tracked face by itself.

    People's open eyes have ratios between 0.2 and 0.4, so an eye is compared with its own level: a mean that
    rises fast and falls slowly. An eye closes when its ratio falls below a share of the level, and opens when
    it rises above a higher share. Both eyes make one blink if they close together.

    Lids also cover the eyes of a person who looks down for a while. So a closure that lasts long is not a
    blink; neither is one whose end is not seen, because the face is lost or the video ends.

    Args:
        close_share: an eye is closed below this share of its level.
        open_share: it is open again above this one.
        longest_s: the longest blink in seconds; 0 lets all closures count.
        max_gap_s: a face that is missing for longer, and every face after a longer pause, starts again.

    Raises:
        ValueError: the shares are not in order between 0 and 1, or a time is negative.
    """

    def __init__(
        self,
        close_share: float = 0.6,
        open_share: float = 0.75,
        longest_s: float = 0.8,
        max_gap_s: float = 0.5,
    ) -> None:
        if not 0 < close_share <= open_share < 1:
            raise ValueError(
                f"close_share is {close_share:g} and open_share {open_share:g}; expected 0 < close_share <= "
                "open_share < 1"
            )
        if not (longest_s >= 0 and max_gap_s > 0):
            raise ValueError(
                f"longest_s is {longest_s:g} and max_gap_s {max_gap_s:g}; expected seconds, the second "
                "above 0"
            )
        self._shares = close_share, open_share
        self._longest_us = round(longest_s * 1e6) if longest_s else math.inf
        self._max_gap_us = round(max_gap_s * 1e6)
        self.reset()

    def reset(self) -> None:
        """Forgets all faces."""
        self._faces: dict[int, _Face] = {}
        self._last_us: int | None = None

    def update(self, ratios: np.ndarray, track_ids: np.ndarray, timestamp_us: int) -> BlinkUpdate:
        """Takes the next frame.

        Args:
            ratios: (F, 2), the eye aspect ratios of the left and the right eye.
            track_ids: (F,), the faces.
            timestamp_us: the frame's time. If it is before that of the last call, all faces start again.

        Raises:
            ValueError: a shape is another.
        """
        if ratios.shape != (len(track_ids), 2):
            raise ValueError(
                f"ratios have shape {ratios.shape} for {len(track_ids)} faces; expected (F, 2), left and "
                "right"
            )
        if self._last_us is not None and timestamp_us < self._last_us:
            self.reset()
        self._last_us = timestamp_us
        known = self._faces.items()
        self._faces = {name: face for name, face in known if timestamp_us - face.seen_us <= self._max_gap_us}
        closed = np.zeros((len(track_ids), 2), bool)
        blinks: list[tuple[int, list[bool], int, int]] = []
        for row, name in enumerate(track_ids.tolist()):
            face = self._faces.setdefault(name, _Face(timestamp_us))
            for start, end, eyes in face.update(ratios[row].tolist(), timestamp_us, *self._shares):
                if end - start <= self._longest_us:
                    blinks.append((name, eyes, start, end - start))
            closed[row] = [since is not None for since in face.closed_since]
        return BlinkUpdate(_events(blinks), closed)


@dataclass
class _Face:
    """What is known of one face. Lists have the left and the right eye.

    Attributes:
        seen_us: when it was seen last.
        levels: the ratios of open eyes; empty at first.
        closed_since: when an eye closed that is closed, else None.
        waiting: a closure that has ended, while the other eye of the same blink is still closed: its start,
            end and eye.
    """

    seen_us: int
    levels: list[float] = field(default_factory=list)
    closed_since: list[int | None] = field(default_factory=lambda: [None, None])
    waiting: tuple[int, int, int] | None = None

    def update(
        self, ratios: list[float], now_us: int, close_share: float, open_share: float
    ) -> list[tuple[int, int, list[bool]]]:
        """The closures that end now: start, end, and which eyes took part."""
        elapsed_s = (now_us - self.seen_us) * 1e-6
        self.seen_us = now_us
        if not self.levels:
            self.levels = [max(ratio, _FIRST_LEVEL) for ratio in ratios]
        ended = []
        for eye, ratio in enumerate(ratios):
            since = self.closed_since[eye]
            if since is None and ratio < close_share * self.levels[eye]:
                self.closed_since[eye] = now_us
            elif since is not None and ratio > open_share * self.levels[eye]:
                self.closed_since[eye] = None
                ended.append((since, now_us, eye))
            rate = _RISE_S if ratio > self.levels[eye] else _FALL_S
            level = self.levels[eye] + (ratio - self.levels[eye]) * (1 - math.exp(-elapsed_s / rate))
            self.levels[eye] = min(max(level, _LEAST_LEVEL), _HIGHEST_LEVEL)
        return self._joined(ended)

    def _joined(self, ended: list[tuple[int, int, int]]) -> list[tuple[int, int, list[bool]]]:
        """Closures that have ended, those of both eyes joined; one waits while its other eye is closed."""
        if self.waiting is not None:
            ended, self.waiting = [self.waiting, *ended], None
        if len(ended) == 2 and abs(ended[0][0] - ended[1][0]) <= _TOGETHER_US:
            return [(min(ended[0][0], ended[1][0]), max(ended[0][1], ended[1][1]), [True, True])]
        done = []
        for start, end, eye in ended:
            other = self.closed_since[1 - eye]
            if other is not None and abs(other - start) <= _TOGETHER_US:
                self.waiting = start, end, eye
            else:
                done.append((start, end, [eye == 0, eye == 1]))
        return done


def _events(blinks: list[tuple[int, list[bool], int, int]]) -> BlinkEvents:
    names, eyes, starts, lengths = zip(*blinks, strict=True) if blinks else ((), (), (), ())
    return BlinkEvents(
        np.array(names, np.int64),
        np.array(eyes, bool).reshape(-1, 2),
        np.array(starts, np.int64),
        np.array(lengths, np.int64),
    )
