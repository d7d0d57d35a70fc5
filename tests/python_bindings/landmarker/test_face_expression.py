"""A landmarker's head poses, in every mode, and only if they are asked for."""

from __future__ import annotations

import pickle
import threading
from pathlib import Path

import numpy as np
import pytest

import attention_mesh as mp
from attention_mesh.geometry.head_pose import metric_faces
from attention_mesh.geometry.procrustes import WeightedProcrustes
from attention_mesh.models.inference.blendshape_network import BlendshapeNetwork
from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.models.topology.pose_weights import pose_weights
from attention_mesh.python_bindings.landmarker.face_landmarker_result import EXPRESSION_SHAPES

ASKED = {"output_facial_transformation_matrixes": True, "output_face_blendshapes": True}


POSES = {"output_facial_transformation_matrixes": True}


def expected_poses(result: mp.FaceLandmarkerResult) -> np.ndarray:
    basis = WeightedProcrustes(canonical_face().vertices, pose_weights())
    return metric_faces(result.landmarks_norm, result.image_size, basis).poses


def same_poses(ours: np.ndarray, expected: np.ndarray) -> None:
    assert ours.dtype == np.float32 and ours.shape == expected.shape
    np.testing.assert_allclose(ours, expected, atol=1e-3)  # cm; landmarks_norm is rounded once more


def same_blendshapes(result: mp.FaceLandmarkerResult) -> None:
    expected = BlendshapeNetwork().predict(result.landmarks_px)
    assert result.blendshapes.dtype == np.float32 and result.blendshapes.shape == (len(result), 52)
    np.testing.assert_allclose(result.blendshapes, expected, atol=1e-4)  # landmarks are rounded once more


def test_a_photo_has_the_poses_of_its_landmarks(astronaut: np.ndarray) -> None:
    two = np.hstack([astronaut, astronaut])
    with mp.FaceLandmarker(mp.FaceLandmarkerOptions(num_faces=2, **ASKED)) as landmarker:
        result = landmarker.detect(two)
        none = landmarker.detect(np.zeros_like(astronaut))
        by_rois = landmarker.detect(two, rois=result.rois)
    assert len(result) == 2
    for found in (result, none, by_rois):
        same_poses(found.poses, expected_poses(found))
        same_blendshapes(found)
    assert [pose.shape for pose in result.facial_transformation_matrixes] == [(4, 4), (4, 4)]
    assert none.facial_transformation_matrixes == []
    again = pickle.loads(pickle.dumps(result))
    for name in ("poses", "blendshapes"):
        np.testing.assert_array_equal(getattr(again, name), getattr(result, name))
        assert not getattr(again, name).flags.writeable


def test_a_video_and_a_live_stream_have_them_too(astronaut: np.ndarray) -> None:
    moved = np.roll(astronaut, 6, axis=1)
    options = mp.FaceLandmarkerOptions(running_mode=mp.RunningMode.VIDEO, **ASKED)
    with mp.FaceLandmarker(options) as landmarker:
        film = [landmarker.detect_for_video(image, 40 * i) for i, image in enumerate((astronaut, moved))]
        landmarker.reset()
        again = landmarker.detect_for_video(astronaut, 0)
    for result in film:
        same_poses(result.poses, expected_poses(result))
        same_blendshapes(result)
    np.testing.assert_array_equal(again.poses, film[0].poses)
    seen, called = [], threading.Event()

    def call_back(result: mp.FaceLandmarkerResult, image: object, timestamp_ms: int) -> None:
        seen.append(result)
        called.set()

    live = mp.FaceLandmarkerOptions(
        running_mode=mp.RunningMode.LIVE_STREAM, result_callback=call_back, **ASKED
    )
    with mp.FaceLandmarker(live) as landmarker:
        landmarker.detect_async(astronaut, 0)
        assert called.wait(30)
    np.testing.assert_array_equal(seen[0].poses, film[0].poses)
    np.testing.assert_array_equal(seen[0].blendshapes, film[0].blendshapes)


def test_what_is_not_asked_for_is_not_there(astronaut: np.ndarray) -> None:
    with mp.FaceLandmarker() as landmarker:
        result = landmarker.detect(astronaut)
        assert result.poses is None and result.blendshapes is None and result.blinks is None
        assert landmarker._expression is None


def test_a_mesh_without_irises_has_poses(astronaut: np.ndarray) -> None:
    with mp.FaceLandmarker(mp.FaceLandmarkerOptions(with_attention=False, **POSES)) as landmarker:
        assert landmarker.detect(astronaut).poses.shape == (1, 4, 4)


def test_a_turned_image_has_the_pose_of_the_face_as_it_lies(astronaut: np.ndarray) -> None:
    turned = np.ascontiguousarray(np.rot90(astronaut))  # counterclockwise
    with mp.FaceLandmarker(mp.FaceLandmarkerOptions(**ASKED)) as landmarker:
        upright = landmarker.detect(astronaut).poses[0]
        lying = landmarker.detect(turned, rotation_degrees=90).poses[0]
    quarter = np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]])
    # The photo is square, so that the camera sees the same from both sides.
    np.testing.assert_allclose(lying[:3, :3], quarter @ upright[:3, :3], atol=2e-3)
    np.testing.assert_allclose(lying[:3, 3], quarter @ upright[:3, 3], atol=0.05)  # cm


def test_the_tasks_give_the_matrices(shared_data: Path) -> None:
    """MediaPipe's expected matrix of its portrait; its network and canonical face are others than ours."""
    expected = np.array(
        [
            [0.9995292, -0.01294756, 0.038823195, -0.3691378],
            [0.0072318087, 0.9937692, -0.1101321, 22.75809],
            [-0.03715533, 0.11070588, 0.99315894, -65.765925],
            [0, 0, 0, 1],
        ]
    )
    path = shared_data / "portrait" / "portrait.jpg"
    vision = mp.tasks.vision
    options = vision.FaceLandmarkerOptions(mp.tasks.BaseOptions(), **ASKED)
    with vision.FaceLandmarker.create_from_options(options) as landmarker:
        (matrix,) = landmarker.detect(mp.Image.create_from_file(str(path))).facial_transformation_matrixes
    turn = matrix[:3, :3] @ expected[:3, :3].T
    assert np.degrees(np.arccos((np.trace(turn) - 1) / 2)) < 6  # degrees; head_pose.md explains the offset
    np.testing.assert_allclose(matrix[:3, 3], expected[:3, 3], rtol=0.1, atol=1)  # cm


def test_a_film_has_eye_aspect_ratios_and_blinks(shared_data: Path) -> None:
    """Of the first 8 s of portrait_d6, in which the person blinks three or four times."""
    from attention_mesh.media.open_source import open_source

    options = mp.FaceLandmarkerOptions(running_mode=mp.RunningMode.VIDEO, output_blinks=True)
    path = next((shared_data / "videos").glob("portrait_d6*"))
    starts = []
    with mp.FaceLandmarker(options) as landmarker, open_source(str(path)) as frames:
        for frame in frames:
            if frame.timestamp_us > 8_000_000:
                break
            result = landmarker.detect_for_video(frame.image, round(frame.timestamp_us / 1000))
            assert result.eye_aspect_ratios.shape == (len(result), 2)
            starts += [*zip(result.blinks.starts_us, result.blinks.lengths_us, strict=True)]
    assert len(starts) in (3, 4)
    assert all(0 <= start < 8_000_000 and 30_000 <= length < 800_000 for start, length in starts)


def test_the_gaze_is_that_of_a_face_which_looks_ahead(astronaut: np.ndarray) -> None:
    options = mp.FaceLandmarkerOptions(output_gaze=True, output_facial_transformation_matrixes=True)
    with mp.FaceLandmarker(options) as landmarker:
        result = landmarker.detect(astronaut)
        assert landmarker.detect(np.zeros_like(astronaut)).gaze.shape == (0, 3, 3)
    np.testing.assert_allclose(np.linalg.norm(result.gaze, axis=2), 1, atol=1e-5)
    left, right, mean = result.gaze[0]
    assert np.degrees(np.arccos(left @ right)) < 15 and mean[2] > 0.9  # toward the viewer


def test_a_neutral_face_is_learned_in_a_film(shared_data: Path) -> None:
    """Before its seconds are over, the blend shapes are those of an average person; then they differ."""
    from attention_mesh.media.open_source import open_source

    asked = {"running_mode": mp.RunningMode.VIDEO, "output_face_blendshapes": True}
    options = [mp.FaceLandmarkerOptions(**asked, calibration_seconds=seconds) for seconds in (0, 1)]
    path = next((shared_data / "videos").glob("portrait_d6*"))
    differences = []
    with (
        mp.FaceLandmarker(options[0]) as average,
        mp.FaceLandmarker(options[1]) as learned,
        open_source(str(path)) as frames,
    ):
        for frame in frames:
            if frame.timestamp_us > 2_000_000:
                break
            time = round(frame.timestamp_us / 1000)
            found = [each.detect_for_video(frame.image, time).blendshapes for each in (average, learned)]
            differences.append((time, np.abs(found[0] - found[1]).max()))
    assert max(difference for time, difference in differences if time < 900) == 0
    assert max(difference for time, difference in differences if time > 1200) > 0.01


def test_photos_have_eye_aspect_ratios_and_no_blinks(astronaut: np.ndarray) -> None:
    with mp.FaceLandmarker(mp.FaceLandmarkerOptions(output_blinks=True)) as landmarker:
        result = landmarker.detect(astronaut)
    assert result.blinks is None and result.poses is None
    assert (result.eye_aspect_ratios > 0.15).all() and (result.eye_aspect_ratios < 0.5).all()


def test_blinks_stay_read_only_when_they_are_pickled(astronaut: np.ndarray) -> None:
    options = mp.FaceLandmarkerOptions(running_mode=mp.RunningMode.VIDEO, output_blinks=True)
    with mp.FaceLandmarker(options) as landmarker:
        result = landmarker.detect_for_video(astronaut, 0)
    for blinks in (result.blinks, pickle.loads(pickle.dumps(result)).blinks):
        assert len(blinks) == 0 and not any(array.flags.writeable for array in vars(blinks).values())


@pytest.mark.parametrize(
    ("name", "outputs"),
    [
        ("output_facial_transformation_matrixes", ("poses",)),
        ("output_face_blendshapes", ("blendshapes",)),
        ("output_gaze", ("gaze",)),
        ("output_blinks", ("eye_aspect_ratios",)),
    ],
)
def test_an_option_asks_for_its_outputs_only(
    astronaut: np.ndarray, name: str, outputs: tuple[str, ...]
) -> None:
    options = mp.FaceLandmarkerOptions(**{name: True})
    assert options.expression_outputs == outputs and mp.FaceLandmarkerOptions().expression_outputs == ()
    with mp.FaceLandmarker(options) as landmarker:
        result = landmarker.detect(astronaut)
    assert {name for name in EXPRESSION_SHAPES if getattr(result, name) is not None} == {*outputs}


def test_categories_have_mediapipes_order_and_the_scores_of_the_array(astronaut: np.ndarray) -> None:
    with mp.FaceLandmarker(mp.FaceLandmarkerOptions(output_face_blendshapes=True)) as landmarker:
        result = landmarker.detect(astronaut)
        assert landmarker.detect(np.zeros_like(astronaut)).face_blendshapes == []
    (face,) = result.face_blendshapes
    assert [category.index for category in face] == list(range(52))
    assert (face[0].category_name, face[0].score, face[0].display_name) == ("_neutral", 0.0, "")
    assert [category.category_name for category in face[1:]] == list(mp.BLENDSHAPE_NAMES[:51])
    scores = [category.score for category in face[1:]]
    np.testing.assert_array_equal(np.float32(scores), result.blendshapes[0, :51])
    named = dict(zip(mp.BLENDSHAPE_NAMES, result.blendshapes[0], strict=True))
    assert named["mouthSmileLeft"] > 0.5 and named["eyeBlinkLeft"] < 0.3  # she smiles, with open eyes


def test_a_known_neutral_face_changes_the_blend_shapes(astronaut: np.ndarray) -> None:
    """Of a person whose neutral face is this one, the picture shows none of its expressions."""
    with mp.FaceLandmarker(mp.FaceLandmarkerOptions(output_face_blendshapes=True)) as landmarker:
        result = landmarker.detect(astronaut)
    neutral = BlendshapeNetwork().calibrate(result.landmarks_px)
    options = mp.FaceLandmarkerOptions(output_face_blendshapes=True, neutral_face=neutral)
    with mp.FaceLandmarker(options) as landmarker:
        calibrated = landmarker.detect(astronaut)
    smile = mp.BLENDSHAPE_NAMES.index("mouthSmileLeft")
    assert calibrated.blendshapes[0, smile] < 0.2 < 0.5 < result.blendshapes[0, smile]
