"""Network runs: on the CPU, and on a GPU that runs the whole network; another GPU is an error."""

import itertools
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from attention_mesh.models.evaluation import latency
from attention_mesh.models.evaluation.latency import latencies
from attention_mesh.models.evaluation.network_runs import cpu_run
from attention_mesh.models.weights.model_files import model_path
from attention_mesh.models.weights.model_store import ModelStore

SWIFTSHADER = Path("/usr/lib/chromium/vk_swiftshader_icd.json")
_ON_THE_GPU = """
import sys
from pathlib import Path
from attention_mesh.models.errors import EvaluationError
from attention_mesh.models.evaluation.network_runs import gpu_run
try:
    print(gpu_run(Path(sys.argv[1]).read_bytes())().size)
except EvaluationError as error:
    print("EvaluationError", str(error).splitlines()[0])
"""


def on_the_gpu(driver: Path, file: Path) -> str:
    environment = {**os.environ, "VK_ICD_FILENAMES": str(driver)}
    command = [sys.executable, "-c", _ON_THE_GPU, str(file)]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return ran.stdout.splitlines()[-1]


def test_a_cascade_is_timed_as_the_sum_of_its_parts(monkeypatch):
    """On a clock that the parts themselves move, for a real one shows what else the machine does."""
    clock_s = [0.0]

    def taking(*durations_ms: float) -> Callable[[], object]:
        durations = itertools.cycle(durations_ms)
        return lambda: clock_s.append(clock_s[-1] + next(durations) / 1000)

    monkeypatch.setattr(latency.time, "perf_counter", lambda: clock_s[-1])
    measured = latencies({"mesh": taking(4, 5, 6), "eye and iris": taking(1, 2, 3)}, rounds=30)
    for name, expected_ms in (("mesh", (5, 4, 6)), ("eye and iris", (2, 1, 3)), ("cascade", (9, 6, 12))):
        found = measured[name]
        assert (found.median, found.lower, found.upper) == pytest.approx(expected_ms), name


def test_a_network_is_timed():
    measured = latencies({"mesh": cpu_run(model_path("face_landmark").read_bytes())}, rounds=5)["mesh"]
    assert 0 < measured.lower <= measured.median <= measured.upper


def test_a_machine_without_a_gpu_is_an_error(tmp_path):
    file = ModelStore().official_path("face_landmark")
    assert on_the_gpu(tmp_path / "none.json", file).startswith("EvaluationError LiteRT finds no GPU")


@pytest.mark.slow
def test_a_gpu_runs_the_network_whole_or_not_at_all():
    if not SWIFTSHADER.exists():
        pytest.skip("no software WebGPU driver; on Debian the package chromium brings one")
    assert on_the_gpu(SWIFTSHADER, ModelStore().official_path("face_landmark")) == str(468 * 3)
    # The accelerator runs only a part of the network whose slopes are widened for the CPU.
    assert on_the_gpu(SWIFTSHADER, model_path("face_landmark")).startswith("EvaluationError")
