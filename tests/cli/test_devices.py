"""`attention-mesh devices` lists what WebGPU finds, or says what would bring an adapter."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from attention_mesh.tests.webgpu.gpu_process import SWIFTSHADER


def devices(driver: str) -> subprocess.CompletedProcess[str]:
    pytest.importorskip("wgpu", reason="the extra `gpu` has it")
    if sys.platform != "linux":
        pytest.skip("only Linux's Vulkan loader can be given one driver")
    environment = {**os.environ, "VK_ICD_FILENAMES": driver, "VK_DRIVER_FILES": driver}
    command = [sys.executable, "-m", "attention_mesh", "devices"]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


@pytest.mark.skipif(not SWIFTSHADER.exists(), reason="on Debian the package chromium brings this driver")
def test_an_adapter_is_listed_with_what_it_supports() -> None:
    done = devices(str(SWIFTSHADER))
    assert (done.returncode, done.stderr) == (0, "")
    first, features, limits = done.stdout.splitlines()
    assert first.startswith("0  SwiftShader Device") and "(software, Vulkan" in first
    assert "f16" not in features and "10 storage buffers of 1024 MiB" in limits


def test_no_driver_is_an_error_that_helps(tmp_path: Path) -> None:
    done = devices(str(tmp_path / "none.json"))
    assert done.returncode == 1 and not done.stdout
    assert "WebGPU finds no adapter; a driver for Vulkan, Metal or Direct3D 12 brings one" in done.stderr
