"""`import_keras`: a command's own error comes alone, unless the user asks for TensorFlow's lines."""

import importlib.util
import os
import subprocess
import sys

import pytest

from attention_mesh.models.keras_backend import _is_notice, choose_backend


@pytest.mark.parametrize(
    "line",
    [
        b"WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n",
        b"I0000 00:00:1796015570.572272    6435 port.cc:153] oneDNN custom operations are on. You may\n",
        b"W0000 00:00:1796015570.572272    6435 computation_placer.cc:177] computation placer\n",
        b"E0000 00:00:1742212.157486     5 cuda_dnn.cc:8310] Unable to register cuDNN factory: Attempting\n",
        b"2026-11-30 05:14:34.123456: I tensorflow/core/platform/cpu_feature_guard.cc:210] This TensorFlow\n",
        b"To enable the following instructions: AVX2 FMA, in other operations, rebuild TensorFlow\n",
    ],
)
def test_notices_about_the_machine_are_known(line: bytes) -> None:
    assert _is_notice(line)


@pytest.mark.parametrize(
    "line",
    [
        b"E0000 00:00:1796015570.572272    6435 gpu.cc:1] out of memory\n",
        b"2026-11-30 05:14:34.123456: F tensorflow/core/x.cc:1] Check failed\n",
        b"Traceback (most recent call last):\n",
        b"I am a line of somebody else\n",
    ],
)
def test_other_lines_stay(line: bytes) -> None:
    assert not _is_notice(line)


@pytest.mark.parametrize(
    ("backend", "message"),
    [
        ("jaxx", "KERAS_BACKEND is 'jaxx'; expected one of tensorflow, jax, torch"),
        ("jax", "'jax', but JAX is not installed; .* install .*\\[train-jax\\]"),
        ("tensorflow", "but TensorFlow is not installed; .* install .*\\[train\\]"),
        ("torch", "KERAS_BACKEND is 'torch', but PyTorch is not installed$"),
    ],
)
def test_a_backend_that_is_chosen_but_absent_is_an_error(backend, message, monkeypatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == backend else find(name))
    monkeypatch.setenv("KERAS_BACKEND", backend)
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    with pytest.raises(ImportError, match=message):
        choose_backend()


@pytest.mark.parametrize("asked", [False, True])
def test_an_error_of_a_command_comes_alone_unless_the_user_asks_for_more(tmp_path, asked: bool) -> None:
    pytest.importorskip("tensorflow", reason="in the extra train")
    environment = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    broken = tmp_path / "broken.keras"
    broken.write_bytes(b"no network")
    environment |= {"KERAS_BACKEND": "tensorflow"} | ({"TF_CPP_MIN_LOG_LEVEL": "0"} if asked else {})
    done = subprocess.run(
        [sys.executable, "-m", "attention_mesh", "export", str(broken), str(tmp_path / "a.tflite")],
        **dict(capture_output=True, text=True, env=environment),
    )
    assert done.returncode == 1
    assert ("oneDNN" in done.stderr or "TensorFlow" in done.stderr) == asked
    assert done.stderr.splitlines()[-1].startswith("error: cannot read the network")
    assert asked or len(done.stderr.splitlines()) == 1


def test_an_export_prints_what_it_wrote_and_nothing_else(tmp_path) -> None:
    """A machine without a graphics card makes TensorFlow log an error, which is none of the export's."""
    pytest.importorskip("tensorflow", reason="in the extra train")
    environment = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    done = subprocess.run(
        [sys.executable, "-m", "attention_mesh", "export", "open", str(tmp_path / "a.task")],
        **dict(capture_output=True, text=True, env=environment | {"KERAS_BACKEND": "tensorflow"}),
    )
    assert (done.returncode, done.stderr) == (0, "")
