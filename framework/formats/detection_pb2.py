"""Messages of detection.proto: what a detector found."""

from attention_mesh.framework.formats.message_facade import facade_class

Detection = facade_class("mediapipe.Detection")
DetectionList = facade_class("mediapipe.DetectionList")

DESCRIPTOR = Detection.DESCRIPTOR.file
