"""The node draws an avatar where each face is, in three layouts, and says what is wrong with its options."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES

NODE = "AvatarRendererCalculator"
GRAY = (200, 206, 214)


def face(x: float = 0.0, **coefficients: float) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients (1, 52) and pose (1, 4, 4) of a face 45 cm before the camera."""
    values = np.zeros((1, len(BLENDSHAPE_NAMES)), np.float32)
    for name, value in coefficients.items():
        values[0, BLENDSHAPE_NAMES.index(name)] = value
    pose = np.eye(4, dtype=np.float32)[None]
    pose[0, :3, 3] = x, 0, -45
    return values, pose


@pytest.fixture
def frame() -> np.ndarray:
    return np.random.default_rng(5).integers(0, 256, (240, 320, 3), np.uint8)


def draw(shape: tuple, options: str = "", frame: np.ndarray | None = None, **more) -> np.ndarray:
    values, pose = shape
    inputs = {"BLENDSHAPES": [(7, values)], "POSES": [(7, pose)]}
    inputs |= {"IMAGE_SIZE": [(7, (320, 240))]} if frame is None else {"IMAGE": [(7, frame)]}
    inputs |= more
    (packet,) = run_calculator(NODE, inputs, options=f'renderer: "software" {options}').packets("IMAGE")
    assert packet.timestamp == 7
    return packet.value


def covered(picture: np.ndarray) -> np.ndarray:
    return (picture != GRAY).any(-1)


def test_the_avatar_is_where_the_face_is() -> None:
    for x, side in ((-12.0, slice(None, 160)), (12.0, slice(160, None))):
        on = covered(draw(face(x)))[:140]  # above the shoulders
        assert on.sum() > 2000
        assert on[:, side].sum() > 0.9 * on.sum()


def test_coefficients_move_the_face() -> None:
    still = draw(face()).astype(int)
    for name in ("jawOpen", "mouthSmileLeft", "eyeBlinkRight", "tongueOut", "browInnerUp"):
        assert np.abs(draw(face(**{name: 1.0})) - still).max() > 30, name


def test_gaze_turns_the_eyes_and_precedes_the_coefficients() -> None:
    straight = np.tile(np.array([0, 0, 1], np.float32), (1, 3, 1))
    aside = np.tile(np.array([0.5, 0, 0.866], np.float32), (1, 3, 1))
    looks = {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0}
    by_coefficients = draw(face(**looks))
    by_gaze = draw(face(**looks), GAZE=[(7, straight)])
    assert (by_coefficients != by_gaze).any()
    assert (draw(face(), GAZE=[(7, aside)]) != draw(face(), GAZE=[(7, straight)])).any()


def test_layouts(frame: np.ndarray) -> None:
    alone = draw(face(), frame=frame)
    over = draw(face(), 'layout: "over_frame"', frame)
    beside = draw(face(), 'layout: "side_by_side" height: 120', frame)
    on, kernel = covered(alone).astype(np.uint8), np.ones((9, 9), np.uint8)  # edges are mixed
    core, far = cv2.erode(on, kernel) > 0, cv2.dilate(on, kernel) == 0
    assert core.sum() > 5000
    assert (over[core] == alone[core]).all(-1).mean() > 0.999  # a pixel may show a gap between two parts
    np.testing.assert_array_equal(over[far], frame[far])
    assert beside.shape == (120, 320, 3)


def test_a_frame_without_faces_is_background(frame: np.ndarray) -> None:
    none = np.zeros((0, 52), np.float32), np.zeros((0, 4, 4), np.float32)
    assert (draw(none, "background: 1 background: 2 background: 3") == (1, 2, 3)).all()
    run = run_calculator(
        NODE, {"BLENDSHAPES": [], "POSES": [], "IMAGE": [(3, frame)]}, options='layout: "over_frame"'
    )
    np.testing.assert_array_equal(run.values("IMAGE")[0], frame)


def test_frames_and_faces_of_other_shapes_are_refused(frame: np.ndarray) -> None:
    values, pose = face()
    for wrong in (frame[..., 0], frame.astype(np.float32)):
        with pytest.raises(CalculatorError, match=r"expected \(H, W, 3\) uint8"):
            draw((values, pose), frame=wrong)
    for other in ((values[:, :51], pose), (np.concatenate([values, values]), pose)):
        with pytest.raises(CalculatorError, match=r"should be \(F, 52\)"):
            draw(other)


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (50, 1), (7, 3)])
def test_tiny_pictures(size: tuple[int, int]) -> None:
    values, pose = face()
    inputs = {"BLENDSHAPES": [(7, values)], "POSES": [(7, pose)], "IMAGE_SIZE": [(7, size)]}
    (picture,) = run_calculator(NODE, inputs, options='renderer: "software"').values("IMAGE")
    assert picture.shape == (size[1], size[0], 3)


@pytest.mark.parametrize("depth", [-0.5, -3.0, -9.0, -20.0, -1e6])
def test_heads_around_the_camera_and_far_away(depth: float) -> None:
    values, pose = face()
    pose[0, 2, 3] = depth
    draw((values, pose))  # what shows is up to the distance; nothing breaks


def test_several_faces_hide_each_other_by_distance() -> None:
    near, far = face(-6), face(6)
    far[1][0, 2, 3] = -70
    both = draw((np.concatenate([near[0], far[0]]), np.concatenate([near[1], far[1]])))
    swapped = draw((np.concatenate([far[0], near[0]]), np.concatenate([far[1], near[1]])))
    np.testing.assert_array_equal(both, swapped)
    assert covered(both).sum() > covered(draw(near)).sum()


def test_faces_behind_or_beside_the_camera_or_not_finite_are_left_out() -> None:
    for place in ((0, 0, 30), (500, 0, -40), (np.nan, 0, -40)):
        values, pose = face()
        pose[0, :3, 3] = place
        assert not covered(draw((values, pose))).any()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ('layout: "tiled"', "avatar, over_frame, side_by_side"),
        ('renderer: "ray"', "auto"),
        ("height: 9999", "4096"),
        ("background: 1", "three numbers"),
        ("vertical_fov_degrees: 180", "vertical_fov_degrees"),
        ('layout: "over_frame"', "needs the input IMAGE"),
    ],
)
def test_wrong_options_are_refused(options: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        run_calculator(NODE, {"BLENDSHAPES": [], "POSES": [], "IMAGE_SIZE": []}, options=options)


def test_one_of_image_and_image_size_is_needed(frame: np.ndarray) -> None:
    for inputs in ({}, {"IMAGE": [], "IMAGE_SIZE": []}):
        with pytest.raises(ConfigError, match="exactly one"):
            run_calculator(NODE, {"BLENDSHAPES": [], "POSES": [], **inputs})


def test_a_missing_avatar_is_named(tmp_path: Path) -> None:
    with pytest.raises(CalculatorError, match=r"no_such\.glb"):
        run_calculator(
            NODE,
            {"BLENDSHAPES": [], "POSES": [], "IMAGE_SIZE": [(0, (64, 48))]},
            side={"AVATAR": str(tmp_path / "no_such.glb")},
        )


def test_side_packets_choose_layout_and_height(frame: np.ndarray) -> None:
    values, pose = face()
    inputs = {"BLENDSHAPES": [(0, values)], "POSES": [(0, pose)], "IMAGE": [(0, frame)]}
    options, side = 'renderer: "software"', {"LAYOUT": "side_by_side", "HEIGHT": 120}
    (picture,) = run_calculator(NODE, inputs, side, f"{options} height: 60").values("IMAGE")
    expected = draw(face(), 'layout: "side_by_side" height: 120', frame)
    np.testing.assert_array_equal(picture, expected)


@pytest.mark.parametrize(
    ("side", "says"),
    [
        ({"LAYOUT": "tiled"}, "side_by_side"),
        ({"HEIGHT": -1}, "height -1"),
        ({"LAYOUT": "over_frame"}, "IMAGE"),
    ],
)
def test_wrong_side_packets_are_refused(side: dict, says: str) -> None:
    with pytest.raises(CalculatorError, match=says):
        run_calculator(NODE, {"BLENDSHAPES": [], "POSES": [], "IMAGE_SIZE": []}, side)
