"""lip_mask: the coverage of both lips, without the opening, to a fraction of a pixel."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from attention_mesh.drawing.makeup.lip_mask import lip_mask
from attention_mesh.drawing.makeup.mouth_edge import mouth_edges, moved_back
from attention_mesh.drawing.makeup.paint import lips_coverage
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.tests.drawing.makeup.makeup_faces import (
    DARK,
    LIP,
    SIZE,
    face_px,
    mouth_opening,
    picture,
)


def polygon_area(ring: np.ndarray) -> float:
    x, y = ring[:, :2].astype(float).T
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def lip_area(face: np.ndarray) -> float:
    groups = landmark_groups()
    return sum(
        polygon_area(
            np.concatenate([face[groups[f"{side}_outer_lip"]], face[groups[f"{side}_inner_lip"]][::-1]])
        )
        for side in ("upper", "lower")
    )


@pytest.mark.parametrize("scale", [12.0, 60.0])
def test_the_coverage_sums_up_to_the_area_of_the_lips(scale):
    """Within 8 %: the border is feathered, and the rim of the mouth's opening is left out."""
    size = (int(20 * scale), int(24 * scale))
    face = face_px(scale=scale, center=(10 * scale, 10 * scale))
    assert lips_coverage(size, face[None]).sum() == pytest.approx(lip_area(face), rel=0.08)


@pytest.mark.parametrize("opened", [12, 30])
def test_the_opening_of_the_mouth_is_not_covered(opened):
    face = face_px(opened)
    opening = mouth_opening(SIZE, face)
    assert opening.sum() > 20 * opened
    whole = cv2.erode(opening.astype(np.uint8), np.ones((3, 3))).astype(bool)  # no pixel that is partly lip
    assert lips_coverage(SIZE, face[None])[whole].sum() < 0.002 * opening.sum()


@pytest.mark.parametrize("color", [DARK, (235, 230, 215)])
def test_what_is_no_lip_beside_the_opening_is_left_out_if_the_picture_is_known(color):
    face = face_px(30)
    image = picture(face, opening=color)
    groups, off = landmark_groups(), face.copy()
    off[groups["upper_inner_lip"]] += (0, 2, 0)  # px, into the opening
    off[groups["lower_inner_lip"]] -= (0, 2, 0)
    opening = cv2.erode(mouth_opening(SIZE, face).astype(np.uint8), np.ones((3, 3))).astype(bool)
    share = []
    for known in (None, image):
        mask = lip_mask(SIZE, off, known)
        covered = np.zeros(SIZE[::-1])
        covered[mask.part] = mask.coverage
        share.append(covered[opening].sum() / opening.sum())
        assert covered.sum() > 0.75 * lip_area(face)
    assert share[0] > 0.08
    assert share[1] < 0.01


def test_closed_lips_and_an_opening_of_their_color_keep_their_place_but_for_a_rim():
    closed, opened = face_px(), face_px(30)
    for face, rim_px in ((closed, 0), (opened, 3)):
        bare = lip_mask(SIZE, face)
        back = mouth_edges(picture(face, opening=LIP), bare.contours_px, bare.width_px) * bare.width_px
        edges = moved_back(bare.contours_px, back)
        np.testing.assert_array_equal(edges[:2], bare.contours_px[:2])
        assert np.abs(edges - bare.contours_px).max() <= rim_px
    assert np.abs(edges - bare.contours_px).max() > 0.5


def test_closed_lips_have_no_seam_where_their_inner_contours_cross():
    groups = landmark_groups()
    face = face_px()
    middle = (face[groups["upper_inner_lip"]] + face[groups["lower_inner_lip"]]) / 2
    face[groups["upper_inner_lip"]] = middle + (0, 1, 0)
    face[groups["lower_inner_lip"]] = middle - (0, 1, 0)
    x, y = middle[5, :2].astype(int)
    assert lips_coverage(SIZE, face[None])[y - 2 : y + 3, x].min() > 0.99


def test_the_mask_moves_by_fractions_of_a_pixel():
    face = face_px(12)
    columns = np.arange(SIZE[0]) + 0.5

    def center_x(shift: float) -> float:
        coverage = lips_coverage(SIZE, face[None] + np.float32([shift, 0, 0]))
        return float((coverage * columns).sum() / coverage.sum())

    places = [center_x(shift) for shift in (0, 0.25, 0.5, 0.75, 1)]
    assert np.diff(places) == pytest.approx([0.25] * 4, abs=0.03)  # px


def test_the_border_to_the_skin_is_soft():
    face = face_px(scale=60, center=(600, 550))
    coverage = lips_coverage((1200, 1400), face[None])
    bottom = face[landmark_groups()["lower_outer_lip"][5]]
    column = coverage[int(bottom[1]) - 30 : int(bottom[1]) + 30, int(bottom[0])]
    assert ((column > 0.05) & (column < 0.95)).sum() >= 6  # px, of a mouth of 300 px


def test_the_work_is_limited_to_the_mouth():
    mask = lip_mask((4000, 3000), face_px())
    assert mask.coverage.shape < (50, 90)
    assert mask.coverage[0].max() == mask.coverage[-1].max() == 0


def test_a_mouth_at_the_edge_is_covered_as_far_as_it_is_in_the_image():
    face = face_px(10)
    whole = lips_coverage(SIZE, face[None])
    left = int(face[0, 0]) - 4
    cut = lips_coverage((SIZE[0] - left, SIZE[1]), (face - np.float32([left, 0, 0]))[None])
    np.testing.assert_allclose(cut[:, 4:], whole[:, left + 4 :], atol=0.02)


@pytest.mark.parametrize("shift", [(-500, 0, 0), (0, 900, 0), (np.nan, 0, 0), (np.inf, 0, 0)])
def test_no_mask_if_there_is_no_mouth_in_the_image(shift):
    assert lip_mask(SIZE, face_px() + np.float32(shift)) is None


def test_all_faces_are_covered():
    size = (2 * SIZE[0], SIZE[1])
    one, other = face_px(10), face_px(10, center=(120 + SIZE[0], 110))
    both = lips_coverage(size, np.stack([one, other]))
    np.testing.assert_allclose(both[:, : SIZE[0]], both[:, SIZE[0] :], atol=1e-6)
    assert both[:, : SIZE[0]].sum() > 500
