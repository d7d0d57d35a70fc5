"""`FaceLandmarker.reset`: the next video begins as with a new landmarker, in every mode."""

import numpy as np
import pytest

from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
from attention_mesh.tests.python_bindings.landmarker.landmarkers import live, two_faces, video


def test_reset_begins_a_new_video_as_a_new_landmarker_would(astronaut):
    frames = [np.roll(astronaut, 4 * index, axis=1) for index in range(4)]
    with video() as landmarker:
        first = [landmarker.detect_for_video(frame, 40 * index) for index, frame in enumerate(frames)]
        landmarker.reset()
        again = [landmarker.detect_for_video(frame, 40 * index) for index, frame in enumerate(frames)]
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.landmarks_px, other.landmarks_px)
        assert one.track_ids.tolist() == other.track_ids.tolist() == [1]
        assert one.timestamp_us == other.timestamp_us


def test_reset_forgets_the_track_of_a_face_and_the_ids_begin_again(astronaut):
    with video(num_faces=2) as landmarker:
        assert landmarker.detect_for_video(two_faces(astronaut), 0).track_ids.tolist() == [1, 2]
        landmarker.reset()
        assert landmarker.detect_for_video(astronaut[:, ::-1], 0).track_ids.tolist() == [1]


def test_reset_of_a_live_stream_finishes_the_frames_before(astronaut):
    arrived = []
    with live(lambda result, image, timestamp_ms: arrived.append((timestamp_ms, *result.track_ids))) as lm:
        for _ in range(2):
            lm.detect_async(astronaut, 7)
            lm.reset()
    assert arrived == [(7, 1), (7, 1)]


def test_reset_of_photos_does_nothing_and_of_a_closed_landmarker_is_an_error(astronaut):
    with FaceLandmarker() as landmarker:
        first = landmarker.detect(astronaut)
        landmarker.reset()
        np.testing.assert_array_equal(landmarker.detect(astronaut).landmarks_px, first.landmarks_px)
    with pytest.raises(ValueError, match="closed"):
        landmarker.reset()


def test_reset_in_the_callback_is_refused_instead_of_hanging(astronaut):
    with (
        pytest.raises(RuntimeError, match="its own callback"),
        live(lambda *_: landmarker.reset()) as landmarker,
    ):
        landmarker.detect_async(astronaut, 0)


def test_a_failed_callback_surfaces_at_reset_which_resets_all_the_same(astronaut):
    def fail(result, image, timestamp_ms):
        raise KeyError("callback")

    with live(fail) as landmarker:
        landmarker.detect_async(astronaut, 5)
        with pytest.raises(KeyError, match="callback"):
            landmarker.reset()
        landmarker.detect_async(astronaut, 5)
        with pytest.raises(KeyError):
            landmarker.reset()
