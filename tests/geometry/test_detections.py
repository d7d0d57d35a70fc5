"""The detections of one image: accepted arrays, parts and joins."""

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


def _named() -> Detections:
    three = np.arange(3)
    return Detections(
        np.ones((3, 4)), np.ones((3, 1, 2)), three, label_ids=[7, 8, 9], labels=("a", "b", "c"), ids=three + 1
    )


@pytest.mark.parametrize("which", [[2, 0], np.array([2, 0])])
def test_names_and_ids_are_taken_along(which):
    taken = _named().take(which)
    assert taken.label_ids.tolist() == [9, 7] and taken.labels == ("c", "a") and taken.ids.tolist() == [3, 1]
    masked = _named().take(np.array([False, True, False]))
    assert masked.labels == ("b",) and masked.in_pixels((2, 2)).labels == ("b",)
    assert _named().take(slice(1, 3)).labels == ("b", "c")


def test_names_and_ids_are_joined_where_all_parts_have_them():
    named, plain = _named(), Detections.empty(1)
    both = Detections.concatenate([named, named])
    assert both.labels == ("a", "b", "c") * 2 and both.ids.tolist() == [1, 2, 3] * 2
    mixed = Detections.concatenate([named, plain])
    assert mixed.label_ids.tolist() == [7, 8, 9] and mixed.labels is None and mixed.ids is None
    assert Detections.concatenate([plain, plain]).label_ids is None


@pytest.mark.parametrize("names", [{"label_ids": [1]}, {"labels": ("a",)}, {"ids": [1, 2]}])
def test_names_of_another_number_are_refused(names):
    with pytest.raises(ValueError, match=f"{next(iter(names))} must have 3 entries"):
        Detections(np.ones((3, 4)), np.ones((3, 1, 2)), np.ones(3), **names)
