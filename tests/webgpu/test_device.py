"""A device carries arrays there and back, counts what it does, and says what fails in one kind of error."""

from __future__ import annotations

import gc
import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from attention_mesh.tests.webgpu.gpu_process import SWIFTSHADER, gpu_device, on_gpu, public_calls_only
from attention_mesh.webgpu.adapters import PORTABLE_LIMITS
from attention_mesh.webgpu.device import GpuCounters, GpuDevice
from attention_mesh.webgpu.errors import GpuError, GpuLostError, GpuMemoryError, NoGpuError, ShaderError
from attention_mesh.webgpu.native_calls import DispatchList

SCALE = """
override gain: f32 = 1.0;
@group(0) @binding(0) var<storage, read_write> values: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) place: vec3u) {
    if (place.x < arrayLength(&values)) {
        values[place.x] = values[place.x] * gain;
    }
}
"""


def scaled(device: GpuDevice, values: np.ndarray, gains: list[float], is_fast: bool = True) -> np.ndarray:
    shader = device.create_shader(SCALE, "scale")
    pipelines = [device.create_pipeline(shader, constants={"gain": gain}) for gain in gains]
    buffer = device.create_buffer(values.nbytes, "STORAGE|COPY_DST|COPY_SRC", "values")
    group = device.create_bind_group(pipelines[0].get_bind_group_layout(0), [buffer])
    device.upload(buffer, values)
    with public_calls_only(not is_fast):
        dispatches = DispatchList([(pipeline, -(-len(values) // 64), 1, 1) for pipeline in pipelines])
    assert dispatches.is_fast == is_fast
    encoder = device.create_encoder()
    compute_pass = encoder.begin_compute_pass()
    compute_pass.set_bind_group(0, group)
    dispatches.record(compute_pass)
    compute_pass.end()
    device.submit(encoder)
    return device.read(buffer, np.float32, values.shape)


@on_gpu
@pytest.mark.parametrize("is_fast", [True, False])
def test_dispatches_run_in_their_order_by_either_way_of_recording(is_fast: bool) -> None:
    """Fails where wgpu's private functions have moved: then only the slower way is left."""
    values = np.arange(1000, dtype=np.float32)
    # Pipelines of one module whose layouts are derived are of equal layout only if the module is one.
    np.testing.assert_array_equal(scaled(gpu_device(), values, [3.0], is_fast), 3 * values)


@on_gpu
@pytest.mark.parametrize("is_private", [True, False])
def test_shaders_compile_by_either_way(is_private: bool) -> None:
    """Fails where wgpu's private names have moved: then loops are counted, which takes time."""
    from wgpu.backends.wgpu_native import _api

    device, values = gpu_device(), np.arange(100, dtype=np.float32)
    with pytest.MonkeyPatch.context() as patch:
        if is_private:
            patch.delattr(_api.GPUDevice, "create_shader_module")
        else:
            patch.delattr(_api, "new_struct_p")
            patch.setattr(_api.GPUDevice, "create_shader_module", lambda *_, **given: given["label"])
            assert device.create_shader(SCALE, "scale") == "scale"
            return
        np.testing.assert_array_equal(scaled(device, values, [3.0]), 3 * values)


@on_gpu
@pytest.mark.parametrize("name", ["WGPUBufferDescriptor *", "WGPUBindGroupEntry[]", "uint8_t []", "intptr_t"])
def test_c_types_that_are_read_together_are_those_that_are_read_one_by_one(name: str) -> None:
    """Fails where cffi's private names have moved: then each type takes 14 ms of the first frame."""
    gpu_device()
    from wgpu.backends.wgpu_native._ffi import ffi

    assert name in ffi._parsed_types
    assert ffi._parsed_types[name][0] is ffi.typeof(name.replace("[", " [ ").replace("_t", "_t "))


@on_gpu
def test_what_costs_time_is_counted() -> None:
    device = gpu_device()
    before = replace(device.counters)
    scaled(device, np.ones(64, np.float32), [2.0])
    assert device.counters.since(before) == GpuCounters(submissions=2, uploads=1, reads=1, waits=1)
    device.wait()
    assert device.counters.since(before).waits == 2


@on_gpu
@pytest.mark.parametrize("size", [(1, 1), (64, 3), (65, 7), (641, 5)])
def test_a_picture_of_any_size_comes_back(size: tuple[int, int]) -> None:
    device = gpu_device()
    pixels = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 4), np.uint8)
    texture = device.create_texture(size, "TEXTURE_BINDING|COPY_DST|COPY_SRC")
    device.upload_texture(texture, pixels)
    np.testing.assert_array_equal(device.read_texture(texture), pixels)


@on_gpu
@pytest.mark.parametrize("dtype, shape", [("u1", (3,)), ("f4", (2, 5)), ("f2", (3, 3)), ("f4", (0, 4))])
def test_an_array_of_any_type_comes_back(dtype: str, shape: tuple[int, ...]) -> None:
    device = gpu_device()
    array = np.random.default_rng(0).integers(0, 100, shape).astype(dtype)
    buffer = device.create_buffer(array.nbytes, "COPY_DST|COPY_SRC")
    if array.size:
        device.upload(buffer, np.resize(array.ravel().view(np.uint8), -(-array.nbytes // 4) * 4))
    found = device.read(buffer, dtype, shape)
    assert found.dtype == dtype and found.flags.writeable
    np.testing.assert_array_equal(found, array)


@on_gpu
def test_a_device_has_the_portable_limits_and_the_features_of_its_adapter() -> None:
    device = gpu_device()
    assert {name: device.handle.limits[name] for name in PORTABLE_LIMITS} == PORTABLE_LIMITS
    assert device.handle.limits["max-buffer-size"] == device.adapter.limits["max-buffer-size"]
    for name in ("f16", "subgroups", "timestamps"):
        assert (name in device.features) == getattr(device.adapter, f"has_{name}")


@on_gpu(driver=SWIFTSHADER)
def test_an_adapter_without_half_floats_is_refused_where_they_are_needed() -> None:
    device = gpu_device()
    assert "SwiftShader" in device.adapter.name
    with pytest.raises(NoGpuError, match=r"SwiftShader.*lacks the feature f16"):
        GpuDevice("any", features=["f16"])
    values = np.arange(100, dtype=np.float32)
    np.testing.assert_array_equal(scaled(device, values, [3.0]), 3 * values)


@on_gpu
def test_a_limit_or_feature_that_no_adapter_has_is_refused() -> None:
    device = gpu_device()
    with pytest.raises(NoGpuError, match="max-bind-groups 1000, it has"):
        GpuDevice(device.adapter, limits={"max-bind-groups": 1000})
    with pytest.raises(NoGpuError, match="no feature 'f64'; there are f16, subgroups, timestamps"):
        GpuDevice(device.adapter, features=["f64"])


@on_gpu
def test_a_shader_that_does_not_compile_says_where(tmp_path: Path) -> None:
    device = gpu_device()
    file = tmp_path / "broken.wgsl"
    file.write_text("@compute @workgroup_size(1)\nfn main() { let x = y; }\n")
    with pytest.raises(
        ShaderError, match=r"the shader broken\.wgsl, on .* does not compile(.|\n)*2 │ fn main"
    ):
        device.create_shader(file)
    shader = device.create_shader(SCALE, "scale")
    with pytest.raises(ShaderError, match=r"the pipeline of the shader scale, on (.|\n)*'nope'"):
        device.create_pipeline(shader, entry="nope")
    with pytest.raises(ShaderError, match="the pipeline of the shader scale with {'gian'"):
        device.create_pipeline(shader, constants={"gian": 2.0})


@on_gpu
def test_what_is_too_large_is_a_memory_error() -> None:
    device = gpu_device()
    with pytest.raises(GpuMemoryError, match="the buffer huge of 1099511627776 bytes is larger than"):
        device.create_buffer(1 << 40, "STORAGE", "huge")
    with pytest.raises(GpuMemoryError, match="a picture of 100000x2 does not fit"):
        device.create_texture((100_000, 2), "TEXTURE_BINDING")


@on_gpu
def test_a_wrong_command_is_a_gpu_error() -> None:
    device = gpu_device()
    buffer = device.create_buffer(64, "STORAGE", "unreadable")
    with pytest.raises(GpuError, match="a read, on .*unreadable"):
        device.read(buffer, np.float32, (4,))


@on_gpu
def test_a_lost_device_says_so() -> None:
    with GpuDevice(gpu_device().adapter) as device:
        buffer = device.create_buffer(64, "STORAGE|COPY_DST|COPY_SRC")
        device.handle.destroy()  # what a reset of the driver does
        for use in (
            lambda: device.upload(buffer, np.zeros(4, np.float32)),
            lambda: device.read(buffer, np.float32, (4,)),
            lambda: device.create_buffer(64, "STORAGE"),
        ):
            with pytest.raises(GpuLostError, match="the device was lost"):
                use()
    device.close()
    with pytest.raises(GpuLostError, match="is closed"):
        device.upload(buffer, np.zeros(4, np.float32))


@on_gpu
@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_forked_process_says_that_it_has_no_gpu_and_ends() -> None:
    """The library would wait for the driver's threads, which a child lacks, as it frees an object."""
    device = gpu_device()
    child = os.fork()
    if child == 0:
        signal.alarm(20)  # ends a child that hangs
        code = 1
        try:
            with pytest.raises(GpuLostError):
                device.wait()
            with pytest.raises(NoGpuError, match="spawn"):
                GpuDevice("any")
            device.close()
            del device
            gpu_device.cache_clear()
            gc.collect()
            code = 7
        finally:
            os._exit(code)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    device.wait()
