"""Messages of rect.proto: rotated rectangles."""

from attention_mesh.framework.formats.message_facade import facade_class

Rect = facade_class("mediapipe.Rect")
NormalizedRect = facade_class("mediapipe.NormalizedRect")

DESCRIPTOR = Rect.DESCRIPTOR.file
