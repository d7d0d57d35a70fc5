"""Emitter: what the rules for operators share: views of tensors, constants, and the list of steps so far."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from attention_mesh.webgpu.compiler.network import Network, Operator, Tensor
from attention_mesh.webgpu.compiler.steps import Place, ShaderStep, Step, Stored, TensorStep
from attention_mesh.webgpu.compiler.views import View, constant_view, dense_strides
from attention_mesh.webgpu.errors import UnsupportedNetworkError


class Emitter:
    """Collects the steps of a network.

    Attributes:
        network: the network, after fusion.
        is_for_software: whether the processor will run the program; see `compile_network`.
        steps: the steps so far.
        counts: elements of each activation that has memory of its own, by number.
    """

    def __init__(self, network: Network, is_for_software: bool = False) -> None:
        self.network = network
        self.is_for_software = is_for_software
        self.steps: list[Step] = []
        self.counts: dict[int, int] = {}
        self._views: dict[int, View] = {}
        self._next = max(network.tensors, default=0) + 1
        for number in network.inputs:
            self.allocate(number)

    def tensor(self, number: int) -> Tensor:
        return self.network.tensors[number]

    def shape(self, number: int) -> tuple[int, ...]:
        return self.network.tensors[number].shape

    def constant(self, operator: Operator, place: int, what: str) -> np.ndarray:
        """An operator's input that has to be a constant.

        Raises:
            UnsupportedNetworkError: it is missing, or calculated.
        """
        number = operator.inputs[place] if place < len(operator.inputs) else -1
        data = self.network.data(number)
        if data is None:
            raise self.unsupported(operator, f"{what} are calculated; constants are expected")
        return data

    def unsupported(self, operator: Operator, reason: str) -> UnsupportedNetworkError:
        """The error for an operator that no rule covers."""
        names = "; ".join(str(self.tensor(number)) for number in operator.outputs)
        return UnsupportedNetworkError(f"{operator}, which gives {names}: {reason}")

    def allocate(self, number: int) -> View:
        """Gives a tensor memory of its own, once."""
        if number not in self._views:
            shape = self.shape(number)
            self.counts[number] = max(1, self.tensor(number).count)
            self._views[number] = View(number, 0, shape, dense_strides(shape))
        return self._views[number]

    def scratch(self, shape: Sequence[int]) -> View:
        """Memory for a result within an operator."""
        number = self._next
        self._next += 1
        self.network.tensors[number] = Tensor(number, "scratch", tuple(shape), np.dtype(np.float32))
        return self.allocate(number)

    def view(self, number: int) -> View:
        """A tensor's elements, constant or not."""
        if number not in self._views:
            data = self.network.data(number)
            assert data is not None, f"{self.tensor(number)} is read before it is written"
            self._views[number] = constant_view(data)
        return self._views[number]

    def alias(self, operator: Operator, view: View) -> None:
        """Makes an operator's result a view of what is there; an output of the network is copied."""
        result = operator.outputs[0]
        if result in self.network.outputs:
            target = self.allocate(result)
            self.emit_copy(str(operator), view, target)
        else:
            self._views[result] = view

    def alias_tensor(self, number: int, view: View) -> None:
        """As `alias`, for one of several results."""
        if number in self.network.outputs:
            self.emit_copy(f"output {number}", view, self.allocate(number))
        else:
            self._views[number] = view

    def place(self, number: int, vectors: bool = False) -> Place:
        """Where a tensor's elements lie one after another; copies them first if they do not.

        Args:
            number: the tensor's.
            vectors: whether the shader reads vectors of four.
        """
        view = self.view(number)
        is_aligned = not vectors or view.offset % 4 == 0
        if not view.is_contiguous or not is_aligned or not isinstance(view.source, int):
            copy = self.scratch(view.shape)
            self.emit_copy(f"copy of tensor {number}", view, copy)
            self._views[number] = view = copy
        assert isinstance(view.source, int)
        return Place(view.source, view.offset, vectors)

    def contiguous(self, number: int) -> View:
        """As `place`, as a view."""
        self.place(number)
        return self.view(number)

    def emit_copy(self, label: str, source: View, target: View) -> None:
        """Copies elements."""
        self.steps.append(TensorStep(label, "copy", target.shape, target, [source.broadcast(target.shape)]))

    def emit_shader(
        self,
        operator: Operator,
        shader: str,
        constants: dict[str, float | Place | Stored],
        workgroups: tuple[int, int],
    ) -> None:
        """Appends a dispatch of a shader that writes the operator's result."""
        places = [value for value in constants.values() if isinstance(value, Place)]
        output = constants["OUTPUT"]
        assert isinstance(output, Place)
        reads = tuple(place.tensor for place in places if place is not output)
        self.steps.append(ShaderStep(str(operator), reads, output.tensor, shader, constants, workgroups))
