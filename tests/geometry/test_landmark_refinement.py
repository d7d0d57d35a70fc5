"""LandmarkRefinement: which set owns x, y and z of a refined landmark."""

import numpy as np
import pytest

from attention_mesh.geometry.landmark_refinement import LandmarkRefinement


def test_later_set_overwrites_xy_and_each_z_rule_does_what_it_says():
    refinement = LandmarkRefinement(
        [
            (np.array([0, 1, 2]), "copy"),
            (np.array([2, 1]), "keep"),
            (np.array([3]), np.array([0, 2])),
        ]
    )
    mesh = np.array([[[1, 2, 10], [3, 4, 20], [5, 6, 40]]], np.float32)
    region = np.array([[[50, 60], [30, 40]]], np.float32)
    center = np.array([[[7, 8]]], np.float32)
    refined = refinement([mesh, region, center])
    # Landmark 2 is the region's first, 1 its second; the last takes the mean z of 0 and 2: (10 + 40) / 2.
    np.testing.assert_array_equal(refined, [[[1, 2, 10], [30, 40, 20], [50, 60, 40], [7, 8, 25]]])
    assert refinement.num_landmarks == 4


def test_faces_are_refined_independently():
    refinement = LandmarkRefinement([(np.arange(2), "copy"), (np.array([2]), np.array([0, 1]))])
    mesh = np.array([[[0, 0, 1], [0, 0, 3]], [[1, 1, 5], [1, 1, 7]]], np.float32)
    point = np.array([[[9, 9]], [[8, 8]]], np.float32)
    refined = refinement([mesh, point])
    np.testing.assert_array_equal(refined[0, 2], [9, 9, 2])
    np.testing.assert_array_equal(refined[1, 2], [8, 8, 6])


def test_average_sees_z_that_an_earlier_average_wrote():
    refinement = LandmarkRefinement(
        [(np.array([0]), "copy"), (np.array([1]), np.array([0])), (np.array([2]), np.array([0, 1]))]
    )
    parts = [np.array([[[0, 0, 6]]], np.float32), np.zeros((1, 1, 2)), np.zeros((1, 1, 2))]
    np.testing.assert_array_equal(refinement(parts)[0, :, 2], [6, 6, 6])


def test_no_face_gives_no_face():
    refinement = LandmarkRefinement([(np.arange(3), "copy"), (np.array([1]), "keep")])
    assert refinement([np.zeros((0, 3, 3)), np.zeros((0, 1, 2))]).shape == (0, 3, 3)


def test_a_gap_in_the_indices_is_an_error_that_names_it():
    with pytest.raises(ValueError, match=r"\[2\]"):
        LandmarkRefinement([(np.array([0, 1, 3]), "copy")])


def test_an_unknown_rule_is_an_error():
    with pytest.raises(ValueError, match="'mean'"):
        LandmarkRefinement([(np.array([0]), "mean")])


def test_an_average_outside_the_mesh_is_an_error():
    with pytest.raises(ValueError, match="averages landmark 5"):
        LandmarkRefinement([(np.array([0]), np.array([5]))])


def test_empty_plan_and_empty_set_are_errors():
    with pytest.raises(ValueError, match="at least one set"):
        LandmarkRefinement([])
    with pytest.raises(ValueError, match="set 0"):
        LandmarkRefinement([(np.array([], int), "copy")])


def test_wrong_number_of_sets_or_landmarks_is_an_error():
    refinement = LandmarkRefinement([(np.arange(3), "copy")])
    with pytest.raises(ValueError, match="2 sets"):
        refinement([np.zeros((1, 3, 3))] * 2)
    with pytest.raises(ValueError, match=r"expected \(F, 3, 2 or 3\)"):
        refinement([np.zeros((1, 4, 3))])


def test_an_average_keeps_the_z_of_its_moment_though_that_changes_later():
    refinement = LandmarkRefinement(
        [(np.array([0]), "copy"), (np.array([1]), np.array([0])), (np.array([0]), "copy")]
    )
    parts = [np.array([[[0, 0, 6]]], np.float32), np.zeros((1, 1, 2)), np.array([[[0, 0, 9]]], np.float32)]
    np.testing.assert_array_equal(refinement(parts)[0, :, 2], [9, 6])


def test_z_that_nobody_gives_is_zero():
    refinement = LandmarkRefinement([(np.array([0, 2]), "keep"), (np.array([1]), "copy")])
    refined = refinement([np.ones((2, 2, 2), np.float32), np.full((2, 1, 3), 5, np.float32)])
    np.testing.assert_array_equal(refined[:, :, 2], [[0, 5, 0]] * 2)


def test_columns_past_z_are_left_out_and_a_missing_z_is_an_error():
    refinement = LandmarkRefinement([(np.array([0, 1]), "copy")])
    five = np.arange(10, dtype=np.float32).reshape(1, 2, 5)
    np.testing.assert_array_equal(refinement([five]), five[:, :, :3])
    with pytest.raises(ValueError, match="x and y only"):
        refinement([five[:, :, :2]])


def test_rows_of_a_network_merge_like_sets_of_landmarks():
    refinement = LandmarkRefinement([(np.arange(3), "copy"), (np.array([3, 1]), np.array([0, 2]))])
    rng = np.random.default_rng(0)
    rows = [rng.random((2, 9), np.float32), rng.random((2, 4), np.float32)]
    expected = refinement([rows[0].reshape(2, 3, 3), rows[1].reshape(2, 2, 2)])
    np.testing.assert_array_equal(refinement.merge_rows(rows, (3, 2)), expected)
    assert refinement.merge_rows([np.zeros((0, 9)), np.zeros((0, 4))], (3, 2)).shape == (0, 4, 3)


def test_rows_that_do_not_add_up_are_an_error():
    refinement = LandmarkRefinement([(np.arange(3), "copy")])
    with pytest.raises(ValueError, match="10 numbers per face; 9 are expected"):
        refinement.merge_rows([np.zeros((1, 10))], (3,))
    with pytest.raises(ValueError, match="2 or more for each of 1 sets"):
        refinement.merge_rows([np.zeros((1, 9))], (3, 2))
