"""LitertGpuRunner: runs a .tflite model on a GPU, with LiteRT's accelerator (WebGPU, Metal)."""

from __future__ import annotations

import functools
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from typing import Any

import numpy as np

from attention_mesh.forks import keep_forever, tell_forked_process
from attention_mesh.models.runtime.errors import AcceleratorError
from attention_mesh.models.runtime.held_lines import STDOUT, held_lines
from attention_mesh.models.runtime.model_tensors import ModelTensors

# What the accelerator writes of an adapter that is no GPU, and before the operators that it refuses.
_SOFTWARE, _REFUSED = b"adapterType=CPU", b"not supported by GPU delegate"
# A line about a refused operator, such as "CUMSUM: Input must be float"; other lines begin with their level.
_OPERATOR = re.compile(r"(?!INFO|WARNING|ERROR)[A-Z0-9_]+:")
_MOST_NAMED = 3  # operators in an error

# Whether the process's GPU is software; None until the first model is there. The shared environment opens the
# GPU once, and says then which one it is.
_is_software: bool | None = None
_is_forked = False  # from a process that used a GPU
_FORKED = (
    "this process was forked from one that used the GPU; start it without a fork: "
    'multiprocessing.get_context("spawn")'
)


class LitertGpuRunner:
    """Runs a whole model on a GPU: the same results as `LitertRunner`, up to rounding.

    The accelerator compiles a model for one batch, so faces run one after another. One thread at a time may
    call `run`. A model that the accelerator would run in parts is refused, because every part copies its
    tensors from the GPU and back.

    Attributes:
      inputs, outputs: names, shapes and dtypes.
      is_software: whether the GPU is software, which is slower than `LitertRunner`.
    """

    def __init__(self, content: bytes) -> None:
        """Compiles the model, which takes seconds.

        Args:
          content: of a .tflite file of one signature, whose leading axis is a batch of one.

        Raises:
          AcceleratorError: LiteRT finds no GPU, or the GPU does not run the whole model.
          ValueError: the first axis of a tensor is not a batch.
        """
        if _is_forked:
            raise AcceleratorError(_FORKED)
        self._is_left = False
        if sys.platform == "linux" and not os.environ.get("XDG_RUNTIME_DIR"):
            os.environ["XDG_RUNTIME_DIR"] = tempfile.gettempdir()  # without it, drivers print errors
        said: list[bytes] = []

        def keep(line: bytes) -> bool:
            said.append(line)
            return True

        try:
            with held_lines(keep), held_lines(keep, STDOUT):
                self._open(content)
        except Exception as error:  # LiteRT has no type of error for this
            raise AcceleratorError(_reason(said, error)) from error
        if not self._model.is_fully_accelerated():
            raise AcceleratorError(_reason(said, None))
        global _is_software
        if _is_software is None:
            _is_software = any(_SOFTWARE in line for line in said)
        self.is_software = _is_software
        (key, signature), *_ = self._model.get_signature_list().items()
        details = self._model.get_input_tensor_details(key), self._model.get_output_tensor_details(key)
        self.inputs = ModelTensors.from_details([details[0][name] for name in signature["inputs"]])
        self.outputs = ModelTensors.from_details([details[1][name] for name in signature["outputs"]])

    def _open(self, content: bytes) -> None:
        from ai_edge_litert.compiled_model import CompiledModel
        from ai_edge_litert.hardware_accelerator import HardwareAccelerator

        self._environment = _shared_environment()
        self._model = CompiledModel.from_buffer(content, HardwareAccelerator.GPU, **self._environment)
        self._sources = self._model.create_input_buffers(0)
        self._results = self._model.create_output_buffers(0)
        tell_forked_process(self)

    def leave_to_parent(self) -> None:
        """Fails in a forked process, which lacks the driver's threads, so that the CPU takes over."""
        global _is_forked
        keep_forever(self._model, *self._sources, *self._results, *self._environment.values())
        self._is_left = _is_forked = True

    def run(self, inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Runs the model on a batch; a batch of zero gives empty outputs.

        Args:
          inputs: (F, *shape) each, by `inputs`.

        Returns:
          (F, *shape) each, by `outputs`; new arrays.

        Raises:
          ValueError: the number of tensors, a shape or a dtype is wrong, or the batches differ.
          AcceleratorError: the GPU is gone, or its memory does not suffice. The runner is of no further use.
        """
        faces = self.inputs.check(inputs)
        if faces == 0:
            return self.outputs.empty()
        if self._is_left:
            raise AcceleratorError(_FORKED)
        try:
            runs = [self._run_one([array[face] for array in inputs]) for face in range(faces)]
        except Exception as error:  # LiteRT has no type of error for this
            what = (str(error).strip().splitlines() or [type(error).__name__])[-1]
            raise AcceleratorError(f"the GPU has failed during a run: {what}") from error
        return [np.stack(arrays) for arrays in zip(*runs, strict=True)]

    def _run_one(self, inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        for buffer, array in zip(self._sources, inputs, strict=True):
            buffer.write(np.ascontiguousarray(array))
        self._model.run_by_index(0, self._sources, self._results)
        sides = zip(self._results, self.outputs.shapes, self.outputs.types, strict=True)
        return [
            np.asarray(buffer.read(int(np.prod(shape)), dtype), dtype).reshape(shape)
            for buffer, shape, dtype in sides
        ]


@functools.cache
def _shared_environment() -> dict[str, Any]:
    """The arguments that let all models share one environment; none if LiteRT is too old to have the class.

    An environment of its own would open the GPU again, and print lines as its model is dropped.
    """
    try:
        from ai_edge_litert.environment import Environment
    except ImportError:
        return {}
    return {"environment": Environment.create()}


def _reason(said: Sequence[bytes], error: Exception | None) -> str:
    """Why the GPU does not run the model, from what LiteRT printed before it failed."""
    lines = [line.decode(errors="replace").strip() for line in said]
    start = next((place for place, line in enumerate(said) if _REFUSED in line), None)
    if start is not None:
        refused = [line.rstrip(" .:") for line in lines[start + 1 :] if _OPERATOR.match(line)][:_MOST_NAMED]
        return f"LiteRT's GPU accelerator refuses operators of the network: {'; '.join(refused)}"
    failures = [line.partition(":")[2].strip() for line in lines if line.startswith("ERROR:")]
    what = failures[-1] if failures else str(error).strip().splitlines()[-1].lstrip("└ ") if error else ""
    return f"LiteRT finds no GPU that runs the network{': ' if what else ''}{what}"
