"""Programs that pass BGR are warned once; programs that pass RGB never are."""

import warnings

import numpy as np
import pytest

from attention_mesh import FaceLandmarker, FaceLandmarkerOptions, RunningMode, solutions

BGR = "seems to be BGR.*COLOR_BGR2RGB"


def detect(image):
    with FaceLandmarker() as landmarker:
        return [len(landmarker.detect(image)) for _ in range(2)]


def track(image):
    options = FaceLandmarkerOptions(running_mode=RunningMode.VIDEO)
    with FaceLandmarker(options) as landmarker:
        return [len(landmarker.detect_for_video(image, time)) for time in (0, 33)]


def solve(image):
    with solutions.face_mesh.FaceMesh() as mesh:
        return [len(mesh.process(image).multi_face_landmarks) for _ in range(2)]


@pytest.mark.parametrize("program", [detect, track, solve])
def test_bgr_is_noticed_once_and_rgb_never(program, astronaut):
    with pytest.warns(UserWarning, match=BGR) as caught:
        assert program(np.ascontiguousarray(astronaut[..., ::-1])) == [1, 1]
    (warning,) = [item for item in caught if "BGR" in str(item.message)]
    assert warning.filename == __file__  # the line of the program, not one of ours
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert program(astronaut) == [1, 1]


def test_a_live_stream_notices_it_too(astronaut):
    results = []
    options = FaceLandmarkerOptions(
        running_mode=RunningMode.LIVE_STREAM, result_callback=lambda result, *_: results.append(len(result))
    )
    with pytest.warns(UserWarning, match=BGR), FaceLandmarker(options) as landmarker:
        landmarker.detect_async(np.ascontiguousarray(astronaut[..., ::-1]), 0)
        landmarker.close()
    assert results == [1]
