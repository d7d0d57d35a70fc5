"""LitertRunner: batches of any size through one model, and errors that say what is wrong."""

import os
import subprocess
import sys

import numpy as np
import pytest

from attention_mesh.models.runtime import litert_runner
from attention_mesh.models.runtime.litert_runner import MAX_FACES, LitertRunner
from attention_mesh.models.runtime.thread_choice import FIRST_CALLS, SAMPLES
from attention_mesh.models.runtime.thread_count import default_thread_count
from attention_mesh.models.weights import model_path


@pytest.fixture(scope="module")
def detector():
    return model_path("face_detection_short_range")


@pytest.fixture(scope="module")
def runner(detector):
    return LitertRunner(detector, 1)


def faces(count: int) -> np.ndarray:
    return np.random.default_rng(0).random((count, 128, 128, 3), np.float32)


def test_a_model_tells_its_tensors_without_the_batch(runner):
    assert runner.inputs.shapes == [(128, 128, 3)]
    assert runner.outputs.shapes == [(896, 16), (896, 1)]
    assert runner.outputs.names == ["regressors", "classificators"]


@pytest.mark.parametrize("count", [2, 3, MAX_FACES + 3])
def test_a_batch_gives_what_its_parts_give(runner, count):
    batch = faces(count)
    together = runner.run([batch])
    for index in range(count):
        for ours, alone in zip(together, runner.run([batch[index : index + 1]]), strict=True):
            np.testing.assert_allclose(ours[index : index + 1], alone, rtol=1e-5, atol=1e-4)


def test_interpreters_are_made_per_batch_size_and_no_larger_than_the_limit(detector):
    runner = LitertRunner(detector, 1)
    assert runner.batch_sizes == [1]
    runner.run([faces(2 * MAX_FACES + 2)])
    assert runner.batch_sizes == [1, 2, MAX_FACES]


def test_no_face_runs_nothing_and_keeps_the_trailing_shapes(detector):
    runner = LitertRunner(detector, 1)
    outputs = runner.run([faces(0)])
    assert [output.shape for output in outputs] == [(0, 896, 16), (0, 896, 1)]
    assert {output.dtype for output in outputs} == {np.dtype(np.float32)}
    assert runner.batch_sizes == [1]


def test_outputs_stay_as_they_are_when_the_model_runs_again(runner):
    first = runner.run([faces(1)])
    copy = [array.copy() for array in first]
    runner.run([np.zeros((1, 128, 128, 3), np.float32)])
    for array, before in zip(first, copy, strict=True):
        np.testing.assert_array_equal(array, before)


def test_bytes_serve_like_a_path(runner, detector):
    from_bytes = LitertRunner(detector.read_bytes(), 1).run([faces(1)])
    for ours, theirs in zip(from_bytes, runner.run([faces(1)]), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_strided_input_is_taken_as_it_reads(runner):
    wide = faces(2)[:, :, ::-1]
    for ours, theirs in zip(runner.run([wide]), runner.run([wide.copy()]), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ([], "has 1 inputs, got 0"),
        ([np.zeros((1, 64, 64, 3), np.float32)], r"\(F, 128, 128, 3\) float32.*got \(1, 64, 64, 3\)"),
        ([np.zeros((1, 128, 128, 3), np.uint8)], "got .* uint8"),
        ([np.zeros((128, 128, 3), np.float32)], r"got \(128, 128, 3\)"),
    ],
)
def test_wrong_tensors_are_named(runner, inputs, message):
    with pytest.raises(ValueError, match=message):
        runner.run(inputs)


def test_a_path_without_a_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no model at .*gone.tflite"):
        LitertRunner(tmp_path / "gone.tflite")


def test_a_file_that_is_no_model_is_named(tmp_path):
    path = tmp_path / "photo.tflite"
    path.write_bytes(b"GIF89a, and more of it")
    with pytest.raises(ValueError, match="photo.tflite: LiteRT cannot run it"):
        LitertRunner(path)


def test_threads_are_the_given_number_or_the_default(detector):
    assert LitertRunner(detector, 3).num_threads == 3
    assert (
        LitertRunner(detector, -1).num_threads == LitertRunner(detector).num_threads == default_thread_count()
    )


@pytest.mark.parametrize(
    "name", ["face_landmark_with_attention", "face_landmark", "face_detection_short_range"]
)
@pytest.mark.parametrize("count", [1, 3])
def test_the_outputs_are_the_same_to_the_bit_for_any_number_of_threads(name, count):
    path = model_path(name)
    one, several = LitertRunner(path, 1), LitertRunner(path, 4)
    inputs = [np.random.default_rng(1).random((count, *one.inputs.shapes[0]), np.float32)]
    for ours, others in zip(one.run(inputs), several.run(inputs), strict=True):
        np.testing.assert_array_equal(ours, others)


def test_a_number_of_threads_that_is_given_stays(detector):
    runner = LitertRunner(detector, 2)
    for _ in range(FIRST_CALLS + 2 * SAMPLES):
        runner.run([faces(1)])
    assert runner.threads() == 2 and set(runner._prepared) == {(1, 2)}


def test_every_batch_size_is_compared_by_itself_after_a_few_calls(detector, monkeypatch):
    monkeypatch.setattr(litert_runner, "default_thread_count", lambda: 2)
    runner = LitertRunner(detector)
    expected = runner.run([faces(2)])
    for _ in range(FIRST_CALLS - 1):
        runner.run([faces(1)])
    assert set(runner._prepared) == {(1, 2), (2, 2)}
    for _ in range(2 * SAMPLES + 1):
        runner.run([faces(1)])
    assert set(runner._prepared) == {(1, 2), (2, 2), (1, 1)} and runner.batch_sizes == [1, 2]
    for _ in range(FIRST_CALLS + 2 * SAMPLES):
        for ours, first in zip(runner.run([faces(2)]), expected, strict=True):
            np.testing.assert_array_equal(ours, first)


_BESIDE_A_BUSY_PROCESS = """
import os, sys, time
from pathlib import Path
import numpy as np
from attention_mesh.models.runtime import litert_runner
litert_runner.default_thread_count = lambda: 2
os.sched_setaffinity(0, {int(core) for core in sys.argv[2:]})
runner = litert_runner.LitertRunner(Path(sys.argv[1]))
image = np.zeros((1, *runner.inputs.shapes[0]), np.float32)
end = time.monotonic() + 60
chosen = []
while time.monotonic() < end and chosen[-20:] != [1] * 20:
    runner.run([image])
    chosen.append(runner.threads())
print(chosen[-1])
"""


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="cores are chosen as Linux does")
def test_beside_a_busy_process_one_thread_is_chosen():
    cores = sorted(os.sched_getaffinity(0))[:2]
    if len(cores) < 2:
        pytest.skip("one core leaves no choice")
    busy = subprocess.Popen(
        [sys.executable, "-c", f"import os; os.sched_setaffinity(0, {{{cores[0]}}})\nwhile True: pass"]
    )
    try:
        model = model_path("face_landmark_with_attention")
        program = [sys.executable, "-c", _BESIDE_A_BUSY_PROCESS, str(model), *map(str, cores)]
        done = subprocess.run(program, capture_output=True, text=True, timeout=90, check=True)
    finally:
        busy.kill()
        busy.wait()
    assert done.stdout.strip() == "1"


def test_the_runtimes_notice_is_held_back_and_other_lines_are_not(detector):
    program = (
        "import os, sys; from pathlib import Path;"
        "from attention_mesh.models.runtime.litert_runner import LitertRunner\n"
        "LitertRunner(Path(sys.argv[1]))\n"
        "os.write(2, b'after\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, detector], capture_output=True, env=dict(os.environ), timeout=60
    )
    assert done.returncode == 0
    assert done.stderr == b"after\n"


def test_lines_written_while_the_notice_is_held_back_come_after():
    program = (
        "import os; from attention_mesh.models.runtime.litert_runner import without_delegate_notice\n"
        "with without_delegate_notice():\n"
        "    os.write(2, b'mine\\nINFO: Created TensorFlow Lite XNNPACK delegate for CPU.\\n')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60)
    assert done.stderr == b"mine\n"
