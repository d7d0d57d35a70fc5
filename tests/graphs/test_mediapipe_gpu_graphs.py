"""MediaPipe's graphs for GPUs, in our wiring, give what its graphs for the CPU give."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.framework import CalculatorGraph, ConfigError, ValidatedGraph
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.python_bindings.cpu_images import with_cpu_images
from attention_mesh.tests.webgpu.gpu_process import gpu_recorder, on_gpu
from attention_mesh.webgpu.device import GpuCounters
from attention_mesh.webgpu.gpu_buffer import GpuBuffer

FRAME_US = 33_333

LIMITED = """
input_stream: "input_video"
output_stream: "output_video"
node {
  calculator: "FlowLimiterCalculator"
  input_stream: "input_video"
  input_stream: "FINISHED:output_video"
  input_stream_info { tag_index: "FINISHED" back_edge: true }
  output_stream: "image"
}
"""

# The wiring of MediaPipe's face_mesh_desktop_live_gpu.
FACE_MESH = (
    LIMITED
    + """
output_stream: "landmarks"
node {
  calculator: "ConstantSidePacketCalculator"
  output_side_packet: "PACKET:0:num_faces"
  output_side_packet: "PACKET:1:with_attention"
  node_options {
    [type.googleapis.com/mediapipe.ConstantSidePacketCalculatorOptions] {
      packet { int_value: 2 }
      packet { bool_value: WITH_ATTENTION }
    }
  }
}
node {
  calculator: "FaceLandmarkFrontGpu"
  input_stream: "IMAGE:image"
  input_side_packet: "NUM_FACES:num_faces"
  input_side_packet: "WITH_ATTENTION:with_attention"
  output_stream: "LANDMARKS:landmarks"
  output_stream: "ROIS_FROM_LANDMARKS:rois"
  output_stream: "DETECTIONS:detections"
}
node {
  calculator: "FaceRendererGpu"
  input_stream: "IMAGE:image"
  input_stream: "LANDMARKS:landmarks"
  input_stream: "NORM_RECTS:rois"
  input_stream: "DETECTIONS:detections"
  output_stream: "IMAGE:output_video"
}
"""
)

DETECTION = (
    LIMITED
    + """
output_stream: "detections"
node { calculator: "DETECTOR" input_stream: "IMAGE:image" output_stream: "DETECTIONS:detections" }
node {
  calculator: "DetectionsToRenderDataCalculator"
  input_stream: "DETECTIONS:detections"
  output_stream: "RENDER_DATA:render_data"
  node_options {
    [type.googleapis.com/mediapipe.DetectionsToRenderDataCalculatorOptions] { thickness: 4 color { r: 255 } }
  }
}
node {
  calculator: "AnnotationOverlayCalculator"
  input_stream: "IMAGE_GPU:image"
  input_stream: "render_data"
  output_stream: "IMAGE_GPU:output_video"
}
"""
)

IRISES = """
input_stream: "image"
input_stream: "LEFT:left_corners"
input_stream: "RIGHT:right_corners"
output_stream: "left_contour"
output_stream: "left_iris"
output_stream: "right_iris"
node {
  calculator: "IrisLandmarkLeftAndRightGpu"
  input_stream: "IMAGE:image"
  input_stream: "LEFT_EYE_BOUNDARY_LANDMARKS:left_corners"
  input_stream: "RIGHT_EYE_BOUNDARY_LANDMARKS:right_corners"
  output_stream: "LEFT_EYE_CONTOUR_LANDMARKS:left_contour"
  output_stream: "LEFT_EYE_IRIS_LANDMARKS:left_iris"
  output_stream: "RIGHT_EYE_IRIS_LANDMARKS:right_iris"
}
"""


def on_the_cpu(graph: str) -> str:
    """The same graph of the nodes for the CPU."""
    return graph.replace('Gpu"', 'Cpu"').replace("IMAGE_GPU:", "IMAGE:")


def run(graph: str, packets: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[GpuCounters]]:
    """The packets of the outputs for each dict of inputs, and what the GPU did for it."""
    validated = with_cpu_images(ValidatedGraph(graph))
    gpu = gpu_recorder()
    sent: list[dict[str, Any]] = [{} for _ in packets]
    done = []
    with CalculatorGraph(validated_graph=validated, scheduler="caller") as running:
        for entry in validated.outputs:
            running.observe_output_stream(
                entry.name, lambda p, name=entry.name: sent[p.timestamp // FRAME_US].update({name: p.value})
            )
        running.set_service_object(GPU_SERVICE, gpu)
        running.start_run()
        for number, values in enumerate(packets):
            before = replace(gpu.device.counters)
            for name, value in values.items():
                running.add_packet(name, value, number * FRAME_US)
            running.wait_until_idle()
            done.append(gpu.device.counters.since(before))
    return sent, done


def check_landmarks(found: NormalizedLandmarks, expected: NormalizedLandmarks, size: tuple[int, int]) -> None:
    assert found.points.shape == expected.points.shape
    away_px = np.linalg.norm((found.points - expected.points)[..., :2] * size, axis=-1)
    # Crops differ by a gray level here and there.
    assert np.median(away_px) < 0.1 and away_px.max() < 0.3


def check_pictures(found: np.ndarray, expected: np.ndarray) -> None:
    assert found.shape == expected.shape and found.dtype == np.uint8
    differing = np.abs(found.astype(int) - expected).max(axis=2) > 2
    assert differing.mean() < 0.02  # lines and dots whose places are rounded may lie a pixel beside


def two_faces(astronaut: np.ndarray, frames: int) -> list[dict[str, Any]]:
    """A face that moves, its mirror image beside it; the last but one frame is dark."""
    packets = []
    for number in range(frames):
        face = np.roll(astronaut[:260, 100:340], 3 * number, axis=1)
        picture = np.ascontiguousarray(np.concatenate([face, face[:, ::-1]], axis=1))
        packets.append({"input_video": np.zeros_like(picture) if number == frames - 2 else picture})
    return packets


@on_gpu
@pytest.mark.parametrize("with_attention", [pytest.param("true", marks=pytest.mark.slow), "false"])
def test_the_face_mesh_of_two_faces_is_the_cpus(astronaut: np.ndarray, with_attention: str) -> None:
    graph = FACE_MESH.replace("WITH_ATTENTION", with_attention)
    graph = graph.replace(f"{with_attention}:with", "WITH_ATTENTION:with")
    packets = two_faces(astronaut, 5)
    found, done = run(graph, packets)
    expected, _ = run(on_the_cpu(graph), packets)
    size = packets[0]["input_video"].shape[1::-1]
    for mine, theirs in zip(found, expected, strict=True):
        assert mine.keys() == theirs.keys()
        check_pictures(mine["output_video"], theirs["output_video"])
        if "landmarks" in theirs:
            check_landmarks(mine["landmarks"], theirs["landmarks"], size)
    assert ["landmarks" in frame for frame in found] == [True, True, True, False, True]
    # Two faces are tracked, so the detector rests: the network's outputs and the picture are read.
    assert done[2].waits == 3 and done[2].reads == 3


@on_gpu
@pytest.mark.parametrize("kind", ["ShortRange", "FullRange"])
def test_detections_and_the_picture_of_them_are_the_cpus(astronaut: np.ndarray, kind: str) -> None:
    graph = DETECTION.replace("DETECTOR", f"FaceDetection{kind}Gpu")
    packets = [{"input_video": astronaut}]
    ((found,), _), ((expected,), _) = run(graph, packets), run(on_the_cpu(graph), packets)
    check_pictures(found["output_video"], expected["output_video"])
    mine, theirs = found["detections"], expected["detections"]
    assert isinstance(mine, Detections) and len(mine) == len(theirs) == 1
    np.testing.assert_allclose(mine.boxes, theirs.boxes, atol=1e-4)
    np.testing.assert_allclose(mine.keypoints, theirs.keypoints, atol=1e-4)


@on_gpu
def test_irises_are_the_cpus(astronaut: np.ndarray) -> None:
    corners_px = np.float32([[[199, 107, 0], [216, 109, 0]], [[235, 108, 0], [252, 104, 0]]])
    corners = corners_px / 512
    packets = [
        {
            "image": astronaut,
            "left_corners": NormalizedLandmarks(corners[:1]),
            "right_corners": NormalizedLandmarks(corners[1:]),
        }
    ]
    ((found,), _), ((expected,), _) = run(IRISES, packets), run(on_the_cpu(IRISES), packets)
    assert found.keys() == expected.keys() == {"left_contour", "left_iris", "right_iris"}
    for name, landmarks in found.items():
        check_landmarks(landmarks, expected[name], (512, 512))


def test_the_graph_says_that_it_takes_images_on_a_gpu_and_where_it_crosses() -> None:
    graph = ValidatedGraph(FACE_MESH.replace("value: WITH_ATTENTION", "value: true"))
    assert graph.found_input_types["input_video"] is GpuBuffer
    assert [(node.calculator.__name__, node.crossing) for node in graph.crossings] == [
        ("TensorsToDetectionsCalculator", "GPU to CPU"),
        ("TensorsToFaceLandmarksCalculator", "GPU to CPU"),
        ("AnnotationOverlayCalculator", "CPU to GPU"),
    ]
    around = with_cpu_images(graph).crossings
    assert [node.calculator.__name__ for node in around][0] == "ImageFrameToGpuBufferCalculator"
    assert [node.calculator.__name__ for node in around][-1] == "GpuBufferToImageFrameCalculator"


def test_a_graph_for_the_cpu_stays_as_it_is() -> None:
    either = 'node { calculator: "ToImageCalculator" input_stream: "IMAGE:image" output_stream: "IMAGE:a" }'
    text = on_the_cpu(DETECTION.replace("DETECTOR", "FaceDetectionShortRangeGpu"))
    graph = ValidatedGraph(f'{text} {either} output_stream: "a"')
    assert with_cpu_images(graph) is graph


@pytest.mark.parametrize(
    "nodes, problem",
    [
        (
            """node { calculator: "ImageFrameToGpuBufferCalculator" input_stream: "a" output_stream: "b" }
               node { calculator: "ImageTransformationCalculator" input_stream: "IMAGE:b"
                      output_stream: "IMAGE:c" }""",
            "produces GpuBuffer; put a GpuBufferToImageFrameCalculator between them",
        ),
        (
            """node { calculator: "GpuBufferToImageFrameCalculator" input_stream: "a" output_stream: "b" }
               node { calculator: "ImagePropertiesCalculator" input_stream: "IMAGE_GPU:b"
                      output_stream: "SIZE:c" }""",
            "produces ndarray; put a ImageFrameToGpuBufferCalculator between them",
        ),
        (
            """node { calculator: "ImagePropertiesCalculator" input_stream: "IMAGE_GPU:a"
                      output_stream: "SIZE:b" }
               node { calculator: "PassThroughCalculator" input_stream: "a" output_stream: "passed" }
               node { calculator: "ImagePropertiesCalculator" input_stream: "IMAGE_CPU:passed"
                      output_stream: "SIZE:c" }""",
            "no value is both; put a ",
        ),
    ],
)
def test_a_wrong_mix_is_one_error_with_the_node_that_would_be_right(nodes: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        ValidatedGraph(f'input_stream: "a" {nodes}')
    (text,) = caught.value.problems
    assert problem in text
