"""Grouped Adam: the optimizer of a training, which updates all weights of a network as one row of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

_FIRST, _SECOND = 0.9, 0.999  # momenta of the gradient's mean and of its mean square
_EPSILON = 1e-7


class GroupedAdam(keras.optimizers.Optimizer):
    """Adam (Kingma & Ba, arXiv 1412.6980) with a running mean of the weights.

    A face mesh network has hundreds of small variables, and Keras' Adam computes about twenty operations on
    each. Here the gradients become one row, so that the number of operations hardly depends on the number of
    variables. All variables are float32, and all are updated together.

    Args:
        learning_rate: a number or a schedule.
        clip: largest norm of all gradients together; beyond it, all are scaled down.
        average: momentum of the running mean of the weights, 0 to 1. `finalize_variable_values` gives the
            mean to the network.
    """

    def __init__(self, learning_rate: Any, clip: float, average: float, **kwargs: Any) -> None:
        super().__init__(learning_rate, **kwargs)
        self.clip, self.average = clip, average

    def build(self, variables: Sequence[Any]) -> None:
        if self.built:
            return
        super().build(variables)
        sizes = [int(np.prod(variable.shape)) for variable in variables]
        self._ends = np.cumsum(sizes)[:-1].tolist()
        count = (sum(sizes),)
        self._mean, self._square, self._running = (
            self.add_variable(count, "zeros", "float32", name=name) for name in ("mean", "square", "running")
        )
        self._running.assign(_row(variables))

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[Any] | None = None) -> None:
        """One step. `trainable_variables` are those of `build`, in their order, or None."""
        if trainable_variables is not None:
            self.build(list(trainable_variables))
            known = len(self._trainable_variables)
            if len(trainable_variables) != known:
                raise ValueError(
                    f"there are {len(trainable_variables)} variables; expected the {known} that the "
                    "optimizer was built with"
                )
        gradient = _row(grads)
        norm = ops.sqrt(ops.sum(gradient * gradient))
        gradient = gradient * ops.minimum(1.0, self.clip / (norm + _EPSILON))
        self._mean.assign(self._mean + (1 - _FIRST) * (gradient - self._mean))
        self._square.assign(self._square + (1 - _SECOND) * (gradient * gradient - self._square))
        step = ops.cast(self.iterations + 1, "float32")
        rate = ops.cast(self.learning_rate, "float32")
        rate = rate * ops.sqrt(1 - ops.power(_SECOND, step)) / (1 - ops.power(_FIRST, step))
        weights = _row(self._trainable_variables) - rate * self._mean / (ops.sqrt(self._square) + _EPSILON)
        self._running.assign(self.average * self._running + (1 - self.average) * weights)
        self._set(weights)
        self.iterations.assign_add(1)

    def finalize_variable_values(self, var_list: Sequence[Any]) -> None:
        """Sets the variables to their running means."""
        self._set(ops.convert_to_tensor(self._running))

    def _set(self, row: Any) -> None:
        for variable, part in zip(self._trainable_variables, ops.split(row, self._ends), strict=True):
            variable.assign(ops.reshape(part, variable.shape))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "clip": self.clip, "average": self.average}


def _row(arrays: Sequence[Any]) -> Any:
    return ops.concatenate([ops.reshape(array, (-1,)) for array in arrays])
