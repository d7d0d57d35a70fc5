"""Blush, contour and highlight: where they lie, what they do to skin, and what they leave alone."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from attention_mesh.drawing.makeup.face_planes import skin_patches
from attention_mesh.drawing.makeup.lab_color import rgb_to_lab
from attention_mesh.drawing.makeup.look import parse_look
from attention_mesh.drawing.makeup.paint import painted
from attention_mesh.drawing.makeup.scene_light import USUAL_SKIN
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.models.topology.mirror import mirror_landmarks
from attention_mesh.tests.drawing.makeup.makeup_faces import (
    PORTRAIT_SIZE,
    changed,
    mirrored,
    portrait_px,
)

WIDTH, HEIGHT = PORTRAIT_SIZE
TEXTS = {
    "blush": 'blush { color: "#cf6470" intensity: 1 }',
    "contour": "contour { intensity: 1 }",
    "highlight": "highlight { intensity: 1 }",
}
APPLE = 50


def wear(product: str, image: np.ndarray, face: np.ndarray) -> np.ndarray:
    return painted(image, face[None], parse_look(TEXTS[product]))


def patch_mask(product: str, face: np.ndarray) -> np.ndarray:
    """(720, 600) bool: the polygons of the product, with the reach of their blur."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    for patch in skin_patches(face, (product,)):
        part = np.zeros_like(mask)
        for polygon in np.split(patch.points, np.cumsum(patch.counts)[:-1]):
            cv2.fillPoly(part, [np.rint(polygon).astype(np.int32)], 1)
        reach = 1 + 2 * int(4 * patch.feather_px + 8)
        mask |= cv2.dilate(part, np.ones((reach, reach), np.uint8))
    return mask > 0


@pytest.mark.parametrize("product", TEXTS)
def test_nothing_changes_outside_the_patches_to_the_bit(product, face, image):
    before = image.copy()
    change = changed(image, wear(product, image, face))
    np.testing.assert_array_equal(image, before)
    mask = patch_mask(product, face)
    assert mask.mean() < 0.5
    assert change[~mask].max() == 0
    assert change.max() > 15


@pytest.mark.parametrize("product", TEXTS)
def test_a_mirrored_face_wears_the_mirrored_makeup(product, face, image):
    after = wear(product, image, face)
    other = wear(product, np.ascontiguousarray(image[:, ::-1]), mirrored(face, WIDTH))
    difference = changed(after, other[:, ::-1])
    assert np.percentile(difference, 99.9) <= 4  # of 255 levels: the smaller picture begins at the other side
    assert difference.mean() < 0.1


@pytest.mark.parametrize("product", TEXTS)
def test_skin_keeps_its_shading_and_texture(product, face, image):
    after = wear(product, image, face)
    most = changed(image, after) > 0.5 * changed(image, after).max()
    fine = [
        (each - cv2.GaussianBlur(each, (0, 0), 2.5))[most]
        for each in (rgb_to_lab(picture)[..., 0] for picture in (image, after))
    ]
    assert np.corrcoef(*fine)[0, 1] > 0.95
    assert 0.7 < fine[1].std() / fine[0].std() < 1.4


def test_blush_tends_to_its_color_on_skin_of_middle_level(face):
    rgb = cv2.cvtColor(USUAL_SKIN[None, None], cv2.COLOR_LAB2RGB) * 255
    even = np.broadcast_to(np.rint(rgb).astype(np.uint8), (HEIGHT, WIDTH, 3)).copy()
    x, y = face[landmark_groups()["right_apple_middle"], :2].mean(axis=0).astype(int)
    asked = rgb_to_lab(np.array([[(207, 100, 112)]], np.uint8))[0, 0]
    change = rgb_to_lab(wear("blush", even, face))[y, x] - USUAL_SKIN
    wanted = asked - USUAL_SKIN
    cosine = change @ wanted / np.linalg.norm(change) / np.linalg.norm(wanted)
    assert cosine > 0.98
    assert 0.3 < np.linalg.norm(change) / np.linalg.norm(wanted) < 0.7  # a veil


@pytest.mark.parametrize("level", [0.35, 0.6, 1.0])
def test_contour_darkens_and_highlight_lightens_skin_of_every_level(level, face, image):
    skin = (image * level).astype(np.uint8)
    groups = landmark_groups()
    x, y = face[groups["right_cheek_hollow_middle"], :2].mean(axis=0).astype(int)
    nose_x, nose_y = face[groups["nose_bridge"][2], :2].astype(int)
    darker, lighter = (rgb_to_lab(wear(product, skin, face)) for product in ("contour", "highlight"))
    bare = rgb_to_lab(skin)
    around = slice(y - 4, y + 5), slice(x - 4, x + 5)
    assert darker[around][..., 0].mean() < 0.93 * bare[around][..., 0].mean()
    assert np.abs((darker - bare)[around][..., 1:].mean(axis=(0, 1))).max() < 6  # of the skin's own hue
    around = slice(nose_y - 3, nose_y + 4), slice(nose_x - 2, nose_x + 3)
    assert lighter[around][..., 0].mean() > 1.06 * bare[around][..., 0].mean()


def test_hair_over_a_cheek_is_left_out(face, image):
    x, y = face[APPLE, :2].astype(int)
    covered = image.copy()
    covered[:, x - 8 : x + 8] = (40, 30, 26)
    change = changed(covered, wear("blush", covered, face))
    assert change[y - 30 : y + 30, x - 4 : x + 4].max() <= 2
    assert change[y - 5 : y + 5, x + 16 : x + 22].max() > 12


@pytest.mark.parametrize("product", ["blush", "contour"])
def test_overexposed_skin_has_no_color_to_tint_and_stays(product, face, image):
    lit = image.copy()
    middle = WIDTH // 2
    lit[:, :middle] = (255, 253, 250)
    change = changed(lit, wear(product, lit, face))
    assert change[:, : middle - 30].max() <= 1
    assert change[:, middle:].max() > 12


def test_each_side_is_compared_with_its_own_light(face, image):
    shade = np.linspace(0.4, 1, WIDTH)[:, None]
    lit = (image * shade).astype(np.uint8)
    change = changed(lit, wear("blush", lit, face))
    for landmark in (APPLE, mirror_landmarks()[APPLE]):
        x, y = face[landmark, :2].astype(int)
        assert change[y - 5 : y + 5, x - 5 : x + 5].mean() > 10


@pytest.mark.parametrize("product", ["blush", "contour"])
def test_a_cheek_that_is_turned_away_is_not_painted(product):
    face = portrait_px(turned_rad=1.35)
    (side,), (front,) = skin_patches(face, (product,)), skin_patches(portrait_px(), (product,))
    assert len(side.values) == len(front.values) // 2


@pytest.mark.parametrize("product", TEXTS)
@pytest.mark.parametrize(
    ("scale", "shift"),
    [(0.04, (0, 0)), (0.01, (3, 3)), (1, (-280, 0)), (1, (280, -240)), (1, (5000, 0)), (40, (-11000, -9000))],
    ids=["tiny", "dot", "left", "corner", "outside", "huge"],
)
def test_any_size_and_place_is_painted_without_an_error(product, scale, shift, face, image):
    moved = (face * scale + np.array([*shift, 0])).astype(np.float32)
    after = wear(product, image, moved)
    assert after.shape == image.shape
    if shift == (5000, 0):
        np.testing.assert_array_equal(after, image)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_patch_with_a_landmark_that_is_no_number_is_left_out(bad, face, image):
    broken = face.copy()
    broken[landmark_groups()["right_apple"][0], :2] = bad
    change = changed(image, wear("blush", image, broken))
    assert change[:, : WIDTH // 2 - 20].max() == 0
    assert change[:, WIDTH // 2 :].max() > 15


def test_a_mesh_without_depth_is_painted(face, image):
    assert changed(image, wear("blush", image, face[:, :2])).max() > 15
