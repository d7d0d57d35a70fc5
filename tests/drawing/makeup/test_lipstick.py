"""Lipstick: it has the asked color, keeps shading, and leaves everything else alone to the bit."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from attention_mesh.drawing.makeup.lab_color import lab_to_rgb, rgb_to_lab
from attention_mesh.drawing.makeup.lip_mask import lip_mask
from attention_mesh.drawing.makeup.lip_shine import kept_shine
from attention_mesh.drawing.makeup.lip_surface import turned_away
from attention_mesh.drawing.makeup.lipstick import Finish, Lipstick
from attention_mesh.drawing.makeup.look import Look
from attention_mesh.drawing.makeup.mustache import hair_coverage
from attention_mesh.drawing.makeup.paint import lips_coverage, painted
from attention_mesh.drawing.makeup.scene_light import skin_light
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.tests.drawing.makeup.makeup_faces import (
    PORTRAIT_SIZE,
    SIZE,
    face_px,
    mouth_opening,
    picture,
    portrait_px,
    with_mustache,
    with_tongue,
)

RED = (176, 24, 44)


def worn(
    image: np.ndarray, face: np.ndarray, finish: Finish = Finish.MATTE, intensity: float = 1.0, color=RED
):
    return painted(image, face[None], Look(Lipstick(color, finish, intensity)))


def median_lab(image: np.ndarray, where: np.ndarray) -> np.ndarray:
    return np.median(rgb_to_lab(image)[where], axis=0)


@pytest.mark.parametrize("finish", Finish)
@pytest.mark.parametrize("opened", [0, 25])
def test_nothing_changes_outside_the_mask_to_the_bit(finish, opened):
    face = face_px(opened)
    image = picture(face)
    before = image.copy()
    after = worn(image, face, finish)
    outside = lips_coverage(SIZE, face[None]) == 0
    np.testing.assert_array_equal(after[outside], image[outside])
    np.testing.assert_array_equal(image, before)
    assert (after[~outside] != image[~outside]).any(axis=1).mean() > 0.8


@pytest.mark.parametrize("color", [RED, (110, 28, 70), (178, 112, 95)])
def test_matte_paint_has_the_asked_hue_and_chroma(color):
    face = face_px()
    sure = lips_coverage(SIZE, face[None]) > 0.95
    asked = rgb_to_lab(np.array([[color]], np.uint8))[0, 0]
    lightness, *chroma = median_lab(worn(picture(face), face, color=color), sure)
    level = (lightness + 16) / (asked[0] + 16)  # light scales L + 16, a and b alike
    assert np.array(chroma) / level == pytest.approx(asked[1:], abs=3)  # units of CIELAB


@pytest.mark.parametrize("finish", Finish)
def test_shading_and_texture_stay(finish):
    face = face_px()
    image = picture(face)
    sure = lips_coverage(SIZE, face[None]) > 0.95
    before, after = (rgb_to_lab(each)[sure][:, 0] for each in (image, worn(image, face, finish)))
    least = 0.85 if finish is Finish.GLOSS else 0.9  # gloss adds a shape of its own
    assert np.corrcoef(before, after)[0, 1] > least
    assert after.std() > 0.6 * before.std()


def test_intensity_goes_from_nothing_to_the_full_color():
    face = face_px()
    image = picture(face)
    sure = lips_coverage(SIZE, face[None]) > 0.95
    chroma = [median_lab(worn(image, face, intensity=i), sure)[1] for i in (0, 0.25, 0.5, 0.75, 1)]
    assert worn(image, face, intensity=0) is image
    assert np.all(np.diff(chroma) > 3)


def test_sheer_lets_more_of_the_lip_through_than_matte():
    face = face_px()
    image = picture(face)
    sure = lips_coverage(SIZE, face[None]) > 0.95
    bare, sheer, matte = (
        median_lab(each, sure)[1:]
        for each in (image, worn(image, face, Finish.SHEER), worn(image, face, Finish.MATTE))
    )
    assert np.linalg.norm(sheer - bare) < 0.7 * np.linalg.norm(matte - bare)


def shine_of(image: np.ndarray, face: np.ndarray) -> np.ndarray:
    """(280, 240) lightness that gloss adds to matte paint, on the lips."""
    gloss, matte = (rgb_to_lab(worn(image, face, f))[..., 0] for f in (Finish.GLOSS, Finish.MATTE))
    return (gloss - matte) * (lips_coverage(SIZE, face[None]) > 0.95)


def test_gloss_shines_where_the_lower_lip_faces_up():
    face = face_px()
    image = picture(face)
    rim = int(face[landmark_groups()["inner_lip_middles"], 1].mean())
    image[:rim] = image[:rim] * 0.8  # light from above leaves the upper lip in shade
    shine = shine_of(image, face)
    assert shine[rim:].max() > 8
    assert shine[rim:].max() > 4 * np.median(shine[shine != 0])
    assert shine[rim:].max() > 1.5 * shine[:rim].max()


def test_gloss_shines_where_light_falls_on_the_lips():
    face = face_px()
    x = int(face[landmark_groups()["inner_lip_middles"], 0].mean())
    image = picture(face)
    image[:, :x] = image[:, :x] * 0.7
    shine = shine_of(image, face)
    assert shine[:, x + 3 :].max() > 2 * shine[:, : x - 3].max()


@pytest.mark.parametrize("contrast", [0.05, 0.3, 1.0])
def test_the_lips_own_shading_is_seen_below_gloss(contrast):
    face = face_px()
    image = picture(face)
    even = cv2.GaussianBlur(image, (0, 0), 4)
    image = (even + contrast * (image.astype(float) - even)).round().astype(np.uint8)
    sure = lips_coverage(SIZE, face[None]) > 0.95
    bare, gloss = (rgb_to_lab(each)[..., 0][sure] for each in (image, worn(image, face, Finish.GLOSS)))
    assert np.corrcoef(bare, gloss)[0, 1] > 0.9


@pytest.mark.parametrize("strength", [0.0, 0.5, 2.0, 8.0])
def test_shine_is_kept_as_far_as_the_shading_stays_alike(strength):
    rng = np.random.default_rng(0)
    own = rng.normal(50, 9, 900).astype(np.float32)
    matte = (0.8 * own + rng.normal(0, 1, 900)).astype(np.float32)
    shine = (strength * rng.uniform(0, 9, 900)).astype(np.float32)
    kept = kept_shine(own, matte, shine)
    painted_lips = [np.corrcoef(own, matte + share * shine)[0, 1] for share in (kept, 1)]
    if kept == 1:
        assert painted_lips[0] >= 0.93
    else:
        assert painted_lips == [pytest.approx(0.93, abs=1e-3), pytest.approx(min(painted_lips), abs=1e-6)]
    assert (kept == 1) == (strength < 1)


def test_shine_is_left_out_where_paint_is_not_like_the_lips():
    own = np.linspace(0, 50, 99, dtype=np.float32)
    assert kept_shine(own, own[::-1], own[::-1] * 0.2) == 0


def test_paint_follows_the_light():
    face = face_px()
    image = picture(face)
    sure = lips_coverage(SIZE, face[None]) > 0.95
    bright, dim = median_lab(worn(image, face), sure), median_lab(worn(image // 2, face), sure)
    assert dim[0] < bright[0] - 4


def test_paint_in_the_dark_is_hardly_lighter_than_what_is_around_it():
    face = face_px()
    image = picture(face) // 12
    sure = lips_coverage(SIZE, face[None]) > 0.95
    assert median_lab(worn(image, face), sure)[0] < median_lab(image, ~sure)[0] + 8  # units of lightness


def test_a_hand_over_the_lips_stays_unpainted():
    face = face_px(0)
    image = picture(face)
    x = int(face[0, 0])
    finger = (slice(None), slice(x + 8, x + 18))
    image[finger] = (225, 190, 160)
    after = worn(image, face)
    covered = lips_coverage(SIZE, face[None]) > 0.95
    covered[:, : x + 10] = covered[:, x + 16 :] = False
    assert covered.sum() > 40
    assert np.abs(after[covered].astype(int) - image[covered]).mean() < 3
    other = lips_coverage(SIZE, face[None]) > 0.95
    other[:, x + 5 :] = False
    assert median_lab(after, other)[1] > 45


def test_a_tongue_over_the_lower_lip_stays_unpainted():
    face, groups = face_px(40), landmark_groups()
    image = with_tongue(face)
    x = int(face[0, 0])
    change = np.abs(worn(image, face).astype(int) - image).sum(axis=2)
    lower = face[groups["lower_outer_lip"][5], 1] - 3
    assert change[int(lower) - 2 : int(lower) + 2, x - 6 : x + 6].mean() < 6
    upper = (face[groups["upper_outer_lip"][5], 1] + face[groups["upper_inner_lip"][5], 1]) / 2
    assert change[int(upper), x] > 60


def test_a_tongue_that_ends_at_the_border_to_the_skin_stays_unpainted():
    tongue = (222, 150, 150)
    face = face_px(40)
    image = picture(face, opening=tongue)
    groups = landmark_groups()
    lip = np.concatenate([face[groups["lower_inner_lip"], :2], face[groups["lower_outer_lip"], :2][::-1]])
    cv2.fillPoly(image, [np.rint(lip - 0.5).astype(np.int32)], tongue)
    change = np.abs(worn(image, face).astype(int) - image).sum(axis=2)
    x = int(face[0, 0])
    lower = (face[groups["lower_outer_lip"][5], 1] + face[groups["lower_inner_lip"][5], 1]) / 2
    upper = (face[groups["upper_outer_lip"][5], 1] + face[groups["upper_inner_lip"][5], 1]) / 2
    assert change[int(lower) - 1 : int(lower) + 2, x - 6 : x + 6].mean() < 6
    assert change[int(upper), x] > 60


@pytest.mark.parametrize("hair", [(45, 42, 40), (95, 92, 88), (60, 36, 20)])
def test_a_mustache_over_the_upper_lip_stays_unpainted(hair):
    face = face_px()
    image = with_mustache(picture(face), face, hair)
    change = np.abs(worn(image, face).astype(int) - image).sum(axis=2)
    covered = lips_coverage(SIZE, face[None]) > 0.95
    rows = np.arange(SIZE[1])[:, None]
    middle = face[landmark_groups()["inner_lip_middles"], 1].mean()
    assert change[covered & (rows < middle - 2)].mean() < 6
    assert change[covered & (rows > middle + 2)].mean() > 60


@pytest.mark.parametrize("shade", [0.5, 0.7, 1.0])
def test_a_shadow_over_the_upper_lip_is_no_mustache(shade):
    face = face_px()
    image = picture(face)
    middle = int(face[landmark_groups()["inner_lip_middles"], 1].mean())
    image[middle - 26 : middle] = (image[middle - 26 : middle] * shade).astype(np.uint8)
    skin, lips = skin_light(image, face), lip_mask(SIZE, face, image)
    assert hair_coverage(image, rgb_to_lab(image[lips.part]), lips, skin.color) is None


@pytest.mark.parametrize("turned_rad", [0, 0.5])
def test_all_of_the_lips_is_seen_unless_the_head_is_turned_far(turned_rad):
    face = portrait_px(turned_rad)
    assert turned_away(lip_mask(PORTRAIT_SIZE, face), face) is None


def test_the_far_side_of_the_lips_is_hidden_in_profile():
    face = portrait_px(1.2)
    mask = lip_mask(PORTRAIT_SIZE, face)
    hidden = turned_away(mask, face) * mask.coverage
    assert 0.05 < hidden.sum() / mask.coverage.sum() < 0.3
    columns = np.arange(hidden.shape[1])
    far = np.average(columns, weights=hidden.sum(axis=0))
    middle = np.average(columns, weights=mask.coverage.sum(axis=0))
    nose = face[1, 0] - face[landmark_groups()["face_sides"], 0].mean()
    assert (far - middle) * nose > 0
    assert turned_away(mask, face[:, :2]) is None  # without z, nobody knows


def test_an_open_mouth_without_a_tongue_has_both_lips_painted():
    face = face_px(40)
    image = picture(face)
    change = np.abs(worn(image, face).astype(int) - image).sum(axis=2)
    covered = lips_coverage(SIZE, face[None]) > 0.95
    # Beside the opening, a rim stays bare.
    mouth = cv2.dilate(mouth_opening(SIZE, face).astype(np.uint8), np.ones((7, 7)))
    assert (change[covered & (mouth == 0)] > 40).mean() > 0.99
    assert (change[covered] > 40).mean() > 0.8


def test_colors_go_to_cielab_and_back_without_a_loss():
    rng = np.random.default_rng(1)
    image = rng.integers(0, 256, (64, 64, 3), np.uint8)
    assert np.abs(lab_to_rgb(rgb_to_lab(image)).astype(int) - image).max() <= 1
