"""Slots keep tracked faces, and give what is free to new ones."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import CalculatorError, CalculatorGraph
from attention_mesh.tests.webgpu.gpu_process import gpu_recorder, on_gpu

GRAPH = """
input_stream: "detected" input_stream: "tracked" output_stream: "rois" input_side_packet: "num_faces"
node { calculator: "GpuFaceSlotsCalculator" input_stream: "DETECTED:detected" input_stream: "TRACKED:tracked"
       output_stream: "ROIS:rois" input_side_packet: "NUM_FACES:num_faces" }
"""


def row(x: float, score: float = 0.9, track: int = 0) -> list[float]:
    return [x, 50, 40, 40, 0.1, score, track, 0]


NOTHING = [0.0] * 8
# detected, tracked (None: the first frame), expected as (x, id) of each slot
CASES = [
    ("two new faces", [row(10), row(90)], None, [(10, 1), (90, 2), (0, 0)]),
    ("nothing at all", [NOTHING, NOTHING], None, [(0, 0), (0, 0), (0, 0)]),
    ("more than there are slots", [row(10), row(90), row(170), row(250)], None, [(10, 1), (90, 2), (170, 3)]),
    ("one face twice", [row(10), row(12), row(90)], None, [(10, 1), (90, 2), (0, 0)]),
    (
        "tracked faces stay in their slots",
        [row(91), row(170)],
        [NOTHING, row(90, 1, 7), NOTHING],
        [(170, 1), (90, 7), (0, 0)],
    ),
    (
        "a region that overlaps a little is another face",
        [row(30)],
        [row(10, 1, 4), NOTHING, NOTHING],
        [(10, 4), (30, 1), (0, 0)],
    ),
    (
        "no slot is free",
        [row(250)],
        [row(10, 1, 4), row(90, 1, 5), row(170, 1, 6)],
        [(10, 4), (90, 5), (170, 6)],
    ),
]


@on_gpu
@pytest.mark.parametrize(
    "detected, tracked, expected", [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_slots(detected: list, tracked: list | None, expected: list) -> None:
    (found,) = slots([(detected, tracked)])
    assert [(float(each[0]), int(each[6])) for each in found] == expected
    assert [each[5] > 0 for each in found] == [track > 0 for _, track in expected]


@on_gpu
def test_ids_are_never_given_twice() -> None:
    frames = [([row(10)], None), ([row(10), row(90)], [NOTHING] * 3), ([row(90)], [NOTHING] * 3)]
    assert [[int(each[6]) for each in found] for found in slots(frames)] == [[1, 0, 0], [2, 3, 0], [4, 0, 0]]


def slots(frames: list[tuple[list, list | None]], num_faces: int = 3) -> list[np.ndarray]:
    gpu, packets = gpu_recorder(), []
    with CalculatorGraph(GRAPH, scheduler="caller") as graph:
        graph.set_service_object(GPU_SERVICE, gpu)
        graph.observe_output_stream("rois", lambda packet: packets.append(packet.value))
        graph.start_run({"num_faces": num_faces})
        for time, (detected, tracked) in enumerate(frames):
            graph.add_packet("detected", gpu.upload(np.array(detected, np.float32)), time)
            if tracked is not None:
                graph.add_packet("tracked", gpu.upload(np.array(tracked, np.float32)), time)
    return [gpu.read(tensor).result() for tensor in packets]


@on_gpu
def test_another_number_of_tracked_faces_is_refused() -> None:
    with pytest.raises(CalculatorError, match=r"TRACKED is \(1, 8\); expected \(3, 8\)"):
        slots([([row(10)], [row(10)])])
    with pytest.raises(CalculatorError, match="NUM_FACES is 0; expected at least 1"):
        slots([], num_faces=0)
