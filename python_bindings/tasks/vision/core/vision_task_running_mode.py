"""VisionTaskRunningMode: `RunningMode` under MediaPipe's path and name."""

from attention_mesh.python_bindings.landmarker.face_landmarker_options import RunningMode

__all__ = ["RunningMode", "VisionTaskRunningMode"]

VisionTaskRunningMode = RunningMode
