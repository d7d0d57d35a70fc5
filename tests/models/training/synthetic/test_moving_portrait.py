"""A moving portrait: its landmarks are where a landmarker finds them, and its expressions can be seen."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.models.topology.landmark_groups import interocular_distance
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig
from attention_mesh.models.training.synthetic.moving_portrait import MovingPortrait
from attention_mesh.models.training.synthetic.portrait_warp import RepeatedWarp, turned_landmarks, warped
from attention_mesh.python_bindings.landmarker.category import BLENDSHAPE_NAMES
from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
from attention_mesh.python_bindings.landmarker.face_landmarker_options import FaceLandmarkerOptions
from attention_mesh.python_bindings.landmarker.face_landmarker_result import FaceLandmarkerResult


@pytest.fixture(scope="module")
def landmarker():
    with FaceLandmarker(FaceLandmarkerOptions(output_face_blendshapes=True)) as landmarker:
        yield landmarker


@pytest.fixture(scope="module")
def portrait(astronaut: np.ndarray, landmarker: FaceLandmarker) -> MovingPortrait:
    return MovingPortrait(builtin_rig(), astronaut, landmarker.detect(astronaut).landmarks_px[0], 256)


def coefficient(result: FaceLandmarkerResult, name: str) -> float:
    return float(result.blendshapes[0, BLENDSHAPE_NAMES.index(name)])


def test_without_weights_the_face_is_that_of_the_photo(portrait, landmarker):
    picture, points = portrait.moved({})
    assert picture.shape == (256, 256, 3) and picture.dtype == np.uint8
    np.testing.assert_allclose(points, portrait.landmarks)
    found = landmarker.detect(picture).landmarks_px[0]
    distances = np.linalg.norm((found - points)[:, :2], axis=1) / interocular_distance(points)
    assert distances.mean() < 0.03  # of the distance of the eyes: another crop of the same face


def test_the_landmarks_of_an_expression_are_found_in_its_picture(portrait, landmarker):
    picture, points = portrait.moved({"jawOpen": 0.6}, yaw_deg=8, pitch_deg=3)
    found = landmarker.detect(picture)
    moved = np.linalg.norm((points - portrait.landmarks)[:, :2], axis=1)
    missed = np.linalg.norm((found.landmarks_px[0] - points)[:, :2], axis=1)
    assert missed.mean() < 0.5 * moved.mean()


@pytest.mark.parametrize(
    ("weights", "name", "change"),
    [
        ({"jawOpen": 0.6}, "jawOpen", 0.3),
        ({"mouthSmileLeft": -0.9, "mouthSmileRight": -0.9}, "mouthSmileLeft", -0.3),
        ({"browInnerUp": 1.0, "browOuterUpLeft": 1.0, "browOuterUpRight": 1.0}, "browInnerUp", 0.1),
    ],
)
def test_an_expression_can_be_seen(portrait, landmarker, weights, name, change):
    before = coefficient(landmarker.detect(portrait.moved({})[0]), name)
    after = coefficient(landmarker.detect(portrait.moved(weights)[0]), name)
    assert (after - before) / change > 1


def test_a_shape_that_the_rig_lacks_is_an_error(portrait):
    assert "jawOpen" in portrait.shapes and "tongueOut" not in portrait.shapes
    with pytest.raises(KeyError):
        portrait.moved({"tongueOut": 1})


def test_the_repeated_warp_gives_the_pixels_of_the_single_one():
    """For a smooth move, on a picture without sharp edges."""
    rows, columns = np.mgrid[:128, :128]
    waves = np.stack([np.sin(columns / 9), np.sin(rows / 7), np.cos((columns + rows) / 11)], -1)
    image = ((waves + 1) * 120).astype(np.uint8)
    random = np.random.default_rng(1)
    old = random.uniform(30, 98, (60, 2))
    new = old + 4 * np.sin(old[:, ::-1] / 20)
    once, again = warped(image, old, new), RepeatedWarp(128, old)(image, new)
    # Both interpolate the move, the one between new places and the other between old ones.
    assert np.abs(once.astype(int) - again)[20:108, 20:108].mean() < 3  # of 255
    assert np.abs(once.astype(int) - image)[20:108, 20:108].mean() > 10


def test_a_turn_to_the_left_moves_the_nose_to_the_pictures_right(portrait):
    turned = turned_landmarks(portrait.landmarks, 10, 0)
    nose, cheek = (turned - portrait.landmarks)[[1, 234]]
    assert nose[0] > 0 and nose[0] > cheek[0]
    up = turned_landmarks(portrait.landmarks, 0, 10) - portrait.landmarks
    assert up[1, 1] < 0  # y points down
