"""Network runners: open a network on the device that a graph asks for, else on the CPU."""

from __future__ import annotations

import functools
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from attention_mesh.limits import MAX_MODEL_BYTES, read_file
from attention_mesh.models.runtime.errors import AcceleratorError
from attention_mesh.models.runtime.litert_runner import LitertRunner

if TYPE_CHECKING:
    from attention_mesh.models.runtime.litert_gpu_runner import LitertGpuRunner

NetworkRunner: TypeAlias = "LitertRunner | LitertGpuRunner"

CPU, GPU, AUTO = DEVICES = ("cpu", "gpu", "auto")

_log = logging.getLogger(__name__)


def open_network(model: Path | bytes, device: str = CPU, num_threads: int = 0) -> NetworkRunner:
    """Loads a network.

    Args:
      model: a file that LiteRT's CPU runtime runs, or its content.
      device: "cpu"; "gpu", any that LiteRT's accelerator takes, software included; or "auto", a GPU that is
        not software. If there is none, or it does not run the whole network, the CPU does, and a warning of
        the log says why; for "auto" this is not worth one.
      num_threads: of the CPU, see `LitertRunner`.

    Raises:
      ValueError: the device is unknown, or LiteRT cannot run the network.
    """
    if device not in DEVICES:
        raise ValueError(f"device is {device!r}; expected one of {', '.join(DEVICES)}")
    if device != CPU:
        try:
            return _on_gpu(model, device == GPU)
        except AcceleratorError as error:
            if device == GPU:
                _warn(str(error))
            else:
                _log.info("a network runs on the CPU: %s", error)
    return LitertRunner(model, num_threads)


def run_network(
    runner: NetworkRunner, inputs: Sequence[np.ndarray], model: Path | bytes, num_threads: int = 0
) -> tuple[list[np.ndarray], NetworkRunner]:
    """Runs a network; if its GPU fails, on the CPU, which takes over for good. A warning of the log says why.

    Args:
      runner: of `open_network`.
      inputs: (F, *shape) each.
      model: as `open_network` got it.
      num_threads: of the CPU.

    Returns:
      The outputs, and the runner for the next call.
    """
    try:
        return runner.run(inputs), runner
    except AcceleratorError as error:
        _warn(str(error))
    runner = LitertRunner(model, num_threads)
    return runner.run(inputs), runner


def _on_gpu(model: Path | bytes, may_be_software: bool) -> LitertGpuRunner:
    # Imported here: programs that stay on the CPU need neither.
    from attention_mesh.models.runtime.litert_gpu_runner import LitertGpuRunner
    from attention_mesh.models.weights.conversion.gpu_form import gpu_form

    try:
        content = gpu_form(model if isinstance(model, bytes) else read_file(model, MAX_MODEL_BYTES))
    except (ValueError, OSError) as error:
        raise AcceleratorError(f"the file has no form for a GPU: {error}") from error
    runner = LitertGpuRunner(content)
    if runner.is_software and not may_be_software:
        raise AcceleratorError("the only GPU is software")
    return runner


@functools.cache  # once per reason: a graph has several networks
def _warn(reason: str) -> None:
    _log.warning("networks run on the CPU: %s", reason)
