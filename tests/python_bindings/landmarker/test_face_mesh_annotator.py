"""The annotator draws in place, in the order of channels it was told, and refuses what it cannot draw."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.drawing.layers.mesh_layer import MeshLayer
from attention_mesh.python_bindings.landmarker.face_mesh_annotator import FaceMeshAnnotator


@pytest.fixture
def points() -> np.ndarray:
    """(2, 478, 3) px: two clouds of points apart from each other in a scene of 200 x 100."""
    cloud = np.random.default_rng(2).uniform(10, 90, (478, 3))
    return np.stack([cloud, cloud + [100, 0, 0]])


def test_draws_into_the_scene_and_returns_it(points: np.ndarray) -> None:
    scene = np.zeros((100, 200, 3), np.uint8)
    assert FaceMeshAnnotator().annotate(scene, points) is scene
    assert scene[:, :100].any() and scene[:, 100:].any()


def test_orders_of_channels_mirror_each_other(points: np.ndarray) -> None:
    ids = np.array([1, 2])
    bgr, rgb = (
        FaceMeshAnnotator("mesh,contours,boxes,ids", color_order=order).annotate(
            np.zeros((100, 200, 3), np.uint8), points, ids=ids
        )
        for order in ("bgr", "rgb")
    )
    np.testing.assert_array_equal(bgr, rgb[..., ::-1])
    assert not np.array_equal(bgr, rgb)


@pytest.mark.parametrize("axes", [2, 3])
def test_takes_points_with_and_without_depth(points: np.ndarray, axes: int) -> None:
    expected = FaceMeshAnnotator().annotate(np.zeros((100, 200, 3), np.uint8), points)
    scene = FaceMeshAnnotator().annotate(np.zeros((100, 200, 3), np.uint8), points[..., :axes])
    np.testing.assert_array_equal(scene, expected)


def test_no_face_leaves_the_scene_alone() -> None:
    scene = np.full((10, 10, 3), 7, np.uint8)
    FaceMeshAnnotator("mesh,boxes,ids").annotate(scene, np.empty((0, 478, 3)))
    assert (scene == 7).all()


def test_unknown_order_of_channels() -> None:
    with pytest.raises(ValueError, match="'hsv'"):
        FaceMeshAnnotator(color_order="hsv")


def test_layers_may_have_styles_of_their_own(points: np.ndarray) -> None:
    scenes = []
    for mesh in ("mesh", MeshLayer(), MeshLayer(width=3.0)):
        annotator = FaceMeshAnnotator(["contours", mesh])
        scenes.append(annotator.annotate(np.zeros((100, 200, 3), np.uint8), points))
    np.testing.assert_array_equal(scenes[0], scenes[1])
    assert scenes[2].sum() > 1.3 * scenes[0].sum()


def test_every_layer_can_be_drawn(points: np.ndarray) -> None:
    annotator = FaceMeshAnnotator("depth,motion,mesh,contours,irises,gaze,roi,boxes,labels")
    scene = annotator.annotate(
        np.zeros((100, 200, 3), np.uint8),
        points,
        np.array([[50, 50, 80, 80, 0.1], [150, 50, 80, 80, 0]]),
        np.array([1, 2]),
        scores=np.array([0.9, 0.8]),
        gaze=np.array([[[0, 0, 1]] * 3] * 2),
        eyes_open=np.ones((2, 2), bool),
        texts=["a", "b"],
        timestamp_us=0,
    )
    assert scene.any()


def read_only() -> np.ndarray:
    scene = np.zeros((8, 8, 3), np.uint8)
    scene.flags.writeable = False
    return scene


@pytest.mark.parametrize(
    ("scene", "message"),
    [
        (np.zeros((8, 8), np.uint8), r"\(8, 8\)"),
        (np.zeros((8, 8, 4), np.uint8), r"\(8, 8, 4\)"),
        (np.zeros((8, 8, 3), np.float32), "float32"),
        (np.zeros((8, 8, 3), np.uint8)[:, ::-1], "contiguous"),
        (read_only(), "writeable"),
    ],
    ids=["gray", "alpha", "float", "mirrored view", "read-only"],
)
def test_scene_that_cannot_be_drawn_into(scene: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FaceMeshAnnotator().annotate(scene, np.zeros((1, 478, 3)))


@pytest.mark.parametrize(
    ("points", "more", "message"),
    [
        (np.zeros((478, 3)), {}, r"points have shape \(478, 3\)"),
        (np.zeros((1, 68, 2)), {}, r"points have shape \(1, 68, 2\)"),
        (np.zeros((2, 478, 3)), {"rois": np.zeros((1, 5))}, r"rois have shape \(1, 5\); expected \(2, 5\)"),
        (np.zeros((2, 478, 3)), {"ids": np.zeros(3, int)}, r"ids have shape \(3,\); expected \(2,\)"),
    ],
    ids=["one face without its axis", "another mesh", "too few regions", "too many ids"],
)
def test_wrong_arrays(points: np.ndarray, more: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FaceMeshAnnotator().annotate(np.zeros((8, 8, 3), np.uint8), points, **more)
