"""Landmark trainer: a network with the crops, losses and metrics of one of the paper's two phases."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from attention_mesh.models.attention_mesh import Mesh, ideal_transforms
from attention_mesh.models.attention_mesh.regions import regions
from attention_mesh.models.training.loss_weights import LossWeights
from attention_mesh.models.training.losses import landmark_losses


class LandmarkTrainer(keras.Model):
    """Trains a network on batches of (inputs, targets, sample weights).

    - Inputs: "images" (B, S, S, 3) float32 RGB in [0, 1], and "noise" (B, 3, 3) float32, standard normal.
    - Targets: "landmarks" (B, 478, 3) float32 px and "presence" (B, 1) float32, as `Batches` gives them.
    - Sample weights: (B, 478, 2) float32, the trust in x and y, and in z, of every landmark.

    Args:
        network: `Mesh`, `Cascade` or `AttentionMesh`.
        loss_weights: how much each part of the loss counts.
        own_crops: False in the first phase: the true landmarks place the crops of the regions, with a little
            jitter. True in the second phase: the network places them. A region with an unknown landmark is
            always cropped as in the second phase.
        jitter: standard deviation of the first phase's crops: of their position, as a fraction of their
            side, and of the logarithm of that side.
    """

    def __init__(
        self, network: Any, loss_weights: LossWeights, own_crops: bool, jitter: float = 0.05, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.network, self.loss_weights = network, loss_weights
        self.own_crops, self.jitter = own_crops, jitter
        self.loss_trackers = [keras.metrics.Mean(name=name) for name in _loss_names(network)]
        self.built = True  # the network is

    def call(self, inputs: dict[str, Any], training: bool | None = None) -> dict[str, Any]:
        """The network's outputs on "images", its regions cropped by "transforms" if those are given."""
        if "transforms" in inputs:
            return self.network(inputs["images"], transforms=inputs["transforms"])
        return self.network(inputs["images"])

    def train_step(self, *arguments: Any) -> Any:
        """Adds the phase's crops to the batch, then takes Keras's own step.

        Keras passes (data) on TensorFlow and PyTorch, (state, data) on JAX, and takes the same back.
        """
        *state, data = arguments
        inputs, targets, trust = keras.utils.unpack_x_y_sample_weight(data)
        ideal = self._ideal_transforms(targets["landmarks"], trust)
        placed = {"images": inputs["images"]}
        if not self.own_crops and not isinstance(self.network, Mesh):
            placed["transforms"] = self._jittered(ideal, inputs["noise"])
        return super().train_step(*state, (placed, {**targets, "transforms": ideal}, trust))

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """The sum of `landmark_losses`; each of them goes into the metric of its name."""
        losses = landmark_losses(y_pred, y, sample_weight, self.loss_weights, self.network.preset)
        for tracker in self.loss_trackers:
            tracker.update_state(losses[tracker.name])
        return sum(losses.values())

    def _ideal_transforms(self, landmarks: Any, trust: Any) -> Any:
        """(B, 3, 2, 3) transforms of the true landmarks, NaN for a region with an unknown one."""
        transforms = ideal_transforms(landmarks, self.network.preset)
        known = [ops.min(ops.take(trust[:, :, 0], region.landmarks, 1), 1) > 0 for region in regions()]
        is_known = ops.reshape(ops.stack(known, 1), (-1, len(regions()), 1, 1))
        return ops.stop_gradient(ops.where(is_known, transforms, np.float32(np.nan)))

    def _jittered(self, ideal: Any, noise: Any) -> Any:
        """The transforms moved, and scaled about the middle of their crop."""
        size = self.network.preset.crop_size
        turn, shift = ideal[..., :2], ideal[..., 2:]
        side = size * ops.sqrt(ops.sum(turn[..., :1] ** 2, -2, keepdims=True))
        grown = turn * ops.exp(self.jitter * noise[:, :, :1, None])
        middle = ops.sum(turn - grown, -1, keepdims=True) * (size / 2)
        moved = self.jitter * side * noise[:, :, 1:, None]
        return ops.concatenate([grown, shift + middle + moved], -1)


def _loss_names(network: Any) -> list[str]:
    names = ["mesh", "z", "presence"]
    if not isinstance(network, Mesh):
        names += [name for region in regions() for name in region.heads]
    return [*names, "transforms"] if getattr(network, "theta", "mesh") == "predicted" else names
