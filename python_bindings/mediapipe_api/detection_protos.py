"""Detection arrays to `Detection` messages and back."""

import math
from collections.abc import Sequence

import numpy as np

from attention_mesh.framework.formats import detection_pb2, location_data_pb2
from attention_mesh.geometry.detections import Detections

_NO_LABEL = -1
"""Number of the class of a detection whose message names none."""


def detection_messages(detections: Detections) -> list[detection_pb2.Detection]:
    """One message a detection, in the order given.

    It has score, class, name and id, as far as there are any, box and keypoints relative to the image. Where
    the detections have no class numbers the class is 0; a box that is not finite is left out.
    """
    count = len(detections)
    label_ids = [0] * count if detections.label_ids is None else detections.label_ids.tolist()
    labels = detections.labels or ("",) * count
    ids = [None] * count if detections.ids is None else detections.ids.tolist()
    arrays = (detections.boxes.tolist(), detections.keypoints.tolist(), detections.scores.tolist())
    messages = []
    for box, keypoints, score, label_id, label, detection_id in zip(
        *arrays, label_ids, labels, ids, strict=True
    ):
        message = detection_pb2.Detection(score=[score])
        if label_id != _NO_LABEL:
            message.label_id.append(label_id)
        if label:
            message.label.append(label)
        if detection_id is not None:
            message.detection_id = detection_id
        if math.isfinite(sum(box)):
            _set_location(message.location_data, box, keypoints)
        messages.append(message)
    return messages


def _set_location(location: location_data_pb2.LocationData, box: list[float], keypoints: list) -> None:
    location.format = location_data_pb2.LocationData.RELATIVE_BOUNDING_BOX
    xmin, ymin, width, height = box
    location.relative_bounding_box.MergeFrom(
        location_data_pb2.LocationData.RelativeBoundingBox(xmin=xmin, ymin=ymin, width=width, height=height)
    )
    for x, y in keypoints:
        location.relative_keypoints.add(x=x, y=y)


def read_detections(messages: Sequence[detection_pb2.Detection]) -> Detections:
    """The contents of such messages, in their order.

    Of several scores and classes the first counts. A message without score has score 0, one without class the
    number -1, one without location a box of NaN.

    Raises ValueError for one that is not relative to the image, or where they differ in their number of
    keypoints.
    """
    boxes, keypoints = [], []
    for index, message in enumerate(messages):
        box, points = _read_location(index, message)
        boxes.append(box)
        keypoints.append(points)
    counts = {len(points) for points in keypoints}
    if len(counts) > 1:
        raise ValueError(f"the detections have {sorted(counts)} keypoints; all must have as many")
    labels = tuple(message.label[0] if message.label else "" for message in messages)
    has_ids = any(message.HasField("detection_id") for message in messages)
    return Detections(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array(keypoints, np.float32).reshape(len(boxes), *counts or (0,), 2),
        np.array([message.score[0] if message.score else 0.0 for message in messages], np.float32),
        np.array([message.label_id[0] if message.label_id else _NO_LABEL for message in messages], np.int64),
        labels if any(labels) else None,
        np.array([message.detection_id for message in messages], np.int64) if has_ids else None,
    )


def _read_location(index: int, message: detection_pb2.Detection) -> tuple[tuple, list]:
    if not message.HasField("location_data"):
        return (math.nan,) * 4, []
    location = message.location_data
    if location.format != location_data_pb2.LocationData.RELATIVE_BOUNDING_BOX:
        name = location_data_pb2.LocationData.Format.Name(location.format)
        raise ValueError(
            f"detection {index}: its location has the format {name}; calculators read RELATIVE_BOUNDING_BOX"
        )
    box = location.relative_bounding_box
    points = [(point.x, point.y) for point in location.relative_keypoints]
    return (box.xmin, box.ymin, box.width, box.height), points
