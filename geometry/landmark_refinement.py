"""Landmark refinement: the attention network's partial outputs merged into one mesh."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

COPY_Z = "copy"
KEEP_Z = "keep"

# z of a refined landmark as a weighted sum of input numbers: {(set, landmark in it): weight}.
_Sum = dict[tuple[int, int], float]


class RefinementLayout(NamedTuple):
    """The places of refined numbers among those of all sets laid end to end.

    Attributes:
      length: the count of those numbers.
      sources: (3 N,), the place of each refined x, y, z.
      mixed: (M), the refined landmarks whose z is not just one number.
      mixed_sources: (C,), the places of the numbers that those z combine.
      weights: (C, M) float32, the weights of those numbers.
    """

    length: int
    sources: np.ndarray
    mixed: slice | np.ndarray
    mixed_sources: np.ndarray
    weights: np.ndarray


class LandmarkRefinement:
    """Puts several sets of landmarks into one; a later set overwrites an earlier one.

    The rules are those of MediaPipe's LandmarksRefinementCalculator.

    Args:
      plan: for each set, (indices, z rule). The indices (K,) int name the refined landmark that each of the
        set's K landmarks becomes. The z rule is "copy" (z comes with the set), "keep" (the present z stays, 0
        at first) or an index array: all of the set take the mean z that these refined landmarks have at that
        moment.

    Attributes:
      num_landmarks: the number of refined landmarks, which is the highest index plus one.

    Raises:
      ValueError: the plan is empty, an index set is empty, an unknown rule is named, an average looks outside
        the refined landmarks, or the sets together leave an index out.
    """

    def __init__(self, plan: Sequence[tuple[np.ndarray, np.ndarray | str]]) -> None:
        if not plan:
            raise ValueError("a refinement needs at least one set of landmarks")
        self._indices = [_as_indices(indices, f"set {i}") for i, (indices, _) in enumerate(plan)]
        used = sorted(set(np.concatenate(self._indices).tolist()))  # np.unique loads numpy.ma
        self.num_landmarks = used[-1] + 1
        if used[0] < 0 or len(used) != self.num_landmarks:
            missing = np.setdiff1d(np.arange(self.num_landmarks), used)
            raise ValueError(f"refined landmarks must be 0, 1, 2, … without gaps; nothing maps to {missing}")
        # The owner of x and y of each refined landmark, and the sum that is its z, after all sets.
        self._owner: list[tuple[int, int]] = [(0, 0)] * self.num_landmarks
        self._z: list[_Sum] = [{} for _ in range(self.num_landmarks)]
        for i, (_, rule) in enumerate(plan):
            mean = self._mean_of(rule, i) if not isinstance(rule, str) else None
            if mean is None and rule not in (COPY_Z, KEEP_Z):
                raise ValueError(f"set {i}: z rule {rule!r} is not known; use 'copy', 'keep' or indices")
            for place, index in enumerate(self._indices[i].tolist()):
                self._owner[index] = (i, place)
                if mean is not None:
                    self._z[index] = mean
                elif rule == COPY_Z:
                    self._z[index] = {(i, place): 1.0}
        self._layouts: dict[tuple[int, ...], RefinementLayout] = {}

    def __call__(self, parts: Sequence[np.ndarray]) -> np.ndarray:
        """The merged landmarks, (F, num_landmarks, 3) float32, in the units of the parts.

        Args:
          parts: one array per set, (F, K, 2 or more) float32 with x, y, z first; a set whose z is copied
            needs the third column.

        Raises:
          ValueError: the number of sets, or of landmarks in one, differs from the plan.
        """
        if len(parts) != len(self._indices):
            raise ValueError(f"{len(parts)} sets of landmarks for a plan with {len(self._indices)}")
        for i, part in enumerate(parts):
            if part.ndim != 3 or part.shape[1] != len(self._indices[i]) or part.shape[2] < 2:
                raise ValueError(
                    f"set {i} has shape {part.shape}; expected (F, {len(self._indices[i])}, 2 or 3)"
                )
        rows = [part.reshape(len(part), part.shape[1] * part.shape[2]) for part in parts]
        return self.merge_rows(rows, tuple(part.shape[2] for part in parts))

    def merge_rows(self, rows: Sequence[np.ndarray], columns: tuple[int, ...]) -> np.ndarray:
        """The merged landmarks of sets as a network gives them.

        Args:
          rows: one array per set, one row per face: (F, K · columns) float32, or of any shape if F is 1.
          columns: numbers per landmark of each set, 2 or more, x, y, z first.

        Raises:
          ValueError: the rows' lengths do not add up.
        """
        layout = self._layouts.get(columns)
        if layout is None:
            layout = self._layouts[columns] = self.layout(columns)
        expected, sources, mixed, mixed_sources, weights = layout
        numbers = np.concatenate(rows, axis=None)[None] if len(rows[0]) == 1 else np.concatenate(rows, axis=1)
        if numbers.shape[1] != expected:
            raise ValueError(
                f"the sets hold {numbers.shape[1]} numbers per face; {expected} are expected, "
                f"{' + '.join(f'{len(i)} · {c}' for i, c in zip(self._indices, columns, strict=True))}"
            )
        refined = numbers.take(sources, axis=1).reshape(len(numbers), self.num_landmarks, 3)
        if weights.size:
            refined[:, mixed, 2] = numbers.take(mixed_sources, axis=1) @ weights
        return refined

    def _mean_of(self, rule: np.ndarray, number: int) -> _Sum:
        """The mean of the present z of some refined landmarks."""
        averaged = _as_indices(rule, f"set {number}, landmarks to average")
        if averaged.min() < 0 or averaged.max() >= self.num_landmarks:
            raise ValueError(
                f"set {number}: averages landmark {averaged.max()}, but there are {self.num_landmarks}"
            )
        mean: _Sum = {}
        for index in averaged.tolist():
            for source, weight in self._z[index].items():
                mean[source] = mean.get(source, 0.0) + weight / len(averaged)
        return mean

    def layout(self, columns: tuple[int, ...]) -> RefinementLayout:
        """The layout of the numbers of all sets laid end to end, `columns` per landmark.

        Raises:
          ValueError: the columns are not two or more for each set, or a copied z is in none.
        """
        if len(columns) != len(self._indices) or min(columns) < 2:
            raise ValueError(
                f"columns are {columns}; expected 2 or more for each of {len(self._indices)} sets"
            )
        starts = np.cumsum([0, *(len(i) * c for i, c in zip(self._indices, columns, strict=True))])

        def place(source: tuple[int, int], coordinate: int) -> int:
            part, landmark = source
            if coordinate >= columns[part]:
                raise ValueError(f"set {part}: its z is copied, but it has x and y only")
            return int(starts[part]) + landmark * columns[part] + coordinate

        sources = np.array([[place(owner, 0), place(owner, 1), 0] for owner in self._owner], np.intp)
        mixed = []
        for index, terms in enumerate(self._z):
            if list(terms.values()) == [1.0]:
                sources[index, 2] = place(next(iter(terms)), 2)
            else:
                mixed.append(index)
        places = sorted({place(source, 2) for index in mixed for source in self._z[index]})
        # An empty sum is 0; such a landmark needs a row too.
        mixed_sources = np.array(places or [0][: len(mixed)], np.intp)
        weights = np.zeros((len(mixed_sources), len(mixed)), np.float32)
        for column, index in enumerate(mixed):
            for source, weight in self._z[index].items():
                weights[np.searchsorted(mixed_sources, place(source, 2)), column] = weight
        return RefinementLayout(
            int(starts[-1]), sources.ravel(), _as_slice(np.array(mixed, np.intp)), mixed_sources, weights
        )


def _as_indices(values: np.ndarray, what: str) -> np.ndarray:
    indices = np.asarray(values, np.intp)
    if indices.ndim != 1 or not len(indices):
        raise ValueError(f"{what}: expected a list of at least one landmark index, got shape {indices.shape}")
    return indices


def _as_slice(indices: np.ndarray) -> slice | np.ndarray:
    """A slice if the indices are consecutive: NumPy writes through it several times faster."""
    if len(indices) and np.array_equal(indices, np.arange(indices[0], indices[0] + len(indices))):
        return slice(int(indices[0]), int(indices[0]) + len(indices))
    return indices
