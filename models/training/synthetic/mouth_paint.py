"""Mouth paint: the inside of a mouth that is opened in a photo of a closed one."""

from __future__ import annotations

import cv2
import numpy as np

from attention_mesh.models.topology.face_topology import FaceTopology
from attention_mesh.models.topology.landmark_groups import landmark_groups

# Smallest painted opening, relative to the mouth's width, and to the opening before.
_OPENED, _WIDER = 0.05, 1.5
_THROAT, _TEETH, _TONGUE = (70, 30, 30), (215, 205, 185), (175, 90, 85)


def paint_mouth(
    image: np.ndarray, before: np.ndarray, after: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """The picture with throat, teeth and tongue between lips that have opened.

    A mouth that was about as open before stays as in the photo.

    Args:
        image: (H, W, 3) uint8 RGB.
        before, after: (478, 2) px landmarks.
        rng: of the random colors and shapes.
    """
    if _opening(after) < max(_OPENED, _WIDER * _opening(before)):
        return image
    topology, groups = FaceTopology.load(), landmark_groups()
    outline = after[topology.ring("LIPS", topology.names["upper_lip_bottom"])]
    right_corner, left_corner = after[groups["inner_mouth_corners"]]
    width = np.linalg.norm(left_corner - right_corner)
    upper_lip, lower_lip = after[groups["inner_lip_middles"]]
    down = lower_lip - upper_lip
    height = np.linalg.norm(down)
    picture = image.astype(np.float32)
    bright = _brightness(image, after) * rng.uniform(0.7, 1.1)
    inside = _mask(image, outline)
    picture = _covered(picture, inside, np.multiply(_THROAT, bright * rng.uniform(0.3, 1.0)))
    if rng.random() < 0.8:  # the upper teeth hang from the upper lip
        reach = down / height * min(rng.uniform(0.05, 0.2) * width, 0.8 * height)
        upper = after[groups["upper_inner_lip"]]
        teeth = _mask(image, np.concatenate([upper, upper[::-1] + reach])) * inside
        picture = _covered(picture, teeth, np.multiply(_TEETH, bright))
    if rng.random() < 0.6:
        middle = lower_lip - down * rng.uniform(-0.05, 0.2)
        axes = (2 * float(width * rng.uniform(0.15, 0.35)), 2 * float(height * rng.uniform(0.2, 0.5)))
        angle = float(np.degrees(np.arctan2(*(left_corner - right_corner)[::-1])))
        tongue = np.zeros(image.shape[:2], np.float32)
        cv2.ellipse(tongue, (middle.tolist(), axes, angle), 1.0, -1, cv2.LINE_AA)
        out = rng.random() < 0.1  # over the lower lip
        picture = _covered(picture, tongue if out else tongue * inside, np.multiply(_TONGUE, bright))
    return picture.clip(0, 255).astype(np.uint8)


def _opening(points: np.ndarray) -> float:
    """Height of the opening between the lips, relative to the mouth's width."""
    groups = landmark_groups()
    (upper, lower), (right, left) = points[groups["inner_lip_middles"]], points[groups["inner_mouth_corners"]]
    return float(np.linalg.norm(lower - upper) / (np.linalg.norm(left - right) + 1e-6))


def _brightness(image: np.ndarray, points: np.ndarray) -> float:
    """Brightness of the skin beside the mouth; 1 is fully lit."""
    places = points[landmark_groups()["cheeks"]].round().astype(int).clip(0, np.array(image.shape[1::-1]) - 1)
    return float(np.clip(image[places[:, 1], places[:, 0]].mean() / 180, 0.25, 1.2))


def _mask(image: np.ndarray, outline: np.ndarray) -> np.ndarray:
    mask = np.zeros(image.shape[:2], np.float32)
    cv2.fillPoly(mask, [np.round(outline * 16).astype(np.int32)], 1.0, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(mask, (0, 0), 0.8)


def _covered(picture: np.ndarray, mask: np.ndarray, color: np.ndarray) -> np.ndarray:
    return picture + (color.astype(np.float32) - picture) * mask[:, :, None]
