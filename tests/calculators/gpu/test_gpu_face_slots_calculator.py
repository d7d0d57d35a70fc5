"""Slots keep tracked faces, and give what is free to new ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from attention_mesh.calculators.gpu.kernels.face_rows import rects_of
from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import CalculatorError, CalculatorGraph
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.track_association import TrackAssociation
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
    ("one face twice", [row(10), row(12), row(90)], None, [(12, 1), (90, 2), (0, 0)]),
    (
        "a region that lags behind its face",
        [row(20)],
        [NOTHING, row(10, 1, 7), NOTHING],
        [(0, 0), (20, 7), (0, 0)],
    ),
    (
        "two tracks that run into one face",
        [NOTHING],
        [row(10, 1, 7), row(12, 1, 9), NOTHING],
        [(0, 0), (12, 7), (0, 0)],
    ),
    (
        "tracked faces stay in their slots",
        [row(91), row(170)],
        [NOTHING, row(90, 1, 7), NOTHING],
        [(170, 1), (90, 7), (0, 0)],
    ),
    (
        "a region that overlaps a little is another face",
        [row(40)],
        [row(10, 1, 4), NOTHING, NOTHING],
        [(10, 4), (40, 1), (0, 0)],
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
def test_a_lost_face_gets_its_id_back_near_its_place_within_the_time() -> None:
    empty = ([NOTHING], [NOTHING] * 3)
    frames = [([row(10), row(90)], None), empty, ([row(95)], [NOTHING] * 3)]
    ids = [[int(each[6]) for each in found] for found in slots(frames, times_us=[0, 250_000, 500_000])]
    assert ids == [[1, 2, 0], [0, 0, 0], [2, 0, 0]]
    ids = [[int(each[6]) for each in found] for found in slots(frames, times_us=[0, 250_000, 500_001])]
    assert ids[2] == [3, 0, 0]


@on_gpu
@pytest.mark.parametrize("seed", range(3))
def test_faces_that_come_and_go_get_the_ids_of_the_cpu(seed: int) -> None:
    """Random regions that move, are detected or not, and are lost or not, as `TrackAssociation` sees them."""
    random, tracks = np.random.default_rng(seed), TrackAssociation()
    gpu, packets, count, size = gpu_recorder(), [], 4, (1000, 1000)
    places = random.uniform(100, 900, (6, 2))
    time_us, recovered = 0, 0
    seen: set[int] = set()
    with CalculatorGraph(GRAPH, scheduler="caller") as graph:
        graph.set_service_object(GPU_SERVICE, gpu)
        graph.observe_output_stream("rois", lambda packet: packets.append(packet.value))
        graph.start_run({"num_faces": count})
        before = np.zeros((count, 8), np.float32)
        for _ in range(60):
            places = np.clip(places + random.normal(0, 25, places.shape), 100, 900)
            rows = [[x, y, 150, 150, random.choice([0, 0.2]), 0.9, 0, 0] for x, y in places]
            detected = np.array([each for each in rows if random.random() < 0.6] or [NOTHING], np.float32)
            tracked = before.copy()
            tracked[random.random(count) < 0.25] = 0
            graph.add_packet("detected", gpu.upload(detected), time_us)
            graph.add_packet("tracked", gpu.upload(tracked), time_us)
            graph.wait_until_idle()
            found = gpu.read(packets[-1]).result()
            is_face = detected[:, 5] > 0
            expected = tracks.update(
                NormalizedRects.from_pixels(detected[is_face, :5], size, np.zeros(is_face.sum(), np.int64)),
                rects_of(tracked[tracked[:, 5] > 0], size),
                count,
                time_us,
            )
            ours = {int(each[6]): each[:5] for each in found if each[5] > 0}
            theirs = dict(zip(expected.ids.tolist(), expected.in_pixels(size), strict=True))
            assert ours.keys() == theirs.keys()
            for track, place in ours.items():
                np.testing.assert_allclose(place, theirs[track], atol=0.01)
            recovered += len((ours.keys() & seen) - {int(each) for each in before[:, 6]})
            seen |= ours.keys()
            before, time_us = found, time_us + int(random.integers(20_000, 200_000))
    assert recovered  # lost faces have come back


def slots(
    frames: list[tuple[list, list | None]], num_faces: int = 3, times_us: Sequence[int] = range(99)
) -> list[np.ndarray]:
    gpu, packets = gpu_recorder(), []
    with CalculatorGraph(GRAPH, scheduler="caller") as graph:
        graph.set_service_object(GPU_SERVICE, gpu)
        graph.observe_output_stream("rois", lambda packet: packets.append(packet.value))
        graph.start_run({"num_faces": num_faces})
        for time, (detected, tracked) in zip(times_us, frames, strict=False):
            graph.add_packet("detected", gpu.upload(np.array(detected, np.float32)), time)
            if tracked is not None:
                graph.add_packet("tracked", gpu.upload(np.array(tracked, np.float32)), time)
    return [gpu.read(tensor).result() for tensor in packets]


@on_gpu
def test_another_number_of_tracked_faces_is_refused() -> None:
    with pytest.raises(CalculatorError, match=r"TRACKED is \(1, 8\); expected \(3, 8\)"):
        slots([([row(10)], [row(10)])])
    with pytest.raises(CalculatorError, match="NUM_FACES is 0; expected 1 to 64"):
        slots([], num_faces=0)
