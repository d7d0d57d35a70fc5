"""TensorsToFaceLandmarksCalculator: refinement and presence on made-up network outputs."""

import numpy as np
import pytest

from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.models.topology.refinement import region_landmarks

NAME = "TensorsToFaceLandmarksCalculator"
SIZES = (1404, 160, 142, 142, 10, 10)


def tensors(logits, sizes=SIZES, seed=0):
    rng = np.random.default_rng(seed)
    outputs = [rng.uniform(0, 192, (len(logits), 1, 1, size)).astype(np.float32) for size in sizes]
    return [*outputs, np.array(logits, np.float32).reshape(-1, 1, 1, 1)]


def rois(count):
    """Regions as large as the frame, each a frame's width beside the one before."""
    values = np.tile(np.array([0.5, 0.5, 1, 1, 0], np.float32), (count, 1))
    values[:, 0] += np.arange(count)
    return NormalizedRects(values, np.arange(count) + 1)


def run(outputs, regions, side=None, options=None):
    inputs = {"TENSORS": [(0, outputs)], "ROIS": [(0, regions)]}
    result = run_calculator(NAME, inputs, side or {}, options)
    return result.values("LANDMARKS")[0].points, result.values("SCORES")[0], result.values("ROIS")[0]


def test_seven_tensors_become_478_landmarks_in_the_frame():
    outputs = tensors([2.0])
    points, scores, _ = run(outputs, rois(1))
    assert points.shape == (1, 478, 3)
    mesh = outputs[0].reshape(1, 468, 3) / 192
    np.testing.assert_allclose(points[:, :468, 2], mesh[:, :, 2], rtol=1e-6)
    lips = outputs[1].reshape(1, 80, 2) / 192
    np.testing.assert_allclose(points[:, region_landmarks()["lips"], :2], lips, rtol=1e-6)
    left_iris = outputs[5].reshape(1, 5, 2) / 192
    np.testing.assert_allclose(points[:, 473:478, :2], left_iris, rtol=1e-6)
    np.testing.assert_allclose(scores, [1 / (1 + np.exp(-2))], rtol=1e-6)


@pytest.mark.parametrize("landmarks", [468, 478])
def test_two_tensors_are_landmarks_and_flag(landmarks):
    outputs = tensors([2.0], (3 * landmarks,))
    points, _, _ = run(outputs, rois(1))
    np.testing.assert_allclose(points, outputs[0].reshape(1, landmarks, 3) / 192, rtol=1e-6)


def test_regions_without_a_face_leave_with_their_landmarks_and_scores():
    outputs = tensors([3.0, -3.0, 1.0])
    points, scores, kept = run(outputs, rois(3))
    np.testing.assert_array_equal(kept.ids, [1, 3])
    np.testing.assert_allclose(scores, 1 / (1 + np.exp([-3.0, -1.0])), rtol=1e-6)
    expected = outputs[0].reshape(3, 468, 3)[[0, 2]] / 192
    np.testing.assert_allclose(points[:, :468, 2], expected[:, :, 2], rtol=1e-6)
    nose = 1  # a landmark of the mesh alone
    np.testing.assert_allclose(points[:, nose, 0], expected[:, nose, 0] + [0, 2], rtol=1e-6)


def test_landmarks_take_the_place_size_and_rotation_of_their_region():
    outputs = tensors([2.0], (1404,))
    turned = NormalizedRects(np.array([[0.3, 0.6, 0.25, 0.25, np.pi / 2]], np.float32))
    points, _, _ = run(outputs, turned)
    x, y, z = (outputs[0].reshape(468, 3) / 192).T
    # A quarter turn clockwise: the crop's right is the frame's down, the crop's down the frame's left.
    expected = np.stack([0.3 - 0.25 * (y - 0.5), 0.6 + 0.25 * (x - 0.5), 0.25 * z], axis=1)
    np.testing.assert_allclose(points[0], expected, atol=1e-6)


def test_presence_at_the_threshold_is_not_enough():
    for logit, expected in ((0.0, 0), (1e-3, 1)):
        points, scores, kept = run(tensors([logit]), rois(1))
        assert len(points) == len(scores) == len(kept) == expected


@pytest.mark.parametrize(("side", "options"), [({"MIN_PRESENCE": 0.9}, None), ({}, {"min_presence": 0.9})])
def test_the_threshold_comes_from_side_packet_or_option(side, options):
    _, scores, _ = run(tensors([2.0, 3.0]), rois(2), side, options)
    np.testing.assert_allclose(scores, [1 / (1 + np.exp(-3))], rtol=1e-6)


@pytest.mark.parametrize(("sizes", "landmarks"), [(SIZES, 478), ((1404,), 468), ((1434,), 478)])
def test_no_region_gives_packets_without_faces(sizes, landmarks):
    points, scores, kept = run(tensors([], sizes), rois(0))
    assert points.shape == (0, landmarks, 3)
    assert scores.shape == (0,) and len(kept) == 0


def test_another_number_of_tensors_is_an_error():
    with pytest.raises(Exception, match="3 tensors"):
        run(tensors([1.0], (1404, 10)), rois(1))


def test_a_threshold_outside_probability_is_an_error():
    with pytest.raises(Exception, match="between 0 and 1"):
        run(tensors([1.0]), rois(1), {"MIN_PRESENCE": 1.5})


def test_a_frame_without_regions_is_settled_downstream_too():
    run = run_calculator(
        "TensorsToFaceLandmarksCalculator",
        {"TENSORS": [], "ROIS": []},
        bounds={"TENSORS": 8, "ROIS": 8},
    )
    assert [run.bound(port) for port in ("LANDMARKS", "SCORES", "ROIS")] == [8, 8, 8]


def test_of_the_faces_the_first_ones_leave_and_regions_without_a_face_do_not_count():
    outputs = tensors([-3.0, 3.0, 2.0, 1.0])
    points, scores, kept = run(outputs, rois(4), {"MAX_FACES": 2})
    assert kept.ids.tolist() == [2, 3] and len(points) == len(scores) == 2
