"""The errors of WebGPU."""

from attention_mesh.errors import AttentionMeshError


class GpuError(AttentionMeshError, RuntimeError):
    """The GPU cannot do what was asked: the text says what failed, on which adapter, and what would help."""


class NoGpuError(GpuError):
    """There is no adapter, none of the chosen name, or it lacks a feature or a limit that is needed."""


class GpuMissingPackageError(NoGpuError, ImportError):
    """The package wgpu is not installed."""


class GpuLostError(GpuError):
    """The device is gone: the driver was reset, the card was removed, or the device was closed."""


class GpuMemoryError(GpuError, MemoryError):
    """The GPU's memory does not suffice, or a buffer is larger than the device allows."""


class ShaderError(GpuError, ValueError):
    """A shader or a pipeline does not compile; the text quotes the compiler with its line."""


class UnsupportedNetworkError(AttentionMeshError, ValueError):
    """A network has an operator, a shape or a type that cannot be compiled; the text names it."""


class ProgramError(AttentionMeshError, ValueError):
    """A folder holds no program that can be read, or a program was given wrong inputs."""
