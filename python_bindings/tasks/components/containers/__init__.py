"""Data classes of MediaPipe Tasks that belong to the face landmarker: categories, landmarks, rectangles."""

from typing import TYPE_CHECKING

from attention_mesh.framework.lazy_names import lazy_names

if TYPE_CHECKING:
    from attention_mesh.python_bindings.landmarker.category import Category
    from attention_mesh.python_bindings.tasks.components.containers.landmark import (
        Landmark,
        NormalizedLandmark,
    )
    from attention_mesh.python_bindings.tasks.components.containers.rect import NormalizedRect, Rect, RectF

__all__ = ["Category", "Landmark", "NormalizedLandmark", "NormalizedRect", "Rect", "RectF"]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "Category": "category",
        "Landmark": "landmark",
        "NormalizedLandmark": "landmark",
        "NormalizedRect": "rect",
        "Rect": "rect",
        "RectF": "rect",
    },
)
