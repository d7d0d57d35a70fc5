"""A .tflite network on the CPU, for batches of any size."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from attention_mesh.models.runtime.delegate_notice import without_delegate_notice
from attention_mesh.models.runtime.useful_threads import useful_threads

# Faces in one invoke. Above that a call gains nothing, and every size keeps an interpreter of its own.
MOST_FACES = 8


class LitertRunner:
    """Runs a model whose inputs and outputs all have the batch as their leading axis.

    An interpreter is made for each batch size when it first occurs (up to `MOST_FACES`; larger batches are
    run in parts). One thread at a time may call `run`.
    """

    def __init__(self, model: Path | str | bytes, num_threads: int = 0):
        """Loads and checks the model, for a batch of one.

        Args:
          model: path of a .tflite file, or its bytes.
          num_threads: threads of the runtime; 0 or below for `useful_threads()`.

        Raises:
          FileNotFoundError: the path leads to no file.
          ValueError: the runtime cannot run it (the message holds the runtime's reason), or its first axis
            is not a batch.
        """
        self._model = model if isinstance(model, bytes) else Path(model)
        if isinstance(self._model, Path) and not self._model.is_file():
            raise FileNotFoundError(f"there is no model at {self._model}")
        self.num_threads = num_threads if num_threads > 0 else useful_threads()
        self._interpreters: dict[int, tuple] = {}
        interpreter, _, _ = self._interpreter(1)
        inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
        self.input_names: list[str] = [entry["name"] for entry in inputs]
        self.output_names: list[str] = [entry["name"] for entry in outputs]
        self.input_shapes: list[tuple[int, ...]] = [_without_batch(entry) for entry in inputs]
        self.output_shapes: list[tuple[int, ...]] = [_without_batch(entry) for entry in outputs]
        self.input_types: list[np.dtype] = [np.dtype(entry["dtype"]) for entry in inputs]
        self.output_types: list[np.dtype] = [np.dtype(entry["dtype"]) for entry in outputs]

    @property
    def batch_sizes(self) -> list[int]:
        """The batch sizes that have an interpreter by now."""
        return sorted(self._interpreters)

    def run(self, inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        """inputs: (F, *input_shapes[i]) → outputs: (F, *output_shapes[i]), new arrays, in model order.

        F = 0 gives empty outputs without running anything. Raises ValueError for a wrong number of tensors,
        shape, dtype, or batches that differ.
        """
        faces = self._check(inputs)
        if faces == 0:
            pairs = zip(self.output_shapes, self.output_types, strict=True)
            return [np.zeros((0, *shape), dtype) for shape, dtype in pairs]
        if faces <= MOST_FACES:
            return self._invoke(inputs)
        starts = range(0, faces, MOST_FACES)
        parts = [self._invoke([array[start : start + MOST_FACES] for array in inputs]) for start in starts]
        return [np.concatenate(arrays) for arrays in zip(*parts, strict=True)]

    def _invoke(self, inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        interpreter, places, results = self._interpreter(len(inputs[0]))
        for place, array in zip(places, inputs, strict=True):
            interpreter.set_tensor(place, array)
        interpreter.invoke()
        return [interpreter.get_tensor(result) for result in results]

    def _interpreter(self, faces: int) -> tuple:
        """The interpreter for a batch size, the numbers of its inputs and of its outputs."""
        if faces not in self._interpreters:
            # Imported here, as start-up should not wait for the runtime's libraries.
            from ai_edge_litert.interpreter import Interpreter

            content = isinstance(self._model, bytes)
            source = {"model_content": self._model} if content else {"model_path": str(self._model)}
            try:
                with without_delegate_notice():
                    interpreter = Interpreter(**source, num_threads=self.num_threads)
                    if faces > 1:
                        for entry in interpreter.get_input_details():
                            shape = [faces, *_without_batch(entry)]
                            interpreter.resize_tensor_input(entry["index"], shape)
                    interpreter.allocate_tensors()
            except (RuntimeError, ValueError) as error:
                name = "the model" if content else self._model
                raise ValueError(f"{name} cannot be run with a batch of {faces}: {error}") from error
            places = [entry["index"] for entry in interpreter.get_input_details()]
            results = [entry["index"] for entry in interpreter.get_output_details()]
            self._interpreters[faces] = (interpreter, places, results)
        return self._interpreters[faces]

    def _check(self, inputs: Sequence[np.ndarray]) -> int:
        if len(inputs) != len(self.input_shapes):
            raise ValueError(f"the model has {len(self.input_shapes)} inputs, got {len(inputs)} tensors")
        for index, array in enumerate(inputs):
            shape, dtype = self.input_shapes[index], self.input_types[index]
            if array.shape[1:] != shape or array.dtype != dtype or len(array) != len(inputs[0]):
                expected = ", ".join(str(size) for size in ("F", *shape))
                raise ValueError(
                    f"input {index} ({self.input_names[index]}) takes ({expected}) {dtype}, "
                    f"the same F for all inputs; got {array.shape} {array.dtype}"
                )
        return len(inputs[0])


def _without_batch(entry: dict) -> tuple[int, ...]:
    shape = tuple(int(size) for size in entry["shape"])
    if not shape or shape[0] != 1:
        raise ValueError(f"{entry['name']} {shape}: a leading batch axis of one is expected")
    return shape[1:]
