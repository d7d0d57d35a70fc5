"""What every solution does around its graph: timestamps, errors, restarts, closing, threads."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.python_bindings.solutions.graph_solution import GraphSolution


@calculator
class SolutionProbeCalculator(Calculator):
    """(timestamp, frames seen in this run, first pixel's red + LIMIT); fails on a frame of red 13."""

    image = Input("IMAGE", np.ndarray)
    seen = Output("SEEN", tuple)
    limit = SideInput("LIMIT", int)

    def open(self) -> None:
        self.count = 0

    def process(self) -> None:
        image = self.image.value
        red = int(image[0, 0, 0])
        if red == 13:
            raise ValueError("unlucky frame")
        self.count += 1
        if red != 14:
            self.seen.send((self.timestamp, self.count, red + self.limit.value))


class ProbeSolution(GraphSolution):
    def _convert(self, value):
        return value


GRAPH = """
input_stream: "image"
input_side_packet: "limit"
output_stream: "seen"
node {
  calculator: "SolutionProbeCalculator"
  input_stream: "IMAGE:image"
  input_side_packet: "LIMIT:limit"
  output_stream: "SEEN:seen"
}
"""


@pytest.fixture
def graph_path(tmp_path: Path) -> Path:
    path = tmp_path / "probe.pbtxt"
    path.write_text(GRAPH)
    return path


@pytest.fixture
def solution(graph_path: Path) -> ProbeSolution:
    return ProbeSolution(graph_path, {"limit": 100}, "seen", "seen")


def frame(red: int) -> np.ndarray:
    return np.full((2, 3, 3), red, np.uint8)


def test_each_call_is_a_frame_of_a_30_fps_video(solution: ProbeSolution) -> None:
    assert [solution.process(frame(red)).seen for red in (1, 2, 3)] == [
        (33333, 1, 101),
        (66666, 2, 102),
        (99999, 3, 103),
    ]


def test_result_is_a_named_tuple_called_as_mediapipes(solution: ProbeSolution) -> None:
    outputs = solution.process(frame(1))
    assert type(outputs).__name__ == "SolutionOutputs"
    assert outputs._fields == ("seen",)


def test_no_packet_gives_none_and_not_the_result_before(solution: ProbeSolution) -> None:
    assert solution.process(frame(1)).seen is not None
    assert solution.process(frame(14)).seen is None


def test_reset_starts_a_new_run_and_time_goes_on(solution: ProbeSolution) -> None:
    solution.process(frame(1))
    solution.reset()
    assert solution.process(frame(2)).seen == (66666, 1, 102)


def test_failing_graph_raises_runtime_error_and_the_next_frame_works(solution: ProbeSolution) -> None:
    solution.process(frame(1))
    with pytest.raises(RuntimeError, match="(?s)SolutionProbeCalculator.*unlucky frame"):
        solution.process(frame(13))
    assert solution.process(frame(2)).seen == (99999, 1, 102)


def test_graph_that_does_not_open_raises_runtime_error(graph_path: Path) -> None:
    with pytest.raises(RuntimeError, match='"limit"'):
        ProbeSolution(graph_path, {}, "seen", "seen")


def test_closed_solution(solution: ProbeSolution) -> None:
    solution.close()
    with pytest.raises(ValueError, match="process: this ProbeSolution is closed already"):
        solution.process(frame(1))
    with pytest.raises(ValueError, match="close: this ProbeSolution is closed already"):
        solution.close()
    solution.reset()  # does nothing, as in MediaPipe
    with pytest.raises(ValueError, match="closed already"):
        solution.process(frame(1))


def test_with_block_closes(solution: ProbeSolution) -> None:
    with solution as inside:
        assert inside is solution
    with pytest.raises(ValueError, match="closed already"):
        solution.process(frame(1))


def test_with_block_after_a_failing_frame_shows_the_frames_error(solution: ProbeSolution) -> None:
    with pytest.raises(RuntimeError, match="unlucky frame"), solution:
        solution.process(frame(13))


@pytest.mark.parametrize("image", [None, frame(1).tolist(), frame(1)[..., :1]], ids=["none", "list", "gray"])
def test_refused_image_leaves_the_run_as_it_is(solution: ProbeSolution, image) -> None:
    solution.process(frame(1))
    with pytest.raises((TypeError, ValueError)):
        solution.process(image)
    assert solution.process(frame(2)).seen == (66666, 2, 102)


def test_threads_get_their_own_results(solution: ProbeSolution) -> None:
    """Each thread's frames carry its number; an answer to another's frame would show a foreign one."""
    frames, answers = 50, {}

    def work(number: int) -> None:
        answers[number] = [solution.process(frame(number)).seen for _ in range(frames)]

    threads = [threading.Thread(target=work, args=(number,)) for number in (1, 2, 3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, results in answers.items():
        assert [red for _, _, red in results] == [100 + number] * frames
    times = sorted(time for results in answers.values() for time, _, _ in results)
    assert times == [33333 * (i + 1) for i in range(4 * frames)]
