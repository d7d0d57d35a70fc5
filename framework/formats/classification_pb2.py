"""Messages of classification.proto: scored labels."""

from attention_mesh.framework.formats.message_facade import facade_class

Classification = facade_class("mediapipe.Classification")
ClassificationList = facade_class("mediapipe.ClassificationList")
ClassificationListCollection = facade_class("mediapipe.ClassificationListCollection")

DESCRIPTOR = Classification.DESCRIPTOR.file
