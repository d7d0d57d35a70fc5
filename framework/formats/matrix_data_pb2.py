"""Messages of matrix_data.proto: dense float matrices."""

from attention_mesh.framework.formats.message_facade import facade_class

MatrixData = facade_class("mediapipe.MatrixData")

DESCRIPTOR = MatrixData.DESCRIPTOR.file
