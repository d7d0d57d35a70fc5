"""No face missed: turned ones, small ones beside large ones, crowds, and false detections before faces."""

import cv2
import numpy as np
import pytest

import attention_mesh
from attention_mesh import FaceLandmarker, FaceLandmarkerOptions, RunningMode
from attention_mesh.calculators.face import non_max_suppression_calculator
from attention_mesh.geometry.detections import Detections
from attention_mesh.models.topology.landmark_groups import interocular_distance

TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
FRAME_MS = 33


@pytest.fixture
def portrait(astronaut) -> np.ndarray:
    """(256, 256, 3): head and shoulders."""
    return np.ascontiguousarray(astronaut[:256, 96:352])


def photo(**options) -> FaceLandmarker:
    return FaceLandmarker(FaceLandmarkerOptions(num_threads=1, **options))


def video(**options) -> FaceLandmarker:
    return photo(running_mode=RunningMode.VIDEO, smooth_landmarks=False, **options)


def turned_points(points: np.ndarray, degrees: int, side: int) -> np.ndarray:
    """The points (N, 2) of a square picture after TURNS[degrees]."""
    for _ in range(degrees // 90):
        points = np.stack([side - 1 - points[:, 1], points[:, 0]], axis=1)
    return points


def gap(found: np.ndarray, expected: np.ndarray) -> float:
    """The mean distance of two meshes (N, 2+) over the distance of the outer eye corners."""
    distances = np.linalg.norm(found[:, :2] - expected[:, :2], axis=1)
    return float(distances.mean()) / interocular_distance(expected[:, :2])


@pytest.mark.parametrize("degrees", TURNS)
@pytest.mark.parametrize("passes", [1, 2])
def test_a_turned_photo_gives_the_turned_mesh(astronaut, degrees, passes):
    with photo(refine_passes=passes) as landmarker:
        upright = landmarker.detect(astronaut).landmarks_px[0, :, :2]
        found = landmarker.detect(cv2.rotate(astronaut, TURNS[degrees])).landmarks_px
    assert len(found) == 1
    assert gap(found[0], turned_points(upright, degrees, 512)) < 0.08


@pytest.mark.parametrize("degrees", TURNS)
def test_a_turned_face_in_a_video_is_found_at_once_and_tracked(astronaut, degrees):
    with photo() as landmarker:
        upright = landmarker.detect(astronaut).landmarks_px[0, :, :2]
    turned = cv2.rotate(astronaut, TURNS[degrees])
    # With two faces asked, the search goes on beside the tracked face, and must not turn it back.
    with video(num_faces=2) as landmarker:
        results = [landmarker.detect_for_video(turned, FRAME_MS * frame) for frame in range(20)]
    assert [result.track_ids.tolist() for result in results] == [[1]] * 20
    for result in results:
        assert gap(result.landmarks_px[0], turned_points(upright, degrees, 512)) < 0.08


def test_a_face_that_comes_back_upside_down_is_found_upside_down(astronaut):
    upside_down = cv2.rotate(astronaut, cv2.ROTATE_180)
    with video() as landmarker:
        frames = [astronaut] * 3 + [np.zeros_like(astronaut)] * 5 + [upside_down] * 3
        results = [landmarker.detect_for_video(image, FRAME_MS * t) for t, image in enumerate(frames)]
    assert [len(result) for result in results] == [1] * 3 + [0] * 5 + [1] * 3
    for result in results[8:]:
        eye, mouth = result.landmarks_px[0, 33], result.landmarks_px[0, 13]
        assert eye[1] > mouth[1]


def near_and_far(portrait: np.ndarray) -> np.ndarray:
    """(720, 1280, 3): one large face, and one that only the full-range detector sees, in a tile."""
    image = np.full((720, 1280, 3), 96, np.uint8)
    image[200:712, :512] = cv2.resize(portrait, (512, 512))
    image[300:450, 1000:1150] = cv2.resize(portrait, (150, 150), interpolation=cv2.INTER_AREA)
    return image


def test_a_far_face_beside_a_near_one_is_found_in_a_photo(portrait):
    image = near_and_far(portrait)
    with photo(num_faces=2) as auto, photo(num_faces=2, detector="short") as short:
        assert len(short.detect(image)) == 1
        found = auto.detect(image)
    assert len(found) == 2
    assert found.rois[:, 2].max() > 3 * found.rois[:, 2].min()


def test_a_far_face_that_joins_a_near_one_is_found_within_the_longest_rest(portrait):
    both = near_and_far(portrait)
    alone = both.copy()
    alone[:, 900:] = 96
    with video(num_faces=2) as landmarker:
        counts = [
            len(landmarker.detect_for_video(both if frame >= 40 else alone, FRAME_MS * frame))
            for frame in range(60)
        ]
    assert counts[:40] == [1] * 40
    assert 2 in counts[40:57] and counts[-1] == 2


def crowd(portrait: np.ndarray, side: int) -> np.ndarray:
    """64 tiles of so many pixels; the face is 0.37 of a tile wide."""
    tile = cv2.resize(portrait, (side, side), interpolation=cv2.INTER_AREA)
    return np.tile(tile, (8, 8, 1))


@pytest.mark.parametrize("side", [160, 64])
def test_all_faces_of_a_crowd_are_found_down_to_24_pixels(portrait, side):
    with photo(num_faces=64) as landmarker:
        found = landmarker.detect(crowd(portrait, side))
    nose = found.landmarks_px[:, 1, :2]
    assert len({tuple(tile) for tile in (nose // side).astype(int).tolist()}) >= 62


@pytest.fixture
def false_candidate(monkeypatch):
    """Lets each detector also see, surest of all, a face in the picture's lower right corner."""
    genuine = non_max_suppression_calculator.weighted_non_max_suppression

    def with_false(detections: Detections, **arguments: object) -> Detections:
        found = genuine(detections, **arguments)
        keypoints = np.array(
            [[[0.83, 0.83], [0.87, 0.83], [0.85, 0.85], [0.85, 0.87], [0.8, 0.84], [0.9, 0.84]]]
        )
        false = Detections(np.array([[0.8, 0.8, 0.1, 0.1]]), keypoints, np.array([0.99]))
        return Detections.concatenate([false, found])

    monkeypatch.setattr(non_max_suppression_calculator, "weighted_non_max_suppression", with_false)


@pytest.fixture
def bare(portrait) -> np.ndarray:
    """(512, 512, 3): a face, and a lower right corner without any."""
    image = np.full((512, 512, 3), 96, np.uint8)
    image[:256, :256] = portrait
    return image


@pytest.mark.parametrize("detector", ["auto", "short", "full"])
@pytest.mark.parametrize("passes", [1, 2])
def test_a_false_detection_does_not_take_the_place_of_the_face_in_a_photo(
    false_candidate, bare, detector, passes
):
    with photo(detector=detector, refine_passes=passes) as landmarker:
        found = landmarker.detect(bare)
    assert len(found) == 1 and found.landmarks_px[0, :, :2].max() < 256


@pytest.mark.parametrize("detector", ["auto", "short", "full"])
def test_a_false_detection_does_not_take_the_place_of_the_face_in_a_video(false_candidate, bare, detector):
    with video(detector=detector) as landmarker:
        results = [landmarker.detect_for_video(bare, FRAME_MS * frame) for frame in range(4)]
    assert [len(result) for result in results] == [0, 1, 1, 1]
    assert all(result.landmarks_px[0, :, :2].max() < 256 for result in results[1:])


@pytest.mark.parametrize("static", [True, False])
def test_the_drop_in_measures_the_best_candidate_only_as_mediapipe_does(false_candidate, bare, static):
    with attention_mesh.solutions.face_mesh.FaceMesh(static, 1, True) as mesh:
        assert [mesh.process(bare).multi_face_landmarks for _ in range(4)] == [None] * 4


def test_while_faces_are_tracked_only_they_are_measured(astronaut, monkeypatch):
    from attention_mesh.calculators.face import tensors_to_face_landmarks_calculator as node

    batches = []
    process = node.TensorsToFaceLandmarksCalculator.process

    def counted(self):
        batches.append(len(self.rois.value))
        process(self)

    monkeypatch.setattr(node.TensorsToFaceLandmarksCalculator, "process", counted)
    with video() as landmarker:
        for frame in range(6):
            landmarker.detect_for_video(astronaut, FRAME_MS * frame)
    assert batches == [1] * 6


def test_a_clean_face_costs_no_wider_look(astronaut, monkeypatch):
    from attention_mesh.calculators.tensor import inference_calculator

    names = []
    resolve = inference_calculator._resolve
    monkeypatch.setattr(
        inference_calculator, "_resolve", lambda source: names.append(str(source)) or resolve(source)
    )
    with photo() as landmarker, video() as tracker:
        landmarker.detect(astronaut)
        for frame in range(3):
            tracker.detect_for_video(astronaut, FRAME_MS * frame)
    detectors = {name for name in names if "detection" in name}
    assert detectors == {"face_detection_short_range"}
    assert sum("detection" in name for name in names) == 2
