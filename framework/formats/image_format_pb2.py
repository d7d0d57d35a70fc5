"""Messages of image_format.proto: how an image's bytes are laid out."""

from attention_mesh.framework.formats.message_facade import facade_class

ImageFormat = facade_class("mediapipe.ImageFormat")

DESCRIPTOR = ImageFormat.DESCRIPTOR.file
