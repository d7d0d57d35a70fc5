"""Memory of lips: steadies, in a video, what the pixels of single frames decide.

The landmarks give the lips' place in every frame, and nothing of that is delayed. What lies before the lips,
where they end beside the opening, and what light is on them is measured in the pixels, and changes slowly.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from attention_mesh.drawing.makeup.lip_mask import LipMask
from attention_mesh.models.topology.landmark_groups import landmark_groups

# Time constants in seconds. A hand that comes is believed at once, and one that has gone after a while.
_HIDING, _SHOWING, _MEASURES = 0.04, 0.25, 0.2
_LONGEST_S = 0.5  # without the face, after which it is a new one
_SAME = 0.7  # distance of mouths relative to their width up to which they are the same person's
_COVERED = 1 / 64  # coverage below which the share that is seen says nothing


class LipMemory:
    """What the frames so far say about the lips of one face, and about the light on it."""

    def __init__(self) -> None:
        self.passed_s = 0.0  # since the frame before
        self._edges: np.ndarray | None = None
        self._measures: dict[str, np.ndarray] = {}
        self._seen: tuple[LipMask, np.ndarray] | None = None

    def edges(self, offsets: np.ndarray) -> np.ndarray:
        """Steadies offsets (2, P) of the inner contours, relative to the mouth's width."""
        self._edges = self._followed(self._edges, offsets)
        return self._edges

    def measure(self, name: str, values: np.ndarray) -> np.ndarray:
        """Steadies values (n,) that are measured in the pixels of the face, such as the light on it."""
        self._measures[name] = self._followed(self._measures.get(name), values)
        return self._measures[name]

    def cover(self, mask: LipMask, cover: np.ndarray) -> np.ndarray:
        """Steadies the part of a mask's coverage that is seen, (h, w) float32; it moves with the lips."""
        seen = np.where(mask.coverage > _COVERED, cover / np.maximum(mask.coverage, _COVERED), 1)
        if self._seen is not None:
            before, past = self._seen
            past = cv2.warpAffine(
                past,
                _movement(before, mask),
                (seen.shape[1], seen.shape[0]),
                flags=cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )
            speed = np.where(seen < past, self._share(_HIDING), self._share(_SHOWING)).astype(np.float32)
            seen = past + (seen - past) * speed
        self._seen = mask, seen.astype(np.float32)
        return mask.coverage * self._seen[1]

    def _followed(self, past: np.ndarray | None, now: np.ndarray) -> np.ndarray:
        return now if past is None else past + (now - past) * self._share(_MEASURES)

    def _share(self, seconds: float) -> float:
        """Weight of this frame in an exponential mean of this time constant."""
        return 1 - float(np.exp(-self.passed_s / seconds))


class MakeupMemory:
    """The memories of all faces of a video."""

    def __init__(self) -> None:
        self._faces: list[tuple[np.ndarray, LipMemory]] = []
        self._time_us = 0

    def of_faces(self, faces_px: np.ndarray, time_us: int) -> Sequence[LipMemory]:
        """The memory of each face: that of the mouth which was nearest in the frame before, or a new one.

        Args:
          faces_px: (F, N, 2 or more) float landmarks in pixels.
          time_us: of the frame; after a step back or a long pause, all faces are new.
        """
        passed_s = (time_us - self._time_us) / 1e6
        known = list(self._faces) if 0 < passed_s <= _LONGEST_S else []
        self._time_us, self._faces = time_us, []
        for face in faces_px:
            mouth = np.asarray(face[landmark_groups()["mouth_corners"], :2], float)
            width = float(np.hypot(*(mouth[1] - mouth[0])))
            distances = [float(np.linalg.norm((mouth - other).mean(axis=0))) for other, _ in known]
            memory = LipMemory()
            if distances and min(distances) < _SAME * width:
                memory = known.pop(int(np.argmin(distances)))[1]
            memory.passed_s = passed_s
            self._faces.append((mouth, memory))
        return [memory for _, memory in self._faces]


def _movement(before: LipMask, now: LipMask) -> np.ndarray:
    """(2, 3): the affine map that moved the lips' contours best, between the parts of both masks."""
    source = (before.contours_px - (before.left + 0.5, before.top + 0.5)).reshape(-1, 2)
    target = (now.contours_px - (now.left + 0.5, now.top + 0.5)).reshape(-1, 2)
    middle = source.mean(axis=0)
    spread = source - middle
    # Flat lips say little about their height: a little of no change keeps the map regular.
    damping = np.eye(2) * 1e-3 * float((spread**2).sum())
    linear = np.linalg.solve(spread.T @ spread + damping, spread.T @ (target - target.mean(axis=0)) + damping)
    return np.column_stack([linear.T, target.mean(axis=0) - middle @ linear])
