"""The automatic thickness grows with the image, and a set one is kept."""

from __future__ import annotations

import pytest

from attention_mesh.drawing.face_mesh_style import FaceMeshStyle


@pytest.mark.parametrize(
    ("size", "thickness"),
    [
        ((64, 64), 1),
        ((640, 480), 1),
        ((1280, 719), 1),
        ((1280, 720), 2),
        ((1080, 1920), 2),
        ((3840, 2160), 4),
    ],
)
def test_automatic_thickness_follows_the_shorter_side(size: tuple[int, int], thickness: int) -> None:
    assert FaceMeshStyle().thickness_px(size) == thickness


def test_given_thickness_is_kept() -> None:
    assert FaceMeshStyle(thickness=7).thickness_px((64, 64)) == 7


def test_negative_thickness_is_refused() -> None:
    with pytest.raises(ValueError, match="thickness is -2"):
        FaceMeshStyle(thickness=-2)
