"""BlendshapesCalculator: the network's coefficients, with and without a known neutral face."""

import numpy as np
import pytest

from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.models.inference.blendshape_network import BlendshapeNetwork
from attention_mesh.models.topology.blendshape_names import blendshape_index

NAME = "BlendshapesCalculator"
SIZE = (640, 480)
JAW = blendshape_index()["jawOpen"]


@pytest.fixture
def face_px(opened_face):
    """Makes (478, 3) px of the reference face with the jaw fallen by so many cm."""
    return lambda open_cm=0.0: (opened_face(open_cm) * (1, -1, -1) * 20 + (320, 240, 0)).astype(np.float32)


def run(frames, options="", side=None, ids=None):
    """frames: (timestamp, faces (F, 478, 3) px) pairs."""
    inputs = {
        "LANDMARKS": [(t, NormalizedLandmarks.from_pixels(f, SIZE)) for t, f in frames],
        "IMAGE_SIZE": [(t, SIZE) for t, _ in frames],
    }
    if ids is not None:
        boxes = [NormalizedRects(np.zeros((len(i), 5), np.float32), np.array(i, np.int64)) for i in ids]
        inputs["ROIS"] = [(t, box) for (t, _), box in zip(frames, boxes, strict=True)]
    return run_calculator(NAME, inputs, side or {}, options).values("BLENDSHAPES")


def test_all_faces_of_a_frame_get_the_networks_coefficients(face_px):
    faces = np.stack([face_px(), face_px(2.0)])
    (coefficients,) = run([(0, faces)])
    assert coefficients.dtype == np.float32
    np.testing.assert_allclose(coefficients, BlendshapeNetwork().predict(faces), atol=2e-3)
    assert coefficients[1, JAW] > coefficients[0, JAW] + 0.2


def test_no_face_gives_no_row():
    (coefficients,) = run([(0, np.zeros((0, 478, 3), np.float32))])
    assert coefficients.shape == (0, 52)


def test_a_given_neutral_face_is_taken_out(face_px):
    person = face_px(0.8)[None]
    neutral = BlendshapeNetwork().calibrate(person)
    (before,), (after,) = run([(0, person)]), run([(0, person)], side={"NEUTRAL": neutral})
    assert after[0, JAW] < before[0, JAW] / 2


def test_neutral_faces_are_learned_by_id(face_px):
    long_chin, other = face_px(0.5), face_px()
    frames = [(t * 100_000, np.stack([long_chin, other])) for t in range(15)]
    frames.append((1_500_000, np.stack([other, long_chin])))
    ids = [(1, 2)] * 15 + [(2, 1)]
    learned = run(frames, "calibration_seconds: 1", ids=ids)
    assert learned[0][0, JAW] > 0.05
    assert learned[14][0, JAW] < learned[0][0, JAW] / 2
    assert learned[15][1, JAW] < learned[0][0, JAW] / 2  # the person, not the row
    by_side = run(frames, side={"CALIBRATION_SECONDS": 1.0}, ids=ids)
    np.testing.assert_array_equal(by_side[15], learned[15])


@pytest.mark.parametrize(
    ("options", "side", "message"),
    [
        ("calibration_seconds: -1", None, "is -1; expected a number of seconds, 0 or more"),
        ("calibration_seconds: inf", None, "is inf; expected a number of seconds, 0 or more"),
        ("calibration_seconds: nan", None, "is nan; expected a number of seconds, 0 or more"),
        ("", {"NEUTRAL": np.zeros((468, 3), np.float32)}, r"\(468, 3\); expected \(478, 3\)"),
    ],
)
def test_wrong_settings_are_errors(options, side, message, face_px):
    with pytest.raises(Exception, match=message):
        run([(0, face_px()[None])], options, side)


def test_a_mesh_of_468_landmarks_is_an_error(face_px):
    with pytest.raises(Exception, match=r"\(1, 468, 3\); expected \(F, 478, 3\)"):
        run([(0, face_px()[None, :468])])
