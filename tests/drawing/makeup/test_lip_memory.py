"""Memory of lips: what hides them does not flicker, moves with them, and belongs to one person."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.drawing.makeup.lip_mask import lip_mask
from attention_mesh.drawing.makeup.lip_memory import LipMemory, MakeupMemory
from attention_mesh.drawing.makeup.lipstick import Finish, Lipstick
from attention_mesh.drawing.makeup.look import Look
from attention_mesh.drawing.makeup.paint import painted
from attention_mesh.tests.drawing.makeup.makeup_faces import SIZE, face_px, picture

LOOK = Look(Lipstick((176, 24, 44), Finish.MATTE))
FRAME_US = 33_333


def with_finger(image: np.ndarray, x: int) -> np.ndarray:
    image = image.copy()
    image[:, x : x + 12] = (225, 190, 160)
    return image


def changes(images: list[np.ndarray], faces: list[np.ndarray], remember: bool) -> list[np.ndarray]:
    """What is painted into each frame, (H, W) float."""
    memory, result = MakeupMemory(), []
    for number, (image, face) in enumerate(zip(images, faces, strict=True)):
        memories = memory.of_faces(face[None], number * FRAME_US) if remember else None
        after = painted(image, face[None], LOOK, memories)
        result.append(np.abs(after.astype(float) - image).sum(axis=2))
    return result


def test_the_first_frame_is_painted_like_a_photo():
    face = face_px(20)
    photo, video = (changes([picture(face)], [face], remember)[0] for remember in (False, True))
    assert np.abs(photo - video).max() <= 3  # rounding of three channels


def test_paint_does_not_blink_if_something_before_the_lips_is_found_in_every_other_frame():
    face = face_px()
    bare = picture(face)
    x = int(face[0, 0]) + 8
    images = [bare, with_finger(bare, x)] * 8
    under = {}
    for remember in (False, True):
        paint = [change[:, x + 4 : x + 8].sum() for change in changes(images, [face] * 16, remember)][8:]
        under[remember] = np.abs(np.diff(paint)).mean()
    assert under[True] < 0.25 * under[False]


def test_a_hand_that_stays_is_bare_within_a_tenth_of_a_second_and_lips_are_back_within_a_second():
    face = face_px()
    bare = picture(face)
    x = int(face[0, 0]) + 8
    images = [bare] * 2 + [with_finger(bare, x)] * 4 + [bare] * 30
    paint = [change[:, x + 4 : x + 8].sum() for change in changes(images, [face] * 36, True)]
    assert paint[4] < 0.15 * paint[0]
    assert paint[-1] > 0.9 * paint[0]


@pytest.mark.parametrize("move", [(20, 0), (-15, 12)])
def test_what_was_seen_moves_with_the_lips(move):
    face, memory = face_px(), LipMemory()
    before = lip_mask(SIZE, face)
    hidden = before.coverage.copy()
    half = hidden.shape[1] // 2
    hidden[:, half:] = 0
    memory.cover(before, hidden)
    now = lip_mask(SIZE, face + np.float32([*move, 0]))
    memory.passed_s = 0.0  # all of the past, nothing of this frame
    cover = memory.cover(now, now.coverage)
    share = cover.sum() / now.coverage.sum()
    assert share == pytest.approx(hidden.sum() / before.coverage.sum(), abs=0.03)
    assert cover[:, half + 3 :].max() < 0.02


def test_every_face_has_its_own_memory_in_whatever_order_they_come():
    memory = MakeupMemory()
    one, other = face_px(), face_px() + np.float32([300, 0, 0])
    first = memory.of_faces(np.stack([one, other]), 0)
    second = memory.of_faces(np.stack([other + 3, one + 3]), FRAME_US)
    assert list(second) == list(first)[::-1]
    assert first[0] is not first[1]
    assert second[0].passed_s == pytest.approx(FRAME_US / 1e6)


@pytest.mark.parametrize(
    ("moved_px", "time_us"), [(0, 2_000_000), (0, -5), (200, FRAME_US)], ids=["pause", "step back", "jump"]
)
def test_a_face_after_a_pause_or_elsewhere_is_a_new_one(moved_px, time_us):
    memory = MakeupMemory()
    (known,) = memory.of_faces(face_px()[None], 0)
    (later,) = memory.of_faces(face_px()[None] + np.float32([moved_px, 0, 0]), time_us)
    assert later is not known


def test_no_face_is_no_memory():
    memory = MakeupMemory()
    assert list(memory.of_faces(np.zeros((0, 478, 3), np.float32), 0)) == []
