"""LitertRunner: runs a .tflite network on the CPU, for batches of any size."""

import contextlib
import os
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from attention_mesh.forks import keep_forever, tell_forked_process
from attention_mesh.models.runtime.errors import ModelError
from attention_mesh.models.runtime.held_lines import held_lines
from attention_mesh.models.runtime.model_tensors import ModelTensors, without_batch
from attention_mesh.models.runtime.thread_choice import ThreadChoice
from attention_mesh.models.runtime.thread_count import default_thread_count

if TYPE_CHECKING:
    from ai_edge_litert.interpreter import Interpreter

# Faces per call of an interpreter. A larger batch gains nothing, and every size needs its own interpreter.
MAX_FACES = 8


class _Prepared(NamedTuple):
    """An interpreter for one batch size and number of threads, and the numbers of its tensors."""

    interpreter: "Interpreter"
    inputs: list[int]
    outputs: list[int]


class LitertRunner:
    """Runs a model if the leading axis of all its inputs and outputs is the batch.

    The runner makes an interpreter for each batch size when that size first occurs, up to `MAX_FACES`. It
    runs larger batches in parts, and a model whose batch of one is fixed once per face. One thread at a time
    may call `run`.

    If the number of threads is left to the runner, it measures for each batch size whether one thread or
    several are faster at the moment (see `ThreadChoice`). For that it makes a second interpreter, of the same
    outputs to the bit, when a size has occurred a few times.
    """

    def __init__(self, model: Path | str | bytes, num_threads: int = 0):
        """Loads and checks the model, for a batch of one.

        Args:
          model: path of a .tflite file, or its bytes.
          num_threads: threads of the runtime; 0 or below for one or `default_thread_count()`, whichever is
            faster.

        Raises:
          FileNotFoundError: the path leads to no file.
          ModelError: the runtime cannot run the model (the text quotes the runtime), or its first axis is
            not a batch.
        """
        self._prepared: dict[tuple[int, int], _Prepared] = {}  # by batch size and threads
        tell_forked_process(self)
        self._model = model if isinstance(model, bytes) else Path(model)
        if isinstance(self._model, Path) and not self._model.is_file():
            raise FileNotFoundError(f"there is no model at {self._model}")
        self.num_threads = num_threads if num_threads > 0 else default_thread_count()
        self._most_faces = MAX_FACES  # per call of an interpreter; 1 if the model's batch is fixed
        self._chooses = num_threads <= 0 and self.num_threads > 1
        self._choices: dict[int, ThreadChoice] = {}  # by batch size
        interpreter = self._prepare(1, self.num_threads).interpreter
        self.inputs = ModelTensors.from_details(interpreter.get_input_details())
        self.outputs = ModelTensors.from_details(interpreter.get_output_details())

    def leave_to_parent(self) -> None:
        """Makes new interpreters in a forked process: the old ones would wait for threads, even to end."""
        keep_forever(*(prepared.interpreter for prepared in self._prepared.values()))
        self._prepared = {}

    @property
    def batch_sizes(self) -> list[int]:
        """The batch sizes that have an interpreter so far."""
        return sorted({faces for faces, _ in self._prepared})

    def threads(self, faces: int = 1) -> int:
        """The number of threads that is chosen at the moment for a batch size."""
        return self._choices[faces].threads if faces in self._choices else self.num_threads

    def run(self, inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Runs the model on a batch; a batch of zero gives empty outputs.

        Args:
          inputs: (F, *inputs.shapes[i]) each.

        Returns:
          (F, *outputs.shapes[i]) each, new arrays, in the model's order.

        Raises:
          ValueError: the number of tensors, a shape or a dtype is wrong, or the batches differ.
          ModelError: the runtime fails at these inputs.
        """
        faces = self.inputs.check(inputs)
        if faces == 0:
            return self.outputs.empty()
        if 1 < faces and self._most_faces > 1 and not self._can_prepare(min(faces, MAX_FACES)):
            self._most_faces = 1
        most = self._most_faces
        if faces <= most:
            return self._invoke(inputs)
        parts = [
            self._invoke([array[start : start + most] for array in inputs]) for start in range(0, faces, most)
        ]
        return [np.concatenate(arrays) for arrays in zip(*parts, strict=True)]

    def _invoke(self, inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        faces = len(inputs[0])
        if self._chooses and faces not in self._choices:
            self._choices[faces] = ThreadChoice(self.num_threads)
        choice = self._choices.get(faces)
        threads = self.num_threads if choice is None else choice.next()
        interpreter, places, results = self._prepare(faces, threads)
        for place, array in zip(places, inputs, strict=True):
            interpreter.set_tensor(place, array)
        start = time.perf_counter()
        try:
            interpreter.invoke()
        except RuntimeError as error:
            raise ModelError(f"LiteRT fails at a batch of {faces}: {error}") from error
        if choice is not None:
            end = time.perf_counter()
            choice.add(threads, end - start, end)
        return [interpreter.get_tensor(result) for result in results]

    def _can_prepare(self, faces: int) -> bool:
        """Whether the runtime can resize the model to a batch size."""
        try:
            self._prepare(faces, self.num_threads)
        except ModelError:
            return False
        return True

    def _prepare(self, faces: int, threads: int) -> _Prepared:
        """The interpreter for a batch size and number of threads, made if it is new."""
        key = faces, threads
        if key not in self._prepared:
            # Imported here, so that start-up does not wait for the runtime's libraries.
            from ai_edge_litert.interpreter import Interpreter

            content = isinstance(self._model, bytes)
            source = {"model_content": self._model} if content else {"model_path": str(self._model)}
            try:
                with without_delegate_notice():
                    interpreter = Interpreter(**source, num_threads=threads)
                    if faces > 1:
                        for entry in interpreter.get_input_details():
                            shape = [faces, *without_batch(entry)]
                            interpreter.resize_tensor_input(entry["index"], shape)
                    interpreter.allocate_tensors()
            except (RuntimeError, ValueError) as error:
                name = "the model" if isinstance(self._model, bytes) else self._model
                raise ModelError(f"{name}: LiteRT cannot run it with a batch of {faces}: {error}") from error
            self._prepared[key] = _Prepared(
                interpreter,
                [entry["index"] for entry in interpreter.get_input_details()],
                [entry["index"] for entry in interpreter.get_output_details()],
            )
        return self._prepared[key]


_NOTICE = b"Created TensorFlow Lite XNNPACK delegate"
_notice_lock = threading.Lock()
_is_noticed = False

if hasattr(os, "register_at_fork"):  # a child would inherit a file descriptor that leads elsewhere
    release = _notice_lock.release
    os.register_at_fork(before=_notice_lock.acquire, after_in_parent=release, after_in_child=release)


@contextlib.contextmanager
def without_delegate_notice() -> Iterator[None]:
    """Holds back the runtime's notice about its delegate while the process makes its first interpreter.

    The runtime writes the notice once per process, past Python, directly to file descriptor 2, and has no
    option against it. Whatever else is written to the descriptor meanwhile is held too and written after the
    block.
    """
    global _is_noticed
    if _is_noticed:
        yield
        return
    with _notice_lock, held_lines(lambda line: _NOTICE in line):
        yield
        _is_noticed = True
