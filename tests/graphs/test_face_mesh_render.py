"""The rendering graphs give the results of the graphs they wrap, and those results drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from attention_mesh.drawing.layers.canvas import Canvas
from attention_mesh.drawing.layers.drawn_faces import DrawnFaces
from attention_mesh.drawing.layers.layers import draw_layers, named_layers
from attention_mesh.framework import CalculatorGraph, load_graph_config
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks

GRAPHS = Path(__file__).resolve().parents[2] / "graphs" / "face_mesh"
STREAMS = ("landmarks", "rois", "scores", "detections", "annotated_image")


def run(graph_name: str, images: list[np.ndarray], **side_packets: object) -> list[dict]:
    """Values by stream name, a dict an image."""
    graph = CalculatorGraph(
        graph_config=load_graph_config(GRAPHS / f"{graph_name}.pbtxt"), scheduler="caller"
    )
    frames: list[dict] = [{} for _ in images]
    for name in STREAMS:
        if name in graph.validated_graph.producers:
            graph.observe_output_stream(
                name, lambda p, name=name: frames[p.timestamp].update({name: p.value})
            )
    graph.start_run(
        {
            "num_faces": 1,
            "with_attention": True,
            "weights": "official",
            "use_prev_landmarks": True,
            "detector": "short",
            "min_detection_confidence": 0.5,
            "min_tracking_confidence": 0.5,
            "smooth_landmarks": False,
            "num_threads": 1,
            **side_packets,
        }
    )
    for time_us, image in enumerate(images):
        graph.add_packet("image", image, time_us)
    graph.close_all_packet_sources()
    graph.wait_until_done()
    return frames


@pytest.fixture
def images(astronaut: np.ndarray) -> list[np.ndarray]:
    return [astronaut, np.full((64, 64, 3), 9, np.uint8), astronaut]


@pytest.mark.parametrize("name", ["face_mesh", "face_mesh_two_pass"])
def test_results_are_those_of_the_graph_inside(name: str, images: list[np.ndarray]) -> None:
    for rendered, plain in zip(run(f"{name}_render", images), run(name, images), strict=True):
        np.testing.assert_array_equal(rendered["landmarks"].points, plain["landmarks"].points)
        np.testing.assert_array_equal(rendered["rois"].values, plain["rois"].values)
        np.testing.assert_array_equal(rendered["scores"], plain["scores"])
        assert ("detections" in rendered) == ("detections" in plain)


@pytest.mark.parametrize(
    ("name", "layers"),
    [("face_mesh", ["contours", "irises", "ids"]), ("face_mesh_two_pass", ["contours", "irises"])],
)
def test_every_frame_comes_out_with_its_faces_drawn(
    name: str, layers: list[str], images: list[np.ndarray]
) -> None:
    face, nothing, again = run(f"{name}_render", images)
    for frame, image in ((face, images[0]), (again, images[2])):
        assert isinstance(frame["landmarks"], NormalizedLandmarks) and len(frame["landmarks"]) == 1
        expected = image.copy()
        size = (512, 512)
        faces = DrawnFaces(frame["landmarks"].in_pixels(size), ids=frame["rois"].ids)
        draw_layers(Canvas(expected), faces, named_layers(layers))
        np.testing.assert_array_equal(frame["annotated_image"], expected)
        assert (expected != image).any()
    assert len(nothing["landmarks"]) == 0
    assert nothing["annotated_image"] is images[1]


def measured_gaze(landmarks: NormalizedLandmarks) -> tuple[np.ndarray, np.ndarray]:
    """Gaze and open eyes, by the nodes for them, one by one."""
    size = {"IMAGE_SIZE": [(0, (512, 512))]}
    pose = run_calculator("FacePoseCalculator", {"LANDMARKS": [(0, landmarks)], **size})
    tags = ("METRIC_LANDMARKS", "POSES")
    gaze = run_calculator("GazeCalculator", {tag: [(0, pose.values(tag)[0])] for tag in tags})
    return gaze.values("GAZE")[0], gaze.values("EYES_OPEN")[0]


@pytest.mark.parametrize("name", ["face_mesh", "face_mesh_two_pass"])
def test_layers_that_a_side_packet_names_are_drawn(name: str, images: list[np.ndarray]) -> None:
    names = ["mesh", "gaze", "roi", "labels"]
    (frame,) = run(f"{name}_render", images[:1], layers=",".join(names), with_gaze=True)
    expected = images[0].copy()
    landmarks, rois = frame["landmarks"], frame["rois"]
    gaze, eyes_open = measured_gaze(landmarks)
    faces = DrawnFaces(
        landmarks.in_pixels((512, 512)),
        rois=rois.in_pixels((512, 512)),
        ids=rois.ids,
        scores=frame["scores"],
        gaze=gaze,
        eyes_open=eyes_open,
    )
    draw_layers(Canvas(expected), faces, named_layers(names))
    np.testing.assert_array_equal(frame["annotated_image"], expected)
    assert not np.array_equal(
        expected, run(f"{name}_render", images[:1], layers="mesh")[0]["annotated_image"]
    )
