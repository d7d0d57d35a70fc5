"""The device of a graph is the one that the environment names, and an error says how to name one."""

from __future__ import annotations

import pytest

from attention_mesh.calculators.gpu.kernels.gpu_service import ADAPTER_VARIABLE, open_gpu
from attention_mesh.tests.webgpu.gpu_process import gpu_device, on_gpu
from attention_mesh.webgpu.adapters import list_adapters
from attention_mesh.webgpu.errors import NoGpuError


@on_gpu
def test_where_only_software_is_there_the_error_says_how_to_choose_it() -> None:
    gpu_device()  # skips without a driver
    if not all(adapter.kind == "software" for adapter in list_adapters()):
        pytest.skip("there is a GPU")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(ADAPTER_VARIABLE)
        with pytest.raises(NoGpuError, match="is software.*The environment variable ATTENTION_MESH_ADAPTER"):
            open_gpu()
        patch.setenv(ADAPTER_VARIABLE, "no such adapter")
        with pytest.raises(NoGpuError, match="there is no adapter 'no such adapter'") as raised:
            open_gpu()
        assert ADAPTER_VARIABLE not in str(raised.value)  # that user knows it
        patch.setenv(ADAPTER_VARIABLE, list_adapters()[0].name)
        assert open_gpu().device.adapter.name == list_adapters()[0].name
