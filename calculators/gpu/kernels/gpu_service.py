"""The service "gpu": the device on which the nodes of a graph record their work."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from attention_mesh.framework import GraphService
from attention_mesh.webgpu.errors import GpuError, NoGpuError

if TYPE_CHECKING:
    from attention_mesh.webgpu.gpu_recorder import GpuRecorder

ADAPTER_VARIABLE = "ATTENTION_MESH_ADAPTER"


def open_gpu(may_be_software: bool = False) -> GpuRecorder:
    """A recorder on the adapter that ATTENTION_MESH_ADAPTER names (see `choose_adapter`), or the best GPU.

    Args:
      may_be_software: whether software is better than none, if the variable names no adapter.

    Raises:
      GpuMissingPackageError: the package wgpu is not installed.
      NoGpuError: there is no such adapter.
    """
    # Imported here: graphs that stay on the CPU need neither.
    from attention_mesh.webgpu.device import GpuDevice
    from attention_mesh.webgpu.gpu_recorder import GpuRecorder

    choice = os.environ.get(ADAPTER_VARIABLE) or ("any" if may_be_software else "auto")
    try:
        return GpuRecorder(GpuDevice(choice))
    except NoGpuError as error:
        if choice != "auto":
            raise
        raise NoGpuError(f"{error}. The environment variable {ADAPTER_VARIABLE} names an adapter") from error


def gpu_failure(error: BaseException | None) -> GpuError | None:
    """The GPU's own error among an error and its causes; None if the reason is another."""
    while error is not None and not isinstance(error, GpuError):
        error = error.__cause__
    return error


GPU_SERVICE = GraphService("gpu", open_gpu)
