"""Distance by the size of the iris."""

import math

import numpy as np
import pytest

from attention_mesh.geometry.iris_depth import IRIS_MM, iris_depth_mm, iris_diameter_px


def test_the_diameter_is_the_mean_of_height_and_width():
    iris = np.array([(5, 5), (5, 0), (5, 8), (0, 5), (10, 5)], float)
    assert iris_diameter_px(iris) == 9


def test_distance_along_the_ray_through_the_iris():
    on_axis = iris_depth_mm((320, 240), 10, 600, (640, 480))
    assert on_axis == pytest.approx(IRIS_MM * 60)
    # 3-4-5: 450 px off the axis at a focal length of 600 px.
    assert iris_depth_mm((770, 240), 10, 600, (640, 480)) == pytest.approx(IRIS_MM * 75)
    assert iris_depth_mm((320, 240), 0, 600, (640, 480)) == math.inf
