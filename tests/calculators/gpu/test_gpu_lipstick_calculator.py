"""Lipstick on the GPU is the CPU's, on a real face."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.drawing.makeup.lab_color import lab_to_rgb, rgb_to_lab
from attention_mesh.drawing.makeup.lip_mask import lip_mask
from attention_mesh.drawing.makeup.lipstick import visible_lips
from attention_mesh.drawing.makeup.look import load_look
from attention_mesh.drawing.makeup.paint import painted
from attention_mesh.drawing.makeup.scene_light import skin_light
from attention_mesh.framework import CalculatorError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker
from attention_mesh.tests.drawing.makeup.makeup_faces import (
    SIZE,
    SKIN,
    face_px,
    picture,
    portrait,
    portrait_px,
    with_mustache,
    with_tongue,
)
from attention_mesh.tests.webgpu.gpu_process import gpu_recorder, on_gpu

NODE = "GpuLipstickCalculator"


@pytest.fixture(scope="module")
def astronaut_px(astronaut: np.ndarray) -> np.ndarray:
    """(478, 3) px."""
    with FaceLandmarker() as landmarker:
        return landmarker.detect(astronaut).landmarks_px[0]


def on_gpu_painted(image: np.ndarray, slots_px: list[np.ndarray | None], look: str) -> np.ndarray:
    """What the node makes of an image; a slot may be empty."""
    gpu = gpu_recorder()
    size = image.shape[1], image.shape[0]
    placed = np.full((len(slots_px), 478, 3), 0.5, np.float32)
    rows = np.zeros((len(slots_px), 8), np.float32)
    for slot, points in enumerate(slots_px):
        if points is not None:
            placed[slot], rows[slot, 5] = points / [*size, size[0]], 0.9
    frame = gpu.upload_picture(cv2.cvtColor(image, cv2.COLOR_RGB2RGBA), 3)
    packets = {
        "IMAGE_GPU": [(0, frame)],
        "LANDMARKS": [(0, gpu.upload(placed))],
        "FACES": [(0, gpu.upload(rows))],
    }
    run = run_calculator(NODE, packets, {"LOOK": look}, services={GPU_SERVICE: gpu})
    return gpu.read_picture(run.values("IMAGE_GPU")[0]).result()[..., :3]


def assert_alike(found: np.ndarray, expected: np.ndarray, image: np.ndarray) -> None:
    """99 % of the painted pixels are within two gray levels, and all others are as they were, to the bit."""
    is_painted = (expected != image).any(axis=2)
    off = np.abs(found.astype(int) - expected).max(axis=2)
    assert is_painted.sum() > 50 and np.mean(off[is_painted] > 2) <= 0.01
    far = cv2.dilate(is_painted.astype(np.uint8), np.ones((3, 3), np.uint8)) == 0
    np.testing.assert_array_equal(found[far], image[far])


@on_gpu
@pytest.mark.parametrize("scale", [0.5, 1.0])
@pytest.mark.parametrize("look", ["red_matte", "rose_sheer", "coral_satin", "red_gloss"])
def test_the_astronaut_is_painted_as_on_the_cpu(
    astronaut: np.ndarray, astronaut_px: np.ndarray, look: str, scale: float
) -> None:
    """Also beside her teeth."""
    image = np.ascontiguousarray(cv2.resize(astronaut[:240, 120:330], None, fx=scale, fy=scale))
    points = ((astronaut_px - [120, 0, 0]) * scale).astype(np.float32)
    expected = painted(image, points[None], load_look(look))
    assert_alike(on_gpu_painted(image, [points], look), expected, image)


@on_gpu
@pytest.mark.parametrize(("opened", "look"), [(0.0, "plum_matte"), (9.0, "plum_matte"), (9.0, "berry_gloss")])
def test_several_faces_are_painted_and_empty_slots_are_not(opened: float, look: str) -> None:
    """Their lips hardly have shading, so most of the gloss is left out."""
    face = face_px(opened)
    image = np.concatenate([picture(face), picture(face)], axis=1)
    slots = [None, face, face + np.float32([240, 0, 0])]
    expected = painted(image, np.stack(slots[1:]), load_look(look))  # type: ignore[arg-type]
    assert_alike(on_gpu_painted(image, slots, look), expected, image)


@on_gpu
@pytest.mark.parametrize("hair", [(45, 42, 40), (95, 92, 88), (60, 36, 20)])
def test_a_mustache_over_the_upper_lip_stays_unpainted(hair: tuple[int, int, int]) -> None:
    face = face_px()
    image = with_mustache(picture(face), face, hair)
    expected = painted(image, face[None], load_look("red_matte"))
    without = painted(picture(face), face[None], load_look("red_matte"))
    assert (expected != image).sum() < 0.8 * (without != picture(face)).sum()
    assert_alike(on_gpu_painted(image, [face], "red_matte"), expected, image)


@on_gpu
def test_lips_of_which_no_pixel_is_sure_are_painted_by_all_of_them() -> None:
    """All around the mouth has one color, which may be gray hair: a quarter of the paint is left out."""
    face = face_px()
    image = picture(face)
    lightness, a, b = rgb_to_lab(np.array([[SKIN]], np.uint8))[0, 0]
    grayish = np.array([[[0.7 * (lightness + 16) - 16, 0.42 * a, 0.42 * b]]], np.float32)
    image[120:] = lab_to_rgb(grayish)[0, 0]
    mask = lip_mask(SIZE, face, image)
    assert mask is not None and mask.top > 120
    cover = visible_lips(image, mask, face, skin_light(image, face))
    assert 0.5 < cover.max() < 0.9
    assert_alike(
        on_gpu_painted(image, [face], "red_gloss"), painted(image, face[None], load_look("red_gloss")), image
    )


@on_gpu
@pytest.mark.parametrize("reach", [6, 22])
def test_a_tongue_over_the_lower_lip_stays_unpainted(reach: int) -> None:
    """It reaches some pixels over the border of the lip to the skin."""
    face = face_px(40)
    image = with_tongue(face, reach)
    expected = painted(image, face[None], load_look("berry_gloss"))
    without = painted(picture(face), face[None], load_look("berry_gloss"))
    assert (expected != image).sum() < 0.8 * (without != picture(face)).sum()
    assert_alike(on_gpu_painted(image, [face], "berry_gloss"), expected, image)


@on_gpu
def test_lips_that_a_turned_head_hides_stay_unpainted() -> None:
    face = portrait_px(1.2) * np.float32(0.5)
    image = cv2.resize(portrait(portrait_px(1.2)), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    look = load_look("red_matte")
    expected, with_hidden = painted(image, face[None], look), painted(image, face[None, :, :2], look)
    assert (
        np.abs(with_hidden.astype(int) - expected).max(axis=2) > 9
    ).sum() > 20  # without z, all is painted
    assert_alike(on_gpu_painted(image, [face], "red_matte"), expected, image)


@on_gpu
@pytest.mark.parametrize("value", [np.nan, np.inf, 1e9, -400.0], ids=str)
def test_lips_that_are_nowhere_in_the_frame_are_left_out(value: float) -> None:
    face = face_px()
    image = picture(face)
    face[:, 0] = value
    np.testing.assert_array_equal(on_gpu_painted(image, [face], "red_matte"), image)


@on_gpu
def test_looks_that_need_the_cpu_are_refused() -> None:
    with pytest.raises(CalculatorError, match='look "office" has eyeliner'):
        on_gpu_painted(np.zeros((20, 20, 3), np.uint8), [None], "office")
