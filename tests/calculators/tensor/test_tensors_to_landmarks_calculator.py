"""TensorsToLandmarksCalculator: reading and normalizing regression tensors."""

import numpy as np
import pytest

from attention_mesh.framework.errors import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator

NAME = "TensorsToLandmarksCalculator"
SIZE = "num_landmarks: 2 input_image_width: 100 input_image_height: 200"


def landmarks_of(tensor, options=SIZE, side=None):
    run = run_calculator(NAME, {"TENSORS": [(0, [tensor])]}, side or {}, options)
    return run.values("NORM_LANDMARKS")[0].points


def test_all_faces_are_divided_by_the_input_size():
    tensor = np.array([[10, 20, 30, 40, 50, 60], [1, 2, 3, 4, 5, 6]], np.float32).reshape(2, 1, 1, 6)
    np.testing.assert_allclose(
        landmarks_of(tensor),
        [[[0.1, 0.1, 0.3], [0.4, 0.25, 0.6]], [[0.01, 0.01, 0.03], [0.04, 0.025, 0.06]]],
        rtol=1e-6,
    )


def test_two_numbers_a_landmark_give_z_zero():
    np.testing.assert_allclose(
        landmarks_of(np.array([[10, 20, 30, 40]], np.float32)), [[[0.1, 0.1, 0], [0.3, 0.2, 0]]], rtol=1e-6
    )


def test_numbers_past_the_third_are_not_coordinates():
    tensor = np.array([[10, 20, 30, 7, 8, 40, 50, 60, 7, 8]], np.float32)
    np.testing.assert_allclose(landmarks_of(tensor), [[[0.1, 0.1, 0.3], [0.4, 0.25, 0.6]]], rtol=1e-6)


def test_normalize_z_divides_z_again():
    tensor = np.array([[10, 20, 30, 40, 50, 60]], np.float32)
    np.testing.assert_allclose(
        landmarks_of(tensor, SIZE + " normalize_z: 2")[0, :, 2], [0.15, 0.3], rtol=1e-6
    )


def test_flips_count_from_the_other_side_and_the_side_packet_wins():
    tensor = np.array([[10, 20, 30, 40]], np.float32)
    flipped = landmarks_of(tensor, SIZE + " flip_horizontally: true flip_vertically: true")
    np.testing.assert_allclose(flipped[0, :, :2], [[0.9, 0.9], [0.7, 0.8]], rtol=1e-6)
    kept = landmarks_of(tensor, SIZE + " flip_horizontally: true", {"FLIP_HORIZONTALLY": False})
    np.testing.assert_allclose(kept[0, :, 0], [0.1, 0.3], rtol=1e-6)


def test_a_tensor_of_another_size_is_an_error():
    with pytest.raises(Exception, match="2 landmarks"):
        landmarks_of(np.zeros((1, 5), np.float32))


@pytest.mark.parametrize("options", ["", "num_landmarks: 2"])
def test_missing_options_fail_at_validation(options):
    with pytest.raises(ConfigError, match="num_landmarks|input_image_width"):
        run_calculator(NAME, {"TENSORS": [(0, [np.zeros((1, 4), np.float32)])]}, {}, options)


def test_a_stream_flips_the_frames_that_it_names():
    tensor = np.array([[10, 20, 30, 40]], np.float32)
    run = run_calculator(
        NAME,
        {"TENSORS": [(t, [tensor]) for t in range(3)], "FLIP_HORIZONTALLY": [(0, True), (1, False)]},
        options=SIZE + " flip_horizontally: true",
        bounds={"FLIP_HORIZONTALLY": 3},
    )
    found = [landmarks.points[0, 0, 0] for landmarks in run.values("NORM_LANDMARKS")]
    np.testing.assert_allclose(found, [0.9, 0.1, 0.9], rtol=1e-6)  # the option without a packet


def test_absolute_landmarks_are_in_pixels_and_need_a_size_for_flips_only():
    tensor = np.array([[10, 20, 30, 40, 50, 60]], np.float32)
    run = run_calculator(
        NAME, {"TENSORS": [(0, [tensor])]}, options="num_landmarks: 2", outputs=["LANDMARKS"]
    )
    np.testing.assert_array_equal(run.values("LANDMARKS")[0].points, [[[10, 20, 30], [40, 50, 60]]])
    with pytest.raises(ConfigError, match="input_image_width"):
        options = "num_landmarks: 2 flip_vertically: true"
        run_calculator(NAME, {"TENSORS": []}, options=options, outputs=["LANDMARKS"])


def test_an_activation_is_refused_where_it_would_have_to_act():
    options = SIZE + " visibility_activation: SIGMOID"
    assert landmarks_of(np.ones((1, 6), np.float32), options).shape == (1, 2, 3)
    with pytest.raises(CalculatorError, match="visibility_activation and presence_activation are not"):
        landmarks_of(np.ones((1, 10), np.float32), options)


@pytest.mark.parametrize("name", [NAME, "TfLite" + NAME])
def test_a_frame_without_tensors_is_settled_downstream_too(name):
    run = run_calculator(name, {"TENSORS": []}, options=SIZE, bounds={"TENSORS": 8})
    assert run.bound("NORM_LANDMARKS") == 8
