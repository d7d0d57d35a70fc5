"""Layers over faces whose landmarks are on the GPU: what `Canvas` draws on the CPU."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from attention_mesh.calculators.gpu.kernels.gpu_face_marks import GpuFaceMarks
from attention_mesh.drawing.layers.boxes_layer import BoxesLayer
from attention_mesh.drawing.layers.canvas import Canvas
from attention_mesh.drawing.layers.contours_layer import ContoursLayer
from attention_mesh.drawing.layers.depth_layer import DepthLayer
from attention_mesh.drawing.layers.gaze_layer import GazeLayer
from attention_mesh.drawing.layers.irises_layer import IrisesLayer
from attention_mesh.drawing.layers.layer import Layer
from attention_mesh.drawing.layers.layers import draw_layers
from attention_mesh.drawing.layers.mesh_layer import MeshLayer
from attention_mesh.drawing.layers.roi_layer import RoiLayer
from attention_mesh.tests.drawing.layers.faces import drawn_faces, face_points
from attention_mesh.tests.webgpu.gpu_process import gpu_recorder, on_gpu

STYLES = {
    "depth": [DepthLayer()],
    "mesh": [MeshLayer()],
    "wide mesh": [MeshLayer(width=3.0, opacity=1.0)],
    "contours": [ContoursLayer(eyebrows=False, color="#102030")],
    "wide contours": [ContoursLayer(width=9.0)],
    "irises": [IrisesLayer(opacity=0.5)],
    "region": [RoiLayer()],
    "boxes": [BoxesLayer(margin=0.1)],
    "several": [DepthLayer(opacity=0.4), MeshLayer(), ContoursLayer(), IrisesLayer(), BoxesLayer()],
}


def on_both(layers: list[Layer], size: int, landmarks: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The picture, the drawing of the CPU, and that of the GPU, of two faces in three slots."""
    width, height = round(1.9 * size), round(1.7 * size)
    coarse = np.random.default_rng(0).integers(0, 256, (9, 12, 3), np.uint8)
    image = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    points = np.stack([face_points(size, (0.9 * size, 0.8 * size)), face_points(0.5 * size, (size, size))])
    points = points[:, :landmarks]
    faces = drawn_faces(*points)
    drawn = image.copy()
    draw_layers(Canvas(drawn), faces, layers)
    slots = np.zeros((3, 8), np.float32)
    slots[::2, :5], slots[::2, 5] = faces.rois, 0.9
    placed = np.full((3, landmarks, 3), 0.4, np.float32)  # what an empty slot has means nothing
    placed[::2] = points / [width, height, width]
    gpu = gpu_recorder()
    picture = gpu.upload_picture(cv2.cvtColor(image, cv2.COLOR_RGB2RGBA), 3)
    result = GpuFaceMarks(gpu, layers).draw(picture, gpu.upload(placed), gpu.upload(slots))
    return image, drawn, gpu.read_picture(result).result()[..., :3]


@on_gpu
@pytest.mark.parametrize("size", [40, 150])
@pytest.mark.parametrize("style", STYLES)
def test_layers_look_as_on_the_cpu(style: str, size: int) -> None:
    image, expected, found = on_both(STYLES[style], size, 478)
    off = np.abs(found.astype(int) - expected).max(axis=2)
    # Gray levels, see test_gpu_canvas.py. OpenCV rounds after each of many opaque lines that cross, and where
    # wide lines meet.
    assert np.mean(off > 2) < (0.03 if style.startswith("wide") else 0.01)
    assert (expected != image).any(axis=2).mean() > 0.001


@on_gpu
def test_a_mesh_without_irises_has_none() -> None:
    image, expected, found = on_both([IrisesLayer()], 60, 468)
    np.testing.assert_array_equal(found, image)
    np.testing.assert_array_equal(expected, image)


@on_gpu
@pytest.mark.parametrize("value", [np.nan, np.inf, 1e20], ids=str)
def test_a_face_with_a_point_that_is_not_finite_is_left_out(value: float) -> None:
    gpu = gpu_recorder()
    placed = np.full((1, 478, 3), 0.5, np.float32)
    placed[0, 7, 1] = value
    picture = gpu.upload_picture(np.full((30, 40, 4), 77, np.uint8), 3)
    slots = gpu.upload(np.ones((1, 8), np.float32))
    drawn = GpuFaceMarks(gpu, [MeshLayer(), DepthLayer()]).draw(picture, gpu.upload(placed), slots)
    assert (gpu.read_picture(drawn).result() == 77).all()


@on_gpu
def test_layers_and_shapes_that_do_not_fit_are_refused() -> None:
    gpu = gpu_recorder()
    with pytest.raises(ValueError, match="GazeLayer needs landmarks on the CPU: connect LANDMARKS"):
        GpuFaceMarks(gpu, [GazeLayer()])
    marks, picture = GpuFaceMarks(gpu, [MeshLayer()]), gpu.picture((8, 8))
    with pytest.raises(ValueError, match=r"landmarks of shape \(2, 478, 3\) and faces of shape \(1, 8\)"):
        marks.draw(picture, gpu.tensor((2, 478, 3)), gpu.tensor((1, 8)))
