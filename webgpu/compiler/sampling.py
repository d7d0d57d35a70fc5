"""Sampling: recognizes operators that sample a map bilinearly, by what they compute.

TFLite has no operator that samples, so that files write it as some thirty: clamping, floors, weights and
indices of four neighbors. There are many ways to write it. So instead of comparing operators, this calculates
the indices and weights for places at and around every border, and compares those with bilinear samples.
"""

from __future__ import annotations

import numpy as np

from attention_mesh.webgpu.compiler.constant_folding import calculate, is_calculable
from attention_mesh.webgpu.compiler.network import Network, Operator

_NEIGHBORS = 4
_TOLERANCE = 1e-5  # of weights, which are at most one
_ROUNDS = 8  # of probes; each has as many places as the network has samples


def recognize_sampling(network: Network) -> None:
    """Makes a `BILINEAR_SAMPLES` of each `WEIGHTED_ROWS` that samples a map, in place.

    Its inputs are the map's rows (…, height · width, channels) and the places, x of all samples and then y of
    all; its options the map's `height` and `width`.
    """
    for position, operator in enumerate(network.operators):
        if operator.kind != "WEIGHTED_ROWS":
            continue
        table, indices, weights = operator.inputs
        count, samples = network.tensors[indices].shape[-2:]
        if count != _NEIGHBORS or samples % 4:
            continue
        cone = _Cone(network, [indices, weights])
        entries = int(np.prod(network.tensors[table].shape[:-1]))
        if cone.border is None or network.tensors[cone.border].count != 2 * samples:
            continue
        width = cone.width(samples)
        if width > 1 and entries % width == 0 and entries // width > 1:
            height = entries // width
            if all(_is_bilinear(cone, places, height, width) for places in _probes(samples, height, width)):
                network.operators[position] = Operator(
                    "BILINEAR_SAMPLES",
                    operator.number,
                    [table, cone.border],
                    operator.outputs,
                    {"height": height, "width": width},
                )
    network.remove_unused()


class _Cone:
    """The operators that calculate some tensors out of one, the border, and that NumPy can calculate.

    Attributes:
        border: its number; None if several tensors are needed.
    """

    def __init__(self, network: Network, targets: list[int]) -> None:
        self._network = network
        self._targets = targets
        needed, border = set(targets), set()
        self._operators: list[Operator] = []
        for operator in reversed(network.operators):
            if needed.intersection(operator.outputs):
                if is_calculable(operator):
                    self._operators.insert(0, operator)
                    needed.update(operator.inputs)
                else:
                    border.update(needed.intersection(operator.outputs))
        border.update(needed.intersection(network.inputs))
        self.border = border.pop() if len(border) == 1 else None

    def __call__(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(4, N) indices and weights for places (2, N)."""
        assert self.border is not None
        shape = self._network.tensors[self.border].shape
        known = {self.border: places.astype(np.float32).reshape(shape)}
        for operator in self._operators:
            arrays = [
                known[number] if number in known else self._network.data(number) for number in operator.inputs
            ]
            result = calculate(operator, [array for array in arrays if array is not None])
            known[operator.outputs[0]] = np.asarray(result, self._network.tensors[operator.outputs[0]].dtype)
        indices, weights = (known[number].reshape(_NEIGHBORS, -1) for number in self._targets)
        return indices, weights

    def width(self, samples: int) -> int:
        """The entries between two lines of the map: where the place (0, 1) has most of its weight."""
        places = np.zeros((2, samples))
        places[1] = 1
        indices, weights = self(places)
        return int(indices[weights[:, 0].argmax(), 0])


def _probes(samples: int, height: int, width: int) -> list[np.ndarray]:
    """Places (2, N): at random within and around the map, on pixels, and at each side of its borders."""
    random = np.random.default_rng(0)
    limit = np.array([[width - 1.0], [height - 1.0]])
    probes = []
    for number in range(_ROUNDS):
        places = random.uniform(-2, limit + 2, (2, samples))
        if number % 2:
            places = np.round(places)
        for axis in range(2):
            end = limit[axis, 0]
            chosen = random.integers(samples, size=samples // 4 + 1)
            places[axis, chosen] = random.choice(
                [0, -1e-3, 1e-3, end, end + 1e-3, end - 1e-3, -1e4, 1e4], len(chosen)
            )
        probes.append(places.astype(np.float32))
    return probes


def _is_bilinear(cone: _Cone, places: np.ndarray, height: int, width: int) -> bool:
    """Whether weights and indices of places (2, N) are those of bilinear samples that are zero outside."""
    limit = np.array([[width - 1], [height - 1]], np.float32)
    inside = np.clip(places, 0, limit)
    base = np.minimum(np.floor(inside), limit - 1)
    x, y = inside - base
    factor = (places == inside).all(0)
    expected = factor * np.stack([(1 - x) * (1 - y), x * (1 - y), (1 - x) * y, x * y])
    first = base[1] * width + base[0]
    numbers = np.stack([first, first + 1, first + width, first + width + 1]).astype(int)
    indices, weights = cone(places)
    if indices.min() < 0 or indices.max() >= height * width:
        return False
    sums = np.zeros((2, height * width, places.shape[1]), np.float32)
    columns = np.broadcast_to(np.arange(places.shape[1]), numbers.shape)
    np.add.at(sums[0], (numbers, columns), expected)
    np.add.at(sums[1], (indices.astype(int), columns), weights)
    return bool(np.abs(sums[0] - sums[1]).max() <= _TOLERANCE)
