"""Default styles of the parts of a face mesh, under MediaPipe Tasks' path; see `solutions.drawing_styles`."""

from attention_mesh.python_bindings.solutions.drawing_styles import (
    get_default_face_mesh_contours_style,
    get_default_face_mesh_iris_connections_style,
    get_default_face_mesh_tesselation_style,
)

__all__ = [
    "get_default_face_mesh_contours_style",
    "get_default_face_mesh_iris_connections_style",
    "get_default_face_mesh_tesselation_style",
]
