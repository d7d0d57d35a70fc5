"""Pieces of long films: where films are cut, and how the tracks of pieces become those of the whole film."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from attention_mesh.geometry.rect_association import rect_overlaps

OVERLAP_US = 4_000_000
OVERLAP_FRAMES = 60
"""A piece is tracked from so long before its start, whichever is longer. Tracks that begin at different
frames have the same regions after 4 to 19 frames, on the grid of `ROI_STEPS`. Then the smoothing filter comes
within 0.1 px of the whole film's: in a second if the face moves, in 3 s if it is as still as a photo."""

SEAM_PX = 0.1
"""The most by which landmarks of two pieces may differ where they meet."""

_SAME_FACE = 0.5  # intersection over union of regions, as in the tracker
_SAME_REGION_PX = 1e-3  # float32's rounding


@dataclass(frozen=True)
class Piece:
    """A piece of a film.

    Attributes:
      start_us: when it begins, in µs from the film's first picture.
      end_us: when the next piece begins; None for the film's end.
    """

    start_us: int
    end_us: int | None


@dataclass(frozen=True)
class CutFilm:
    """A film that is measured in pieces.

    Attributes:
      first_us: the film's own time of its first picture, in µs.
      size: (width, height) of the upright pictures, in pixels.
      fps: frames per second that the film announces.
      rotation_degrees: by which it says that it is turned.
      pieces: in order, without gaps.
    """

    first_us: int
    size: tuple[int, int]
    fps: float
    rotation_degrees: int
    pieces: tuple[Piece, ...]

    def lead_us(self, piece: Piece) -> int:
        """When the tracking of a piece begins, in µs from the film's first picture."""
        return max(0, piece.start_us - max(OVERLAP_US, round(OVERLAP_FRAMES / self.fps * 1e6)))


def cut_times(duration_us: int, piece_us: int) -> tuple[Piece, ...]:
    """Pieces of equal length, but the last, which is 0.5 to 1.5 times as long.

    Args:
      duration_us: of the film, as it announces it.
      piece_us: length of a piece; 0 for a film that stays whole.
    """
    count = max(1, round(duration_us / piece_us)) if piece_us else 1
    starts = [number * piece_us for number in range(count)]
    return tuple(Piece(start, end) for start, end in zip(starts, [*starts[1:], None], strict=True))


def without_seams(pieces: Sequence[Piece], seams: Iterable[int]) -> tuple[Piece, ...]:
    """Joins pieces into longer ones.

    Args:
      pieces: in order.
      seams: seam i lies between piece i and the next.
    """
    bad = set(seams)
    joined: list[Piece] = []
    for number, piece in enumerate(pieces):
        if number - 1 in bad:
            joined[-1] = Piece(joined[-1].start_us, piece.end_us)
        else:
            joined.append(piece)
    return tuple(joined)


@dataclass(frozen=True)
class TrackRows:
    """R rows of a piece in the time that it shares with another, in the order of time.

    Attributes:
      timestamps_us: (R,) int64.
      track_ids: (R,) int64, of this piece.
      rois: (R, 5) float32: x_center, y_center, width, height in pixels, rotation in radians.
      landmarks_px: (R, N) float32.
    """

    timestamps_us: np.ndarray
    track_ids: np.ndarray
    rois: np.ndarray
    landmarks_px: np.ndarray


def same_tracks(before: TrackRows, after: TrackRows, last_us: int) -> dict[int, int] | None:
    """Which tracks of two pieces are the same faces, by their regions in the frames that both have.

    Args:
      before: of the piece before the cut.
      after: of the piece after it, which was tracked there to settle.
      last_us: the time of the last frame before the cut.

    Returns:
      track of `after` -> track of `before`; None if the pieces do not meet: if their faces are not the same
      in the last frame, in equal regions and with landmarks within `SEAM_PX`.
    """
    names: dict[int, int] = {}
    for time_us in np.intersect1d(before.timestamps_us, after.timestamps_us).tolist():
        left, right = (np.flatnonzero(rows.timestamps_us == time_us) for rows in (before, after))
        overlaps = rect_overlaps(after.rois[right], before.rois[left])
        while overlaps.size and overlaps.max() > _SAME_FACE:
            new, old = np.unravel_index(overlaps.argmax(), overlaps.shape)
            names[int(after.track_ids[right[new]])] = int(before.track_ids[left[old]])
            overlaps[new, :] = overlaps[:, old] = 0
    left, right = (np.flatnonzero(rows.timestamps_us == last_us) for rows in (before, after))
    places = {track: place for place, track in zip(left, before.track_ids[left].tolist(), strict=True)}
    found = [places.get(names.get(track, -1)) for track in after.track_ids[right].tolist()]
    if len(left) != len(right) or None in found or len(set(names.values())) != len(names):
        return None
    order = np.array(found, np.int64)
    if np.abs(before.rois[order] - after.rois[right]).max(initial=0) > _SAME_REGION_PX:
        return None
    if np.abs(before.landmarks_px[order] - after.landmarks_px[right]).max(initial=0) > SEAM_PX:
        return None
    return names


class TrackNumbers:
    """Numbers the tracks of a film 1, 2, 3, … in the order in which they appear, through all of its pieces.

    A tracker gives numbers also to regions that turn out to hold no face, so its own have gaps.
    """

    def __init__(self) -> None:
        self._count = 0
        self._numbers: dict[int, int] = {0: 0}  # of the tracks of this piece; photos have track 0
        self._last: list[int] = []  # numbers of the faces of the frame before

    def begin_piece(self, same: Mapping[int, int]) -> None:
        """Goes on with the next piece.

        Args:
          same: its track -> the track of the piece before.
        """
        self._numbers = {0: 0} | {
            new: self._numbers[old] for new, old in same.items() if old in self._numbers
        }

    def frame(self, track_ids: Sequence[int]) -> list[int]:
        """The numbers of the tracks of the faces of the next frame."""
        for track in track_ids:
            if track not in self._numbers:
                self._count += 1
                self._numbers[track] = self._count
        return [self._numbers[track] for track in track_ids]

    def ordered_frame(self, track_ids: Sequence[int]) -> tuple[list[int], list[int]]:
        """The order of the faces of the next frame, as places in `track_ids`, and their numbers.

        It is the order of the tracker over the whole film: faces of the frame before, in its order, then new
        ones.
        """
        places = {self._numbers.get(track): place for place, track in enumerate(track_ids)}
        order = [places[number] for number in self._last if number in places]
        order += [place for place in range(len(track_ids)) if place not in order]
        self._last = self.frame([track_ids[place] for place in order])
        return order, self._last
