"""Our wiring of MediaPipe's rendering subgraphs draws the same as MediaPipe's own wiring and renderer."""

import re

import numpy as np
import pytest

from attention_mesh.framework import CalculatorGraph
from attention_mesh.framework.protos import message_to_text
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects

INPUTS = ("IMAGE:image", "LANDMARKS:faces", "NORM_RECTS:rects", "DETECTIONS:detections")
FACE = "\n".join(f'input_stream: "{entry}"' for entry in INPUTS)
OURS = f'{FACE} node {{ calculator: "FaceRendererCpu" {FACE} output_stream: "IMAGE:drawn" }}'
# The same with a loop over the faces, as MediaPipe draws them.
LOOP = """
{face}
node {{ calculator: "BeginLoopNormalizedLandmarkListVectorCalculator"
  input_stream: "ITERABLE:faces" output_stream: "ITEM:face" output_stream: "BATCH_END:end" }}
node {{ calculator: "FaceLandmarksToRenderDataCalculator"
  input_stream: "NORM_LANDMARKS:face" output_stream: "RENDER_DATA:face_data"
  options {{ [mediapipe.LandmarksToRenderDataCalculatorOptions.ext] {{ {options} }} }} }}
node {{ calculator: "EndLoopRenderDataCalculator"
  input_stream: "ITEM:face_data" input_stream: "BATCH_END:end" output_stream: "ITERABLE:faces_data" }}
node {{ calculator: "DetectionsToRenderDataCalculator"
  input_stream: "DETECTIONS:detections" output_stream: "RENDER_DATA:detections_data"
  options {{ [mediapipe.DetectionsToRenderDataCalculatorOptions.ext] {{ thickness: 4 color {{ g: 255 }} }}
  }} }}
node {{ calculator: "RectToRenderDataCalculator"
  input_stream: "NORM_RECTS:rects" output_stream: "RENDER_DATA:rects_data"
  options {{ [mediapipe.RectToRenderDataCalculatorOptions.ext] {{ thickness: 4 color {{ r: 255 }} }} }} }}
node {{ calculator: "AnnotationOverlayCalculator"
  input_stream: "IMAGE:image" input_stream: "detections_data"
  input_stream: "VECTOR:0:faces_data" input_stream: "rects_data" output_stream: "IMAGE:drawn" }}
"""


@pytest.fixture(scope="module")
def scene(astronaut) -> dict:
    """Two faces of 478 points on the astronaut, with their regions and detections."""
    random = np.random.default_rng(5)
    points = np.concatenate([random.uniform(0, 0.5, (2, 478, 2)), np.zeros((2, 478, 1))], axis=2)
    points[1, :, 0] += 0.45
    return {
        "image": astronaut,
        "faces": NormalizedLandmarks(points),
        "rects": NormalizedRects(np.float32([[0.3, 0.3, 0.4, 0.4, 0.2], [0.7, 0.3, 0.4, 0.4, 0]])),
        "detections": Detections([(0.1, 0.6, 0.3, 0.3)], random.uniform(0, 1, (1, 6, 2)), [0.5]),
    }


def observe(graph: str, packets: dict, *streams: str) -> list[list]:
    """The values of each stream, for one packet on each input of the graph; None: a timestamp passes."""
    values: list[list] = [[] for _ in streams]
    with CalculatorGraph(graph, scheduler="caller") as running:
        for stream, found in zip(streams, values, strict=True):
            running.observe_output_stream(stream, lambda packet, found=found: found.append(packet.value))
        running.start_run()
        for name, value in packets.items():
            if value is not None:
                running.add_packet(name, value, 0)
        running.close_all_packet_sources()
        running.wait_until_done()
    return values


LANDMARK_OPTIONS = (
    "thickness: 2 visualize_landmark_depth: false landmark_color { r: 255 } connection_color { g: 255 }"
)


def test_all_faces_at_once_are_drawn_as_in_a_loop(scene):
    ((ours,),) = observe(OURS, scene, "drawn")
    ((looped,),) = observe(LOOP.format(face=FACE, options=LANDMARK_OPTIONS), scene, "drawn")
    np.testing.assert_array_equal(ours, looped)
    assert (ours != scene["image"]).any(axis=2).sum() > 10_000  # pixels


def test_without_faces_the_frame_passes_unchanged(scene):
    ((drawn,),) = observe(OURS, {"image": scene["image"], "faces": None}, "drawn")
    np.testing.assert_array_equal(drawn, scene["image"])


@pytest.mark.slow
def test_mediapipe_draws_these_shapes_the_same(peer_images, scene):
    streams = (
        "drawn",
        *(f"facerenderercpu__{kind}_render_data" for kind in ("detections", "rects", "landmarks")),
    )
    (drawn,), *shapes = observe(OURS, scene, *streams)
    text = " ".join(message_to_text(data) for (data,) in shapes)
    text = re.sub(r'scene_class: "\w*"', "", text)  # one message cannot have it twice
    text = re.sub(r'display_text: "[^"]*"', "", text)  # letters depend on OpenCV's version
    node = (
        'calculator: "AnnotationOverlayCalculator" input_stream: "IMAGE:image" input_stream: "shapes" '
        'output_stream: "IMAGE:result"'
    )
    (official,) = peer_images([(node, text, scene["image"])])
    different = (drawn != official).any(axis=2)
    label = np.s_[300:340, 50:160]  # the detection's text
    different[label] = False
    assert different.mean() < 0.002, (
        different.sum()
    )  # of pixels, at the edges of thick lines by OpenCV's version


def test_irises_and_eyelids_are_drawn(astronaut):
    random = np.random.default_rng(6)
    streams = (
        "IMAGE:image DETECTIONS:detections FACE_LANDMARKS:face EYE_LANDMARKS_LEFT:left_eye "
        "EYE_LANDMARKS_RIGHT:right_eye IRIS_LANDMARKS_LEFT:left_iris IRIS_LANDMARKS_RIGHT:right_iris "
        "NORM_RECT:rect LEFT_EYE_RECT:left_rect RIGHT_EYE_RECT:right_rect"
    ).split()
    inputs = " ".join(f'input_stream: "{stream}"' for stream in streams)
    graph = f'{inputs} node {{ calculator: "IrisRendererCpu" {inputs} output_stream: "IMAGE:drawn" }}'
    ring = np.float32([(0, 0), (0.03, 0), (0, 0.03), (-0.03, 0), (0, -0.03)])
    iris = np.concatenate([ring, np.zeros((5, 1))], axis=1)[None]
    eye = np.concatenate([random.uniform(0.4, 0.6, (1, 71, 2)), np.zeros((1, 71, 1))], axis=2)
    packets = {
        "image": astronaut,
        "face": NormalizedLandmarks.empty(468),
        "left_eye": NormalizedLandmarks(eye + [0, 0.3, 0]),
        "right_eye": NormalizedLandmarks(eye - [0, 0.3, 0]),
        "left_iris": NormalizedLandmarks(iris + [0.25, 0.5, 0]),
        "right_iris": NormalizedLandmarks(iris + [0.75, 0.5, 0]),
        "rect": NormalizedRects.whole_frame(),
    }
    ((drawn,),) = observe(graph, packets, "drawn")
    blue = (drawn == (0, 0, 255)).all(axis=2)
    assert blue[:, :256].sum() > 100 and blue[:, 256:].sum() > 100  # pixels of the circles
    red = (drawn == (255, 0, 0)).all(axis=2)
    assert red[:250].sum() > 200 and red[262:].sum() > 200  # of the eyelids
    np.testing.assert_array_equal(drawn[256, 128], (0, 255, 0))  # the left iris's center
