"""Wrong arguments of the public API: each is refused where it enters, with what would be right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import attention_mesh as mp
from attention_mesh.framework import CalculatorGraph

IMAGE = np.zeros((64, 96, 3), np.uint8)
FACES = np.zeros((1, 478, 3), np.float32)
NAN = float("nan")
PASS = """input_stream: "a" output_stream: "b"
node { calculator: "PassThroughCalculator" input_stream: "a" output_stream: "b" }"""


@pytest.fixture(scope="module")
def landmarker() -> Iterator[mp.FaceLandmarker]:
    with mp.FaceLandmarker(mp.FaceLandmarkerOptions(detector="short", num_threads=1)) as made:
        yield made


@pytest.mark.parametrize(
    "rois",
    [
        "x",
        {},
        [1, 2],
        [[1, 2], [3]],
        [[1, 2, 3, 4, "a"]],
        [["1", "2", "3", "4", "0"]],
        [[1, 2, 3, 4, 5j]],
        [[True] * 5],
        [[1, 2, np.inf, 4, 0]],
        [[1, 2, NAN, 4, 0]],
        [[1, 2, 3, -4, 0]],
    ],
    ids=str,
)
def test_wrong_regions(landmarker: mp.FaceLandmarker, rois: Any) -> None:
    with pytest.raises(ValueError, match="rois"):
        landmarker.detect(IMAGE, rois=rois)


@pytest.mark.parametrize("rois", [[], np.zeros((0, 5)), [[40, 30, 20, 20, 0]]], ids=str)
def test_good_regions_of_any_kind(landmarker: mp.FaceLandmarker, rois: Any) -> None:
    assert len(landmarker.detect(IMAGE, rois=rois)) == 0


@pytest.mark.parametrize("name", ["min_face_detection_confidence", "min_face_presence_confidence"])
@pytest.mark.parametrize("value", [1.01, -0.01, 50, NAN, np.inf, np.float32(1.5), "0.5", None, True, [0.5]])
def test_a_wrong_confidence_is_refused_in_our_own_api(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"{name}=.*expected a number from 0 to 1"):
        mp.FaceLandmarkerOptions(**{name: value})


@pytest.mark.parametrize("value", [-1, 1.0, 257, 10**6, NAN, "2", None, True])
def test_a_wrong_number_of_threads(value: Any) -> None:
    with pytest.raises(ValueError, match="num_threads=.*expected a whole number, 0 .automatic. to 256"):
        mp.FaceLandmarkerOptions(num_threads=value)


WRONG_LAYERS: list[tuple[Any, str]] = [
    ("glitter", "known layers: depth, motion, mesh"),
    ("", '"" is no layer'),
    ([], "no layer is named"),
    ("mesh,mesh", "named twice"),
    ([3], "layers has a int; expected names"),
    (None, "NoneType"),
]


@pytest.mark.parametrize(("layers", "message"), WRONG_LAYERS, ids=lambda value: str(value)[:20])
def test_wrong_layers(layers: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        mp.FaceMeshAnnotator(layers)


ANNOTATE: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"scene": None}, TypeError, "scene is a NoneType"),
    ({"scene": "photo.jpg"}, TypeError, "scene is a str"),
    ({"scene": IMAGE.tolist()}, TypeError, "scene is a list"),
    ({"scene": IMAGE / 255}, ValueError, r"image \* 255"),
    ({"scene": IMAGE[..., 0]}, ValueError, "COLOR_GRAY2RGB"),
    ({"points": None}, ValueError, "points have shape"),
    ({"points": FACES[0]}, ValueError, "points have shape"),
    ({"points": FACES[:, :100]}, ValueError, "points have shape"),
    ({"rois": [[1, 2, 3]]}, ValueError, "rois have shape"),
    ({"rois": [[1, 2, 3, NAN, 0]]}, ValueError, "no finite number"),
    ({"rois": None}, ValueError, "RoiLayer needs rois, which is not given"),
    ({"scores": [0.5, 0.5]}, ValueError, "scores has shape"),
    ({"texts": []}, ValueError, "0 texts for 1 faces"),
    ({"ids": [1, 2]}, ValueError, "ids have shape"),
    ({"ids": ["a"]}, ValueError, "ids have dtype"),
    ({"ids": [1.5]}, ValueError, "ids have dtype"),
]


@pytest.mark.parametrize(("wrong", "error", "text"), ANNOTATE, ids=lambda value: str(value)[:30])
def test_wrong_arrays_to_draw(wrong: dict[str, Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        mp.FaceMeshAnnotator("roi,ids").annotate(
            **{"scene": IMAGE.copy(), "points": FACES, "rois": [[1, 2, 3, 4, 0]]} | wrong
        )


def test_a_result_in_place_of_its_points_says_which_of_its_arrays(landmarker: mp.FaceLandmarker) -> None:
    result: Any = landmarker.detect(IMAGE)
    with pytest.raises(ValueError, match="result.landmarks_px"):
        mp.FaceMeshAnnotator().annotate(IMAGE.copy(), result)


@pytest.mark.parametrize("value", ["2", True, 1.0, -1, NAN])
def test_a_wrong_number_of_threads_of_a_graph(value: Any) -> None:
    with pytest.raises(ValueError, match="num_threads is .*; expected an int"):
        CalculatorGraph(PASS, num_threads=value)


@pytest.mark.parametrize("make", [CalculatorGraph, mp.CalculatorGraph], ids=["ours", "MediaPipe's"])
@pytest.mark.parametrize("value", ["2", True, 1.5, -2, NAN, None])
def test_a_wrong_queue_size(make: Callable[..., Any], value: Any) -> None:
    graph = make(graph_config=PASS)
    with pytest.raises(ValueError, match="max_queue_size is .*; expected an int"):
        graph.max_queue_size = value


@pytest.mark.parametrize("value", ["1", 1.5, True, None, NAN])
def test_a_wrong_timestamp_of_a_graph(value: Any) -> None:
    with CalculatorGraph(PASS, scheduler="caller") as graph:
        graph.start_run()
        with pytest.raises(TypeError, match="a timestamp is an int, in µs"):
            graph.add_packet("a", 1, value)


def test_a_wrong_folder_of_subgraphs() -> None:
    with pytest.raises(TypeError, match="graph_path is a folder or several, not 3"):
        CalculatorGraph(PASS, graph_path=3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("image", "error", "text"),
    [
        (None, TypeError, "Was the file read"),
        ("photo.jpg", TypeError, "is a str"),
        (mp.Image(mp.ImageFormat.SRGB, IMAGE), TypeError, r"numpy_view\(\).copy\(\)"),
        (IMAGE[..., 0], ValueError, "three channel bgr"),
    ],
    ids=["None", "a name", "Image", "gray"],
)
def test_a_wrong_image_to_draw_into(image: Any, error: type[Exception], text: str) -> None:
    landmarks = mp.solutions.drawing_utils.landmark_pb2.NormalizedLandmarkList()
    landmarks.landmark.add(x=0.5, y=0.5)
    with pytest.raises(error, match=text):
        mp.solutions.drawing_utils.draw_landmarks(image, landmarks)


@pytest.mark.parametrize("name", [3, None, "", "media.pipe", "attention_mesh"])
def test_a_wrong_name_to_install_as(name: Any) -> None:
    with pytest.raises(ValueError, match="install_as takes the name of another module"):
        mp.install_as(name)
