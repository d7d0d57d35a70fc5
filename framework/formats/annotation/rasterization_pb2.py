"""Messages of rasterization.proto: regions of pixels as runs within rows."""

from attention_mesh.framework.formats.message_facade import facade_class

Rasterization = facade_class("mediapipe.Rasterization")

DESCRIPTOR = Rasterization.DESCRIPTOR.file
