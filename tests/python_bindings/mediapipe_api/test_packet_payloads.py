"""Payloads of a program's packets become the arrays that calculators read, and back."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.framework.formats import detection_pb2, landmark_pb2, location_data_pb2, rect_pb2
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.python_bindings.mediapipe_api.array_messages import (
    detection_messages,
    landmark_lists,
    rect_messages,
)
from attention_mesh.python_bindings.mediapipe_api.image import Image
from attention_mesh.python_bindings.mediapipe_api.image_format import ImageFormat
from attention_mesh.python_bindings.mediapipe_api.packet_payloads import proto_entries, stream_value

RNG = np.random.default_rng(0)
DETECTIONS = Detections(RNG.random((3, 4)), RNG.random((3, 6, 2)), RNG.random(3))
RECTS = NormalizedRects(RNG.random((3, 5)), np.array([4, 0, 9]))
LANDMARKS = NormalizedLandmarks(RNG.random((3, 478, 3)).astype(np.float32))


def test_images_become_arrays() -> None:
    rgb = np.arange(36, dtype=np.uint8).reshape(3, 4, 3)
    image = Image(ImageFormat.SRGB, rgb)
    np.testing.assert_array_equal(stream_value(image, object), rgb)
    assert [type(item) for item in stream_value([image, image], list)] == [np.ndarray, np.ndarray]


def test_detections_go_there_and_back() -> None:
    messages = detection_messages(DETECTIONS)
    for payload in (messages, detection_pb2.DetectionList(detection=messages)):
        read = stream_value(payload, Detections)
        for field in ("boxes", "keypoints", "scores"):
            np.testing.assert_array_equal(getattr(read, field), getattr(DETECTIONS, field))
    assert proto_entries(DETECTIONS) == messages
    assert len(stream_value(messages[0], Detections)) == 1


def test_rectangles_go_there_and_back() -> None:
    read = stream_value(rect_messages(RECTS), NormalizedRects)
    np.testing.assert_array_equal(read.values, RECTS.values)
    np.testing.assert_array_equal(read.ids, RECTS.ids)
    assert proto_entries(RECTS) == rect_messages(RECTS)


def test_landmarks_go_there_and_back() -> None:
    lists = landmark_lists(LANDMARKS.points)
    collection = landmark_pb2.NormalizedLandmarkListCollection(landmark_list=lists)
    for payload in (lists, collection):
        np.testing.assert_array_equal(stream_value(payload, NormalizedLandmarks).points, LANDMARKS.points)
    assert stream_value(lists[0], NormalizedLandmarks).points.shape == (1, 478, 3)


@pytest.mark.parametrize("wanted", [Detections, NormalizedRects, NormalizedLandmarks])
def test_an_empty_list_becomes_an_empty_array(wanted: type) -> None:
    read = stream_value([], wanted)
    assert type(read) is wanted and len(read) == 0


def test_an_empty_message_of_a_list_becomes_an_empty_array() -> None:
    assert len(stream_value(detection_pb2.DetectionList(), Detections)) == 0


@pytest.mark.parametrize(
    "wanted", [object, None, rect_pb2.NormalizedRect, Detections | rect_pb2.NormalizedRect]
)
def test_messages_stay_where_no_array_is_asked_for(wanted: object) -> None:
    message = rect_pb2.NormalizedRect(x_center=0.5)
    assert stream_value(message, wanted) is message


def test_messages_of_another_kind_than_the_array_stay() -> None:
    message = rect_pb2.NormalizedRect()
    assert stream_value(message, Detections) is message
    assert stream_value([message, 3], NormalizedRects) == [message, 3]


def test_a_detection_that_is_not_relative_is_refused() -> None:
    whole_image = detection_pb2.Detection()
    whole_image.location_data.format = location_data_pb2.LocationData.GLOBAL
    with pytest.raises(ValueError, match="detection 0: .* GLOBAL; .* RELATIVE_BOUNDING_BOX"):
        stream_value([whole_image], Detections)


def test_entries_of_different_sizes_are_refused() -> None:
    messages = detection_messages(DETECTIONS)
    messages[1].location_data.relative_keypoints.pop()
    with pytest.raises(ValueError, match=r"\[5, 6\] keypoints"):
        stream_value(messages, Detections)
    lists = landmark_lists(LANDMARKS.points)
    lists[0].landmark.pop()
    with pytest.raises(ValueError, match=r"\[477, 478\] landmarks"):
        stream_value(lists, NormalizedLandmarks)


def test_a_detection_without_score_counts_as_zero() -> None:
    detection = detection_pb2.Detection()
    detection.location_data.format = location_data_pb2.LocationData.RELATIVE_BOUNDING_BOX
    assert stream_value(detection, Detections).scores.tolist() == [0.0]


def test_lists_of_arrays_with_one_entry_each_become_messages() -> None:
    parts = [RECTS.take([0]), RECTS.take([2])]
    assert [message.rect_id for message in proto_entries(parts)] == [4, 9]


def test_what_is_no_message_has_no_entries() -> None:
    assert proto_entries(3) is None and proto_entries([1, 2]) is None


def test_detections_keep_what_their_messages_say() -> None:
    bare = detection_pb2.Detection(score=[0.5])
    named = detection_pb2.Detection(score=[0.25], label_id=[3], label=["cat"], detection_id=7)
    read = stream_value([bare, bare], Detections)
    assert np.isnan(read.boxes).all() and read.keypoints.shape == (2, 0, 2) and read.ids is None
    assert proto_entries(read) == [bare, bare]
    read = stream_value(named, Detections)
    assert (read.label_ids.tolist(), read.labels, read.ids.tolist()) == ([3], ("cat",), [7])
    assert proto_entries(read) == [named]
