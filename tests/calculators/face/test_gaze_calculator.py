"""GazeCalculator: gaze of the rig, through poses and metric landmarks; closed eyes."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.framework.errors import CalculatorError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.gaze import angles_between
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig
from attention_mesh.models.training.synthetic.camera import Camera
from attention_mesh.models.training.synthetic.face_rig import rotation

NAME = "GazeCalculator"
SIZE = (640, 640)
# At a distance of 45, a focal length that has the 63 degrees of the default camera.
FOCAL_PX = 320 / np.tan(np.radians(31.5))


def tracked(expression: dict[str, float], turn: np.ndarray) -> dict[str, np.ndarray]:
    """Metric landmarks and poses of the rig in a picture."""
    rig = builtin_rig()
    points = rig.landmarks(rig.vertices(np.zeros(0), expression))
    camera = Camera(turn, points.mean(0), 45.0, FOCAL_PX, (320.0, 320.0))
    landmarks = NormalizedLandmarks.from_pixels(camera.landmarks(points)[None], SIZE)
    run = run_calculator("FacePoseCalculator", {"LANDMARKS": [(0, landmarks)], "IMAGE_SIZE": [(0, SIZE)]})
    return {port: run.values(port)[0] for port in ("METRIC_LANDMARKS", "POSES")}


def gaze_of(arrays: dict[str, np.ndarray], options: str = "", **more: np.ndarray):
    inputs = {port: [(0, value)] for port, value in {**arrays, **more}.items()}
    return run_calculator(NAME, inputs, options=options or "eye_radius_cm: 1.25")  # the rig's


@pytest.mark.parametrize("yaw_deg", [0, 25])
@pytest.mark.parametrize(
    ("expression", "look"),
    [
        ({}, (0, 0)),
        ({"eyeLookOutLeft": 0.7, "eyeLookInRight": 0.7}, (21, 0)),
        ({"eyeLookInLeft": 0.5, "eyeLookOutRight": 0.5}, (-15, 0)),
        ({"eyeLookUpLeft": 0.6, "eyeLookUpRight": 0.6}, (0, 15)),
        ({"eyeLookDownLeft": 0.4, "eyeLookDownRight": 0.4}, (0, -12)),
    ],
)
def test_the_gaze_of_the_rig_is_found(yaw_deg, expression, look):
    turn = rotation(np.radians(yaw_deg), 0, 0)
    found = gaze_of(tracked(expression, turn)).values("GAZE")[0]
    expected = turn @ rotation(np.radians(look[0]), np.radians(look[1]), 0) @ [0, 0, 1]
    # The rig's eyes are not quite where people's are, and its face is not the canonical one.
    assert np.degrees(angles_between(found[0, 2], expected)) < 9
    straight = gaze_of(tracked({}, turn)).values("GAZE")[0]
    expected_move = np.degrees(angles_between(expected, turn @ [0, 0, 1]))
    assert np.degrees(angles_between(found[0, 2], straight[0, 2])) == pytest.approx(expected_move, abs=5)


def test_closed_eyes_are_flagged_and_the_other_eye_counts():
    run = gaze_of(tracked({"eyeBlinkLeft": 1.0}, np.eye(3)))
    assert run.values("EYES_OPEN")[0].tolist() == [[False, True]]
    left, right, mean = run.values("GAZE")[0][0]
    np.testing.assert_allclose(left, right, atol=1e-6)
    np.testing.assert_allclose(mean, right, atol=1e-6)


def test_the_blink_detector_decides_if_it_is_connected():
    arrays = tracked({}, np.eye(3))
    run = gaze_of(arrays, EYES_CLOSED=np.array([[True, True]]))
    assert run.values("EYES_OPEN")[0].tolist() == [[False, False]]
    np.testing.assert_allclose(run.values("GAZE")[0][0, 2], arrays["POSES"][0, :3, 2], atol=1e-6)


def test_no_face_and_no_packet_pass():
    nobody = {"METRIC_LANDMARKS": np.zeros((0, 478, 3), np.float32), "POSES": np.zeros((0, 4, 4), np.float32)}
    assert gaze_of(nobody).values("GAZE")[0].shape == (0, 3, 3)
    run = run_calculator(
        NAME, {"METRIC_LANDMARKS": [], "POSES": []}, bounds={"POSES": 9, "METRIC_LANDMARKS": 9}
    )
    assert run.values("GAZE") == [] and run.bound("GAZE") == 9


def test_landmarks_without_irises_are_an_error():
    arrays = tracked({}, np.eye(3))
    arrays["METRIC_LANDMARKS"] = arrays["METRIC_LANDMARKS"][:, :468]
    with pytest.raises(CalculatorError, match="at least 478 landmarks: the irises are needed"):
        gaze_of(arrays)


def test_an_eye_without_a_radius_is_an_error():
    with pytest.raises(CalculatorError, match="eye_radius_cm is -1; expected a number above 0"):
        gaze_of(tracked({}, np.eye(3)), "eye_radius_cm: -1")


def test_a_share_out_of_range_is_an_error():
    with pytest.raises(CalculatorError, match="vergence_share is 2; expected a number from 0 to 1"):
        gaze_of(tracked({}, np.eye(3)), "vergence_share: 2")


def test_eyes_that_squint_do_so_only_if_it_is_asked():
    arrays = tracked({"eyeLookInLeft": 0.5, "eyeLookInRight": 0.5}, np.eye(3))
    apart = []
    for share in (0.3, 1.0):
        found = gaze_of(arrays, f"eye_radius_cm: 1.25 vergence_share: {share}").values("GAZE")[0]
        apart.append(np.degrees(angles_between(found[0, 0], found[0, 1])))
    assert apart[1] > 20 and apart[0] == pytest.approx(0.3 * apart[1], rel=0.1)
