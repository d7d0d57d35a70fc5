"""Neutral calibration: learns the neutral faces of people over their first seconds in a film."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES

# A frame is calm if no shape is above this; eyes that look aside or half closed count as calm up to another.
_CALM, _CALM_EYES = 0.3, 0.5
_FEWEST, _MOST = 8, 90  # calm frames that make a neutral face, and that are kept
_FORGET_US = 10_000_000  # a person who was absent for so long is a new one


@dataclass
class _Person:
    """Calm frames of a person, aligned, until there is a neutral face."""

    first_us: int
    last_us: int
    frames: list[np.ndarray] = field(default_factory=list)
    neutral: np.ndarray | None = None


class NeutralCalibration:
    """Collects calm frames of each person and takes their median as the neutral face.

    A person who never is calm stays without one.

    Args:
        seconds: from a person's first frame to the neutral face.

    Raises:
        ValueError: the time is not above 0.
    """

    def __init__(self, seconds: float = 3.0) -> None:
        if not seconds > 0:
            raise ValueError(f"the calibration takes {seconds} seconds; expected a number above 0")
        self._wait_us = round(seconds * 1_000_000)
        self._people: dict[int, _Person] = {}

    def update(
        self, aligned: np.ndarray, coefficients: np.ndarray, ids: np.ndarray, timestamp_us: int
    ) -> np.ndarray:
        """The neutral faces that are known after a frame.

        Args:
            aligned: (F, 478, 3) float32, as `BlendshapeNetwork.align` gives them.
            coefficients: (F, 52), of the network without calibration.
            ids: (F,) int64, the person of each row.
            timestamp_us: microseconds.

        Returns:
            (F, 478, 3) float32 for `BlendshapeNetwork.predict`, NaN for people without a neutral face so far.
        """
        neutrals = np.full_like(aligned, np.nan)
        calm = (coefficients <= _limits()).all(1) & np.isfinite(aligned).all((1, 2))
        for row, number in enumerate(ids.tolist()):
            person = self._people.get(number)
            if person is None or not 0 <= timestamp_us - person.last_us < _FORGET_US:
                person = self._people[number] = _Person(timestamp_us, timestamp_us)
            person.last_us = timestamp_us
            if person.neutral is None and calm[row]:
                person.frames.append(aligned[row])
                del person.frames[:-_MOST]
            is_due = timestamp_us - person.first_us >= self._wait_us
            if person.neutral is None and is_due and len(person.frames) >= _FEWEST:
                person.neutral = np.median(person.frames, axis=0).astype(np.float32)
                person.frames.clear()
            if person.neutral is not None:
                neutrals[row] = person.neutral
        self._forget(timestamp_us)
        return neutrals

    def _forget(self, timestamp_us: int) -> None:
        gone = [key for key, one in self._people.items() if timestamp_us - one.last_us >= _FORGET_US]
        for number in gone:
            del self._people[number]


def _limits() -> np.ndarray:
    """(52,) the largest coefficients of a calm face."""
    return np.array([_CALM_EYES if name.startswith("eye") else _CALM for name in BLENDSHAPE_NAMES])
