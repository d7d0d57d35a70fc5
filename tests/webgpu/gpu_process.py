"""A process for the tests that use a GPU, because Mesa's software driver and TensorFlow crash each other.

A test with the decorator `on_gpu` runs its body there. One process serves all such tests of a session:

    @on_gpu
    def test_a_buffer_comes_back():
        device = gpu_device()
        …

The fixtures of such a test, and its parameters, are pickled on the way. Its module may not import TensorFlow.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import multiprocessing
import os
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:
    from attention_mesh.webgpu.device import GpuDevice
    from attention_mesh.webgpu.gpu_recorder import GpuRecorder

REPOSITORY = Path(__file__).resolve().parents[2]
SWIFTSHADER = Path("/usr/lib/chromium/vk_swiftshader_icd.json")  # Debian's chromium brings it
_IN_GPU_PROCESS = "ATTENTION_MESH_TEST_GPU_PROCESS"
_processes: dict[Path | None, ProcessPoolExecutor] = {}  # by driver

Test = TypeVar("Test", bound=Callable[..., Any])


def on_gpu(test: Test | None = None, *, driver: Path | None = None) -> Any:
    """Lets a test run in the process for GPUs, with any adapter or with a driver's.

    Args:
        test: the test, where the decorator has no arguments.
        driver: the .json file of a Vulkan driver, such as `SWIFTSHADER`; the test skips where it is missing.
    """
    if test is None:
        return functools.partial(on_gpu, driver=driver)
    name = test.__qualname__
    module = ".".join(["attention_mesh", *_file_of(test).relative_to(REPOSITORY).with_suffix("").parts])

    @functools.wraps(test)
    def run(**arguments: Any) -> None:
        pytest.importorskip("wgpu", reason="the extra `gpu` has it")
        if driver is not None and not driver.exists():
            pytest.skip(f"there is no driver {driver.name}; on Debian the package chromium brings one")
        kind, text = _process(driver, _call, module, name, arguments)
        if kind == "skipped":
            pytest.skip(text)
        if kind == "failed":
            pytest.fail(text, pytrace=False)

    return run


def call_on_gpu(function: Callable[..., Any], *arguments: Any, driver: Path | None = None) -> Any:
    """What a function of a module returns in the process for GPUs; it raises here what it raises there."""
    return _process(driver, function, *arguments)


@functools.cache
def gpu_device() -> GpuDevice:
    """The device of this process; skips the test where WebGPU has no driver, not even a software one."""
    from attention_mesh.webgpu.device import GpuDevice
    from attention_mesh.webgpu.errors import NoGpuError

    assert os.environ.get(_IN_GPU_PROCESS), "a test that uses a GPU has the decorator on_gpu"
    try:
        return GpuDevice("any")
    except NoGpuError as error:
        pytest.skip(f"WebGPU has no driver: {error}")


@functools.cache
def gpu_recorder() -> GpuRecorder:
    """A recorder on `gpu_device`, for tests of graphs."""
    from attention_mesh.webgpu.gpu_recorder import GpuRecorder

    return GpuRecorder(gpu_device())


@contextlib.contextmanager
def public_calls_only(is_so: bool = True) -> Iterator[None]:
    """A block in which new dispatches are recorded by wgpu's public methods, as if its C functions had moved.

    Args:
        is_so: False changes nothing, and fails where the C functions have moved.
    """
    from attention_mesh.webgpu import native_calls

    assert native_calls.native_library() is not None, "wgpu's private names have moved: see wgpu_package.py"
    with pytest.MonkeyPatch.context() as patch:
        if is_so:
            patch.setattr(native_calls, "native_library", lambda: None)
        yield


def _file_of(test: Callable[..., Any]) -> Path:
    return Path(test.__code__.co_filename).resolve()


def _process(driver: Path | None, function: Callable[..., Any], *arguments: Any) -> Any:
    if driver not in _processes:
        context = multiprocessing.get_context("spawn")
        _processes[driver] = ProcessPoolExecutor(1, context, _choose_driver, (driver,))
    try:
        return _processes[driver].submit(function, *arguments).result()
    except BrokenProcessPool:
        _processes.pop(driver).shutdown()
        pytest.fail("the process for GPUs has crashed", pytrace=False)


def _choose_driver(driver: Path | None) -> None:
    os.environ[_IN_GPU_PROCESS] = "1"
    os.environ["ATTENTION_MESH_ADAPTER"] = "any"  # graphs take software, too
    if driver is not None:  # two names of one setting: of older and of newer Vulkan loaders
        os.environ["VK_ICD_FILENAMES"] = os.environ["VK_DRIVER_FILES"] = str(driver)


def _call(module: str, name: str, arguments: dict[str, Any]) -> tuple[str, str]:
    """Runs the body of a test, and says how it ended."""
    test = getattr(importlib.import_module(module), name).__wrapped__
    try:
        test(**arguments)
    except pytest.skip.Exception as skipped:
        return "skipped", str(skipped)
    except BaseException:
        return "failed", traceback.format_exc()
    return "passed", ""
