"""Adapters: the GPUs, and the software that stands in for one, that WebGPU finds on this machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from attention_mesh.webgpu.errors import NoGpuError
from attention_mesh.webgpu.wgpu_package import load_wgpu

_TYPES = {"DiscreteGPU": "discrete", "IntegratedGPU": "integrated", "CPU": "software"}
_BEST_FIRST = ("discrete", "integrated", "other", "software")

# WebGPU's own defaults, which every adapter on which a browser runs WebGPU has. What runs within them runs
# everywhere, so that a device gets no more unless its user says so.
PORTABLE_LIMITS = {
    "max-bind-groups": 4,
    "max-compute-invocations-per-workgroup": 256,
    "max-compute-workgroup-size-x": 256,
    "max-compute-workgroup-size-y": 256,
    "max-compute-workgroup-size-z": 64,
    "max-compute-workgroup-storage-size": 16384,
    "max-compute-workgroups-per-dimension": 65535,
    "max-sampled-textures-per-shader-stage": 16,
    "max-storage-buffers-per-shader-stage": 8,
    "max-storage-textures-per-shader-stage": 4,
    "max-uniform-buffers-per-shader-stage": 12,
    "max-texture-dimension-2d": 8192,
}


@dataclass(frozen=True)
class Adapter:
    """What WebGPU says of an adapter.

    Attributes:
        index: its place in the list, by which it can be chosen.
        name: of the device, as the driver says.
        kind: "discrete", "integrated", "software", or "other".
        backend: "Vulkan", "Metal", or "D3D12".
        driver: the driver's own description; may be empty.
        has_f16: whether shaders calculate with 16-bit floats.
        has_subgroups: whether the invocations of a subgroup exchange values.
        has_timestamps: whether the device measures times.
        limits: by WebGPU's names with hyphens, such as "max-buffer-size" (bytes).
    """

    index: int
    name: str
    kind: str
    backend: str
    driver: str
    has_f16: bool
    has_subgroups: bool
    has_timestamps: bool
    limits: Mapping[str, int]
    handle: Any = field(repr=False, compare=False)

    @property
    def is_software(self) -> bool:
        """Whether the processor calculates what the adapter is asked for."""
        return self.kind == "software"

    def __str__(self) -> str:
        return f"{self.name} ({self.kind}, {self.backend})"


def list_adapters() -> list[Adapter]:
    """The adapters of this machine, in WebGPU's order; empty if there is no driver.

    Raises:
        GpuMissingPackageError: the package wgpu is not installed.
    """
    return [
        _described(index, handle) for index, handle in enumerate(load_wgpu().gpu.enumerate_adapters_sync())
    ]


def choose_adapter(choice: str = "auto") -> Adapter:
    """The adapter that a choice means.

    Args:
        choice: "auto", the best GPU, which is never software; "any", the best adapter, software if there is
            no other; an index of `list_adapters`; or a part of a name, in any case.

    Raises:
        GpuMissingPackageError: the package wgpu is not installed.
        NoGpuError: there is no such adapter; the text lists those that there are.
    """
    return pick_adapter(list_adapters(), choice)


def pick_adapter(adapters: Sequence[Adapter], choice: str) -> Adapter:
    """As `choose_adapter`, out of a list."""
    best = sorted(adapters, key=lambda adapter: _BEST_FIRST.index(adapter.kind))
    if choice == "any":
        found = best
    elif choice == "auto":
        found = [adapter for adapter in best if not adapter.is_software]
    elif choice.isdecimal():
        found = [adapter for adapter in adapters if adapter.index == int(choice)]
    else:
        found = [adapter for adapter in adapters if choice and choice.lower() in adapter.name.lower()]
    if found:
        return found[0]
    if not adapters:
        raise NoGpuError(
            "WebGPU finds no adapter: install a driver for Vulkan, Metal or Direct3D 12 "
            "(on Debian, mesa-vulkan-drivers has one that is software), or take the device cpu"
        )
    if choice == "auto":
        names = ", ".join(str(adapter) for adapter in adapters)
        raise NoGpuError(
            f"there is no GPU, only {names}, which is software; choose it by its name, or take cpu"
        )
    listed = "; ".join(f"{adapter.index}: {adapter}" for adapter in adapters)
    raise NoGpuError(f"there is no adapter {choice!r}; there are {listed}. auto takes the best GPU")


def check_adapter(adapter: Adapter, features: Sequence[str], limits: Mapping[str, int]) -> None:
    """Checks that an adapter has what a program needs.

    Args:
        adapter: the adapter.
        features: "f16", "subgroups", "timestamps".
        limits: the least that each may be; of names that begin with "min-", the most.

    Raises:
        NoGpuError: it lacks something; the text lists all of it.
    """
    missing = [f"the feature {name}" for name in features if not getattr(adapter, f"has_{name}")]
    for name, wanted in limits.items():
        there = adapter.limits.get(name)
        if there is None:
            missing.append(f"the limit {name}, which is unknown")
        elif there > wanted if name.startswith("min-") else there < wanted:
            missing.append(f"{name} {wanted}, it has {there}")
    if missing:
        raise NoGpuError(f"the adapter {adapter} does not suffice: it lacks {'; '.join(missing)}")


def _described(index: int, handle: Any) -> Adapter:
    info, features = handle.info, handle.features
    return Adapter(
        index,
        info["device"] or info["vendor"] or "unnamed",
        _TYPES.get(info["adapter_type"], "other"),
        info["backend_type"],
        info["description"],
        "shader-f16" in features,
        bool({"subgroup", "subgroups"} & set(features)),
        "timestamp-query" in features,
        dict(handle.limits),
        handle,
    )
