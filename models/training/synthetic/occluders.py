"""Occluders: glasses, strands of hair and objects that hide parts of a face."""

from __future__ import annotations

import cv2
import numpy as np

from attention_mesh.models.topology.face_topology import FaceTopology
from attention_mesh.models.topology.landmark_groups import interocular_distance, landmark_groups
from attention_mesh.models.training.synthetic.background import draw_shape
from attention_mesh.models.training.synthetic.painted_skin import random_hair


def add_occluders(rng: np.random.Generator, picture: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """The picture (H, W, 3) float32, perhaps with occluders; landmarks (478, 2 or more) px in it."""
    if rng.random() < 0.25:
        picture = _with_glasses(rng, picture, landmarks[:, :2])
    if rng.random() < 0.35:
        picture = _with_hair(rng, picture, landmarks[:, :2])
    if rng.random() < 0.2:
        picture = _with_things(rng, picture, np.ptp(landmarks[:, 0]))
    return picture


def _with_glasses(rng: np.random.Generator, picture: np.ndarray, points: np.ndarray) -> np.ndarray:
    color = tuple(map(float, rng.uniform(0, 120) + rng.normal(0, 20, 3)))
    groups = landmark_groups()
    between = interocular_distance(points)
    thick = max(1, round(between * rng.uniform(0.01, 0.06)))
    wide, high = between * rng.uniform(0.24, 0.32), between * rng.uniform(0.14, 0.26)
    right_eye, left_eye = points[groups["outer_eye_corners"]]
    tilt = left_eye - right_eye
    angle = float(np.degrees(np.arctan2(tilt[1], tilt[0])))
    lenses, frame = picture.copy(), picture.copy()
    inner = []
    outer_corners, inner_corners = groups["outer_eye_corners"], groups["inner_eye_corners"]
    for outer, nose, side in zip(outer_corners, inner_corners, groups["temples"], strict=True):
        center = (points[outer] + points[nose]) / 2
        # In a turned face, a lens is as narrow as its eye.
        narrow = min(1.0, float(np.linalg.norm(points[outer] - points[nose])) / (0.3 * between + 1e-6))
        axes = (int(wide * narrow) + 1, int(high) + 1)
        place = center.astype(int).tolist()
        cv2.ellipse(lenses, place, axes, angle, 0, 360, color, -1, cv2.LINE_AA)
        cv2.ellipse(frame, place, axes, angle, 0, 360, color, thick, cv2.LINE_AA)
        outward = (points[outer] - points[nose]) / (np.linalg.norm(points[outer] - points[nose]) + 1e-6)
        inner.append((center - outward * axes[0]).astype(int).tolist())
        hinge = (center + outward * axes[0]).astype(int).tolist()
        cv2.line(frame, hinge, points[side].astype(int).tolist(), color, thick, cv2.LINE_AA)
    cv2.line(frame, inner[0], inner[1], color, thick, cv2.LINE_AA)
    tint = rng.choice([0.0, 0.1, 0.85], p=[0.6, 0.25, 0.15])
    drawn = np.abs(frame - picture).max(2, keepdims=True) > 0
    return np.where(drawn, frame, picture + (lenses - picture) * np.float32(tint))


def _with_hair(rng: np.random.Generator, picture: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The picture with a fringe: strands that hang from the forehead's rim."""
    picture = picture.copy()
    hair = random_hair(rng)
    names = FaceTopology.load().names
    down = points[names["chin_bottom"]] - points[names["forehead_top"]]
    forehead = landmark_groups()["forehead"]
    first, last = np.sort(rng.integers(0, len(forehead), 2))
    roots = points[forehead[first : last + 1]]
    length = rng.uniform(0.05, 0.45)
    for _ in range(rng.integers(10, 120)):
        root = roots[rng.integers(len(roots))] + rng.normal(0, 0.03, 2) * np.linalg.norm(down) - 0.08 * down
        bend = root + down * length * rng.uniform(0.3, 0.7) + rng.normal(0, 0.02, 2) * np.linalg.norm(down)
        tip = root + down * length * rng.uniform(0.8, 1.2) + rng.normal(0, 0.05, 2) * np.linalg.norm(down)
        color = tuple(map(float, hair * rng.uniform(0.6, 1.3)))
        strand = np.stack([root, bend, tip]).astype(np.int32)
        cv2.polylines(picture, [strand], False, color, int(rng.integers(1, 4)), cv2.LINE_AA)
    return picture


def _with_things(rng: np.random.Generator, picture: np.ndarray, face_width: float) -> np.ndarray:
    picture = picture.copy()
    for _ in range(rng.integers(1, 3)):
        # Often a color of skin, as a hand has.
        color = np.array([205, 150, 120]) * rng.uniform(0.5, 1.2)
        if rng.random() < 0.5:
            color = rng.uniform(0, 255, 3)
        draw_shape(rng, picture, color, face_width * rng.uniform(0.1, 0.35))
    return picture
