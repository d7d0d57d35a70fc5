"""BranchStacker: stacked branches give what they give one by one."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.models.weights.conversion.operator_writer import OperatorWriter
from attention_mesh.models.weights.conversion.stack_branches import BranchStacker
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph

SAME, VALID = 0, 1
SHAPE = (1, 8, 6, 4)


class Branches:
    """A graph whose branches start from separate inputs, with random weights."""

    def __init__(self, count: int):
        self.random = np.random.default_rng(0)
        self.graph = TfliteGraph.empty()
        self.writer = OperatorWriter(self.graph)
        self.starts = [self.graph.add_input(SHAPE) for _ in range(count)]

    def block(self, x: int, stride: int = 1, grow: int = 0) -> int:
        """Depthwise, pointwise, skip and PReLU, as in the attention model."""
        channels = self.graph.shape(x)[3]
        normal, writer = self.random.normal, self.writer
        y = writer.depthwise_conv(x, normal(size=(1, 3, 3, channels)), normal(size=channels), stride, SAME)
        filters = normal(size=(channels + grow, 1, 1, channels))
        y = writer.conv(y, filters, normal(size=channels + grow), 1, VALID)
        x = writer.max_pool(x, 2, 2) if stride == 2 else x
        x = writer.pad_end(x, 3, grow) if grow else x
        return writer.prelu(writer.add(x, y), normal(size=(1, 1, channels + grow)))

    def head(self, x: int, results: int) -> int:
        size, channels = self.graph.shape(x)[1:3], self.graph.shape(x)[3]
        filters = self.random.normal(size=(results, *size, channels))
        return self.writer.conv(x, filters, self.random.normal(size=results), 1, VALID)


def compare(branches: Branches, results: list[int], run_tflite) -> np.ndarray:
    """Runs the branches one by one and stacked; returns the stacked result after comparing."""
    graph, count = branches.graph, len(branches.starts)
    inputs = [np.random.default_rng(7).normal(size=(2, *SHAPE[1:])) for _ in range(count)]
    graph.set_outputs(results)
    expected = run_tflite(graph.to_bytes(), *inputs)

    together = branches.writer.join(branches.starts, 3)
    stacked = BranchStacker(branches.writer, {tuple(branches.starts): together}).stack(results)
    graph.set_outputs([stacked])
    graph.sort()
    graph.remove_unused()
    (ours,) = run_tflite(graph.to_bytes(), *inputs)
    parts = np.split(ours, len(results), axis=-1)
    for part, values in zip(parts, expected, strict=True):
        channels = values.shape[-1]
        np.testing.assert_allclose(part[..., :channels], values, rtol=1e-4, atol=1e-4)
        assert np.all(part[..., channels:] == 0)
    return ours


def test_blocks_that_shrink_and_grow(run_tflite):
    branches = Branches(3)
    results = [branches.block(branches.block(x), stride=2, grow=3) for x in branches.starts]
    assert compare(branches, results, run_tflite).shape == (2, 4, 3, 21)


def test_heads_of_unequal_size_are_padded_with_zeros(run_tflite):
    branches = Branches(2)
    results = [branches.head(x, size) for x, size in zip(branches.starts, (5, 3), strict=True)]
    assert compare(branches, results, run_tflite).shape == (2, 1, 1, 10)


def test_branches_that_part_later_share_what_comes_before(run_tflite):
    branches = Branches(2)
    first, second = (branches.block(x) for x in branches.starts)
    results = [branches.block(x) for x in (first, second, second, first)]
    compare(branches, results, run_tflite)


def test_branches_of_different_layers_are_refused():
    branches = Branches(2)
    results = [branches.writer.relu(branches.starts[0]), branches.writer.max_pool(branches.starts[1], 1, 1)]
    with pytest.raises(ValueError, match="branches differ: MAX_POOL_2D, RELU"):
        BranchStacker(branches.writer, {}).stack(results)


def test_different_strides_are_refused():
    branches = Branches(2)
    results = [branches.block(x, stride) for x, stride in zip(branches.starts, (1, 1), strict=True)]
    producers = branches.graph.producers()
    addition = producers[int(producers[results[1]].inputs[0])]
    producers[int(addition.inputs[1])].builtinOptions.strideH = 2
    known = {tuple(branches.starts): branches.writer.join(branches.starts, 3)}
    with pytest.raises(ValueError, match="branches differ: CONV_2D"):
        BranchStacker(branches.writer, known).stack(results)


def test_an_operator_that_mixes_channels_is_refused():
    branches = Branches(2)
    results = [branches.writer.reshape(x, (48, 4)) for x in branches.starts]
    with pytest.raises(ValueError, match="RESHAPE cannot be stacked"):
        BranchStacker(branches.writer, {}).stack(results)


def test_branches_that_lead_to_nothing_known_are_refused():
    branches = Branches(2)
    with pytest.raises(ValueError, match="nothing to stack"):
        BranchStacker(branches.writer, {}).stack([branches.block(x) for x in branches.starts])
