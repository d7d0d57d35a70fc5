"""The node draws like the function, on a copy, and passes frames without a face on."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.drawing.face_mesh_drawing import draw_face_mesh
from attention_mesh.drawing.face_mesh_style import FaceMeshStyle
from attention_mesh.framework import ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects

NODE = "FaceMeshRendererCalculator"


@pytest.fixture
def image() -> np.ndarray:
    return np.random.default_rng(5).integers(0, 256, (120, 160, 3), np.uint8)


@pytest.fixture
def landmarks() -> NormalizedLandmarks:
    return NormalizedLandmarks(np.random.default_rng(6).uniform(0, 1, (2, 478, 3)))


@pytest.fixture
def rois() -> NormalizedRects:
    return NormalizedRects(np.array([[0.4, 0.5, 0.3, 0.4, 0.2], [0.6, 0.5, 0.3, 0.4, 0]]), np.array([3, 0]))


def test_draws_all_faces_with_their_regions(image, landmarks, rois) -> None:
    run = run_calculator(
        NODE,
        {"IMAGE": [(5, image)], "LANDMARKS": [(5, landmarks)], "ROIS": [(5, rois)]},
        options="tesselation: true contours: false boxes: true ids: true thickness: 3 antialias: false",
    )
    expected = image.copy()
    style = FaceMeshStyle(
        tesselation=True, contours=False, boxes=True, ids=True, thickness=3, antialias=False
    )
    size = (160, 120)
    draw_face_mesh(expected, landmarks.in_pixels(size), style, rois.in_pixels(size), rois.ids)
    (packet,) = run.packets("IMAGE")
    assert packet.timestamp == 5
    np.testing.assert_array_equal(packet.value, expected)
    assert (expected != image).any()


def test_options_default_to_the_default_style(image, landmarks) -> None:
    run = run_calculator(NODE, {"IMAGE": [(0, image)], "LANDMARKS": [(0, landmarks)]})
    expected = image.copy()
    draw_face_mesh(expected, landmarks.in_pixels((160, 120)), FaceMeshStyle())
    np.testing.assert_array_equal(run.values("IMAGE")[0], expected)


def test_input_is_not_written_to(image, landmarks) -> None:
    before = image.copy()
    run = run_calculator(NODE, {"IMAGE": [(0, image)], "LANDMARKS": [(0, landmarks)]})
    np.testing.assert_array_equal(image, before)
    assert not np.shares_memory(run.values("IMAGE")[0], image)


@pytest.mark.parametrize("landmarks", [[], [(0, NormalizedLandmarks.empty())]], ids=["no packet", "no face"])
def test_frame_without_a_face_passes_through(image, landmarks) -> None:
    run = run_calculator(
        NODE,
        {"IMAGE": [(0, image)], "LANDMARKS": landmarks},
        bounds={"LANDMARKS": 1} if not landmarks else {},
    )
    assert run.values("IMAGE")[0] is image


def test_negative_thickness_is_refused_before_the_run(image) -> None:
    with pytest.raises(ConfigError, match="thickness is -1"):
        run_calculator(NODE, {"IMAGE": [(0, image)], "LANDMARKS": []}, options="thickness: -1")


def test_unknown_option_is_refused(image) -> None:
    with pytest.raises(Exception, match="glitter"):
        run_calculator(NODE, {"IMAGE": [(0, image)], "LANDMARKS": []}, options="glitter: true")
