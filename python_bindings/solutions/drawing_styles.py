"""Default styles of the parts of a face mesh, for `drawing_utils.draw_landmarks`."""

from typing import NoReturn

from attention_mesh.python_bindings.solutions import face_mesh_connections
from attention_mesh.python_bindings.solutions.drawing_utils import DrawingSpec

# Blue, green, red.
_RED = (48, 48, 255)
_GREEN = (48, 255, 48)
_BLUE = (192, 101, 21)
_YELLOW = (0, 204, 255)
_GRAY = (128, 128, 128)
_WHITE = (224, 224, 224)
_CYAN = (192, 255, 48)
_MAGENTA = (192, 48, 255)

_THICKNESS_TESSELATION = 1
_THICKNESS_CONTOURS = 2

# Color of each part; style 0 leaves the nose out, as FACEMESH_CONTOURS does.
_CONTOUR_COLORS = {
    0: {
        "LIPS": _WHITE,
        "LEFT_EYE": _GREEN,
        "LEFT_EYEBROW": _GREEN,
        "RIGHT_EYE": _RED,
        "RIGHT_EYEBROW": _RED,
        "FACE_OVAL": _WHITE,
    },
    1: {
        "LIPS": _BLUE,
        "LEFT_EYE": _CYAN,
        "LEFT_EYEBROW": _GREEN,
        "RIGHT_EYE": _MAGENTA,
        "RIGHT_EYEBROW": _RED,
        "FACE_OVAL": _WHITE,
        "NOSE": _YELLOW,
    },
}
_IRIS_COLORS = {"LEFT_IRIS": _GREEN, "RIGHT_IRIS": _RED}

_NOT_OF_FACES = (
    "get_default_hand_connections_style",
    "get_default_hand_landmarks_style",
    "get_default_pose_landmarks_style",
)


def get_default_face_mesh_contours_style(i: int = 0) -> dict[tuple[int, int], DrawingSpec]:
    """Returns the style of every connection of the contours.

    Args:
      i: 1 gives each part its own color and includes the nose; any other number makes the left parts green,
        the right ones red and the rest white.
    """
    return _style_of(_CONTOUR_COLORS[1 if i == 1 else 0])


def get_default_face_mesh_tesselation_style() -> DrawingSpec:
    """Returns the style of thin gray lines."""
    return DrawingSpec(color=_GRAY, thickness=_THICKNESS_TESSELATION)


def get_default_face_mesh_iris_connections_style() -> dict[tuple[int, int], DrawingSpec]:
    """Returns the style of every connection of the irises: left green, right red."""
    return _style_of(_IRIS_COLORS)


def _style_of(colors: dict[str, tuple[int, int, int]]) -> dict[tuple[int, int], DrawingSpec]:
    style = {}
    for part, color in colors.items():
        spec = DrawingSpec(color=color, thickness=_THICKNESS_CONTOURS)
        style.update(dict.fromkeys(getattr(face_mesh_connections, f"FACEMESH_{part}"), spec))
    return style


def __getattr__(name: str) -> NoReturn:
    if name in _NOT_OF_FACES:
        raise AttributeError(f"attention_mesh has no {name}: it covers faces only")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
