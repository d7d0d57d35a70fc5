"""Our own API on a real face: what it finds, its modes, its errors, its threads."""

import threading
import time

import numpy as np
import pytest

from attention_mesh.calculators.face import landmarks_to_rects_calculator
from attention_mesh.framework import GraphError
from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
from attention_mesh.python_bindings.landmarker.face_landmarker_options import (
    FaceLandmarkerOptions,
    RunningMode,
)
from attention_mesh.python_bindings.landmarker.landmark_names import LANDMARK_GROUPS
from attention_mesh.tests.python_bindings.landmarker.landmarkers import (
    LIVE_THREAD,
    live,
    live_threads,
    two_faces,
    video,
)

# The astronaut's pupils, by eye on the picture, in px.
RIGHT_PUPIL, LEFT_PUPIL = (203, 101), (246, 103)


def test_the_irises_lie_on_the_pupils(astronaut):
    with FaceLandmarker.create_from_options(FaceLandmarkerOptions()) as landmarker:
        result = landmarker.detect(astronaut)
    assert result.landmarks_px.shape == (1, 478, 3)
    assert np.linalg.norm(result.landmarks_px[0, 468, :2] - RIGHT_PUPIL) < 2.5  # px, of an eye 18 px wide
    assert np.linalg.norm(result.landmarks_px[0, 473, :2] - LEFT_PUPIL) < 2.5
    assert result.scores[0] > 0.9
    assert result.timestamp_us == 0 and result.track_ids.tolist() == [0]
    assert result.image_size == (512, 512)


def test_the_region_is_the_one_around_the_landmarks(astronaut):
    with FaceLandmarker() as landmarker:
        result = landmarker.detect(astronaut)
    x, y, width, height, _ = result.rois[0]
    center = (result.landmarks_px[0, :468, :2].min(0) + result.landmarks_px[0, :468, :2].max(0)) / 2
    assert np.linalg.norm(center - [x, y]) < 0.05 * width
    assert width == pytest.approx(height)
    assert np.ptp(result.landmarks_px[0, :468, 1]) == pytest.approx(
        height / 1.5, rel=0.1
    )  # about 1.5 times the box


def test_an_image_without_a_face_gives_empty_arrays():
    with FaceLandmarker() as landmarker:
        result = landmarker.detect(np.full((120, 160, 3), 128, np.uint8))
    assert len(result) == 0
    assert result.landmarks_px.shape == (0, 478, 3) and result.rois.shape == (0, 5)


def test_images_are_unrelated_whatever_came_before(astronaut):
    with FaceLandmarker() as landmarker:
        first = landmarker.detect(astronaut)
        landmarker.detect(np.roll(astronaut, 40, axis=1))
        again = landmarker.detect(astronaut)
    np.testing.assert_array_equal(first.landmarks_px, again.landmarks_px)


def test_one_pass_and_two_differ_by_little_on_a_well_framed_face(astronaut):
    with FaceLandmarker(FaceLandmarkerOptions(refine_passes=1)) as once, FaceLandmarker() as twice:
        difference = once.detect(astronaut).landmarks_px - twice.detect(astronaut).landmarks_px
    distance = np.linalg.norm(difference[0, :, :2], axis=1)
    assert 0 < np.median(distance) < 2  # px, of a face 106 px high


@pytest.mark.parametrize("points", [478, 468])
def test_best_gives_the_spreads_of_its_crops(astronaut, points):
    options = FaceLandmarkerOptions(num_faces=2, refine_passes="best", with_attention=points == 478)
    with FaceLandmarker(options) as best, FaceLandmarker(FaceLandmarkerOptions(num_faces=2)) as twice:
        found, before = best.detect(two_faces(astronaut)), twice.detect(two_faces(astronaut))
        hidden = astronaut.copy()
        hidden[141:165, 195:245] = 128  # a gray bar over her mouth
        covered = best.detect(hidden)
        upside_down = best.detect(np.rot90(astronaut, 2), rotation_degrees=180)
    assert before.landmark_spreads_px is None
    assert found.landmark_spreads_px.shape == (2, points)
    moved = np.linalg.norm((found.landmarks_px[:, :468] - before.landmarks_px[:, :468])[..., :2], axis=2)
    assert 0 < np.median(moved) < 1  # px, of faces 106 px high
    mouth = list(LANDMARK_GROUPS["lips"])
    assert 0 < found.landmark_spreads_px.max() < 4  # px
    assert covered.landmark_spreads_px[0, mouth].mean() > 1.5 * found.landmark_spreads_px[:, mouth].mean()
    assert upside_down.landmark_spreads_px.shape == (1, points)


def test_the_plain_mesh_has_468_points(astronaut):
    with FaceLandmarker(FaceLandmarkerOptions(with_attention=False)) as landmarker:
        assert landmarker.detect(astronaut).landmarks_px.shape == (1, 468, 3)


def test_several_faces_come_in_one_result(astronaut):
    with FaceLandmarker(FaceLandmarkerOptions(num_faces=3)) as landmarker:
        result = landmarker.detect(two_faces(astronaut))
    assert len(result) == 2
    noses = sorted(result.landmarks_px[:, 1, 0].tolist())
    assert abs(noses[0] - 223) < 5 and abs(noses[1] - (1024 - 223)) < 5  # px


def test_given_regions_are_measured_as_they_are(astronaut):
    image = two_faces(astronaut)
    with FaceLandmarker(FaceLandmarkerOptions(num_faces=2, refine_passes=1)) as landmarker:
        found = landmarker.detect(image)
        again = landmarker.detect(image, rois=found.rois)
        one = landmarker.detect(image, rois=found.rois[1:])
        turned = landmarker.detect(image, rois=found.rois + [0, 0, 0, 0, 0.2])
        none = landmarker.detect(image, rois=[[100, 400, 50, 50, 0]])  # her suit
    np.testing.assert_allclose(again.rois, found.rois, rtol=1e-5)
    # The same crops by another route: equal but for rounding. px
    np.testing.assert_allclose(again.landmarks_px, found.landmarks_px, atol=0.05)
    np.testing.assert_allclose(one.landmarks_px[0], found.landmarks_px[1], atol=0.05)
    shift = np.linalg.norm((turned.landmarks_px - found.landmarks_px)[..., :2], axis=-1)
    assert 0 < np.median(shift) < 3  # px: the network sees the face turned and the result is turned back
    assert len(none) == 0


@pytest.mark.parametrize(
    "rois", [[1, 2, 3, 4, 0], [[1, 2, 3, 4]], [[1, 2, 0, 4, 0]], [[1, 2, 3, float("nan"), 0]]], ids=str
)
def test_wrong_regions_are_an_error(astronaut, rois):
    with FaceLandmarker() as landmarker, pytest.raises(ValueError, match="rois"):
        landmarker.detect(astronaut, rois=rois)


def test_a_strided_view_and_an_object_with_numpy_view_are_taken(astronaut):
    class Image:
        def numpy_view(self):
            return astronaut

    with FaceLandmarker() as landmarker:
        expected = landmarker.detect(astronaut).landmarks_px
        from_bgr = landmarker.detect(np.ascontiguousarray(astronaut[..., ::-1])[..., ::-1])
        np.testing.assert_array_equal(from_bgr.landmarks_px, expected)
        np.testing.assert_array_equal(landmarker.detect(Image()).landmarks_px, expected)


def test_a_video_is_tracked_under_one_id_and_carries_its_timestamps(astronaut):
    with video() as landmarker:
        results = [
            landmarker.detect_for_video(np.roll(astronaut, 3 * index, axis=1), 40 * index)
            for index in range(6)
        ]
    assert [result.timestamp_us for result in results] == [40_000 * index for index in range(6)]
    assert {tuple(result.track_ids.tolist()) for result in results} == {(1,)}
    noses = [result.landmarks_px[0, 1, 0] for result in results]
    np.testing.assert_allclose(np.diff(noses), 3, atol=1.5)  # px a frame, smoothed


def test_smoothing_calms_a_noisy_video_and_can_be_switched_off(astronaut):
    random = np.random.default_rng(3)
    noisy = [
        np.clip(astronaut + random.normal(0, 25, astronaut.shape), 0, 255).astype(np.uint8) for _ in range(12)
    ]

    def jitter(**options):
        with video(**options) as landmarker:
            frames = [landmarker.detect_for_video(image, 33 * index) for index, image in enumerate(noisy)]
        return np.abs(np.diff([frame.landmarks_px[0, :, :2] for frame in frames], axis=0)).mean()

    assert jitter() < 0.8 * jitter(smooth_landmarks=False)


@pytest.mark.parametrize(
    ("mode", "call", "right"),
    [
        (RunningMode.VIDEO, lambda lm, image: lm.detect(image), "detect_for_video"),
        (RunningMode.VIDEO, lambda lm, image: lm.detect_async(image, 1), "detect_for_video"),
        (RunningMode.IMAGE, lambda lm, image: lm.detect_for_video(image, 1), r"detect\(\)"),
        (RunningMode.LIVE_STREAM, lambda lm, image: lm.detect_for_video(image, 1), "detect_async"),
    ],
)
def test_the_wrong_call_for_the_mode_is_an_error_that_names_the_right_one(astronaut, mode, call, right):
    callback = (lambda *_: None) if mode is RunningMode.LIVE_STREAM else None
    options = FaceLandmarkerOptions(running_mode=mode, result_callback=callback)
    with FaceLandmarker(options) as landmarker, pytest.raises(ValueError, match=right):
        call(landmarker, astronaut)


@pytest.mark.parametrize("late", [100, 99, -5])
def test_a_timestamp_that_does_not_increase_is_an_error_after_which_the_video_goes_on(astronaut, late):
    with video() as landmarker:
        landmarker.detect_for_video(astronaut, 100)
        with pytest.raises(ValueError, match="the frame before was at 100"):
            landmarker.detect_for_video(astronaut, late)
        result = landmarker.detect_for_video(astronaut, 101)
    assert result.track_ids.tolist() == [1]  # still the same track


def test_options_of_another_type_are_an_error_that_names_the_right_one():
    with pytest.raises(TypeError, match=r"options=\{'num_faces': 2\}; expected FaceLandmarkerOptions"):
        FaceLandmarker({"num_faces": 2})


def test_a_timestamp_that_is_no_whole_number_is_an_error(astronaut):
    with video() as landmarker:
        with pytest.raises(TypeError, match="33.3"):
            landmarker.detect_for_video(astronaut, 33.3)
        with pytest.raises(TypeError, match="True is not a whole number"):
            landmarker.detect_for_video(astronaut, True)
        assert len(landmarker.detect_for_video(astronaut, np.int64(33))) == 1


def test_a_wrong_image_is_an_error_after_which_the_video_goes_on(astronaut):
    with video() as landmarker:
        landmarker.detect_for_video(astronaut, 0)
        with pytest.raises(ValueError, match="alpha"):
            landmarker.detect_for_video(np.dstack([astronaut, astronaut[..., :1]]), 33)
        assert landmarker.detect_for_video(astronaut, 33).track_ids.tolist() == [1]


@pytest.mark.parametrize("step", [20, 40], ids="{} px a frame".format)
def test_a_face_that_moves_fast_is_one_face_with_one_id(astronaut, step):
    face = astronaut[:256, 96:352]  # its region of interest is about 150 px wide
    with video(num_faces=2) as landmarker:
        for index in range(24):
            frame = np.full((256, 1280, 3), 90, np.uint8)
            frame[:, step * index : step * index + 256] = face
            result = landmarker.detect_for_video(frame, 33 * index)
            assert result.track_ids.tolist() == [1], f"frame {index}"


@pytest.mark.parametrize("timestamp_ms", [2**60, -(2**60)])
def test_a_timestamp_that_no_stream_can_have_is_an_error_in_its_own_unit(astronaut, timestamp_ms):
    with video() as landmarker:
        with pytest.raises(ValueError, match=f"timestamp_ms={timestamp_ms} is out of range"):
            landmarker.detect_for_video(astronaut, timestamp_ms)
        assert len(landmarker.detect_for_video(astronaut, 33)) == 1


def test_a_failure_inside_the_graph_surfaces_and_the_next_frame_starts_again(astronaut, monkeypatch):
    def fail(*_):
        raise ArithmeticError("no square")

    with video() as landmarker:
        landmarker.detect_for_video(astronaut, 0)
        with monkeypatch.context() as broken:
            broken.setattr(landmarks_to_rects_calculator, "landmarks_to_rects", fail)
            with pytest.raises(GraphError, match="ArithmeticError: no square"):
                landmarker.detect_for_video(astronaut, 33)
        assert len(landmarker.detect_for_video(astronaut, 66)) == 1


def test_a_closed_landmarker_says_so_and_closes_twice(astronaut):
    landmarker = FaceLandmarker()
    landmarker.close()
    landmarker.close()
    with pytest.raises(ValueError, match="closed"):
        landmarker.detect(astronaut)


def test_calls_from_many_threads_give_each_its_own_result(astronaut):
    images = [np.roll(astronaut, 10 * index, axis=1) for index in range(4)]
    with FaceLandmarker() as landmarker:
        expected = [landmarker.detect(image).landmarks_px for image in images]
        wrong = []

        def work(index):
            for _ in range(10):
                if not np.array_equal(landmarker.detect(images[index]).landmarks_px, expected[index]):
                    wrong.append(index)

        threads = [threading.Thread(target=work, args=(index,)) for index in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_a_live_stream_calls_back_with_result_image_and_time(astronaut):
    calls = []
    arrived = threading.Semaphore(0)

    def callback(*arguments):
        calls.append((*arguments, threading.current_thread().name))
        arrived.release()

    with live(callback) as landmarker:
        for index in range(3):
            frame = np.roll(astronaut, 3 * index, axis=1)
            landmarker.detect_async(frame, 50 * index)
            frame[:] = 0  # the camera reuses its buffer
            assert arrived.acquire(timeout=120)
    assert [timestamp_ms for _, _, timestamp_ms, _ in calls] == [0, 50, 100]
    for index, (result, image, timestamp_ms, thread) in enumerate(calls):
        np.testing.assert_array_equal(image, np.roll(astronaut, 3 * index, axis=1))
        assert result.timestamp_us == timestamp_ms * 1000 and result.track_ids.tolist() == [1]
        assert thread == LIVE_THREAD
    assert live_threads() == []


def test_a_live_stream_never_waits_and_keeps_the_newest_frame(astronaut):
    begun, go_on = threading.Event(), threading.Event()
    seen = []

    def slow_callback(result, image, timestamp_ms):
        seen.append(timestamp_ms)
        begun.set()
        assert go_on.wait(timeout=120)

    with live(slow_callback) as landmarker:
        landmarker.detect_async(astronaut, 0)
        assert begun.wait(timeout=120)
        start = time.monotonic()
        for timestamp_ms in range(1, 21):
            landmarker.detect_async(astronaut, timestamp_ms)
        assert time.monotonic() - start < 5  # s; the callback holds the thread for as long as it likes
        go_on.set()
    assert seen == [0, 20]


def test_an_exception_in_the_callback_surfaces_at_the_next_call_or_at_close(astronaut):
    failed = threading.Event()

    def failing_callback(result, image, timestamp_ms):
        failed.set()
        raise LookupError(f"callback at {timestamp_ms}")

    landmarker = live(failing_callback)
    landmarker.detect_async(astronaut, 0)
    assert failed.wait(timeout=120)
    with pytest.raises(LookupError, match="callback at 0"):
        for timestamp_ms in range(1, 1000):
            time.sleep(0.01)
            landmarker.detect_async(astronaut, timestamp_ms)
    failed.clear()
    landmarker.detect_async(astronaut, 2000)
    assert failed.wait(timeout=120)
    with pytest.raises(LookupError, match="callback at 2000"):
        landmarker.close()
    assert live_threads() == []
    with pytest.raises(ValueError, match="closed"):
        landmarker.detect_async(astronaut, 3000)


def test_a_late_frame_of_a_live_stream_is_an_error_after_which_it_goes_on(astronaut):
    times = []
    with live(lambda result, image, timestamp_ms: times.append(timestamp_ms)) as landmarker:
        landmarker.detect_async(astronaut, 10)
        with pytest.raises(ValueError, match="does not increase"):
            landmarker.detect_async(astronaut, 10)
        time.sleep(0.2)
        landmarker.detect_async(astronaut, 11)
    assert times[-1] == 11


def test_closing_from_the_callback_is_refused_instead_of_hanging(astronaut):
    landmarker = live(lambda *_: landmarker.close())
    landmarker.detect_async(astronaut, 0)
    with pytest.raises(RuntimeError, match="its own callback"):
        landmarker.close()
    assert live_threads() == []


def test_frame_numbers_that_are_passed_as_times_do_not_freeze_the_face(astronaut):
    """The smoothing filter would hardly trust a frame that comes 1 ms after another."""
    frames = [np.roll(astronaut, 6 * index, axis=1) for index in range(12)]  # px per frame
    with video() as timed, video() as numbered:
        for index, frame in enumerate(frames):
            right = timed.detect_for_video(frame, index * 1000 // 30).landmarks_px
            found = numbered.detect_for_video(frame, index).landmarks_px
            assert np.abs(found - right).max() < 0.5, index  # px


@pytest.mark.parametrize("whole", [40.0, np.float32(40), np.int64(40), np.uint8(40), np.array(40)], ids=repr)
def test_a_whole_number_of_any_kind_is_a_timestamp(astronaut, whole):
    with video() as landmarker:
        assert landmarker.detect_for_video(astronaut, whole).timestamp_us == 40_000


@pytest.mark.parametrize(
    "wrong, right",
    [
        (40.5, "round"),
        (np.float32(0.5), "round"),
        (float("nan"), "round"),
        (float("inf"), "round"),
        (True, "int"),
        (np.True_, "int"),
        ("40", "int"),
        (None, "int"),
        (np.array([40]), "int"),
    ],
    ids=repr,
)
def test_another_timestamp_is_refused_and_says_what_is_right(astronaut, wrong, right):
    with video() as landmarker, pytest.raises(TypeError, match=rf"timestamp_ms=.* whole number.*{right}"):
        landmarker.detect_for_video(astronaut, wrong)
