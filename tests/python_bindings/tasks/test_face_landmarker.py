"""Programs for MediaPipe Tasks' face landmarker run, with the changed import alone."""

from __future__ import annotations

import pickle
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

import attention_mesh as mp
from attention_mesh.python_bindings.tasks.vision.face_landmarker import Blendshapes

BaseOptions = mp.tasks.BaseOptions
FaceLandmarker = mp.tasks.vision.FaceLandmarker
FaceLandmarkerOptions = mp.tasks.vision.FaceLandmarkerOptions
FaceLandmarkerResult = mp.tasks.vision.FaceLandmarkerResult
ImageProcessingOptions = mp.tasks.vision.ImageProcessingOptions
VisionRunningMode = mp.tasks.vision.RunningMode


@pytest.fixture(scope="module")
def image(astronaut: np.ndarray) -> mp.Image:
    return mp.Image(image_format=mp.ImageFormat.SRGB, data=astronaut)


@pytest.fixture(scope="module")
def expected(astronaut: np.ndarray) -> np.ndarray:
    """(478, 3) landmarks of our own landmarker, normalized."""
    with mp.FaceLandmarker() as landmarker:
        return landmarker.detect(astronaut).landmarks_norm[0]


def points(face: list) -> np.ndarray:
    return np.array([(point.x, point.y, point.z) for point in face], np.float32)


def test_a_photo_gives_our_landmarks(image: mp.Image, expected: np.ndarray) -> None:
    options = FaceLandmarkerOptions(base_options=BaseOptions(), running_mode=VisionRunningMode.IMAGE)
    with FaceLandmarker.create_from_options(options) as landmarker:
        result = landmarker.detect(image)
    (face,) = result.face_landmarks
    np.testing.assert_array_equal(points(face), expected)
    assert (face[0].visibility, face[0].presence, face[0].name) == (None, None, None)
    assert result.face_blendshapes == [] and result.facial_transformation_matrixes == []
    assert result.arrays is not None and result.arrays.landmarks_px.shape == (1, 478, 3)


def test_blend_shapes_and_matrices_are_those_of_our_landmarker(
    image: mp.Image, astronaut: np.ndarray
) -> None:
    asked = {"output_face_blendshapes": True, "output_facial_transformation_matrixes": True}
    options = FaceLandmarkerOptions(base_options=BaseOptions(), **asked)
    with FaceLandmarker.create_from_options(options) as landmarker:
        result = landmarker.detect(image)
    with mp.FaceLandmarker(mp.FaceLandmarkerOptions(**asked)) as landmarker:
        ours = landmarker.detect(astronaut)
    assert result.face_blendshapes == ours.face_blendshapes and len(result.face_blendshapes[0]) == 52
    np.testing.assert_array_equal(result.facial_transformation_matrixes, ours.poses)
    jaw_open = result.face_blendshapes[0][Blendshapes.JAW_OPEN]
    assert isinstance(jaw_open, mp.tasks.components.containers.Category)
    assert jaw_open.category_name == "jawOpen"


def test_a_file_and_an_image_with_alpha_serve_too(
    astronaut: np.ndarray, expected: np.ndarray, tmp_path: Path
) -> None:
    path = str(tmp_path / "astronaut.png")
    cv2.imwrite(path, cv2.cvtColor(astronaut, cv2.COLOR_RGB2BGR))
    with_alpha = cv2.cvtColor(astronaut, cv2.COLOR_RGB2RGBA)
    with FaceLandmarker.create_from_options(FaceLandmarkerOptions()) as landmarker:
        for image in (mp.Image.create_from_file(path), mp.Image(mp.ImageFormat.SRGBA, with_alpha)):
            (face,) = landmarker.detect(image).face_landmarks
            np.testing.assert_array_equal(points(face), expected)
        with pytest.raises(ValueError, match="gray"):
            landmarker.detect(mp.Image(mp.ImageFormat.GRAY8, with_alpha[..., 0].copy()))


def test_a_video_gives_what_our_landmarker_gives(image: mp.Image, astronaut: np.ndarray) -> None:
    with mp.FaceLandmarker(mp.FaceLandmarkerOptions(running_mode=mp.RunningMode.VIDEO)) as landmarker:
        ours = [landmarker.detect_for_video(astronaut, time).landmarks_norm[0] for time in (0, 33, 66)]
    options = FaceLandmarkerOptions(running_mode=VisionRunningMode.VIDEO)
    with FaceLandmarker.create_from_options(options) as landmarker:
        for time, landmarks in zip((0, 33, 66), ours, strict=True):
            (face,) = landmarker.detect_for_video(image, time).face_landmarks
            np.testing.assert_array_equal(points(face), landmarks)


def test_a_live_stream_calls_back_with_the_image_that_came(image: mp.Image) -> None:
    seen: list[tuple[FaceLandmarkerResult, mp.Image, int]] = []
    called = threading.Event()

    def print_result(result: FaceLandmarkerResult, output_image: mp.Image, timestamp_ms: int) -> None:
        seen.append((result, output_image, timestamp_ms))
        called.set()

    options = FaceLandmarkerOptions(
        running_mode=VisionRunningMode.LIVE_STREAM, result_callback=print_result, num_faces=2
    )
    with FaceLandmarker.create_from_options(options) as landmarker:
        landmarker.detect_async(image, 40)
        assert called.wait(30)
    ((result, output_image, timestamp_ms),) = seen
    assert isinstance(result, FaceLandmarkerResult) and len(result.face_landmarks) == 1
    assert output_image is image and timestamp_ms == 40


@pytest.mark.parametrize("degrees", [90, 180, -90])
def test_a_turned_image_is_turned_upright_and_the_landmarks_turned_back(
    astronaut: np.ndarray, expected: np.ndarray, degrees: int
) -> None:
    """The pixels that are searched are the same, so the landmarks are too, up to the turning's rounding."""
    turned = np.ascontiguousarray(np.rot90(astronaut, degrees // 90))  # counterclockwise
    with FaceLandmarker.create_from_options(FaceLandmarkerOptions()) as landmarker:
        result = landmarker.detect(
            mp.Image(mp.ImageFormat.SRGB, turned), ImageProcessingOptions(rotation_degrees=degrees)
        )
        with pytest.raises(ValueError, match="multiple of 90"):
            landmarker.detect(
                mp.Image(mp.ImageFormat.SRGB, turned), ImageProcessingOptions(rotation_degrees=45)
            )
        region = mp.tasks.components.containers.RectF(0.0, 0.0, 1.0, 1.0)
        with pytest.raises(ValueError, match="doesn't support region-of-interest"):
            landmarker.detect(mp.Image(mp.ImageFormat.SRGB, turned), ImageProcessingOptions(region))
    x, y, z = expected.T
    there = {90: (y, 1 - x, z), 180: (1 - x, 1 - y, z), -90: (1 - y, x, z)}[degrees]
    np.testing.assert_allclose(points(result.face_landmarks[0]), np.stack(there, 1), atol=1e-6)


def test_a_result_can_be_made_compared_and_pickled(image: mp.Image) -> None:
    empty = FaceLandmarkerResult([], [], [])
    assert empty.face_landmarks == [] and empty == FaceLandmarkerResult(
        face_landmarks=[], face_blendshapes=[], facial_transformation_matrixes=[]
    )
    with FaceLandmarker.create_from_options(FaceLandmarkerOptions()) as landmarker:
        result = landmarker.detect(image)
    again = pickle.loads(pickle.dumps(result))
    assert again == result and again != empty
    again.face_landmarks[0][3].x = 0.0  # a program may change its own
    assert again != result


def test_arguments_of_another_type_are_named(image: mp.Image) -> None:
    with pytest.raises(TypeError, match="options=None; expected FaceLandmarkerOptions"):
        FaceLandmarker.create_from_options(None)
    with FaceLandmarker.create_from_options(FaceLandmarkerOptions()) as landmarker:
        with pytest.raises(TypeError, match="image_processing_options=90; expected ImageProcessingOptions"):
            landmarker.detect(image, 90)
        with pytest.raises(TypeError, match="The image is a str"):
            landmarker.detect("photo.jpg")


def test_options_may_be_changed_until_the_landmarker_is_made() -> None:
    options = FaceLandmarkerOptions(base_options=BaseOptions())
    options.num_faces = 0
    with pytest.raises(ValueError, match="num_faces=0"):
        FaceLandmarker.create_from_options(options)


def test_the_drawing_program_of_the_notebook_draws_the_face(image: mp.Image) -> None:
    """Both forms: messages with solutions.drawing_utils, and results with tasks.vision.drawing_utils."""
    from attention_mesh.framework.formats import landmark_pb2

    with FaceLandmarker.create_from_options(FaceLandmarkerOptions()) as landmarker:
        (face,) = landmarker.detect(image).face_landmarks
    proto = landmark_pb2.NormalizedLandmarkList()
    proto.landmark.extend(
        [landmark_pb2.NormalizedLandmark(x=point.x, y=point.y, z=point.z) for point in face]
    )
    old, new = np.copy(image.numpy_view()), np.copy(image.numpy_view())
    mesh, styles = mp.solutions.face_mesh, mp.solutions.drawing_styles
    vision = mp.tasks.vision
    lines = vision.FaceLandmarksConnections
    for part, pairs, style in (
        (lines.FACE_LANDMARKS_TESSELATION, mesh.FACEMESH_TESSELATION, "tesselation"),
        (lines.FACE_LANDMARKS_CONTOURS, mesh.FACEMESH_CONTOURS, "contours"),
        (lines.FACE_LANDMARKS_RIGHT_IRIS, mesh.FACEMESH_IRISES, "iris_connections"),
        (lines.FACE_LANDMARKS_LEFT_IRIS, mesh.FACEMESH_IRISES, "iris_connections"),
    ):
        mp.solutions.drawing_utils.draw_landmarks(
            image=old,
            landmark_list=proto,
            connections=pairs,
            landmark_drawing_spec=None,
            connection_drawing_spec=getattr(styles, f"get_default_face_mesh_{style}_style")(),
        )
        vision.drawing_utils.draw_landmarks(
            image=new,
            landmark_list=face,
            connections=part,
            landmark_drawing_spec=None,
            connection_drawing_spec=getattr(vision.drawing_styles, f"get_default_face_mesh_{style}_style")(),
        )
    assert (old != image.numpy_view()).any(axis=2).sum() > 2000  # pixels
    # The order of the lines differs, and with it which of two crossing ones is on top.
    assert (old != new).any(axis=2).mean() < 0.001


def test_the_bar_chart_of_the_notebook_shows_every_blend_shape(image: mp.Image) -> None:
    matplotlib = pytest.importorskip("matplotlib", reason="Matplotlib is in the plot extra")
    matplotlib.use("Agg")
    plt = pytest.importorskip("matplotlib.pyplot")
    with FaceLandmarker.create_from_options(
        FaceLandmarkerOptions(output_face_blendshapes=True)
    ) as landmarker:
        face_blendshapes = landmarker.detect(image).face_blendshapes[0]
    face_blendshapes_names = [category.category_name for category in face_blendshapes]
    face_blendshapes_scores = [category.score for category in face_blendshapes]
    face_blendshapes_ranks = range(len(face_blendshapes_names))
    fig, ax = plt.subplots(figsize=(12, 12))
    bar = ax.barh(
        face_blendshapes_ranks, face_blendshapes_scores, label=[str(x) for x in face_blendshapes_ranks]
    )
    ax.set_yticks(face_blendshapes_ranks, face_blendshapes_names)
    ax.invert_yaxis()
    for score, patch in zip(face_blendshapes_scores, bar.patches, strict=True):
        plt.text(patch.get_x() + patch.get_width(), patch.get_y(), f"{score:.4f}", va="top")
    assert [text.get_text() for text in ax.get_yticklabels()][:2] == ["_neutral", "browDownLeft"]
    assert max(patch.get_width() for patch in bar.patches) == max(face_blendshapes_scores) > 0.5
    plt.close(fig)


def test_connections_are_those_of_the_solutions() -> None:
    lines, mesh = mp.tasks.vision.FaceLandmarksConnections, mp.solutions.face_mesh
    for name in ("CONTOURS", "TESSELATION", "LIPS", "NOSE", "FACE_OVAL", "LEFT_IRIS", "RIGHT_EYEBROW"):
        pairs = [(line.start, line.end) for line in getattr(lines, f"FACE_LANDMARKS_{name}")]
        assert frozenset(pairs) == getattr(mesh, f"FACEMESH_{name}")
    assert lines.Connection(1, 2) == lines.Connection(start=1, end=2)


def test_blendshapes_are_numbered_as_in_mediapipe() -> None:
    assert (Blendshapes.NEUTRAL, Blendshapes.EYE_BLINK_LEFT, Blendshapes.NOSE_SNEER_RIGHT) == (0, 9, 51)
    assert len(Blendshapes) == 52
