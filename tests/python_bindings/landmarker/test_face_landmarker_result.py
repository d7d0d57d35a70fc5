"""The result's arrays, its views of other shapes, and its checks."""

import sys

import numpy as np
import pytest

from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.python_bindings.landmarker.face_landmarker_result import FaceLandmarkerResult

SIZE = (640, 480)


def make(faces: int = 2, points: int = 478, **changes) -> FaceLandmarkerResult:
    random = np.random.default_rng(5)
    arrays = {
        "landmarks_px": random.uniform(0, 480, (faces, points, 3)),
        "scores": random.uniform(0.5, 1, faces),
        "rois": random.uniform(0, 100, (faces, 5)),
        "track_ids": np.arange(1, faces + 1),
        "timestamp_us": 40_000,
        "image_size": SIZE,
    }
    return FaceLandmarkerResult(**(arrays | changes))


def test_arrays_have_the_promised_types_and_cannot_be_written():
    result = make()
    types = {"landmarks_px": np.float32, "scores": np.float32, "rois": np.float32, "track_ids": np.int64}
    for name, dtype in types.items():
        array = getattr(result, name)
        assert array.dtype == dtype
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    assert len(result) == 2


def test_normalized_landmarks_divide_x_and_z_by_width_and_y_by_height():
    result = make()
    expected = result.landmarks_px / np.array([640, 480, 640])
    np.testing.assert_allclose(result.landmarks_norm, expected, rtol=1e-6)  # float32 rounding


def test_from_normalized_scales_landmarks_and_regions_to_pixels():
    points = np.full((1, 478, 3), 0.5, np.float32)
    rois = NormalizedRects(np.array([[0.5, 0.25, 0.1, 0.2, 0.3]], np.float32), np.array([7]))
    scores = np.array([0.9], np.float32)
    result = FaceLandmarkerResult.from_normalized(NormalizedLandmarks(points), rois, scores, 33, SIZE)
    np.testing.assert_allclose(result.landmarks_px[0, 0], [320, 240, 320])
    np.testing.assert_allclose(result.rois[0], [320, 120, 64, 96, 0.3], rtol=1e-6)
    assert result.track_ids.tolist() == [7]
    assert (result.timestamp_us, result.image_size) == (33, SIZE)


def test_the_view_of_mediapipe_tasks_holds_a_list_of_points_a_face():
    result = make()
    faces = result.face_landmarks
    assert [len(face) for face in faces] == [478, 478]
    point = faces[1][10]
    np.testing.assert_allclose([point.x, point.y, point.z], result.landmarks_norm[1, 10], rtol=1e-6)
    assert point.visibility is None
    assert result.face_blendshapes == [] and result.facial_transformation_matrixes == []


def test_poses_are_read_only_and_their_lists_are_not():
    result = make(poses=np.stack([np.eye(4), 2 * np.eye(4)]))
    assert result.poses.dtype == np.float32 and not result.poses.flags.writeable
    first, second = result.facial_transformation_matrixes
    second[0, 3] = 7
    np.testing.assert_array_equal(result.poses[1], 2 * np.eye(4))
    np.testing.assert_array_equal(first, np.eye(4))
    assert make().poses is None


def test_no_face_is_empty_arrays():
    result = make(faces=0)
    assert len(result) == 0
    assert result.face_landmarks == []
    assert result.landmarks_norm.shape == (0, 478, 3)
    assert len(result.to_supervision_keypoints()) == 0


def test_supervision_keypoints_carry_positions_scores_and_track_ids():
    supervision = pytest.importorskip("supervision", reason="supervision is in the dev extra")
    result = make()
    keypoints = result.to_supervision_keypoints()
    assert isinstance(keypoints, supervision.KeyPoints)
    np.testing.assert_array_equal(keypoints.xy, result.landmarks_px[..., :2])
    renamed = hasattr(keypoints, "keypoint_confidence")  # supervision 0.22 calls it confidence
    confidence = keypoints.keypoint_confidence if renamed else keypoints.confidence
    np.testing.assert_array_equal(confidence[:, 5], result.scores)
    np.testing.assert_array_equal(keypoints.data["track_id"], result.track_ids)
    second = keypoints[1]
    np.testing.assert_array_equal(second.xy[0], result.landmarks_px[1, :, :2])


def test_supervision_draws_the_keypoints_into_a_scene():
    supervision = pytest.importorskip("supervision", reason="supervision is in the dev extra")
    scene = np.zeros((480, 640, 3), np.uint8)
    landmarks = np.full((1, 478, 3), 100.0)
    keypoints = make(1, landmarks_px=landmarks).to_supervision_keypoints()
    supervision.VertexAnnotator(radius=3).annotate(scene, keypoints)
    assert scene[100, 100].any() and not scene[200, 200].any()


def test_without_supervision_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "supervision", None)  # what an absent package looks like to import
    with pytest.raises(ImportError, match=r"\[supervision\]"):
        make().to_supervision_keypoints()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("landmarks_px", np.zeros((478, 3))),
        ("landmarks_px", np.zeros((2, 478, 2))),
        ("scores", np.zeros(3)),
        ("rois", np.zeros((2, 4))),
        ("track_ids", np.zeros((2, 1))),
        ("image_size", (0, 480)),
        ("poses", np.zeros((2, 3, 4))),
        ("blendshapes", np.zeros((2, 51))),
        ("eye_aspect_ratios", np.zeros(2)),
        ("poses", np.zeros((3, 4, 4))),
    ],
)
def test_a_wrong_shape_is_an_error_that_names_the_field(name, value):
    with pytest.raises(ValueError, match=name):
        make(**{name: value})
