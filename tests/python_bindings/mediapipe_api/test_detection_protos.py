"""Detections as messages have the fields and the bytes that MediaPipe's have."""

from __future__ import annotations

import numpy as np

from attention_mesh.geometry.detections import Detections
from attention_mesh.python_bindings.mediapipe_api.detection_protos import detection_messages

# What mediapipe 0.10.21 serialises for the short-range detection of the astronaut.
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
