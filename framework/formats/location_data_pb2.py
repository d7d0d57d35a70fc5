"""Messages of location_data.proto: where something is in an image."""

from attention_mesh.framework.formats.message_facade import facade_class

LocationData = facade_class("mediapipe.LocationData")

DESCRIPTOR = LocationData.DESCRIPTOR.file
