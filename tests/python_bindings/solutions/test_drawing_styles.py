"""The default styles are MediaPipe's, connection by connection."""

from __future__ import annotations

import pytest

from attention_mesh.python_bindings.solutions import drawing_styles, face_mesh_connections
from attention_mesh.python_bindings.solutions.drawing_utils import DrawingSpec

RED, GREEN, WHITE = (48, 48, 255), (48, 255, 48), (224, 224, 224)
BLUE, CYAN, MAGENTA, YELLOW = (192, 101, 21), (192, 255, 48), (192, 48, 255), (0, 204, 255)

CONTOURS = {
    "LIPS": (WHITE, BLUE),
    "LEFT_EYE": (GREEN, CYAN),
    "LEFT_EYEBROW": (GREEN, GREEN),
    "RIGHT_EYE": (RED, MAGENTA),
    "RIGHT_EYEBROW": (RED, RED),
    "FACE_OVAL": (WHITE, WHITE),
}


@pytest.mark.parametrize("style", [0, 1])
def test_contours(style: int) -> None:
    specs = drawing_styles.get_default_face_mesh_contours_style(style)
    parts = {part: colors[style] for part, colors in CONTOURS.items()} | ({"NOSE": YELLOW} if style else {})
    expected = {
        connection: DrawingSpec(color, 2, 2)
        for part, color in parts.items()
        for connection in getattr(face_mesh_connections, f"FACEMESH_{part}")
    }
    assert specs == expected


def test_contours_style_0_is_the_default_and_stands_for_every_other_number() -> None:
    default = drawing_styles.get_default_face_mesh_contours_style()
    assert default == drawing_styles.get_default_face_mesh_contours_style(0)
    assert default == drawing_styles.get_default_face_mesh_contours_style(i=7)
    assert default.keys() == face_mesh_connections.FACEMESH_CONTOURS


def test_tesselation() -> None:
    assert drawing_styles.get_default_face_mesh_tesselation_style() == DrawingSpec((128, 128, 128), 1, 2)


def test_irises() -> None:
    specs = drawing_styles.get_default_face_mesh_iris_connections_style()
    assert specs == dict.fromkeys(face_mesh_connections.FACEMESH_LEFT_IRIS, DrawingSpec(GREEN)) | (
        dict.fromkeys(face_mesh_connections.FACEMESH_RIGHT_IRIS, DrawingSpec(RED))
    )


def test_a_style_may_be_changed_without_changing_the_default() -> None:
    for make in (
        drawing_styles.get_default_face_mesh_contours_style,
        drawing_styles.get_default_face_mesh_iris_connections_style,
    ):
        next(iter(make().values())).thickness = 99
        assert {spec.thickness for spec in make().values()} == {2}


@pytest.mark.parametrize(
    "name",
    [
        "get_default_hand_landmarks_style",
        "get_default_hand_connections_style",
        "get_default_pose_landmarks_style",
    ],
)
def test_styles_of_hands_and_bodies_are_declined(name: str) -> None:
    with pytest.raises(AttributeError, match=f"{name}: it covers faces only"):
        getattr(drawing_styles, name)


def test_a_misspelt_name_is_an_ordinary_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'get_default_style'"):
        drawing_styles.get_default_style  # noqa: B018  (the look-up is what is tested)
