"""The canvas on a GPU: what `Canvas` draws on the CPU, for every layer and size."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from attention_mesh.calculators.gpu.kernels.gpu_canvas import draw_marks
from attention_mesh.drawing.layers.canvas import Canvas
from attention_mesh.drawing.layers.drawn_faces import DrawnFaces
from attention_mesh.drawing.layers.layer import Layer
from attention_mesh.drawing.layers.layers import LAYERS, draw_layers
from attention_mesh.drawing.layers.mark_list import MarkList
from attention_mesh.drawing.layers.mesh_layer import MeshLayer
from attention_mesh.tests.drawing.layers.faces import drawn_faces, face_points
from attention_mesh.tests.webgpu.gpu_process import gpu_recorder, on_gpu

LEVELS = 2  # gray levels: rounding of two marks over each other, and OpenCV's tables of coverage
SHARE = 0.01  # of the pixels that may differ by more: borders, where OpenCV moves corners to whole rows


def background(width: int, height: int) -> np.ndarray:
    """A picture of all levels that changes slowly."""
    coarse = np.random.default_rng(0).integers(0, 256, (9, 12, 3), np.uint8)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


def on_both(image: np.ndarray, faces: DrawnFaces, make: type[Layer]) -> tuple[np.ndarray, np.ndarray]:
    """The drawing of the CPU and that of the GPU. Motion needs a frame before."""
    before = DrawnFaces(faces.points_px - np.float32([3, 0, 0]), ids=faces.ids, timestamp_us=-33_000)
    size = image.shape[1], image.shape[0]
    drawn, marks, layers = image.copy(), MarkList(size), (make(), make())
    if "timestamp_us" in layers[0].needs:
        draw_layers(Canvas(image.copy()), before, layers[:1])
        draw_layers(MarkList(size), before, layers[1:])
    draw_layers(Canvas(drawn), faces, layers[:1])
    draw_layers(marks, faces, layers[1:])
    gpu = gpu_recorder()
    picture = gpu.upload_picture(cv2.cvtColor(image, cv2.COLOR_RGB2RGBA), 3)
    return drawn, gpu.read_picture(draw_marks(gpu, picture, marks)).result()[..., :3]


def assert_alike(found: np.ndarray, expected: np.ndarray, image: np.ndarray) -> None:
    off = np.abs(found.astype(int) - expected).max(axis=2)
    assert (expected != image).any(axis=2).mean() > 1e-4  # something is drawn
    assert np.mean(off > LEVELS) <= SHARE
    # What nothing covers stays, to the bit; but the CPU cuts lines off at the border before they are smooth.
    far = cv2.dilate((expected != image).any(axis=2).astype(np.uint8), np.ones((5, 5), np.uint8)) == 0
    far[:3] = far[-3:] = far[:, :3] = far[:, -3:] = False
    np.testing.assert_array_equal(found[far], image[far])


@on_gpu
@pytest.mark.parametrize("size", [40, 150])
@pytest.mark.parametrize("layer", LAYERS)
def test_layers_look_as_on_the_cpu(layer: str, size: int) -> None:
    image = background(round(1.6 * size), round(1.5 * size))
    faces = drawn_faces(face_points(size, (0.81 * size, 0.74 * size)))
    expected, found = on_both(image, faces, LAYERS[layer])
    assert_alike(found, expected, image)


@on_gpu
@pytest.mark.parametrize("layer", ["gaze", "irises", "labels"])
def test_wide_marks_of_a_large_face_look_as_on_the_cpu(layer: str) -> None:
    image = background(900, 1000)
    faces = drawn_faces(face_points(900, (450, 500)))
    expected, found = on_both(image, faces, LAYERS[layer])
    assert_alike(found, expected, image)


@on_gpu
def test_many_faces_far_from_the_origin_are_as_precise() -> None:
    """In the last corner of a picture of 3840x2160, one over the other."""
    image = background(3840, 2160)
    faces = drawn_faces(*(face_points(50, (3600 + 40.3 * n % 200, 2000 + 8.7 * n)) for n in range(9)))
    expected, found = on_both(image, faces, MeshLayer)
    part = np.s_[1940:, 3540:]
    assert_alike(found[part], expected[part], image[part])
    np.testing.assert_array_equal(found[:1900], image[:1900])


@on_gpu
def test_without_marks_the_picture_passes() -> None:
    gpu = gpu_recorder()
    picture = gpu.picture((40, 30))
    assert draw_marks(gpu, picture, MarkList((40, 30))) is picture
    outside = MarkList((40, 30))
    outside.polygon(np.array([[50, 5], [60, 5], [55, 9]]), (1, 2, 3))
    assert draw_marks(gpu, picture, outside) is picture


@on_gpu
def test_a_gray_picture_gets_color_and_alpha_stays() -> None:
    gpu = gpu_recorder()
    marks = MarkList((16, 16))
    marks.disc(np.array([8, 8]), 4, (255, 0, 0))
    gray = draw_marks(gpu, gpu.upload_picture(np.full((16, 16, 4), 9, np.uint8), 1), marks)
    assert gray.channels == 3
    clear = draw_marks(gpu, gpu.upload_picture(np.full((16, 16, 4), 9, np.uint8), 4), marks)
    pixels = gpu.read_picture(clear).result()
    assert clear.channels == 4 and pixels[8, 8].tolist() == [255, 0, 0, 9]
