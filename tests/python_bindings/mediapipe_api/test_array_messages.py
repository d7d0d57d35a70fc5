"""Our arrays as messages: MediaPipe's fields and bytes, and nothing lost on the way back."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.framework.formats import landmark_pb2
from attention_mesh.geometry.detections import Detections
from attention_mesh.python_bindings.mediapipe_api.array_messages import (
    LandmarkListWriter,
    detection_messages,
    landmark_lists,
    read_landmarks,
)


@pytest.fixture
def points() -> np.ndarray:
    """(2, 478, 3) float32 with values that a careless encoding loses."""
    points = np.random.default_rng(1).normal(0.5, 0.4, (2, 478, 3)).astype(np.float32)
    points[0, 0] = [0.0, -0.0, 1.0]
    points[0, 1] = [1e-40, np.finfo(np.float32).max, np.inf]
    return points


def test_lists_equal_those_built_field_by_field(points: np.ndarray) -> None:
    expected = [
        landmark_pb2.NormalizedLandmarkList(
            landmark=[landmark_pb2.NormalizedLandmark(x=x, y=y, z=z) for x, y, z in face.tolist()]
        )
        for face in points
    ]
    lists = landmark_lists(points)
    assert lists == expected
    assert all(isinstance(face, landmark_pb2.NormalizedLandmarkList) for face in lists)


def test_a_zero_is_set_and_visibility_is_not(points: np.ndarray) -> None:
    landmark = landmark_lists(points)[0].landmark[0]
    assert landmark.HasField("x") and landmark.HasField("y") and landmark.x == 0
    assert not landmark.HasField("visibility") and not landmark.HasField("presence")


def test_arrays_of_another_layout_are_read_by_value(points: np.ndarray) -> None:
    assert landmark_lists(points[:, ::-1]) == landmark_lists(np.ascontiguousarray(points[:, ::-1]))
    assert landmark_lists(np.asfortranarray(points)) == landmark_lists(points)


def test_no_face_gives_no_list() -> None:
    assert landmark_lists(np.empty((0, 478, 3), np.float32)) == []


def test_reading_gives_back_what_was_written(points: np.ndarray) -> None:
    for face, message in zip(points, landmark_lists(points), strict=True):
        read, confidences = read_landmarks(message)
        np.testing.assert_array_equal(read, face)
        assert confidences.shape == (478, 2) and np.isnan(confidences).all()


@pytest.mark.parametrize(
    ("fields", "point", "confidence"),
    [
        ({"x": 0.5, "y": 0.25}, [0.5, 0.25, 0.0], [np.nan, np.nan]),
        ({"x": 0.5, "y": 0.25, "z": 1.0, "visibility": 0.0}, [0.5, 0.25, 1.0], [0.0, np.nan]),
        ({"x": 0.5, "y": 0.25, "presence": 0.75}, [0.5, 0.25, 0.0], [np.nan, 0.75]),
        # As long on the wire as x, y and z, but not the same fields.
        ({"x": 0.5, "y": 0.25, "visibility": 0.75}, [0.5, 0.25, 0.0], [0.75, np.nan]),
    ],
    ids=["no z", "visibility", "presence", "three other fields"],
)
def test_reading_a_list_with_other_fields(fields: dict, point: list, confidence: list) -> None:
    read, confidences = read_landmarks(
        landmark_pb2.NormalizedLandmarkList(landmark=[landmark_pb2.NormalizedLandmark(**fields)])
    )
    np.testing.assert_array_equal(read, [point])
    np.testing.assert_array_equal(confidences, [confidence])


def test_reading_an_empty_list() -> None:
    points, confidences = read_landmarks(landmark_pb2.NormalizedLandmarkList())
    assert points.shape == (0, 3) and confidences.shape == (0, 2)


def test_a_writer_lets_go_of_its_messages_and_takes_any_count(points: np.ndarray) -> None:
    writer = LandmarkListWriter()
    first = writer.write(points)
    second = writer.write(points[:, 2:] + 1)
    assert first == landmark_lists(points) and second == landmark_lists(points[:, 2:] + 1)


# What mediapipe 0.10.21 serializes for the short-range detection of the astronaut.
OFFICIAL = (
    b'\x12\x01\x00\x1a\x04\x11\xf7k?"`\x08\x02\x1a\x14\r\xbf\x90\xb1>\x15\x0b\xbe%>\x1d*\xb0>>%?\xb0>>*\n\r\xd5~'
    b"\xc9>\x15\xf1\xcbQ>*\n\r\x80\xd8\xf5>\x15\xa71Z>*\n\r\xecm\xdc>\x15\xef\x85~>*\n\r\xed\xd1\xdb>\x15\xe0"
    b"\x9c\x94>*\n\rm0\xb2>\x15%pg>*\n\r\xfa\x18\x08?\x15j\xbbw>"
)


def test_message_has_mediapipes_bytes() -> None:
    detections = Detections(
        boxes=np.array([[0.34680745, 0.161857769, 0.186218888, 0.1862192]]),
        keypoints=np.array(
            [
                [
                    [0.393545777, 0.204879537],
                    [0.480167389, 0.213080034],
                    [0.430526137, 0.248557791],
                    [0.429335982, 0.290259361],
                    [0.348025709, 0.226013735],
                    [0.531631112, 0.241925865],
                ]
            ]
        ),
        scores=np.array([0.921738684]),
    )
    (message,) = detection_messages(detections)
    assert message.SerializeToString() == OFFICIAL


def test_one_message_a_detection_in_the_given_order() -> None:
    count = 3
    boxes = np.arange(count * 4).reshape(count, 4) / 16
    detections = Detections(boxes, np.zeros((count, 6, 2)), np.array([0.5, 0.75, 0.25]))
    messages = detection_messages(detections)
    assert [message.score[0] for message in messages] == [0.5, 0.75, 0.25]
    assert [m.location_data.relative_bounding_box.xmin for m in messages] == boxes[:, 0].tolist()


def test_no_detection_gives_no_message() -> None:
    assert detection_messages(Detections.empty()) == []
