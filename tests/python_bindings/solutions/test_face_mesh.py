"""The Face Mesh solution on a real face: what it returns, in both modes, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from attention_mesh.framework.formats import landmark_pb2
from attention_mesh.python_bindings.mediapipe_api.array_messages import read_landmarks
from attention_mesh.python_bindings.solutions.face_mesh import FaceMesh

NO_FACE = np.full((240, 320, 3), 127, np.uint8)


@pytest.fixture(scope="module")
def still() -> Iterator[FaceMesh]:
    """One solution for the tests that need no tracking: static mode keeps nothing from image to image."""
    with FaceMesh(static_image_mode=True, max_num_faces=2, refine_landmarks=True) as solution:
        yield solution


def points_of(solution: FaceMesh, image: np.ndarray) -> np.ndarray:
    """(F, N, 3), normalized; F = 0 for None."""
    faces = solution.process(image).multi_face_landmarks or []
    return np.array([read_landmarks(face)[0] for face in faces]).reshape(len(faces), -1, 3)


@pytest.fixture
def two_faces(astronaut: np.ndarray) -> np.ndarray:
    """(360, 720, 3): the face twice, large enough for the short-range detector."""
    return np.hstack([astronaut[:360, 50:410]] * 2)


@pytest.mark.parametrize(("refine", "count"), [(False, 468), (True, 478)])
def test_face_is_a_list_message_with_its_landmarks(astronaut: np.ndarray, refine: bool, count: int) -> None:
    with FaceMesh(static_image_mode=True, refine_landmarks=refine) as solution:
        (face,) = solution.process(astronaut).multi_face_landmarks
    assert isinstance(face, landmark_pb2.NormalizedLandmarkList)
    assert len(face.landmark) == count
    # What mediapipe 0.10.21 finds; 0.005 is one percent of the face's width here.
    lip = face.landmark[0]
    expected = {False: (0.434997, 0.273925, -0.017708), True: (0.436764, 0.274385, -0.018191)}[refine]
    assert (lip.x, lip.y, lip.z) == pytest.approx(expected, abs=0.005)
    assert not lip.HasField("visibility") and not lip.HasField("presence")


def test_no_face_gives_none(still: FaceMesh) -> None:
    assert still.process(NO_FACE).multi_face_landmarks is None


def test_two_faces(still: FaceMesh, two_faces: np.ndarray) -> None:
    points = points_of(still, two_faces)
    assert len(points) == 2
    assert np.ptp(points[:, 1, 0]) == pytest.approx(0.5, abs=0.01), "half the image apart"


def test_max_num_faces_is_kept(two_faces: np.ndarray) -> None:
    with FaceMesh(static_image_mode=True, max_num_faces=1) as solution:
        assert len(solution.process(two_faces).multi_face_landmarks) == 1


def test_memory_layout_does_not_matter(still: FaceMesh, astronaut: np.ndarray) -> None:
    expected = points_of(still, astronaut)
    bgr = np.ascontiguousarray(astronaut[..., ::-1])
    for image in (bgr[..., ::-1], np.asfortranarray(astronaut)):
        np.testing.assert_array_equal(points_of(still, image), expected)


def test_image_is_not_written_to(still: FaceMesh, astronaut: np.ndarray) -> None:
    writeable = astronaut.copy()
    still.process(writeable)
    np.testing.assert_array_equal(writeable, astronaut)


def test_results_of_earlier_images_stay(still: FaceMesh, astronaut: np.ndarray) -> None:
    first = still.process(astronaut).multi_face_landmarks
    before = first[0].SerializeToString()
    still.process(np.ascontiguousarray(astronaut[:, ::-1]))
    assert first[0].SerializeToString() == before


def moved(image: np.ndarray, by_px: float) -> np.ndarray:
    """The image moved to the right."""
    shift = np.array([[1, 0, by_px], [0, 1, 0]], np.float32)
    return cv2.warpAffine(image, shift, image.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)


def test_video_mode_follows_a_face_without_detecting_it(astronaut: np.ndarray) -> None:
    """With an impossible detection score only the face tracked from the first frame can be found."""
    with FaceMesh(min_detection_confidence=0.5) as solution:
        first, second = (points_of(solution, moved(astronaut, by)) for by in (0, 8))
    np.testing.assert_allclose(second[0, 1, :2] - first[0, 1, :2], [8 / 512, 0], atol=1 / 512)
    with FaceMesh(min_detection_confidence=1.5) as solution:
        assert solution.process(astronaut).multi_face_landmarks is None


def test_video_mode_is_not_smoothed(astronaut: np.ndarray) -> None:
    """A jump shows at once, up to what another crop changes; smoothing would lag by most of it."""
    with FaceMesh(refine_landmarks=True) as solution:
        before = points_of(solution, astronaut)[0, :, :2] * 512
        after = points_of(solution, moved(astronaut, 24))[0, :, :2] * 512
    assert np.median(np.abs(after - before - [24, 0])) < 1.0, "pixels"


def test_reset_forgets_the_tracked_face(astronaut: np.ndarray) -> None:
    """After a reset the result is that of a first frame, to the bit."""
    with FaceMesh() as solution:
        first = points_of(solution, astronaut)
        for _ in range(3):
            tracked = points_of(solution, astronaut)
        solution.reset()
        again = points_of(solution, astronaut)
    np.testing.assert_array_equal(again, first)
    assert not np.array_equal(tracked, first)


def test_tracking_confidence_of_one_accepts_no_face(astronaut: np.ndarray) -> None:
    """Presence must lie above the limit, and a probability never exceeds 1."""
    with FaceMesh(min_tracking_confidence=1.0) as solution:
        assert solution.process(astronaut).multi_face_landmarks is None


def test_no_limits_at_all(astronaut: np.ndarray) -> None:
    with FaceMesh(min_detection_confidence=None, min_tracking_confidence=None) as solution:
        assert len(solution.process(astronaut).multi_face_landmarks) == 1


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"max_num_faces": 0}, ValueError, "max_num_faces should be greater than or equal to 1"),
        ({"max_num_faces": 2.0}, TypeError, "max_num_faces must be an integer"),
        ({"refine_landmarks": 1}, TypeError, "refine_landmarks must be True or False"),
        ({"min_detection_confidence": "high"}, TypeError, "min_detection_confidence must be real number"),
        ({"min_tracking_confidence": "high"}, TypeError, "min_tracking_confidence must be real number"),
    ],
)
def test_wrong_argument(arguments: dict, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        FaceMesh(**arguments)


def test_gray_image_is_refused(still: FaceMesh, astronaut: np.ndarray) -> None:
    with pytest.raises(ValueError, match="three channel rgb"):
        still.process(astronaut[..., 0])
    assert still.process(astronaut).multi_face_landmarks
