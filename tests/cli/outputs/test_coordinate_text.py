"""The coordinates' text: the same digits as Python's own formatting writes, value by value."""

import json

import numpy as np
import pytest

from attention_mesh.cli.outputs.coordinate_text import csv_coordinates, json_coordinates


def slow_csv(points):
    return ",".join(f"{value:.3f}" for value in points.ravel().tolist())


def slow_json(points):
    rows = [[round(value, 3) if np.isfinite(value) else None for value in point] for point in points.tolist()]
    return json.dumps(rows, separators=(",", ":"))


def points_of(*values):
    return np.resize(np.array(values, np.float32), (len(values), 3))


random = np.random.default_rng(0)
CASES = {
    "pixels of a frame": random.uniform(-50, 2000, (478, 3)).astype(np.float32),
    "small numbers": random.normal(0, 0.01, (478, 3)).astype(np.float32),
    "large numbers": random.uniform(-9999, 9999, (478, 3)).astype(np.float32),
    "ties": points_of(0.0625, 0.1875, 0.3125, 0.4375, -0.0625, -0.1875, 2.5, 1.0625, 1023.0625),
    "zeros and signs": points_of(0.0, -0.0, 0.0004, -0.0004, 0.0005, -0.0005, 1e-7, -1e-7),
    "the tables' edges": points_of(9999.0, -9999.0, 9999.999, 9999.9995, 10000.0, -10000.0),
    "a large picture": points_of(12345.678, 3.0, -70000.5),
    "what has no number": points_of(np.nan, 1.0, np.inf, -np.inf),
    "one point": points_of(1.5),
    "float64": random.uniform(0, 700, (478, 3)),
    "no point": np.zeros((0, 3), np.float32),
}


@pytest.mark.parametrize("points", CASES.values(), ids=CASES.keys())
def test_the_text_is_that_of_pythons_own_formatting(points):
    assert csv_coordinates(points) == slow_csv(points)
    assert json_coordinates(points) == slow_json(points)


def test_every_thousandth_of_a_pixel_has_its_text():
    points = (np.arange(-30_000, 30_000) / 1000).reshape(-1, 3)
    assert csv_coordinates(points) == slow_csv(points)
    assert json_coordinates(points) == slow_json(points)
