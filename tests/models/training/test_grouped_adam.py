"""Grouped Adam: it gives the steps of Keras' Adam."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from attention_mesh.models.training.grouped_adam import GroupedAdam

SHAPES = ((3, 4), (5,), (2, 3, 1), ())


def variables() -> list[keras.Variable]:
    rng = np.random.default_rng(0)
    return [keras.Variable(rng.normal(size=shape).astype(np.float32)) for shape in SHAPES]


def gradients(step: int, scale: float = 1.0) -> list[np.ndarray]:
    rng = np.random.default_rng(step + 1)
    return [np.asarray(scale * rng.normal(size=shape), np.float32) for shape in SHAPES]


def values(found: list[keras.Variable]) -> np.ndarray:
    return np.concatenate([keras.ops.convert_to_numpy(variable).ravel() for variable in found])


def stepped(optimizer: keras.optimizers.Optimizer, steps: int, scale: float = 1.0) -> list[keras.Variable]:
    moved = variables()
    optimizer.build(moved)
    for step in range(steps):
        optimizer.apply([keras.ops.convert_to_tensor(one) for one in gradients(step, scale)], moved)
    return moved


@pytest.mark.parametrize("scale", [1.0, 1000.0], ids=["free", "clipped"])
def test_its_steps_are_those_of_adam(scale):
    def schedule() -> keras.optimizers.schedules.LearningRateSchedule:
        return keras.optimizers.schedules.CosineDecay(0.0, 8, warmup_target=0.1, warmup_steps=3)

    ours = stepped(GroupedAdam(schedule(), clip=50.0, average=0.9), 7, scale)
    theirs = stepped(keras.optimizers.Adam(schedule(), global_clipnorm=50.0), 7, scale)
    assert np.abs(values(ours) - values(variables())).max() > 0.1
    np.testing.assert_allclose(values(ours), values(theirs), atol=1e-5)  # of float32 sums in another order


def test_the_result_is_the_running_mean_of_the_weights():
    optimizer = GroupedAdam(0.1, clip=50.0, average=0.75)
    mean = values(variables())
    for steps in range(1, 5):
        mean = 0.75 * mean + 0.25 * values(stepped(GroupedAdam(0.1, clip=50.0, average=0.75), steps))
    moved = stepped(optimizer, 4)
    optimizer.finalize_variable_values(moved)
    np.testing.assert_allclose(values(moved), mean, atol=1e-5)


def test_other_variables_than_at_its_start_are_refused():
    optimizer = GroupedAdam(0.1, clip=50.0, average=0.5)
    optimizer.build(variables())
    with pytest.raises(ValueError, match="there are 2 variables; expected the 4"):
        optimizer.apply(gradients(0)[:2], variables()[:2])


def test_a_checkpoint_holds_three_rows_and_no_variable_of_the_network():
    optimizer = GroupedAdam(0.1, clip=50.0, average=0.5)
    optimizer.build(variables())
    count = len(values(variables()))
    shapes = sorted(tuple(variable.shape) for variable in optimizer.variables)
    assert shapes == [(), (), (count,), (count,), (count,)]  # the number of steps and the rate are single
