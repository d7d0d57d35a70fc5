"""Steps: what becomes of operators: dispatches whose places in the arena are not known yet."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from attention_mesh.webgpu.compiler.views import View
from attention_mesh.webgpu.errors import UnsupportedNetworkError

_AXES, _REDUCED_AXES = 5, 2
RECORD_WORDS = 64
# Words of a record, as shaders/tensor_operations.wgsl reads them.
_SIZES, _REDUCED, _FACTOR, _TARGET, _LOOK_UP, _OPERANDS, _OPERAND_WORDS = 4, 9, 11, 12, 18, 20, 9
_FIRST_AXIS = 47
_NONE, _IN_ARENA, _IN_WEIGHTS = range(3)

OPCODES = {
    "copy": 0,
    "look_up": 1,
    "add": 2,
    "subtract": 3,
    "multiply": 4,
    "divide": 5,
    "maximum": 6,
    "minimum": 7,
    "squared_difference": 8,
    "less": 10,
    "less_equal": 11,
    "equal": 12,
    "select": 13,
    "prelu": 14,
    "leaky_relu": 15,
    "negative": 20,
    "absolute": 21,
    "square": 22,
    "floor": 25,
    "ceil": 26,
    "truncate": 33,
    "hard_swish": 34,
    "round": 36,
    "power": 40,
    "root": 41,
    "reciprocal_root": 42,
    "exp": 43,
    "log": 44,
    "sin": 45,
    "cos": 46,
    "tanh": 47,
    "logistic": 48,
    "elu": 49,
}
# Of opcodes, from this number on: functions, which take long.
_FUNCTIONS = 40
REDUCTIONS = {"none": 0, "sum": 1, "maximum": 2, "minimum": 3, "product": 4}
TENSOR_ACTIVATIONS = {"none": 0, "relu": 1, "relu6": 2, "relu_n1_to_1": 3, "tanh": 4}


@dataclass(frozen=True)
class Place:
    """An element of an activation, whose place in the arena the plan decides.

    Attributes:
        tensor: its number.
        offset: in elements.
        vectors: whether the shader counts vectors of four instead of elements.
        words: whether it counts words of 32 bits, whatever the elements are.
    """

    tensor: int
    offset: int = 0
    vectors: bool = False
    words: bool = False


@dataclass(frozen=True, eq=False)
class Stored:
    """A constant, whose place in the weights depends on the precision of the step that reads it.

    Attributes:
        array: floats, or integers that stay what they are.
        vectors: whether the shader counts vectors of four instead of elements.
    """

    array: np.ndarray
    vectors: bool = False


@dataclass
class ShaderStep:
    """A dispatch of a shader of its own.

    Attributes:
        label: which operators it runs.
        reads: numbers of activations.
        writes: the number of the activation that it writes to.
        shader: its name.
        constants: places and numbers for its `override` constants.
        workgroups: along x and y.
        is_half: whether it runs on 16-bit floats.
    """

    label: str
    reads: tuple[int, ...]
    writes: int
    shader: str
    constants: Mapping[str, float | Place | Stored]
    workgroups: tuple[int, int]
    is_half: bool = False

    def reading(self, copies: Mapping[int, int]) -> ShaderStep:
        """The same step, reading copies of activations in place of some."""

        def renamed(value: float | Place | Stored) -> float | Place | Stored:
            if isinstance(value, Place) and value.tensor in copies:
                return replace(value, tensor=copies[value.tensor])
            return value

        constants = {name: renamed(value) for name, value in self.constants.items()}
        return replace(
            self, constants=constants, reads=tuple(copies.get(number, number) for number in self.reads)
        )


@dataclass
class TensorStep:
    """A record of shaders/tensor_operations.wgsl.

    Attributes:
        label: which operator it belongs to.
        opcode: a key of OPCODES.
        shape: of the result.
        target: where the result goes; its axes are those of `shape`.
        operands: up to three; their axes are those of `shape`, then those of `reduced`.
        reduced: sizes of the axes that are reduced.
        reduction: a key of REDUCTIONS. The third operand is then added to the result.
        activation: a key of TENSOR_ACTIVATIONS.
        factor: of the reduction's result.
        look_up: (step, entries) of the table, for the opcode "look_up".
    """

    label: str
    opcode: str
    shape: tuple[int, ...]
    target: View
    operands: list[View | None]
    reduced: tuple[int, ...] = ()
    reduction: str = "none"
    activation: str = "none"
    factor: float = 1.0
    look_up: tuple[int, int] = (0, 1)
    reads: tuple[int, ...] = field(init=False)
    writes: int = field(init=False)

    def __post_init__(self) -> None:
        sources = [operand.source for operand in self.operands if operand is not None]
        self.reads = tuple(dict.fromkeys(source for source in sources if isinstance(source, int)))
        assert isinstance(self.target.source, int)
        self.writes = self.target.source

    def reading(self, copies: Mapping[int, int]) -> TensorStep:
        """The same step, reading copies of activations in place of some."""
        operands = [
            replace(view, source=copies[view.source])
            if view is not None and isinstance(view.source, int) and view.source in copies
            else view
            for view in self.operands
        ]
        return replace(self, operands=operands)

    @property
    def elements(self) -> int:
        return math.prod(self.shape)

    @property
    def level(self) -> int:
        """Which of the shader's cases it needs: 0 copies and look-ups, 1 arithmetic, 2 functions too."""
        if OPCODES[self.opcode] >= _FUNCTIONS or self.activation == "tanh":
            return 2
        return int(self.opcode not in ("copy", "look_up"))

    @property
    def work(self) -> int:
        """The number of times that operands are combined."""
        return self.elements * math.prod(self.reduced)

    def record(self, places: Mapping[int, int], constants: Mapping[int, int]) -> np.ndarray:
        """The step as words.

        Args:
            places: element of each activation in the arena, by number.
            constants: word of each constant in the weights, by `id` of its array.

        Returns:
            (64,) uint32.

        Raises:
            UnsupportedNetworkError: it has more axes than a record holds.
        """
        operands = [None if view is None else list(view.strides) for view in [*self.operands, None, None]][:3]
        strides = [list(self.target.strides), *(entry for entry in operands if entry is not None)]
        sizes = list(self.shape)
        _merge_axes(sizes, strides)
        if len(sizes) > _AXES or len(self.reduced) > _REDUCED_AXES:
            raise UnsupportedNetworkError(
                f"{self.label}: {len(sizes)} axes and {len(self.reduced)} reduced ones; at most {_AXES} and "
                f"{_REDUCED_AXES}"
            )
        words = np.zeros(RECORD_WORDS, np.int64)
        words[:4] = (
            OPCODES[self.opcode],
            REDUCTIONS[self.reduction],
            TENSOR_ACTIVATIONS[self.activation],
            self.elements,
        )
        pad = _AXES - len(sizes)
        words[_SIZES : _SIZES + _AXES] = [1] * pad + sizes
        words[_REDUCED : _REDUCED + 2] = [1] * (2 - len(self.reduced)) + list(self.reduced)
        words[_FACTOR] = np.float32(self.factor).view(np.int32)
        words[_TARGET] = places[self.writes] + self.target.offset
        words[_TARGET + 1 : _TARGET + 1 + _AXES] = [0] * pad + strides[0][: len(sizes)]
        words[_LOOK_UP : _LOOK_UP + 2] = self.look_up
        words[_FIRST_AXIS] = pad
        remaining = iter(strides[1:])
        for number, view in enumerate([*self.operands, None, None][:3]):
            if view is None:
                continue
            entry = next(remaining)
            start = _OPERANDS + number * _OPERAND_WORDS
            if isinstance(view.source, int):
                words[start : start + 2] = _IN_ARENA, places[view.source] + view.offset
            else:
                words[start : start + 2] = _IN_WEIGHTS, constants[id(view.source)] + view.offset
            inner = entry[len(sizes) :]
            words[start + 2 : start + 2 + _AXES] = [0] * pad + entry[: len(sizes)]
            words[start + 7 : start + 9] = [0] * (2 - len(inner)) + inner
        return words.astype(np.int32).view(np.uint32)


def _merge_axes(sizes: list[int], strides: list[list[int]]) -> None:
    """Drops axes of size one and merges neighbors that every operand walks as one, in place.

    Strides of reduced axes, which follow those of `sizes`, stay.
    """
    for axis in range(len(sizes) - 1, -1, -1):
        if sizes[axis] == 1:
            for entry in [sizes, *strides]:
                del entry[axis]
    for axis in range(len(sizes) - 1, 0, -1):
        if all(entry[axis - 1] == entry[axis] * sizes[axis] for entry in strides):
            sizes[axis - 1] *= sizes.pop(axis)
            for entry in strides:
                del entry[axis - 1]


Step = ShaderStep | TensorStep
