"""The square around a face, and its JPEG."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from attention_mesh.cli.errors import StudyError
from attention_mesh.cli.study.portrait import portrait_jpeg, portrait_square


def face(left: float, top: float, width: float, height: float) -> np.ndarray:
    return np.array([[left, top, 0], [left + width, top + height, 0]], np.float32)


@pytest.mark.parametrize(
    ("points", "size", "expected"),
    [
        pytest.param(face(300, 200, 80, 100), (640, 480), (255, 159, 170), id="in the middle"),
        pytest.param(face(10, 5, 80, 100), (640, 480), (0, 0, 170), id="moved into the upper left corner"),
        pytest.param(
            face(550, 370, 80, 100), (640, 480), (470, 310, 170), id="moved into the lower right corner"
        ),
        pytest.param(face(20, 20, 80, 100), (120, 140), (0, 4, 120), id="as much as a narrow photo has"),
    ],
)
def test_the_square_is(points, size, expected) -> None:
    assert portrait_square(points, size) == expected


@pytest.mark.parametrize(
    ("points", "size", "error"),
    [
        (face(-2, 20, 80, 100), (640, 480), "border cuts the face off"),
        (face(20, 400, 80, 100), (640, 480), "border cuts the face off"),
        (face(0, 20, 80, 100), (90, 480), "too narrow for the whole face"),
    ],
)
def test_a_face_that_cannot_be_shown_whole_is_an_error(points, size, error) -> None:
    with pytest.raises(StudyError, match=error):
        portrait_square(points, size)


def test_the_jpeg_is_the_scaled_square() -> None:
    photo = np.zeros((200, 300, 3), np.uint8)
    photo[50:150, 100:200] = (200, 40, 90)
    image = cv2.imdecode(np.frombuffer(portrait_jpeg(photo, (100, 50, 100), 64, 95), np.uint8), 1)[..., ::-1]
    assert image.shape == (64, 64, 3)
    assert np.abs(image.astype(int) - (200, 40, 90)).max() <= 3  # levels, of the compression
