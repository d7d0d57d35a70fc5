"""The face landmarker of MediaPipe Tasks, under MediaPipe's names. Each is loaded on first use."""

from typing import TYPE_CHECKING, Any

from attention_mesh.framework.lazy_names import lazy_names

if TYPE_CHECKING:
    from attention_mesh.python_bindings.landmarker.face_landmarker_options import RunningMode
    from attention_mesh.python_bindings.tasks.vision import core, drawing_styles, drawing_utils
    from attention_mesh.python_bindings.tasks.vision.core.image_processing_options import (
        ImageProcessingOptions,
    )
    from attention_mesh.python_bindings.tasks.vision.face_landmarker import FaceLandmarker
    from attention_mesh.python_bindings.tasks.vision.face_landmarker_options import FaceLandmarkerOptions
    from attention_mesh.python_bindings.tasks.vision.face_landmarker_result import FaceLandmarkerResult
    from attention_mesh.python_bindings.tasks.vision.face_landmarks_connections import (
        FaceLandmarksConnections,
    )

__all__ = [
    "FaceLandmarker",
    "FaceLandmarkerOptions",
    "FaceLandmarkerResult",
    "FaceLandmarksConnections",
    "ImageProcessingOptions",
    "RunningMode",
    "core",
    "drawing_styles",
    "drawing_utils",
]

_OTHER_TASKS = (
    "FaceAligner FaceDetector FaceStylizer GestureRecognizer Hand Holistic ImageClassifier ImageEmbedder "
    "ImageSegmenter Interactive ObjectDetector Pose"
).split()

_load, __dir__ = lazy_names(
    __name__,
    {
        "FaceLandmarker": "face_landmarker",
        "FaceLandmarkerOptions": "face_landmarker_options",
        "FaceLandmarkerResult": "face_landmarker_result",
        "FaceLandmarksConnections": "face_landmarks_connections",
        "ImageProcessingOptions": "core.image_processing_options",
        "RunningMode": "core.vision_task_running_mode",
        "core": "core",
        "drawing_styles": "drawing_styles",
        "drawing_utils": "drawing_utils",
    },
)


def __getattr__(name: str) -> Any:
    if name.startswith(tuple(_OTHER_TASKS)):
        raise AttributeError(
            f"attention_mesh has no tasks.vision.{name}: of the vision tasks it has FaceLandmarker; "
            "solutions.face_detection finds faces"
        )
    return _load(name)
