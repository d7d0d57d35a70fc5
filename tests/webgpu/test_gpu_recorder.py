"""Work of many calls is one submission, in their order; memory is used again only when that is safe."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from attention_mesh.tests.webgpu.gpu_process import gpu_device, on_gpu, public_calls_only
from attention_mesh.webgpu.device import GpuCounters
from attention_mesh.webgpu.errors import ShaderError
from attention_mesh.webgpu.gpu_buffer import GpuTensor
from attention_mesh.webgpu.gpu_recorder import GpuRecorder
from attention_mesh.webgpu.stage_clock import StageClock

ADD = """
override summand: f32;
@group(0) @binding(0) var<storage, read> source: array<f32>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) place: vec3u) {
    if (place.x < arrayLength(&source)) { sums[place.x] = source[place.x] + summand; }
}
"""


def add(recorder: GpuRecorder, folder: Path, source: GpuTensor, summand: float) -> GpuTensor:
    shader = folder / "add.wgsl"
    if not shader.exists():
        shader.write_text(ADD)
    sums = recorder.tensor(source.shape)
    recorder.dispatch(shader, [source, sums], (-(-source.shape[0] // 64), 1, 1), {"summand": summand})
    return sums


@on_gpu
@pytest.mark.parametrize("is_fast", [True, False])
def test_a_frame_is_one_submission_and_one_wait(tmp_path: Path, is_fast: bool) -> None:
    with public_calls_only(not is_fast):
        check_frames(GpuRecorder(gpu_device()), tmp_path)


def check_frames(recorder: GpuRecorder, tmp_path: Path) -> None:
    counters = recorder.device.counters
    for frame in range(3):
        before = replace(counters)
        tensor = recorder.upload(np.arange(100, dtype=np.float32))
        for summand in (1, 2, 3):
            tensor = add(recorder, tmp_path, tensor, summand)
        both = recorder.read(tensor), recorder.read(add(recorder, tmp_path, tensor, frame))
        assert counters.since(before) == GpuCounters(uploads=1)  # nothing has been submitted so far
        np.testing.assert_array_equal(both[0].result(), np.arange(100) + 6)
        np.testing.assert_array_equal(both[1].result(), np.arange(100) + 6 + frame)
        assert counters.since(before) == GpuCounters(submissions=1, uploads=1, reads=2, waits=2)
        both[0].result()
        assert counters.since(before).reads == 2  # what is there is not read again


@on_gpu
def test_memory_that_recorded_commands_name_is_not_written_to(tmp_path: Path) -> None:
    """An upload comes before all recorded commands, so it must not hit a buffer that those still read."""
    recorder = GpuRecorder(gpu_device())
    sums = []
    for number in range(5):
        source = recorder.upload(np.full(64, number, np.float32))
        sums.append(recorder.read(add(recorder, tmp_path, source, 0.5)))
        del source  # goes back to the pool at once
    assert [readback.result()[0] for readback in sums] == [0.5, 1.5, 2.5, 3.5, 4.5]


@on_gpu
def test_frames_use_the_same_memory_again(tmp_path: Path) -> None:
    recorder = GpuRecorder(gpu_device())
    made = []
    original = recorder.device.create_buffer
    recorder.device.create_buffer = lambda *given: made.append(given) or original(*given)
    try:
        for _ in range(10):
            recorder.read(add(recorder, tmp_path, recorder.upload(np.ones(64, np.float32)), 1.0)).result()
    finally:
        del recorder.device.create_buffer
    assert len(made) <= 6  # of two frames, because the first gives back after its submission


@on_gpu
@pytest.mark.parametrize("size", [(1, 1), (65, 7), (640, 3)])
def test_a_picture_comes_back(size: tuple[int, int]) -> None:
    recorder = GpuRecorder(gpu_device())
    pixels = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 4), np.uint8)
    picture = recorder.upload_picture(pixels)
    assert (picture.width, picture.height, repr(picture)) == (*size, f"GpuBuffer({size[0]}x{size[1]})")
    np.testing.assert_array_equal(recorder.read_picture(picture).result(), pixels)


@on_gpu
def test_bind_groups_of_memory_that_comes_back_are_kept(tmp_path: Path) -> None:
    recorder = GpuRecorder(gpu_device())
    original, made = recorder.device.create_bind_group, []
    recorder.device.create_bind_group = lambda *given: made.append(given) or original(*given)
    try:
        for number in range(20):
            source = recorder.upload(np.full(64, number, np.float32))
            sums = recorder.read(add(recorder, tmp_path, add(recorder, tmp_path, source, 1), 2))
            del source
            assert sums.result().tolist() == [number + 3.0] * 64
    finally:
        del recorder.device.create_bind_group
    assert len(made) <= 12


@on_gpu
def test_no_face_is_no_dispatch_and_an_empty_array(tmp_path: Path) -> None:
    recorder = GpuRecorder(gpu_device())
    empty = add(recorder, tmp_path, recorder.upload(np.zeros((0, 3), np.float32)), 1.0)
    assert recorder.read(empty).result().shape == (0, 3)


@on_gpu
def test_a_shader_is_compiled_once_and_says_where_it_is_wrong(tmp_path: Path) -> None:
    recorder = GpuRecorder(gpu_device())
    (tmp_path / "add.wgsl").write_text(ADD)
    one = recorder.pipeline(tmp_path / "add.wgsl", {"summand": 1})
    assert recorder.pipeline(tmp_path / "add.wgsl", {"summand": 1}) is one
    assert recorder.pipeline(tmp_path / "add.wgsl", {"summand": 2}) is not one
    (tmp_path / "wrong.wgsl").write_text("fn main() { return 1; }")
    with pytest.raises(ShaderError, match=r"the shader wrong\.wgsl"):
        recorder.pipeline(tmp_path / "wrong.wgsl")


@on_gpu
def test_a_shader_may_be_several_files_and_has_the_name_of_the_first(tmp_path: Path) -> None:
    recorder = GpuRecorder(gpu_device())
    own, part = tmp_path / "own.wgsl", tmp_path / "part.wgsl"
    own.write_text(
        "@group(0) @binding(0) var<storage, read_write> values: array<f32>;\n"
        "@compute @workgroup_size(1) fn main() { values[0] = shared_part(values[0]); }"
    )
    part.write_text("fn shared_part(value: f32) -> f32 { return value + 3.0; }")
    values = recorder.upload(np.array([4.0], np.float32))
    recorder.dispatch((own, part), [values], (1, 1, 1))
    assert recorder.read(values).result().tolist() == [7.0]
    part.write_text("fn another() {}")
    with pytest.raises(ShaderError, match=r"the shader own\.wgsl"):
        GpuRecorder(gpu_device()).pipeline((own, part))


@on_gpu
def test_threads_record_one_after_another(tmp_path: Path) -> None:
    recorder = GpuRecorder(gpu_device())
    (tmp_path / "add.wgsl").write_text(ADD)
    found: dict[int, np.ndarray] = {}

    def work(number: int) -> None:
        for _ in range(20):
            tensor = recorder.upload(np.full(64, number, np.float32))
            found[number] = recorder.read(add(recorder, tmp_path, tensor, 1.0)).result()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {number: set(array.tolist()) for number, array in found.items()} == {n: {n + 1} for n in range(4)}


@on_gpu
def test_a_clock_measures_each_stage(tmp_path: Path) -> None:
    recorder = GpuRecorder(gpu_device())
    if "timestamps" not in recorder.device.features:
        pytest.skip("the adapter has no timestamps")
    recorder.clock = StageClock(recorder.device)
    source = recorder.upload(np.ones(1 << 20, np.float32))
    short = add(recorder, tmp_path, recorder.upload(np.ones(64, np.float32)), 1.0)
    (tmp_path / "long.wgsl").write_text(ADD)
    sums = recorder.tensor(source.shape)
    for _ in range(2):
        recorder.dispatch(tmp_path / "long.wgsl", [source, sums], (1 << 14, 1, 1), {"summand": 1.0})
    with recorder.compute_pass("own"):
        pass
    recorder.submit()
    times = recorder.clock.read_ms()
    assert list(times) == ["add", "long", "own"] and min(times.values()) >= 0
    assert times["long"] > times["add"]  # two million numbers beside 64
    assert recorder.read(short).result().tolist() == [2.0] * 64
    assert recorder.read(sums).result()[-1] == 2.0
