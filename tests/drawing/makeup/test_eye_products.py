"""Products on eyes and brows: they keep to their mask, have the asked color, and keep what is below."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from attention_mesh.drawing.makeup.eye_coverage import eye_coverage
from attention_mesh.drawing.makeup.eye_shape import EyeShapes, eye_shapes
from attention_mesh.drawing.makeup.eyeliner import Eyeliner
from attention_mesh.drawing.makeup.eyeshadow import Eyeshadow, ShadowFinish
from attention_mesh.drawing.makeup.face_part import FacePart
from attention_mesh.drawing.makeup.lab_color import rgb_to_lab
from attention_mesh.drawing.makeup.lip_memory import LipMemory
from attention_mesh.drawing.makeup.look import Look, parse_look
from attention_mesh.drawing.makeup.paint import painted
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.models.topology.mirror import mirror_landmarks
from attention_mesh.tests.drawing.makeup.makeup_faces import (
    PORTRAIT_SIZE,
    changed,
    mirrored,
    portrait,
    portrait_px,
)

WIDTH, HEIGHT = PORTRAIT_SIZE
WHOLE = FacePart(((0, 0),), WIDTH, HEIGHT)
TEXTS = {
    "eyeliner": 'eyeliner { color: "#101828" wing: 0.6 lower: 0.5 }',
    "eyeshadow": 'eyeshadow { color: "#8a5a34" intensity: 1 lower: 0.4 }',
    "crease": 'eyeshadow { color: "#8a5a34" crease_color: "plum" intensity: 1 }',
    "shimmer": 'eyeshadow { color: "#8a5a34" finish: SHIMMER intensity: 1 }',
    "lash_line": "lash_line { intensity: 1 }",
    "brow_tint": 'brow_tint { color: "auburn" intensity: 1 }',
    "iris_color": 'iris_color { color: "#4f7fb5" intensity: 1 }',
}


def single(face: np.ndarray) -> list[EyeShapes]:
    """The eyes of a face that can be seen, one by one."""
    eyes = eye_shapes(face)
    return [eyes.only([number]) for number in range(len(eyes.sides))]


def look_of(product: str) -> Look:
    return parse_look(TEXTS[product])


def coverage(product: str, face: np.ndarray) -> np.ndarray:
    """(720, 600) float32: what the product may touch, on both eyes."""
    look = look_of(product)

    return np.maximum(*(eye_picture(eye, look) for eye in single(face)))


def eye_picture(eye: EyeShapes, look: Look) -> np.ndarray:
    """(720, 600) float32: the most that one of a look's products covers on one eye."""
    picture = np.zeros(WHOLE.shape, np.float32)
    covered = eye_coverage(WHOLE, eye, look)
    if covered is not None:
        most = np.maximum.reduce([*covered.products.values(), np.zeros(len(covered.where), np.float32)])
        if covered.lenses:
            at = covered.lenses.at
            most[at] = np.maximum(most[at], np.maximum(covered.lenses.iris, covered.lenses.pupil))
        picture.reshape(-1)[covered.where] = most
    return picture


def line_coverage(eye: EyeShapes, liner: Eyeliner) -> np.ndarray:
    return eye_picture(eye, Look(eyeliner=liner))


@pytest.mark.parametrize("product", TEXTS)
def test_nothing_changes_outside_the_mask_to_the_bit(product, face, image):
    before = image.copy()
    change = changed(image, painted(image, face[None], look_of(product)))
    cover = coverage(product, face)
    np.testing.assert_array_equal(image, before)
    # Blurs end at different places in a smaller part of the image: a tail of less than half a level is alike.
    assert change[cover < 1e-3].max() <= 1
    assert change[cv2.dilate(cover, np.ones((9, 9))) == 0].max() == 0
    assert (change[cover > 0.9] > 3).mean() > 0.9


@pytest.mark.parametrize("product", TEXTS)
def test_a_mirrored_face_wears_the_mirrored_makeup(product, face, image):
    after = painted(image, face[None], look_of(product))
    other = painted(np.ascontiguousarray(image[:, ::-1]), mirrored(face, WIDTH)[None], look_of(product))
    difference = changed(after, other[:, ::-1])
    assert np.percentile(difference, 99.9) <= 6  # of 255 levels: coarse canvases begin at the other side
    assert difference.mean() < 0.02


@pytest.mark.parametrize("product", ["eyeliner", "eyeshadow", "brow_tint", "iris_color"])
def test_the_color_is_the_asked_one(product, face, image):
    look = look_of(product)
    asked = rgb_to_lab(np.array([[getattr(look, product).color]], np.uint8))[0, 0]
    sure = coverage(product, face) > 0.95
    if product == "iris_color":
        sure &= (image.max(axis=2) < 120) & (image.min(axis=2) > 25)  # neither catch-light nor pupil
    bare, lab = rgb_to_lab(image)[sure], rgb_to_lab(painted(image, face[None], look))[sure]
    cover = getattr(look, product).pigment.cover
    pure = np.median(bare, axis=0) + (np.median(lab, axis=0) - np.median(bare, axis=0)) / cover
    level = (pure[0] + 16) / (asked[0] + 16)
    assert pure[1:] / level == pytest.approx(asked[1:], abs=5)  # units of CIELAB


@pytest.mark.parametrize("product", ["eyeshadow", "crease", "shimmer", "brow_tint"])
def test_shading_and_texture_stay(product, face, image):
    sure = coverage(product, face) > 0.9
    before, after = (
        rgb_to_lab(each)[..., 0] for each in (image, painted(image, face[None], look_of(product)))
    )
    # The color's own fade is no texture: it is smooth, so it is taken off.
    fine = [(each - cv2.GaussianBlur(each, (0, 0), 1.5))[sure] for each in (before, after)]
    least = 0.85 if product == "crease" else 0.9  # two colors meet on the lid
    assert np.corrcoef(*fine)[0, 1] > least
    assert fine[1].std() > 0.5 * fine[0].std()


@pytest.mark.parametrize("product", TEXTS)
def test_intensity_0_changes_nothing(product, face, image):
    text = TEXTS[product].replace(" intensity: 1", "").replace("}", " intensity: 0 }")
    np.testing.assert_array_equal(painted(image, face[None], parse_look(text)), image)


def test_shadow_fades_from_the_rim_to_the_brow(face):
    eye, _ = single(face)
    cover = eye_picture(eye, Look(eyeshadow=Eyeshadow((90, 60, 40))))
    along = eye.upper[0, :, 16]
    values = [cover[int(y), int(x)] for x, y in along]
    assert values[1] > 0.75 and values[1] > values[2] + 0.15
    assert values[3] < 0.12
    middle = (eye.upper[0, 0, 16] + eye.lower[0, 0, 16]) / 2
    assert cover[int(middle[1]), int(middle[0])] == 0


def test_a_thicker_line_covers_more_and_a_wing_reaches_beyond_the_corner(face):
    eye, _ = single(face)
    areas = [line_coverage(eye, Eyeliner(thickness=t)).sum() for t in (0, 0.5, 1)]
    assert areas[0] < 0.5 * areas[1] < 0.5 * areas[2]
    corner = int(eye.upper[0, 0, 0, 0])
    bare, winged = (line_coverage(eye, Eyeliner(wing=wing)) for wing in (0, 1))
    assert bare[:, : corner - 6].max() < 0.05
    reach = corner - np.flatnonzero(winged.max(axis=0) > 0.3)[0]
    assert 0.15 * eye.size_px < reach < 0.45 * eye.size_px
    rows = np.flatnonzero(winged[:, corner - reach + 2] > 0.2)
    assert rows.max() < eye.upper[0, 0, 0, 1]  # it rises


def test_shut_eyes_keep_their_lids_and_the_line_lies_on_the_rim():
    face = portrait_px(shut=1)
    image = portrait(face)
    np.testing.assert_array_equal(painted(image, face[None], look_of("iris_color")), image)
    eye, _ = single(face)
    cover = line_coverage(eye, Eyeliner())
    x, y = eye.upper[0, 0, 16].astype(int)
    assert cover[y - 3 : y + 1, x].max() > 0.8
    assert cover[y + 5 :, x].max() < 0.05
    shadow = eye_picture(eye, Look(eyeshadow=Eyeshadow((90, 60, 40))))
    assert shadow[y - 4, x] > 0.8 and shadow[y + 6, x] < 0.1


def test_lids_that_cross_meet_in_the_middle():
    eye, _ = single(portrait_px(shut=1.3))
    np.testing.assert_allclose(eye.upper[0, 0, 10:20], eye.lower[0, 0, 10:20], atol=1e-3)
    assert eye.openness < 0.02


def test_an_iris_is_painted_in_the_eye_opening_only():
    face = portrait_px(shut=0.5)
    image = portrait(face)
    change = changed(image, painted(image, face[None], look_of("iris_color")))
    opening = np.zeros(image.shape[:2], np.uint8)
    for ring in eye_shapes(face).opening[:, 0]:
        cv2.fillPoly(opening, [np.rint(ring).astype(np.int32)], 1)
    assert change[cv2.erode(opening, np.ones((5, 5))) > 0].max() > 30
    assert change[cv2.dilate(opening, np.ones((5, 5))) == 0].max() == 0


def test_pupil_and_catch_light_stay(face, image):
    after = painted(image, face[None], look_of("iris_color"))
    for iris in (landmark_groups()["right_iris"], mirror_landmarks()[landmark_groups()["right_iris"]]):
        points = face[iris, :2]
        center = points[1:].mean(axis=0)
        radius = np.linalg.norm(points[1:] - points[0], axis=1).mean()
        x, y = np.rint(center - 0.5).astype(int)
        assert after[y, x].max() < 40
        assert after[y, x + round(0.45 * radius)].min() > 225
        assert after[y, x - round(0.65 * radius), 2] > image[y, x - round(0.65 * radius), 2] + 25


@pytest.mark.parametrize("product", TEXTS)
def test_an_eye_that_is_turned_away_is_not_painted(product):
    face = portrait_px(turned_rad=1.3)
    image = portrait(portrait_px())
    without = face.copy()
    without[landmark_groups()["right_upper_lid"]] = np.nan
    np.testing.assert_array_equal(*(painted(image, each[None], look_of(product)) for each in (face, without)))
    assert len(eye_shapes(face).sides) == 1


def test_an_eye_fades_while_it_turns_away():
    facing = [eye_shapes(portrait_px(turned_rad=angle)).facing.tolist() for angle in (0, 0.5, 0.85, 1, 1.3)]
    assert facing[0] == facing[1] == [1, 1]
    assert 0 < min(facing[3]) < min(facing[2]) <= 1
    assert len(facing[4]) == 1


@pytest.mark.parametrize("product", TEXTS)
@pytest.mark.parametrize(
    ("scale", "shift"),
    [(0.04, (0, 0)), (0.01, (3, 3)), (1, (-280, 0)), (1, (280, -240)), (1, (5000, 0)), (40, (-11000, -9000))],
    ids=["tiny", "dot", "left", "corner", "outside", "huge"],
)
def test_any_size_and_place_is_painted_without_an_error(product, scale, shift, face, image):
    moved = (face * scale + np.array([*shift, 0])).astype(np.float32)
    after = painted(image, moved[None], look_of(product))
    assert after.shape == image.shape
    if shift == (5000, 0):
        np.testing.assert_array_equal(after, image)


@pytest.mark.parametrize("product", TEXTS)
@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e30])
def test_an_eye_with_a_landmark_that_is_no_number_stays(product, bad, face, image):
    broken = face.copy()
    broken[landmark_groups()["right_upper_lid"][3], :2] = bad
    broken[landmark_groups()["right_iris"][1], :2] = bad
    after = painted(image, broken[None], look_of(product))
    assert changed(image, after)[:, WIDTH // 2 :].max() > 10
    if not bad == 1e30:
        assert changed(image, after)[:, : WIDTH // 2 - 30].max() == 0


def test_a_mesh_without_irises_and_one_without_depth_are_painted(face, image):
    look = parse_look(" ".join(TEXTS[name] for name in ("eyeliner", "eyeshadow", "iris_color")))
    plain = painted(image, face[None, :468], look)
    flat = painted(image, face[None, :, :2], look)
    assert changed(image, plain).max() > 30
    assert changed(plain, flat).max() > 30  # the irises


def test_all_faces_are_painted(image, face):
    wide = np.ascontiguousarray(np.hstack([image, image]))
    both = np.stack([face, face + np.float32([WIDTH, 0, 0])])
    after = painted(wide, both, look_of("eyeshadow"))
    assert changed(after[:, :WIDTH], after[:, WIDTH:]).max() <= 1


def test_a_dark_lens_before_the_eyes_takes_no_shadow(face, image):
    covered = image.copy()
    for x, y in eye_shapes(face).upper[:, 0].mean(axis=1).astype(int):
        cv2.ellipse(covered, (int(x), int(y)), (80, 60), 0, 0, 360, (22, 22, 24), -1)
    after = painted(covered, face[None], look_of("eyeshadow"))
    lens = (covered == (22, 22, 24)).all(axis=2)
    assert changed(covered, after)[lens].max() == 0


def test_shimmer_is_brighter_than_matte_in_the_middle_of_the_lid(face, image):
    eye, _ = single(face)
    x, y = ((eye.upper[0, 0, 16] + eye.upper[0, 1, 16]) / 2).astype(int)
    lightness = [
        rgb_to_lab(painted(image, face[None], Look(eyeshadow=Eyeshadow((140, 90, 60), finish=finish))))[
            y - 2 : y + 3, x - 4 : x + 5, 0
        ].mean()
        for finish in ShadowFinish
    ]
    assert lightness[1] > lightness[0] + 4


def test_a_lens_is_never_lighter_than_the_white_of_the_eye(face, image):
    iris = landmark_groups()["right_iris"]
    center = face[iris[1:], :2].mean(axis=0)
    radius = np.linalg.norm(face[iris[1:], :2] - face[iris[0], :2], axis=1).mean()
    for dim in (1.0, 0.5, 0.3):
        dark = (image * dim).astype(np.uint8)
        lab = rgb_to_lab(painted(dark, face[None], parse_look('iris_color { color: "ice" intensity: 1 }')))
        x, y = np.rint(center - (0.65 * radius, 0) - 0.5).astype(int)
        white = rgb_to_lab((np.array([[(225, 220, 215)]]) * dim).astype(np.uint8))[0, 0, 0]
        assert lab[y - 1 : y + 2, x - 1 : x + 2, 0].mean() < white


def test_in_a_video_the_light_of_a_flickering_frame_counts_little(face, image):
    look = parse_look(f"{TEXTS['eyeshadow']} {TEXTS['iris_color']} {TEXTS['brow_tint']}")
    flash = np.clip(image.astype(int) + 40, 0, 255).astype(np.uint8)
    alone = painted(flash, face[None], look).astype(int)
    memory = LipMemory()
    for frame in (image, image, flash):
        memory.passed_s = 0.04
        after = painted(frame, face[None], look, [memory]).astype(int)
    where = changed(flash, alone.astype(np.uint8)) > 20
    assert where.sum() > 500
    assert np.abs(after - alone)[where].mean() > 2  # the frames before count
