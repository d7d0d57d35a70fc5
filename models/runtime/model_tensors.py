"""ModelTensors: names, shapes and dtypes of a model's inputs or outputs; checks what is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from attention_mesh.models.runtime.errors import ModelError


@dataclass(frozen=True)
class ModelTensors:
    """The tensors on one side of a model. Shapes are those of one face, without the batch axis."""

    names: list[str]
    shapes: list[tuple[int, ...]]
    types: list[np.dtype]

    @classmethod
    def from_details(cls, details: Sequence[dict[str, Any]]) -> ModelTensors:
        """Reads LiteRT's details.

        Raises:
          ModelError: the first axis of a tensor is not a batch of one.
        """
        return cls(
            [entry["name"] for entry in details],
            [without_batch(entry) for entry in details],
            [np.dtype(entry["dtype"]) for entry in details],
        )

    def empty(self) -> list[np.ndarray]:
        """The tensors of no face: (0, *shape) each."""
        return [np.zeros((0, *shape), dtype) for shape, dtype in zip(self.shapes, self.types, strict=True)]

    def check(self, arrays: Sequence[np.ndarray]) -> int:
        """The batch size of valid inputs.

        Raises:
          ValueError: the number of tensors, a shape or a dtype is wrong, or the batches differ.
        """
        if len(arrays) != len(self.shapes):
            raise ValueError(f"the model has {len(self.shapes)} inputs, got {len(arrays)} tensors")
        for index, array in enumerate(arrays):
            shape, dtype = self.shapes[index], self.types[index]
            if array.shape[1:] != shape or array.dtype != dtype or len(array) != len(arrays[0]):
                expected = ", ".join(str(size) for size in ("F", *shape))
                raise ValueError(
                    f"input {index} ({self.names[index]}) takes ({expected}) {dtype}, "
                    f"the same F for all inputs; got {array.shape} {array.dtype}{_channel_hint(array, shape)}"
                )
        return len(arrays[0])


def without_batch(entry: dict[str, Any]) -> tuple[int, ...]:
    """The shape of a tensor of LiteRT's details, without its leading batch axis of one."""
    shape = tuple(int(size) for size in entry["shape"])
    if not shape or shape[0] != 1:
        raise ModelError(f"{entry['name']} {shape}: a leading batch axis of one is expected")
    return shape[1:]


def _channel_hint(array: np.ndarray, shape: tuple[int, ...]) -> str:
    """What to do if a picture has one channel and the model takes three, for an error."""
    if array.ndim != 4 or len(shape) != 3 or (array.shape[3], shape[2]) != (1, 3):
        return ""
    return ": the image is gray; give an RGB image, e.g. cv2.cvtColor(image, cv2.COLOR_GRAY2RGB)"
