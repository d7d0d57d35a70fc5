"""Detection arrays to `Detection` messages."""

from attention_mesh.framework.formats import detection_pb2, location_data_pb2
from attention_mesh.geometry.detections import Detections


def detection_messages(detections: Detections) -> list[detection_pb2.Detection]:
    """One message a detection, in the order given: its score under label id 0, box and keypoints relative
    to the image."""
    messages = []
    for box, keypoints, score in zip(
        detections.boxes.tolist(), detections.keypoints.tolist(), detections.scores.tolist(), strict=True
    ):
        message = detection_pb2.Detection(label_id=[0], score=[score])
        location = message.location_data
        location.format = location_data_pb2.LocationData.RELATIVE_BOUNDING_BOX
        xmin, ymin, width, height = box
        location.relative_bounding_box.MergeFrom(
            location_data_pb2.LocationData.RelativeBoundingBox(
                xmin=xmin, ymin=ymin, width=width, height=height
            )
        )
        for x, y in keypoints:
            location.relative_keypoints.add(x=x, y=y)
        messages.append(message)
    return messages
