"""Augmented batches, made ahead by threads, each a function of its number alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from attention_mesh.models.training.augmentation import Augmentation
from attention_mesh.models.training.labelled_faces import LabelledFaces


class Batches:
    """Batches of crops out of several sets of pictures.

    sets, shares: where samples come from, and how often from each. crop_size: side in pixels.
    `batch(n)` → images (B, S, S, 3) float32 RGB in [0, 1], and targets: "landmarks" (B, 478, 3) float32 px of
    the crop, 0 where unknown; "weights" (B, 478, 2); "presence" (B, 1).
    """

    def __init__(
        self,
        sets: Sequence[LabelledFaces],
        shares: Sequence[float],
        crop_size: int,
        batch_size: int,
        augmentation: Augmentation,
        seed: int = 0,
    ) -> None:
        self.sets, self.crop_size, self.batch_size = list(sets), crop_size, batch_size
        self.augmentation, self.seed = augmentation, seed
        self._shares = np.asarray(shares, np.float64) / np.sum(shares)

    def batch(self, number: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        rng = np.random.default_rng([self.seed, number])
        samples = []
        for chosen in rng.choice(len(self.sets), self.batch_size, p=self._shares):
            faces = self.sets[chosen]
            sample = faces[int(rng.integers(len(faces)))]
            samples.append(self.augmentation.crop(sample, self.crop_size, rng))
        landmarks = np.stack([sample.landmarks for sample in samples])
        weights = np.stack([sample.weights for sample in samples])
        known = np.isfinite(landmarks)
        known = np.stack([known[:, :, :2].all(2), known[:, :, 2]], 2)
        targets = {
            "landmarks": np.nan_to_num(landmarks),
            "weights": weights * known,
            "presence": np.array([[sample.presence] for sample in samples], np.float32),
        }
        return np.stack([sample.image for sample in samples]).astype(np.float32) / 255, targets

    def stream(
        self, first: int, last: int, threads: int = 2
    ) -> Iterator[tuple[np.ndarray, dict[str, np.ndarray]]]:
        """Batches `first` to `last` − 1 in order; some are made ahead while the caller works on one."""
        with ThreadPoolExecutor(threads) as pool:
            waiting: deque[Future] = deque()
            for number in range(first, last):
                waiting.append(pool.submit(self.batch, number))
                if len(waiting) > 2 * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
