"""Makeup: a look on all faces of a picture, and clear errors."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

import attention_mesh
from attention_mesh.drawing.errors import LookError
from attention_mesh.drawing.makeup.lip_memory import MakeupMemory
from attention_mesh.drawing.makeup.look import Look, look_names
from attention_mesh.drawing.makeup.paint import painted
from attention_mesh.models.topology.face_topology import FaceTopology
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.python_bindings.errors import InputError
from attention_mesh.python_bindings.landmarker.makeup import Makeup
from attention_mesh.tests.drawing.makeup.makeup_faces import SIZE, face_px, mouth_opening, picture


def test_the_astronaut_wears_lipstick_and_nothing_else_changes(astronaut):
    with attention_mesh.FaceLandmarker() as landmarker:
        result = landmarker.detect(astronaut)
    makeup = attention_mesh.Makeup("plum_matte")
    before = astronaut.copy()
    after = makeup.apply(astronaut, result.landmarks_px)
    mask = makeup.mask((512, 512), result.landmarks_px)
    np.testing.assert_array_equal(astronaut, before)
    np.testing.assert_array_equal(after[mask == 0], astronaut[mask == 0])
    change = np.abs(after.astype(int) - astronaut).sum(axis=2)
    assert (change[mask > 0.95] > 30).mean() > 0.9


def test_one_face_may_come_without_the_axis_of_faces():
    face = face_px()
    image = picture(face)
    makeup = Makeup("red_matte")
    np.testing.assert_array_equal(makeup.apply(image, face), makeup.apply(image, face[None]))
    np.testing.assert_array_equal(makeup.mask(SIZE, face), makeup.mask(SIZE, face[None]))


def test_without_a_face_the_result_is_a_copy():
    image = picture(face_px())
    after = Makeup("red_matte").apply(image, np.zeros((0, 478, 3), np.float32))
    assert after is not image
    np.testing.assert_array_equal(after, image)


def test_a_file_is_a_look(tmp_path):
    file = tmp_path / "mine.pbtxt"
    file.write_text('lipstick { color: "plum" finish: MATTE }', encoding="utf-8")
    face = face_px()
    image = picture(face)
    np.testing.assert_array_equal(
        Makeup(str(file)).apply(image, face), Makeup("plum_matte").apply(image, face)
    )


@pytest.mark.parametrize(
    ("landmarks", "error"),
    [
        (np.zeros((1, 68, 2)), "expected .faces, 468 or 478, 3. in pixels"),
        (np.zeros((1, 478, 4)), r"landmarks_px is float64 \(1, 478, 4\)"),
        (np.zeros(478), r"landmarks_px is float64 \(478,\)"),
        (np.full((478, 3), "a"), "landmarks_px is <U1"),
        (np.full((478, 3), 0.7), "normalized landmarks; expected pixels: give result.landmarks_px"),
    ],
)
def test_wrong_landmarks_are_refused(landmarks, error):
    makeup = Makeup("red_matte")
    with pytest.raises(InputError, match=error):
        makeup.apply(np.zeros((9, 9, 3), np.uint8), landmarks)
    with pytest.raises(InputError, match=error):
        makeup.mask((9, 9), landmarks)


def test_a_wrong_image_and_a_wrong_size_are_refused():
    with pytest.raises(InputError):
        Makeup("red_matte").apply(np.zeros((9, 9), np.uint8), face_px())
    for size in ((0, 9), 9, "99", (9.5, 9), (9, 9, 3), (float("nan"), 9), None):
        with pytest.raises(InputError, match="expected .width, height. in pixels"):
            Makeup("red_matte").mask(size, face_px())  # type: ignore[arg-type]
    assert Makeup("red_matte").mask(np.array([9, 7]), face_px()).shape == (7, 9)  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [None, 3, {"lipstick": "red"}, Look()], ids=str)
def test_a_look_that_is_neither_a_name_nor_a_path_is_refused(wrong):
    with pytest.raises(TypeError, match="expected a look's name or a file's path"):
        Makeup(wrong)


def test_an_unknown_look_lists_the_known_ones():
    with pytest.raises(LookError, match="red_gloss"):
        Makeup("blue")


@pytest.fixture(scope="module")
def astronaut_px(astronaut) -> np.ndarray:
    with attention_mesh.FaceLandmarker() as landmarker:
        return landmarker.detect(astronaut).landmarks_px


@pytest.mark.parametrize("look", look_names())
def test_every_look_of_the_package_changes_the_astronauts_face_only(look, astronaut, astronaut_px):
    after = attention_mesh.Makeup(look).apply(astronaut, astronaut_px)
    change = np.abs(after.astype(int) - astronaut).max(axis=2)
    face = np.zeros(astronaut.shape[:2], np.uint8)
    oval = astronaut_px[0][FaceTopology.load().ring("FACE_OVAL"), :2]
    cv2.fillPoly(face, [np.rint(oval).astype(np.int32)], 1)
    assert change[cv2.dilate(face, np.ones((9, 9), np.uint8)) == 0].max() == 0
    assert 0.01 < (change[face > 0] > 8).mean() < 0.55
    # The white of the eyes, the teeth, and the skin of the forehead stay.
    forehead = astronaut_px[0][landmark_groups()["forehead_middle_line"][1], :2].astype(int)
    assert change[forehead[1] - 3 : forehead[1] + 4, forehead[0] - 3 : forehead[0] + 4].max() == 0
    mouth = mouth_opening((512, 512), astronaut_px[0])
    assert np.median(change[mouth]) == 0


def frames_with_a_finger_in_every_other() -> tuple[np.ndarray, list[np.ndarray], slice]:
    """A face, 16 pictures of it, and the columns that the finger covers."""
    face = face_px()
    bare = picture(face)
    x = int(face[0, 0]) + 8
    covered = bare.copy()
    covered[:, x : x + 12] = (225, 190, 160)
    return face, [bare, covered] * 8, slice(x + 4, x + 8)


def test_a_film_loop_is_as_steady_as_the_node():
    face, images, columns = frames_with_a_finger_in_every_other()
    makeup, memory = Makeup("red_matte"), MakeupMemory()
    swing = {}
    for name in ("photo", "video"):
        paint = []
        for number, image in enumerate(images):
            after = makeup.apply_for_video(image, face, 40 * number) if name == "video" else None
            if after is None:
                after = makeup.apply(image, face)
            else:
                node = painted(image, face[None], makeup.look, memory.of_faces(face[None], 40_000 * number))
                np.testing.assert_array_equal(after, node)
            paint.append(np.abs(after.astype(float) - image)[:, columns].sum())
        swing[name] = np.abs(np.diff(paint[8:])).mean()
    assert swing["video"] < 0.25 * swing["photo"]


def test_a_new_film_starts_without_the_memory_of_the_one_before():
    face, (bare, covered, *_), _ = frames_with_a_finger_in_every_other()
    makeup = Makeup("red_matte")
    makeup.apply_for_video(covered, face, 1000)
    np.testing.assert_array_equal(makeup.apply_for_video(bare, face, 0), makeup.apply(bare, face))
    assert (makeup.apply_for_video(covered, face, 40) != makeup.apply(covered, face)).any()


def test_a_frame_without_faces_is_copied_and_its_faces_stay_known():
    face, (bare, covered, *_), _ = frames_with_a_finger_in_every_other()
    makeup = Makeup("red_matte")
    makeup.apply_for_video(covered, face, 0)
    none = makeup.apply_for_video(bare, face[None][:0], 40)
    np.testing.assert_array_equal(none, bare)
    assert none is not bare
    assert (makeup.apply_for_video(bare, face, 80) != makeup.apply(bare, face)).any()


@pytest.mark.parametrize(
    ("wrong", "error"),
    [("0", TypeError), (None, TypeError), (True, TypeError), (np.nan, InputError), (1e18, InputError)],
)
def test_a_wrong_time_is_one_clear_error(wrong, error):
    face = face_px()
    with pytest.raises(error, match="timestamp_ms"):
        Makeup("red_matte").apply_for_video(picture(face), face, wrong)
