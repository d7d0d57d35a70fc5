"""FacesJoinCalculator: the faces of two searches."""

import numpy as np

from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects


def join(first, second, most=9):
    """The scores of the joined faces; each search is a list of scores, None without packets."""
    inputs, bounds = {}, {}
    for place, scores in enumerate((first, second)):
        values = np.array(scores or [], np.float32)
        count = len(values)
        points = np.repeat(values, 6).reshape(count, 2, 3)
        for port, value in (
            ("LANDMARKS", NormalizedLandmarks(points)),
            ("ROIS", NormalizedRects(np.repeat(values, 5).reshape(count, 5))),
            ("SCORES", values),
        ):
            inputs[f"{port}:{place}"] = [] if scores is None else [(0, value)]
            if scores is None:
                bounds[f"{port}:{place}"] = 1
    run = run_calculator("FacesJoinCalculator", inputs, {"NUM_FACES": most}, bounds=bounds)
    (landmarks,), (rois,), (joined,) = (run.values(port) for port in ("LANDMARKS", "ROIS", "SCORES"))
    np.testing.assert_array_equal(landmarks.points[:, 0, 0], joined)
    np.testing.assert_array_equal(rois.values[:, 0], joined)
    return joined.round(2).tolist()


def test_the_first_search_s_faces_come_first():
    assert join([0.25], [0.5, 0.75]) == [0.25, 0.5, 0.75]


def test_no_more_than_asked():
    assert join([0.25], [0.5, 0.75], most=2) == [0.25, 0.5]


def test_the_second_search_may_have_found_nothing_or_not_been_made():
    assert join([0.25], []) == [0.25]
    assert join([0.25], None) == [0.25]
    assert join([], None) == []
