"""The detections of one image: what the class accepts and how it is cut and joined."""

import numpy as np
import pytest

from attention_mesh.geometry.detections import Detections


def three() -> Detections:
    return Detections(
        np.arange(12).reshape(3, 4) / 16, np.arange(36).reshape(3, 6, 2) / 36, np.array([0.9, 0.8, 0.7])
    )


def test_arrays_become_float32_and_lengths_agree():
    detections = three()
    assert len(detections) == 3
    assert {detections.boxes.dtype, detections.keypoints.dtype, detections.scores.dtype} == {
        np.dtype(np.float32)
    }


@pytest.mark.parametrize(
    ("boxes", "keypoints", "scores", "message"),
    [
        ((2, 3), (2, 6, 2), (2,), r"boxes must have shape \(N, 4\)"),
        ((2, 4), (2, 6), (2,), r"keypoints must have shape \(N, K, 2\)"),
        ((2, 4), (2, 6, 2), (2, 1), r"scores must have shape \(N,\)"),
        ((2, 4), (3, 6, 2), (2,), "one length, got 2, 3 and 2"),
    ],
)
def test_wrong_shapes_are_named(boxes, keypoints, scores, message):
    with pytest.raises(ValueError, match=message):
        Detections(np.zeros(boxes), np.zeros(keypoints), np.zeros(scores))


def test_take_by_index_mask_and_slice_agree():
    detections = three()
    for which in ([2, 0], np.array([2, 0])):
        np.testing.assert_array_equal(detections.take(which).scores, np.float32([0.7, 0.9]))
    np.testing.assert_array_equal(
        detections.take(np.array([True, False, True])).boxes, detections.boxes[[0, 2]]
    )
    assert len(detections.take(slice(0, 2))) == 2
    assert len(detections.take([])) == 0


def test_in_pixels_scales_x_by_width_and_y_by_height():
    detections = Detections(
        np.array([[0.5, 0.5, 0.25, 0.25]]), np.array([[[0.5, 0.5]]]), np.array([1.0])
    ).in_pixels((640, 480))
    np.testing.assert_allclose(detections.boxes, [[320, 240, 160, 120]])
    np.testing.assert_allclose(detections.keypoints, [[[320, 240]]])


def test_concatenate_keeps_order_and_refuses_nothing():
    both = Detections.concatenate([three(), Detections.empty(), three().take([1])])
    np.testing.assert_allclose(both.scores, [0.9, 0.8, 0.7, 0.8])
    with pytest.raises(ValueError, match="at least one"):
        Detections.concatenate([])
