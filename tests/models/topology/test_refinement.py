"""Refinement tables of the attention network."""

import numpy as np

from attention_mesh.geometry.landmark_refinement import LandmarkRefinement
from attention_mesh.models.topology.refinement import refinement_plan, region_landmarks


def test_the_networks_plan_yields_478_landmarks_and_leaves_the_mesh_where_no_region_is():
    rng = np.random.default_rng(0)
    plan = refinement_plan()
    parts = [
        rng.random((2, len(indices), 3 if i == 0 else 2), np.float32) for i, (indices, _) in enumerate(plan)
    ]
    refined = LandmarkRefinement(plan)(parts)
    assert refined.shape == (2, 478, 3)
    regions = region_landmarks()
    owned = np.unique(np.concatenate(list(regions.values())))
    untouched = np.setdiff1d(np.arange(468), owned)
    np.testing.assert_array_equal(refined[:, untouched], parts[0][:, untouched])
    np.testing.assert_array_equal(refined[:, :468, 2], parts[0][:, :, 2])
    for part, indices in zip(parts[1:], regions.values(), strict=True):
        np.testing.assert_array_equal(refined[:, indices, :2], part)
    contour = [33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173]
    mean_z = parts[0][:, contour, 2].mean(1)
    np.testing.assert_allclose(refined[:, 468:473, 2], np.repeat(mean_z[:, None], 5, 1), rtol=1e-6)


def test_region_tables_are_disjoint_and_have_the_networks_sizes():
    regions = region_landmarks()
    sizes = {name: len(indices) for name, indices in regions.items()}
    assert sizes == {"lips": 80, "right_eye": 71, "left_eye": 71, "right_iris": 5, "left_iris": 5}
    together = np.concatenate(list(regions.values()))
    assert len(np.unique(together)) == len(together) == 232
