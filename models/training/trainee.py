"""A network as it is trained: its losses on a batch, in one of the paper's two phases."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from attention_mesh.models.attention_mesh import Mesh, ideal_transforms
from attention_mesh.models.attention_mesh.regions import regions
from attention_mesh.models.training.losses import LossWeights, landmark_losses


class Trainee(keras.Model):
    """A network whose output on a batch is its losses, by name.

    own_crops: False in the first phase, where crops lie as the true landmarks lay them, but for a little
      jitter; True in the second, where they lie as the network itself lays them.
    jitter: standard deviation of the first phase's crops: of their place in parts of their side, and of the
      logarithm of that side.

    Called with a dict of the images and targets that `Batches` gives, and "noise" (B, 3, 3), standard normal.
    A region with a landmark that is not known is cropped as in the second phase.
    """

    def __init__(
        self, network: keras.Model, weights: LossWeights, own_crops: bool, jitter: float = 0.05, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.network, self.loss_weights, self.own_crops, self.jitter = network, weights, own_crops, jitter
        self._means = [keras.metrics.Mean(name=name) for name in _loss_names(network)]
        self.built = True  # the network is

    def call(self, inputs: dict[str, Any], training: bool | None = None) -> dict[str, Any]:
        preset = self.network.preset
        ideal = self._ideal(inputs)
        if self.own_crops or isinstance(self.network, Mesh):
            outputs = self.network(inputs["images"])
        else:
            outputs = self.network(inputs["images"], transforms=self._jittered(ideal, inputs["noise"]))
        return landmark_losses(outputs, inputs, ideal, self.loss_weights, preset)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        for mean in self._means:
            mean.update_state(y_pred[mean.name])
        return sum(y_pred.values())

    def _ideal(self, inputs: dict[str, Any]) -> Any:
        transforms = ideal_transforms(inputs["landmarks"], self.network.preset)
        known = [
            ops.min(ops.take(inputs["weights"][:, :, 0], region.landmarks, 1), 1) > 0 for region in regions()
        ]
        known = ops.reshape(ops.stack(known, 1), (-1, len(regions()), 1, 1))
        return ops.stop_gradient(ops.where(known, transforms, np.float32(np.nan)))

    def _jittered(self, ideal: Any, noise: Any) -> Any:
        """Moved and scaled about its middle."""
        size = self.network.preset.crop_size
        turn, shift = ideal[..., :2], ideal[..., 2:]
        side = size * ops.sqrt(ops.sum(turn[..., :1] ** 2, -2, keepdims=True))
        grown = turn * ops.exp(self.jitter * noise[:, :, :1, None])
        middle = ops.sum(turn - grown, -1, keepdims=True) * (size / 2)
        moved = self.jitter * side * noise[:, :, 1:, None]
        return ops.concatenate([grown, shift + middle + moved], -1)


def _loss_names(network: keras.Model) -> list[str]:
    names = ["mesh", "z", "presence"]
    if not isinstance(network, Mesh):
        names += [name for region in regions() for name in region.heads]
    return [*names, "transforms"] if getattr(network, "theta", "mesh") == "predicted" else names
