"""Records from the packets of a graph, and the errors for packets that do not fit."""

from dataclasses import replace

import numpy as np
import pytest

from attention_mesh.cli.errors import OutputError
from attention_mesh.cli.run.graph_ports import GraphPorts
from attention_mesh.cli.run.graph_record import graph_record
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.media.frame import Frame

PORTS = GraphPorts("frames", image="drawn", landmarks="points", rois="rects", scores="levels")
TURNS = replace(PORTS, expression={"poses": "turns"})
FRAME = Frame(np.zeros((20, 10, 3), np.uint8), 40_000, 1, "frame_000001")
POSES = np.arange(32, dtype=np.float32).reshape(2, 4, 4)
TWO_FACES = NormalizedLandmarks(np.full((2, 5, 3), 0.5, np.float32))


def test_all_streams_become_a_record():
    values = {
        "drawn": np.ones((20, 10, 3), np.uint8),
        "points": TWO_FACES,
        "rects": NormalizedRects(np.full((2, 5), 0.1, np.float32)),
        "levels": np.array([0.9, 0.8], np.float32),
    }
    record = graph_record(PORTS, FRAME, values)
    assert (record.index, record.name, record.timestamp_us) == (1, "frame_000001", 40_000)
    assert record.image is values["drawn"]
    np.testing.assert_array_equal(record.result.landmarks_px[1, 0], [5, 10, 5])  # px of a frame of 10x20
    np.testing.assert_array_equal(record.result.scores, values["levels"])


@pytest.mark.parametrize("shape", [(20, 10), (20, 10, 1), (20, 10, 3), (20, 10, 4)])
def test_a_picture_may_be_gray_rgb_or_rgba(shape):
    assert graph_record(PORTS, FRAME, {"drawn": np.ones(shape, np.uint8)}).image.shape == shape


@pytest.mark.parametrize(
    ("stream", "value", "found"),
    [
        ("drawn", "text", "str"),
        ("drawn", np.ones((20, 10, 3)), r"an array \(20, 10, 3\) float64"),
        ("drawn", np.ones((20, 10, 2), np.uint8), r"an array \(20, 10, 2\) uint8"),
        ("drawn", np.ones((0, 10, 3), np.uint8), r"an array \(0, 10, 3\) uint8"),
        ("points", [1, 2], "list"),
        ("rects", [1, 2], "list"),
        ("rects", NormalizedRects(np.zeros((1, 5), np.float32)), "1 NormalizedRects"),
        ("levels", [0.5, 0.5], "list"),
        ("levels", np.ones(3, np.float32), r"an array \(3,\) float32"),
        ("turns", np.ones((1, 4, 4), np.float32), r"an array \(1, 4, 4\) float32"),
        ("turns", np.ones((2, 4, 4), int), r"an array \(2, 4, 4\) int64"),
        ("turns", None, "nothing"),
    ],
)
def test_what_does_not_fit_is_told_with_stream_time_and_what_would(stream, value, found):
    with pytest.raises(OutputError, match=f'output stream "{stream}" holds {found} at 40000 µs; expected '):
        graph_record(TURNS, FRAME, {"points": TWO_FACES, "turns": POSES, stream: value})


def test_what_the_graph_measures_itself_is_in_the_record_and_the_packet_stays_as_it_is():
    result = graph_record(TURNS, FRAME, {"points": TWO_FACES, "turns": POSES}).result
    np.testing.assert_array_equal(result.poses, POSES)
    assert result.blendshapes is None
    assert POSES.flags.writeable and not result.poses.flags.writeable


def test_without_a_face_nothing_need_be_measured():
    result = graph_record(TURNS, FRAME, {"points": NormalizedLandmarks.empty()}).result
    assert result.poses.shape == (0, 4, 4)
