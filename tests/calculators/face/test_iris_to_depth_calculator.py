"""Distance by the size of the iris."""

from types import SimpleNamespace

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks

NAME = "IrisToDepthCalculator"
SIZE = (640, 480)


def irises(left_px: float, right_px: float) -> NormalizedLandmarks:
    """Circles of these diameters, in pixels, about the image's center: center, right, top, left, bottom."""
    ring = np.array([(0, 0), (0.5, 0), (0, -0.5), (-0.5, 0), (0, 0.5)])
    points_px = np.concatenate([ring * left_px, ring * right_px]) + (320, 240)
    return NormalizedLandmarks(np.column_stack([points_px / SIZE, np.zeros(10)])[None])


def run(frames, side):
    inputs = {
        "IRIS": list(enumerate(frames)),
        "IMAGE_SIZE": [(time, SIZE) for time in range(len(frames))],
    }
    return run_calculator(NAME, inputs, side)


@pytest.mark.parametrize(
    "side",
    [{"FOCAL_LENGTH": 600.0}, {"IMAGE_FILE_PROPERTIES": SimpleNamespace(focal_length_pixels=600)}],
    ids=lambda side: next(iter(side)),
)
def test_an_iris_of_11_8_mm_by_the_intercept_theorem(side):
    result = run([irises(11.8, 23.6)], side)
    assert result.values("LEFT_IRIS_DEPTH_MM") == pytest.approx([600], rel=1e-4)
    assert result.values("RIGHT_IRIS_DEPTH_MM") == pytest.approx([300], rel=1e-4)


def test_later_frames_count_a_tenth():
    result = run([irises(11.8, 11.8), irises(5.9, 11.8)], {"FOCAL_LENGTH": 600.0})
    assert result.values("LEFT_IRIS_DEPTH_MM") == pytest.approx([600, 660], rel=1e-4)
    assert result.values("RIGHT_IRIS_DEPTH_MM") == pytest.approx([600, 600], rel=1e-4)


@pytest.mark.parametrize("side", [{}, {"FOCAL_LENGTH": 0.0}])
def test_without_a_focal_length_there_is_no_distance(side):
    assert run([irises(10, 10)], side).values("LEFT_IRIS_DEPTH_MM") == []


def test_what_cannot_be_is_refused():
    with pytest.raises(ConfigError, match="exclude each other"):
        run([], {"FOCAL_LENGTH": 1.0, "IMAGE_FILE_PROPERTIES": SimpleNamespace()})
    with pytest.raises(CalculatorError, match=r"irises of shape \(1, 5, 3\)"):
        run([NormalizedLandmarks(np.zeros((1, 5, 3)))], {"FOCAL_LENGTH": 600.0})
