"""Faces for the tests of makeup: landmarks of the canonical face, and a picture of it."""

from __future__ import annotations

import cv2
import numpy as np

from attention_mesh.drawing.makeup.lip_mask import lip_mask
from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.models.topology.mirror import mirror_landmarks

SIZE = (240, 280)
SKIN, LIP, DARK = (205, 160, 140), (165, 95, 92), (40, 20, 20)
_LOWER = ("lower_outer_lip", "lower_outer_lip_ridge", "lower_inner_lip_ridge", "lower_inner_lip")


def face_px(opened: float = 0.0, scale: float = 12.0, center: tuple[float, float] = (120, 110)) -> np.ndarray:
    """(478, 3) px, the canonical face; the middle of the lower lip lies `opened` px lower."""
    points = canonical_face().vertices * (scale, -scale, -scale) + (*center, 0)
    drop = np.clip(np.sin(np.linspace(0, np.pi, 11)), 0, 1) * opened
    for name in _LOWER:
        points[landmark_groups()[name], 1] += drop
    return points.astype(np.float32)


def picture(face: np.ndarray, opening: tuple[int, int, int] = DARK) -> np.ndarray:
    """(280, 240, 3) uint8: skin with lips, shaded and textured."""
    groups = landmark_groups()
    image = np.full((SIZE[1], SIZE[0], 3), SKIN, np.uint8)
    for color, (upper, lower) in (
        (LIP, ("upper_outer_lip", "lower_outer_lip")),
        (opening, ("upper_inner_lip", "lower_inner_lip")),
    ):
        ring = np.concatenate([face[groups[upper], :2], face[groups[lower], :2][::-1]])
        cv2.fillPoly(image, [np.rint(ring - 0.5).astype(np.int32)], color)
    shade = 1 + 0.12 * np.sin(np.arange(SIZE[0]) * 1.1) * np.cos(np.arange(SIZE[1]) * 0.6)[:, None]
    return np.clip(image * shade[..., None], 0, 255).astype(np.uint8)


def mouth_opening(size: tuple[int, int], landmarks_px: np.ndarray) -> np.ndarray:
    """(H, W) bool, the pixels between the inner contours of the lips of one face; size is (width, height)."""
    opening = np.zeros(size[::-1], np.uint8)
    contours = lip_mask(size, landmarks_px).contours_px
    ring = np.concatenate([contours[2], contours[3][::-1]])
    cv2.fillPoly(opening, [np.rint((ring - 0.5) * 16).astype(np.int32)], 1, shift=4)
    return opening.astype(bool)


def changed(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """(H, W) int: the largest change of a channel, in levels."""
    return np.abs(after.astype(int) - before).max(axis=2)


def with_mustache(image: np.ndarray, face: np.ndarray, color: tuple[int, int, int]) -> np.ndarray:
    """A copy whose upper lip is hidden by hair, from the nose down to the middle of the mouth."""
    groups = landmark_groups()
    image, middle = image.copy(), face[groups["inner_lip_middles"], :2].mean(axis=0).astype(int)
    half = int(np.ptp(face[groups["mouth_corners"], 0])) // 2 + 4
    image[middle[1] - 26 : middle[1], middle[0] - half : middle[0] + half] = color
    return image


def with_tongue(face: np.ndarray, beyond_px: float = 22) -> np.ndarray:
    """`picture` of an open mouth with a tongue that reaches over the lower lip, so far beyond its border."""
    tongue = (222, 150, 150)
    image, groups = picture(face, opening=tongue), landmark_groups()
    top, bottom = face[groups["upper_inner_lip"][5], 1] + 8, face[groups["lower_outer_lip"][5], 1] + beyond_px
    middle = (int(face[0, 0]), int(top + bottom) // 2)
    cv2.ellipse(image, middle, (30, int(bottom - top) // 2), 0, 0, 360, tongue, -1)
    return image


PORTRAIT_SIZE = (600, 720)
IRIS = (90, 60, 40)


def portrait_px(turned_rad: float = 0.0, shut: float = 0.0) -> np.ndarray:
    """(478, 3) px, the canonical face, larger; turned to its left, and with lids shut from 0 to 1."""
    points = canonical_face().vertices * (1, -1, -1)
    groups, mirror = landmark_groups(), mirror_landmarks()
    for side in (slice(None), mirror):
        upper = np.arange(478)[side][groups["right_upper_lid"]]
        lower = np.arange(478)[side][groups["right_lower_lid"]]
        points[upper] += shut * (points[lower] - points[upper])
    cos, sin = np.cos(turned_rad), np.sin(turned_rad)
    turn = np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])
    return (points @ turn.T * 30 + (300, 330, 0)).astype(np.float32)


def portrait(face: np.ndarray) -> np.ndarray:
    """(720, 600, 3) uint8: `picture` with eyes and brows, for `portrait_px`."""
    groups, mirror = landmark_groups(), mirror_landmarks()
    image = np.full((PORTRAIT_SIZE[1], PORTRAIT_SIZE[0], 3), SKIN, np.uint8)

    def fill(rows: tuple[str, str], color: tuple[int, int, int], into: np.ndarray, left: bool) -> None:
        first, second = (mirror[groups[row]] if left else groups[row] for row in rows)
        ring = np.concatenate([face[first, :2], face[second, :2][::-1]])
        cv2.fillPoly(into, [np.rint(ring - 0.5).astype(np.int32)], color)

    for left in (False, True):
        fill(("right_lower_brow", "right_upper_brow"), (70, 50, 40), image, left)
        iris = face[mirror[groups["right_iris"]] if left else groups["right_iris"], :2]
        radius = float(np.linalg.norm(iris[1:] - iris[0], axis=1).mean())
        eye = np.full_like(image, (225, 220, 215))
        center = tuple(np.rint(iris[1:].mean(axis=0) - 0.5).astype(int).tolist())
        cv2.circle(eye, center, round(radius), IRIS, -1)
        cv2.circle(eye, center, round(0.3 * radius), (15, 12, 12), -1)
        cv2.circle(eye, (center[0] + round(0.45 * radius), center[1]), 2, (255, 255, 255), -1)
        opening = np.zeros(image.shape[:2], np.uint8)
        fill(("right_upper_lid", "right_lower_lid"), (255,), opening, left)
        image[opening > 0] = eye[opening > 0]
    fill(("upper_outer_lip", "lower_outer_lip"), LIP, image, False)
    shade = 1 + 0.1 * np.sin(np.arange(PORTRAIT_SIZE[0]) * 0.9) * np.cos(
        np.arange(PORTRAIT_SIZE[1]) * 0.7
    ).reshape(-1, 1)
    return np.clip(image * shade[..., None], 0, 255).astype(np.uint8)


def mirrored(face: np.ndarray, width: int) -> np.ndarray:
    """The landmarks of a mirrored picture of this width in pixels."""
    result = face[mirror_landmarks()].copy()
    result[:, 0] = width - result[:, 0]
    return result
