"""The solutions for faces under MediaPipe's names: programs written for ``mp.solutions`` run unchanged."""

import importlib

_MODULES = ("drawing_styles", "drawing_utils", "face_detection", "face_mesh", "face_mesh_connections")
_NOT_OF_FACES = (
    "download_utils",
    "hands",
    "hands_connections",
    "holistic",
    "objectron",
    "pose",
    "pose_connections",
    "selfie_segmentation",
)
__all__ = list(_MODULES)


def __getattr__(name: str):
    """Loads a solution on first use: each brings OpenCV, some the inference engine."""
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    if name in _NOT_OF_FACES:
        raise AttributeError(
            f"attention_mesh has no solutions.{name}: it covers faces only ({', '.join(_MODULES)})"
        )
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_MODULES])
