"""Trails: which points of many the lines of a drawing join."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


class Trails:
    """Polylines over numbered points, in groups that may have colors of their own.

    Args:
        groups: each a sequence of polylines, one at least: int arrays of indices of points. A polyline that
            ends with its first point is closed.

    Attributes:
        indices: (K,) int, of all polylines one after the other.
        groups: slices of `indices`.
    """

    def __init__(self, *groups: Sequence[np.ndarray]) -> None:
        trails = [trail for group in groups for trail in group]
        self.indices = np.concatenate(trails)
        before, after = np.arange(len(self.indices)) - 1, np.arange(len(self.indices)) + 1
        self.groups: list[slice] = []
        self._parts: list[list[slice]] = []
        start = 0
        for group in groups:
            parts = []
            first = start
            for trail in group:
                end = start + len(trail)
                closed = len(trail) > 2 and trail[0] == trail[-1]
                before[start] = end - 2 if closed else start
                after[end - 1] = start + 1 if closed else end - 1
                parts.append(slice(start - first, end - first))
                start = end
            self.groups.append(slice(first, start))
            self._parts.append(parts)
        self._before, self._after = before, after

    def split(self, points: np.ndarray, group: int) -> list[np.ndarray]:
        """The polylines of a group, as views of its points, which are in the order of `indices`."""
        return [points[part] for part in self._parts[group]]

    def lines(self, group: int) -> np.ndarray:
        """(L, 6) int: the start of each line of a group, the points before and after it, the same of its end.

        Between the points before and after one, `normals` takes the direction.
        """
        around = self.indices[np.stack([np.arange(len(self.indices)), self._before, self._after], axis=1)]
        around = around[self.groups[group]]
        return np.concatenate(
            [np.hstack([around[part][:-1], around[part][1:]]) for part in self._parts[group]]
        )

    def normals(self, points: np.ndarray) -> np.ndarray:
        """(K, 2) float32 unit vectors across the lines at points (K, 2) in the order of `indices`."""
        along = points.take(self._after, axis=0) - points.take(self._before, axis=0)
        length = np.sqrt(np.einsum("ij,ij->i", along, along))
        np.maximum(length, 1e-6, out=length)
        across = along[:, ::-1] / length[:, None]
        across[:, 0] *= -1
        return across
