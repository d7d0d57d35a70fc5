"""Adapters are listed as they are, chosen as asked, and refused with all that they lack."""

from __future__ import annotations

import builtins
import re
import sys
from typing import Any

import pytest

from attention_mesh.errors import AttentionMeshError
from attention_mesh.extras import install_command
from attention_mesh.tests.webgpu.gpu_process import gpu_device, on_gpu
from attention_mesh.webgpu import wgpu_package
from attention_mesh.webgpu.adapters import (
    PORTABLE_LIMITS,
    Adapter,
    check_adapter,
    list_adapters,
    pick_adapter,
)
from attention_mesh.webgpu.errors import GpuMissingPackageError, NoGpuError


def adapter(index: int, name: str, kind: str, **limits: int) -> Adapter:
    there = {**PORTABLE_LIMITS, **{key.replace("_", "-"): value for key, value in limits.items()}}
    return Adapter(index, name, kind, "Vulkan", "", False, True, False, there, None)


LAPTOP = [
    adapter(0, "llvmpipe (LLVM 15)", "software"),
    adapter(1, "Intel Arc", "integrated"),
    adapter(2, "NVIDIA RTX", "discrete"),
    adapter(3, "NVIDIA GT", "discrete"),
]


@pytest.mark.parametrize(
    "choice, index",
    [("auto", 2), ("any", 2), ("1", 1), ("arc", 1), ("nvidia", 2), ("GT", 3), ("LLVMpipe", 0), ("0", 0)],
)
def test_a_choice_means_one_adapter(choice: str, index: int) -> None:
    assert pick_adapter(LAPTOP, choice).index == index


def test_software_is_taken_only_if_it_is_asked_for() -> None:
    with pytest.raises(NoGpuError, match="there is no GPU, only llvmpipe"):
        pick_adapter(LAPTOP[:1], "auto")
    assert pick_adapter(LAPTOP[:1], "any").is_software


@pytest.mark.parametrize("choice", ["4", "radeon", ""])
def test_an_unknown_choice_lists_what_there_is(choice: str) -> None:
    with pytest.raises(NoGpuError, match=r"there is no adapter .*0: llvmpipe.*2: NVIDIA RTX \(discrete"):
        pick_adapter(LAPTOP, choice)
    with pytest.raises(NoGpuError, match="install a driver"):
        pick_adapter([], choice)


def test_all_that_an_adapter_lacks_is_in_one_error() -> None:
    small = adapter(0, "small", "integrated", max_storage_buffers_per_shader_stage=4)
    wanted = {**PORTABLE_LIMITS, "max-warp": 3}
    with pytest.raises(NoGpuError) as caught:
        check_adapter(small, ["f16", "subgroups"], wanted)
    text = str(caught.value)
    assert "the feature f16; max-storage-buffers-per-shader-stage 8, it has 4; the limit max-warp" in text
    assert "subgroups" not in text
    check_adapter(small, ["subgroups"], {})


def test_an_alignment_is_a_limit_from_above() -> None:
    coarse = adapter(0, "coarse", "integrated", min_storage_buffer_offset_alignment=256)
    check_adapter(coarse, [], {"min-storage-buffer-offset-alignment": 256})
    with pytest.raises(NoGpuError, match="alignment 32, it has 256"):
        check_adapter(coarse, [], {"min-storage-buffer-offset-alignment": 32})


def test_a_missing_package_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    wgpu_package._loaded.cache_clear()
    original = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.split(".")[0] == "wgpu":
            raise ImportError(name)
        return original(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(GpuMissingPackageError, match=re.escape(install_command("gpu"))) as caught:
        list_adapters()
    assert isinstance(caught.value, (AttentionMeshError, ImportError))
    wgpu_package._loaded.cache_clear()


def test_a_wgpu_that_has_moved_its_types_is_left_to_read_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wgpu", None)
    wgpu_package._read_types()


@on_gpu
def test_the_adapters_of_this_machine_say_what_they_support() -> None:
    gpu_device()
    adapters = list_adapters()
    assert [entry.index for entry in adapters] == list(range(len(adapters)))
    for entry in adapters:
        assert entry.name and entry.kind in ("discrete", "integrated", "software", "other")
        assert entry.backend in ("Vulkan", "Metal", "D3D12")
        assert set(PORTABLE_LIMITS) <= set(entry.limits)
