"""Fast forms of makeup's arithmetic: they give what the plain formulas give."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest

import attention_mesh.drawing.makeup.complexion as complexion
import attention_mesh.drawing.makeup.eye_paint as eye_paint
from attention_mesh.drawing.makeup.face_part import FacePart
from attention_mesh.drawing.makeup.lab_color import planes_of, rgb_to_lab
from attention_mesh.drawing.makeup.look import parse_look
from attention_mesh.drawing.makeup.paint import painted
from attention_mesh.drawing.makeup.pigment import LEAST_COVER, Pigment, lay_pigment, lay_veil
from attention_mesh.drawing.makeup.scene_light import USUAL_SKIN, skin_light
from attention_mesh.drawing.makeup.soft_blur import reduced, soft_blur
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.models.topology.mirror import mirror_landmarks
from attention_mesh.tests.drawing.makeup.makeup_faces import PORTRAIT_SIZE, changed

WIDTH, HEIGHT = PORTRAIT_SIZE
PIGMENTS = [Pigment((120, 60, 40), 0.8), Pigment((240, 220, 200), 0.5, 1.6), Pigment((20, 15, 15), 0.9, 0.3)]


@pytest.fixture(scope="module")
def shape() -> np.ndarray:
    """(70, 90) uint8: nested disks with sharp borders."""
    canvas = np.zeros((70, 90), np.uint8)
    for radius, level in ((28, 90), (20, 180), (11, 255)):
        cv2.circle(canvas, (45, 33), radius, level, -1)
    return canvas


@pytest.mark.parametrize("deviation_px", [26 / 64, 83 / 64, 250 / 64, 8.0])  # those that have a kernel
def test_a_soft_blur_is_a_gaussian_blur_to_one_level(shape, deviation_px):
    fast, exact = soft_blur(shape, deviation_px), cv2.GaussianBlur(shape, (0, 0), deviation_px)
    assert np.abs(fast.astype(int) - exact).max() <= 1  # of 255: fixed-point numbers round otherwise
    floats = shape.astype(np.float32)
    np.testing.assert_allclose(
        soft_blur(floats, deviation_px), cv2.GaussianBlur(floats, (0, 0), deviation_px), atol=0.01
    )


def test_all_deviations_within_a_64th_of_a_pixel_are_one(shape):
    for deviation_px in (0.403, 1.3, 3.9):
        fast, exact = soft_blur(shape, deviation_px), cv2.GaussianBlur(shape, (0, 0), deviation_px)
        assert np.abs(fast.astype(int) - exact).max() <= 3  # of 255 levels, on a sharp border


@pytest.mark.parametrize("deviation_px", [1e3, 1e9, 1e30])
def test_a_blur_of_any_size_takes_no_more_than_the_picture(shape, deviation_px):
    for picture in (shape, shape.astype(np.float32)):
        blurred = soft_blur(picture, deviation_px).astype(float)
        assert np.ptp(blurred) < 3  # of 255 levels: nearly one level
        assert abs(blurred.mean() - picture.mean()) < 12  # its border is mirrored, so weights differ


@pytest.mark.parametrize("far_px", [-1e9, 1e30])
@pytest.mark.parametrize(
    "text", ["lipstick { color: 'cherry' finish: GLOSS }", "blush { color: 'berry' } contour {}"]
)
def test_a_landmark_far_away_costs_no_time_and_no_memory(far_px, text, image, face):
    look = parse_look(text)
    start = time.process_time()
    # A corner of the mouth, a side of the face, an eye, inside the lips and above them.
    for landmark in (61, 234, 127, 33, 13, 12, 164, 38, 72):
        for axes in (slice(0, 1), slice(1, 2), slice(0, 3)):
            broken = face.copy()
            broken[landmark, axes] = far_px
            assert painted(image, broken[None], look).shape == image.shape
    assert time.process_time() - start < 10  # s for 27 pictures, which take 0.1; a billion rows take 0.3 each


@pytest.mark.parametrize("scale", [1, 2, 4, 8])
def test_reducing_by_halves_gives_the_means_of_squares(shape, scale):
    fine = cv2.resize(shape, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    means = fine.reshape(70, scale, 90, scale).mean(axis=(1, 3))
    assert np.abs(reduced(fine, scale) - means).max() < 1.5  # of 255: half a level is rounded at each halving


@pytest.fixture(scope="module")
def pixels(image: np.ndarray) -> np.ndarray:
    """(n, 3) uint8: every color of the picture's skin, lips, eyes and highlights."""
    return np.concatenate([image[::9, ::9].reshape(-1, 3), np.array([[255, 255, 255], [0, 0, 0]], np.uint8)])


@pytest.mark.parametrize("pigment", PIGMENTS)
def test_pigment_is_laid_by_its_formula(pigment, pixels, image, face):
    """The formula, pixel by pixel: L + 16 and chroma of the paint in proportion to the pixel's light."""
    light = skin_light(image, face)
    cover = np.linspace(0, 1, len(pixels), dtype=np.float32)
    lab = planes_of(pixels)
    where = lay_pigment(lab, cover, pigment, light)
    bare = rgb_to_lab(pixels[None])[0].astype(float)
    asked = rgb_to_lab(np.array([[pigment.color]], np.uint8))[0, 0].astype(float)
    relative = (bare[:, 0] + 16) / (light.lightness + 16)
    over = np.maximum(relative - 1.15, 0)
    shading = (relative - over + 0.5 * over / (1 + 2 * over)) * light.level
    highlight = np.maximum(relative - 1.2, 0) * (light.lightness + 16) * pigment.highlights
    paint = np.empty_like(bare)
    paint[:, 0] = np.minimum((asked[0] + 16) * shading + 0.6 * highlight, 116) - 16
    paint[:, 1:] = (asked[1:] + light.cast) * (shading / (1 + 0.02 * highlight))[:, None]
    strength = (cover * pigment.cover)[:, None]
    expected = np.where(strength > LEAST_COVER, bare + (paint - bare) * strength, bare)
    np.testing.assert_array_equal(where, np.flatnonzero(strength > LEAST_COVER))
    np.testing.assert_allclose(lab.T, expected, atol=2e-3)  # units of CIELAB


@pytest.mark.parametrize("pigment", PIGMENTS)
def test_a_veil_is_laid_by_its_formula(pigment, pixels):
    """The formula: usual skin gets the pigment's color, all else changes in proportion to its light."""
    cover = np.linspace(0, 1, len(pixels), dtype=np.float32)
    lab = planes_of(pixels)
    lay_veil(lab, cover, pigment)
    bare = rgb_to_lab(pixels[None])[0].astype(float)
    asked = rgb_to_lab(np.array([[pigment.color]], np.uint8))[0, 0].astype(float)
    shade = (asked[0] + 16) / (USUAL_SKIN[0] + 16)
    tint = asked[1:] - USUAL_SKIN[1:] * shade
    strength = (cover * pigment.cover)[:, None]
    expected = bare * (1 + (shade - 1) * strength)
    expected[:, 1:] += tint * strength * (bare[:, :1] + 16) / (USUAL_SKIN[0] + 16)
    expected[:, :1] = np.minimum((bare[:, :1] + 16) * (1 + (shade - 1) * strength) - 16, 100)
    np.testing.assert_allclose(lab.T, expected, atol=2e-3)  # units of CIELAB


@pytest.mark.parametrize(
    "text",
    [
        "eyeliner { thickness: 0.7 wing: 1 lower: 0.7 } lash_line { intensity: 1 }",
        'eyeshadow { color: "teal" crease_color: "plum" finish: SHIMMER intensity: 1 lower: 0.6 }',
        'brow_tint { color: "dark_brown" } iris_color { color: "ice" intensity: 1 }',
    ],
)
def test_both_eyes_at_once_look_as_one_by_one(text, image, face, monkeypatch):
    look = parse_look(text)
    together = painted(image, face[None], look)
    monkeypatch.setattr(eye_paint, "_ALIKE", 0)
    alone = painted(image, face[None], look)
    assert changed(image, together).max() > 30
    assert changed(together, alone).max() <= 1  # of 255 levels


def test_eyes_of_different_widths_or_cut_by_the_border_are_painted_one_by_one(image, face):
    look = parse_look('eyeshadow { color: "teal" intensity: 1 }')
    narrow = face.copy()
    middle = face[:, 0].mean()
    narrow[:, 0] = np.where(face[:, 0] < middle, middle + 0.6 * (face[:, 0] - middle), face[:, 0])
    for landmarks in (narrow[:, :2], face - np.float32([0, 210, 0])):
        change = changed(image, painted(image, landmarks[None], look))
        assert min(change[:, : int(middle)].max(), change[:, int(middle) :].max()) > 20


@pytest.mark.parametrize("step", [1, 2, 3, 5, 6, 7, 13])
def test_a_smaller_picture_is_made_of_means(step, image):
    part = FacePart(((37, 52),), 211, 190)
    small = complexion._shrunk(image, part, step)
    height, width = small.shape[:2]
    assert height * step >= part.height and width * step >= part.width
    box = image[52 : 52 + height * step, 37 : 37 + width * step].astype(float)
    means = box.reshape(height, step, width, step, 3).mean(axis=(1, 3))
    assert np.abs(small - means).mean() < 4  # of 255: a step of 3 is a half, and then 2 pixels with weights


def test_a_smaller_picture_goes_on_beyond_the_image(image):
    part = FacePart(((WIDTH - 30, HEIGHT - 20),), 30, 20)
    small = complexion._shrunk(image, part, 7)
    assert small.shape[0] * 7 >= 20 and small.shape[1] * 7 >= 30
    np.testing.assert_array_equal(small[-1, -1], image[-1, -1])  # the border is repeated


def test_bands_are_multiplied_as_the_whole(image, monkeypatch):
    gains = np.random.default_rng(0).uniform(0.5, 1.5, (40, 30, 3)).astype(np.float32)
    size = 30 * 5, 40 * 5
    whole = cv2.resize(gains, size, interpolation=cv2.INTER_LINEAR)[:197, :148]
    expected = cv2.multiply(image[:197, :148], whole, dtype=cv2.CV_8U)
    for band in (1, 30 * 25 * 9, 10**9):
        monkeypatch.setattr(complexion, "_BAND", band)
        box = image[:197, :148].copy()
        complexion._multiply(box, gains, 5)
        np.testing.assert_array_equal(box, expected)


def test_a_picture_is_cut_from_boxes_whose_places_are_known():
    part = FacePart(((10, 20), (60, 24)), 30, 16)
    picture = np.random.default_rng(0).uniform(size=part.shape).astype(np.float32)
    points = np.array([[(15, 25), (22.5, 31)], [(58, 30), (70, 60)]], np.float32)  # the last one is outside
    inner = part.inner(points, 1.0)
    assert (inner.width, inner.height) == (11, 11)
    for (left, top), (outer_left, outer_top) in zip(inner.corners, part.corners, strict=True):
        assert outer_left <= left <= outer_left + part.width - inner.width
        assert outer_top <= top <= outer_top + part.height - inner.height
    where = part.indices(inner)
    assert (np.diff(where.reshape(-1)) > 0).all()  # in order
    np.testing.assert_array_equal(picture.reshape(-1)[where], part.cut(picture, inner))


@pytest.mark.parametrize("step", [1, 3])
def test_a_soft_shape_is_the_same_wherever_the_canvas_ends(step):
    """Only the zone around a shape is blurred: a larger canvas, or a second box, changes nothing in it."""
    shape = np.array([(31, 22), (52, 27), (47, 44), (33, 41)], np.float32)
    near, far = (
        FacePart(((9, 6),), 60 // step, 54 // step, step),
        FacePart(((9, 6),), 240 // step, 180 // step, step),
    )
    alone, wide = (part.soft(shape[None], [4], [1], 2.5) for part in (near, far))
    assert alone.max() > 200
    np.testing.assert_array_equal(alone, wide[: near.height, : near.width])
    both = FacePart(((9, 6), (109, 206)), near.width, near.height, step)
    pair = both.soft(np.stack([shape, shape + np.float32([100, 200])]), [4], [1], 2.5)
    for box in (pair[: near.height], pair[near.height :]):
        np.testing.assert_array_equal(alone, box)
    assert not far.soft(shape[None] + 9999, [4], [1], 2.5).any()


def test_a_lens_lies_in_the_open_eye_if_the_other_is_shut(image, face):
    groups, mirror = landmark_groups(), mirror_landmarks()
    winking = face.copy()
    winking[groups["right_upper_lid"]] = winking[groups["right_lower_lid"]]
    look = parse_look('iris_color { color: "ice" intensity: 1 } eyeliner {}')
    alone = parse_look("eyeliner {}")
    after, lines = (painted(image, winking[None], each) for each in (look, alone))
    lens = changed(after, lines)
    middle = int(face[:, 0].mean())
    assert lens[:, :middle].max() == 0
    x, y = face[mirror[groups["right_iris"]][0], :2].astype(int)
    assert lens[y - 12 : y + 13, x - 12 : x + 13].max() > 30
