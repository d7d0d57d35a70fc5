"""Landmark speeds: how fast each landmark of each tracked face moves."""

from __future__ import annotations

import numpy as np

_US = 1e-6
_LONGEST_GAP_S = 0.5  # between two frames of one motion


class LandmarkSpeeds:
    """Measures speeds from one frame to the next, smoothed over a time constant.

    Track ids identify faces. The place in the array identifies a face without one (id 0).

    Args:
        time_constant_s: after this time without motion, a speed has fallen to 37 %.
    """

    def __init__(self, time_constant_s: float = 0.15) -> None:
        if not time_constant_s > 0:
            raise ValueError(f"time_constant_s is {time_constant_s:g}; expected more than 0")
        self._time_constant_s = time_constant_s
        self._before: dict[tuple[bool, int], tuple[np.ndarray, np.ndarray]] = {}
        self._timestamp_us: int | None = None

    def update(
        self, points: np.ndarray, sizes: np.ndarray, ids: np.ndarray | None, timestamp_us: int
    ) -> np.ndarray:
        """Takes the faces of the next frame.

        Args:
            points: (F, N, D) float.
            sizes: (F,) sizes of the faces, in the unit of the points.
            ids: (F,) int track ids, 0 for none; None if no face has one.
            timestamp_us: of the frame. If it does not grow, or grows by more than half a second,
                the frames before are forgotten.

        Returns:
            (F, N) float32 speeds in sizes of the face per second; 0 for a face that was not in the frame
            before.
        """
        speeds = np.zeros(points.shape[:2], np.float32)
        elapsed = None if self._timestamp_us is None else (timestamp_us - self._timestamp_us) * _US
        if elapsed is None or not 0 < elapsed <= _LONGEST_GAP_S:
            self._before = {}
        self._timestamp_us = timestamp_us
        current: dict[tuple[bool, int], tuple[np.ndarray, np.ndarray]] = {}
        tracks = [0] * len(points) if ids is None else np.asarray(ids).tolist()
        for face, track in enumerate(tracks):
            key = (bool(track), track or face)
            before = self._before.get(key)
            if before is not None and elapsed and before[0].shape == points[face].shape and sizes[face] > 0:
                path = np.linalg.norm(points[face] - before[0], axis=1) / sizes[face]
                kept = np.exp(-elapsed / self._time_constant_s)
                speeds[face] = kept * before[1] + (1 - kept) * path / elapsed
            current[key] = (points[face].copy(), speeds[face].copy())
        self._before = current
        return speeds
