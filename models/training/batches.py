"""Batches of augmented crops: threads prepare them ahead; each is a function of its number alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from attention_mesh.models.training.augmentation import Augmentation
from attention_mesh.models.training.labeled_faces import LabeledFaces

Batch = tuple[np.ndarray, dict[str, np.ndarray], np.ndarray]


class Batches:
    """Batches of crops from several sets of pictures.

    Args:
        sets: where the samples come from.
        shares: how often samples come from each set, relative to the others.
        crop_size: side of the crops in pixels.
        batch_size: crops per batch.
        augmentation: the random changes of each crop.
        seed: of everything random.
    """

    def __init__(
        self,
        sets: Sequence[LabeledFaces],
        shares: Sequence[float],
        crop_size: int,
        batch_size: int,
        augmentation: Augmentation,
        seed: int = 0,
    ) -> None:
        self.sets, self.crop_size, self.batch_size = list(sets), crop_size, batch_size
        self.augmentation, self.seed = augmentation, seed
        self._shares = np.asarray(shares, np.float64) / np.sum(shares)

    def batch(self, number: int) -> Batch:
        """(images, targets, trust), Keras's (x, y, sample_weight).

        Returns:
            images: (B, S, S, 3) float32 RGB in [0, 1].
            targets: "landmarks" (B, 478, 3) float32 px of the crop, 0 if unknown; "presence" (B, 1) float32.
            trust: (B, 478, 2) float32, in x and y, and in z, of every landmark.
        """
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
            "presence": np.array([[sample.presence] for sample in samples], np.float32),
        }
        images = np.stack([sample.image for sample in samples]).astype(np.float32) / 255
        return images, targets, weights * known

    def stream(self, first: int, last: int, threads: int = 2) -> Iterator[Batch]:
        """Batches `first` to `last` − 1 in order; threads prepare some ahead while the caller uses one."""
        with ThreadPoolExecutor(threads) as pool:
            waiting: deque[Future[Batch]] = deque()
            for number in range(first, last):
                waiting.append(pool.submit(self.batch, number))
                if len(waiting) > 2 * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
