"""The Face Detection solution on a real face."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from attention_mesh.framework.formats import detection_pb2, location_data_pb2
from attention_mesh.python_bindings.solutions.face_detection import (
    FaceDetection,
    FaceKeyPoint,
    get_key_point,
)

# What mediapipe 0.10.21 finds on the astronaut: score; xmin, ymin, width, height; the nose's tip.
OFFICIAL = {
    0: (0.921739, (0.346807, 0.161858, 0.186219, 0.186219), (0.430526, 0.248558)),
    1: (0.912058, (0.339178, 0.132376, 0.202986, 0.202980), None),
}


@pytest.mark.parametrize("model", [0, 1])
def test_detection_is_a_message_with_mediapipes_fields(astronaut: np.ndarray, model: int) -> None:
    score, box, nose = OFFICIAL[model]
    with FaceDetection(model_selection=model) as solution:
        (detection,) = solution.process(astronaut).detections
    assert isinstance(detection, detection_pb2.Detection)
    assert list(detection.label_id) == [0]
    assert list(detection.score) == pytest.approx([score], abs=0.01)
    location = detection.location_data
    assert location.format == location_data_pb2.LocationData.RELATIVE_BOUNDING_BOX
    found = location.relative_bounding_box
    # 0.002 is one pixel of 512.
    assert (found.xmin, found.ymin, found.width, found.height) == pytest.approx(box, abs=0.002)
    assert len(location.relative_keypoints) == len(FaceKeyPoint)
    if nose:
        tip = get_key_point(detection, FaceKeyPoint.NOSE_TIP)
        assert (tip.x, tip.y) == pytest.approx(nose, abs=0.002)


@pytest.mark.parametrize("model", [2, -1, None])
def test_any_other_model_is_the_short_range(astronaut: np.ndarray, model) -> None:
    with FaceDetection(model_selection=model) as other, FaceDetection() as short:
        assert other.process(astronaut).detections == short.process(astronaut).detections


def test_no_face_gives_none() -> None:
    with FaceDetection() as solution:
        assert solution.process(np.full((240, 320, 3), 127, np.uint8)).detections is None


@pytest.mark.parametrize(("confidence", "found"), [(0.5, True), (0.9, True), (0.95, False), (2.0, False)])
def test_confidence_is_a_limit(astronaut: np.ndarray, confidence: float, found: bool) -> None:
    with FaceDetection(min_detection_confidence=confidence) as solution:
        assert bool(solution.process(astronaut).detections) == found


@pytest.mark.parametrize(("arguments", "found"), [({}, False), ({"min_detection_confidence": 0.5}, True)])
def test_the_full_range_asks_for_more_where_nothing_is_given(astronaut: np.ndarray, arguments, found) -> None:
    faint = (127 + 0.0615 * (astronaut - 127.0)).astype(np.uint8)  # the full range's score is 0.55
    with FaceDetection(model_selection=1, **arguments) as solution:
        assert bool(solution.process(faint).detections) == found


def test_the_default_reads_as_mediapipes() -> None:
    signature = inspect.signature(FaceDetection.__init__)
    assert str(signature.parameters["min_detection_confidence"]) == "min_detection_confidence: float = 0.5"


@pytest.mark.parametrize("confidence", [None, "high"])
def test_confidence_that_is_no_number(confidence) -> None:
    with pytest.raises(TypeError, match="min_detection_confidence must be real number"):
        FaceDetection(min_detection_confidence=confidence)


def test_images_are_unrelated(astronaut: np.ndarray) -> None:
    """The same image gives the same answer, whatever came before."""
    with FaceDetection() as solution:
        first = solution.process(astronaut).detections
        solution.process(np.ascontiguousarray(astronaut[:, ::-1]))
        assert solution.process(astronaut).detections == first


def test_key_point_of_nothing() -> None:
    assert get_key_point(None, FaceKeyPoint.NOSE_TIP) is None


def test_key_point_that_a_detection_does_not_have() -> None:
    with pytest.raises(IndexError):
        get_key_point(detection_pb2.Detection(), FaceKeyPoint.NOSE_TIP)
