"""Paint of the built-in avatar: the skin's and the eyes' textures."""

from __future__ import annotations

import cv2
import numpy as np

from attention_mesh.drawing.avatar.triangle_buffer import screen_planes, triangle_buffer
from attention_mesh.models.topology.face_topology import FaceTopology
from attention_mesh.models.topology.mirror import mirror_landmarks
from attention_mesh.tools.avatar.face import inner_lips
from attention_mesh.tools.avatar.features import IRIS_SHARE

SKIN_PX, EYE_PX, HAIR_PX = 1024, 256, 512
_WORK_PX = 2048
SKIN = (0.87, 0.68, 0.585)
LIP = (0.74, 0.42, 0.40)
HAIR = (0.30, 0.20, 0.135)
BROW = (0.24, 0.155, 0.11)
LASH = (0.16, 0.10, 0.08)
# Where skin has another color: landmarks on the left or in the middle, radii in the texture, color, share.
_FLUSHES = (
    ((425, 280), (0.055, 0.05), (0.88, 0.55, 0.47), 0.42),  # cheek
    ((4,), (0.035, 0.03), (0.88, 0.56, 0.48), 0.23),  # tip of the nose
    ((152,), (0.05, 0.035), (0.87, 0.58, 0.5), 0.13),  # chin
    ((151,), (0.15, 0.06), (0.9, 0.73, 0.6), 0.16),  # forehead
    ((253, 450), (0.045, 0.016), (0.78, 0.54, 0.5), 0.3),  # below the eye
)
_LEFT_NOSTRIL = (458, 309, 462)
# Landmarks of the left eyebrow's lower and upper edge, from the nose outward.
_BROW_LOWER, _BROW_UPPER = (285, 295, 282, 283, 276), (336, 296, 334, 293, 300)


class _Canvas:
    """A float picture with soft brushes; places are texture places, 0 to 1."""

    def __init__(self, color: tuple[float, float, float]) -> None:
        self.picture = np.full((_WORK_PX, _WORK_PX, 3), color, np.float32)

    def blend(self, mask: np.ndarray, color: tuple[float, float, float], share: float = 1.0) -> None:
        """Moves the picture toward a color by a mask of 0 to 1."""
        amount = (mask * share)[..., None].astype(np.float32)
        self.picture += amount * (np.array(color, np.float32) - self.picture)

    def shade(self, mask: np.ndarray, factor: tuple[float, float, float]) -> None:
        """Multiplies the picture by a factor where the mask is 1."""
        self.picture *= 1 + mask[..., None] * (np.array(factor, np.float32) - 1)

    @staticmethod
    def polygon(loop: np.ndarray, soft: float) -> np.ndarray:
        mask = np.zeros((_WORK_PX, _WORK_PX), np.float32)
        cv2.fillPoly(mask, [_fixed(loop)], 1, cv2.LINE_AA, 4)
        return cv2.GaussianBlur(mask, (0, 0), soft * _WORK_PX)

    @staticmethod
    def line(path: np.ndarray, width: float, soft: float) -> np.ndarray:
        mask = np.zeros((_WORK_PX, _WORK_PX), np.float32)
        cv2.polylines(mask, [_fixed(path)], False, 1, max(1, round(width * _WORK_PX)), cv2.LINE_AA, 4)
        return cv2.GaussianBlur(mask, (0, 0), soft * _WORK_PX)

    @staticmethod
    def spot(place: np.ndarray, radius: tuple[float, float]) -> np.ndarray:
        row, column = np.mgrid[:_WORK_PX, :_WORK_PX].astype(np.float32) / _WORK_PX
        return np.exp(-(((column - place[0]) / radius[0]) ** 2) - ((row - place[1]) / radius[1]) ** 2)


def paint_skin(uv: np.ndarray, triangles: np.ndarray, light: np.ndarray) -> np.ndarray:
    """(SKIN_PX, SKIN_PX, 3) uint8 RGB.

    Args:
        uv: (V, 2) places of the skin's vertices; the first 468 are the landmarks.
        triangles: (T, 3) of the skin.
        light: (V,) ambient light, 0 to 1.
    """
    canvas, rng = _Canvas(SKIN), np.random.default_rng(7)
    topology = FaceTopology.load()
    mirror = mirror_landmarks()

    def both(*landmarks: int) -> list[np.ndarray]:
        place = uv[list(landmarks)].mean(0)
        return [place, place * (-1, 1) + (1, 0)]

    for landmarks, radii, color, share in _FLUSHES:
        for place in both(*landmarks):
            canvas.blend(canvas.spot(place, radii), color, share)
    _paint_occlusion(canvas, uv, triangles, light)
    _paint_lips(canvas, uv)
    for name in ("LEFT_EYE", "RIGHT_EYE"):
        _paint_eye(canvas, uv[topology.ring(name)])
    for side in (False, True):
        lower, upper = np.array(_BROW_LOWER), np.array(_BROW_UPPER)
        if side:
            lower, upper = mirror[lower], mirror[upper]
        _paint_brow(canvas, uv[lower], uv[upper], np.random.default_rng(5), -1 if side else 1)
    for place in both(*_LEFT_NOSTRIL):
        canvas.shade(canvas.spot(place, (0.008, 0.0045)), (0.5, 0.36, 0.34))
    grain = cv2.GaussianBlur(rng.normal(0, 1, (_WORK_PX, _WORK_PX)).astype(np.float32), (0, 0), 2.5)
    blotches = cv2.resize(
        rng.normal(0, 1, (48, 48)).astype(np.float32), (_WORK_PX, _WORK_PX), interpolation=cv2.INTER_CUBIC
    )
    canvas.picture *= 1 + (0.03 * grain + 0.008 * blotches)[..., None] * np.array([0.8, 1.0, 1.0], np.float32)
    small = cv2.resize(canvas.picture, (SKIN_PX, SKIN_PX), interpolation=cv2.INTER_AREA)
    return np.clip(small * 255, 0, 255).astype(np.uint8)


def paint_eye() -> np.ndarray:
    """(EYE_PX, EYE_PX, 3) uint8 RGB: an eye from ahead; 2 rad from the pupil are 0.48 of the width."""
    size = 4 * EYE_PX
    row, column = (np.mgrid[:size, :size].astype(np.float32) + 0.5) / size - 0.5
    radius = np.hypot(row, column) / 0.48 * 2.0 / np.arcsin(IRIS_SHARE)  # 1 at the iris' edge
    angle = np.arctan2(row, column)
    rng = np.random.default_rng(3)
    fibers = (
        sum(
            rng.uniform(0.4, 1) * np.sin(k * angle + rng.uniform(0, 6.3) + 1.2 * np.sin(3 * radius))
            for k in (23, 37, 53, 71)
        )
        / 2.5
    )
    sclera = np.stack(
        [
            0.93 - 0 * radius,
            0.915 - 0.05 * np.clip(radius - 1, 0, 2),
            0.87 - 0.055 * np.clip(radius - 1, 0, 2),
        ],
        -1,
    )
    sclera *= (1 - 0.11 * np.clip(radius - 1.1, 0, 3))[..., None]
    inner = np.array([0.50, 0.37, 0.20])
    outer = np.array([0.25, 0.36, 0.36])
    mix = np.clip((radius - 0.42) / 0.3 + 0.25 * fibers, 0, 1)[..., None]
    iris = (inner * (1 - mix) + outer * mix) * (1 + 0.22 * fibers)[..., None]
    iris = iris * (1 - 0.65 * np.clip((radius - 0.8) / 0.2, 0, 1))[..., None]

    def step(edge: float, soft: float) -> np.ndarray:
        return np.clip((radius - edge) / soft + 0.5, 0, 1)[..., None]

    eye = iris * (1 - step(1.0, 0.12)) + sclera * step(1.0, 0.12)
    eye = np.array([0.03, 0.025, 0.025]) * (1 - step(0.38, 0.06)) + eye * step(0.38, 0.06)
    eye = cv2.resize(eye.astype(np.float32), (EYE_PX, EYE_PX), interpolation=cv2.INTER_AREA)
    return np.clip(eye * 255, 0, 255).astype(np.uint8)


def paint_hair() -> np.ndarray:
    """(HAIR_PX, HAIR_PX, 3) uint8 RGB: hair from above, the crown in the middle, the hairline at 0.48."""
    size = 2 * HAIR_PX
    row, column = (np.mgrid[:size, :size].astype(np.float32) + 0.5) / size - 0.5
    radius, angle = np.hypot(row, column) / 0.48, np.arctan2(column, row)
    rng = np.random.default_rng(11)
    # Strands: noise along the angle, which changes slowly from the crown outward.
    noise = rng.normal(0, 1, (24, 1400)).astype(np.float32)
    blurred = cv2.GaussianBlur(np.concatenate([noise] * 3, 1), (0, 0), 1.2)
    turn = (angle + 0.5 * (1 - radius) * np.sin(angle)) / (2 * np.pi) % 1
    along = np.stack([(turn + 1) * 1400, np.clip(radius, 0, 1) * 23], -1).astype(np.float32)
    strands = cv2.remap(blurred, along[..., 0], along[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    strands *= np.clip(radius * 2.5, 0, 1) / strands.std()
    root = np.clip((radius - 0.86) / 0.14, 0, 1)
    shade = (1 + 0.13 * strands) * (1 - 0.35 * root)
    hair = (
        np.array(HAIR) * shade[..., None] * (1 + 0.15 * np.clip(strands, 0, 2)[..., None] * [1.1, 0.9, 0.6])
    )
    small = cv2.resize(hair.astype(np.float32), (HAIR_PX, HAIR_PX), interpolation=cv2.INTER_AREA)
    return np.clip(small * 255, 0, 255).astype(np.uint8)


def paint_teeth() -> np.ndarray:
    """(64, 512, 3) uint8 RGB: a row of teeth from their edges, first row, to the gums."""
    v, u = (np.mgrid[:64, :512] + 0.5) / np.array([64, 512])[:, None, None]
    # Widths of the teeth from the middle outward: incisors, canine, premolars, molar.
    borders = np.cumsum([0, 0.23, 0.19, 0.19, 0.15, 0.13, 0.12])
    away = np.abs(2 * u - 1)
    tooth = np.clip(np.searchsorted(borders, away) - 1, 0, 5)
    within = (away - borders[tooth]) / (borders[tooth + 1] - borders[tooth])
    gap = np.minimum(within, 1 - within) * (borders[tooth + 1] - borders[tooth]) / 0.012
    ivory = np.array([0.95, 0.93, 0.88]) * (1 - 0.06 * np.clip(v - 0.3, 0, 1))[..., None]
    picture = ivory * (1 - 0.35 * np.exp(-(gap**2)))[..., None]
    gum_line = 0.72 - 0.16 * (2 * within - 1) ** 4
    gum = np.clip((v - gum_line) / 0.05 + 0.5, 0, 1)[..., None]
    picture = picture * (1 - gum) + np.array([0.74, 0.40, 0.39]) * gum
    picture *= (1 - 0.55 * away**2.5)[..., None] * (1 - 0.5 * np.clip(v - 0.6, 0, 1))[..., None]
    return np.clip(picture * 255, 0, 255).astype(np.uint8)


def _fixed(path: np.ndarray) -> np.ndarray:
    return np.rint((path * _WORK_PX - 0.5) * 16).astype(np.int32)


def _paint_occlusion(canvas: _Canvas, uv: np.ndarray, triangles: np.ndarray, light: np.ndarray) -> None:
    # Behind the texture's reach, triangles lie across all of it.
    triangles = triangles[np.ptp(uv[triangles], axis=1).max(1) < 0.12]
    corners = (uv[triangles] * _WORK_PX).astype(np.float32)
    index, _ = triangle_buffer(corners, np.ones(triangles.shape, np.float32), _WORK_PX, _WORK_PX)
    planes = np.concatenate(
        [screen_planes(corners, light[triangles][..., None].astype(np.float32))[..., 0], [[1, 0, 0]]]
    )
    row, column = np.mgrid[:_WORK_PX, :_WORK_PX] + 0.5
    found = planes[index]
    values = np.clip(found[..., 0] + found[..., 1] * column + found[..., 2] * row, 0.1, 1).astype(np.float32)
    # The triangles behind the face are large; there the shade is blurred more.
    behind = np.clip((np.hypot(row - _WORK_PX / 2, column - _WORK_PX / 2) / _WORK_PX - 0.28) / 0.08, 0, 1)
    fine, rough = (cv2.GaussianBlur(values, (0, 0), sigma) for sigma in (5, 36))
    values = fine + behind.astype(np.float32) * (rough - fine)
    dark = 1 - np.clip(values / 0.92, 0, 1)
    canvas.picture *= 1 - dark[..., None] * np.array([0.5, 0.68, 0.72], np.float32)


def _paint_lips(canvas: _Canvas, uv: np.ndarray) -> None:
    topology = FaceTopology.load()
    outer = uv[
        topology.ring("LIPS", topology.names["upper_lip_top"] if "upper_lip_top" in topology.names else 0)
    ]
    inner = uv[inner_lips()]
    middle = outer.mean(0)
    canvas.blend(canvas.polygon(middle + (outer - middle) * 0.985, 0.0028), LIP, 0.85)
    left, right = inner[inner[:, 0].argmin()], inner[inner[:, 0].argmax()]
    line = np.stack(
        [np.linspace(left[0], right[0], 20), np.interp(np.linspace(left[0], right[0], 20), *_sorted(inner))],
        1,
    )
    canvas.shade(canvas.line(line, 0.004, 0.003), (0.55, 0.42, 0.42))
    canvas.blend(
        canvas.spot(outer[outer[:, 1].argmax()] - (0, 0.012), (0.022, 0.006)), (0.86, 0.56, 0.53), 0.5
    )


def _sorted(loop: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = loop[:, 0].argsort()
    return loop[order, 0], loop[order, 1]


def _paint_eye(canvas: _Canvas, ring: np.ndarray) -> None:
    first, last = ring[:, 0].argmin(), ring[:, 0].argmax()
    level = np.interp(ring[:, 0], ring[[first, last], 0], ring[[first, last], 1])
    ends = np.isin(np.arange(len(ring)), [first, last])
    upper, lower = (
        ring[ends | side][np.argsort(ring[ends | side][:, 0])]
        for side in (ring[:, 1] < level, ring[:, 1] > level)
    )
    canvas.shade(canvas.line(upper - (0, 0.017), 0.004, 0.005), (0.8, 0.7, 0.68))
    canvas.blend(canvas.line(upper, 0.006, 0.0016), LASH, 1.0)
    canvas.blend(canvas.line(lower, 0.0035, 0.002), (0.5, 0.3, 0.26), 0.7)
    inner = ring[first] if abs(ring[first, 0] - 0.5) < abs(ring[last, 0] - 0.5) else ring[last]
    canvas.blend(canvas.spot(inner, (0.007, 0.005)), (0.8, 0.47, 0.43), 0.8)


def _paint_brow(
    canvas: _Canvas, lower: np.ndarray, upper: np.ndarray, rng: np.random.Generator, side: int
) -> None:
    along = np.linspace(0, 1, 5)
    mask = np.zeros((_WORK_PX, _WORK_PX), np.float32)
    thin = 0.18 + 0.2 * along[:, None] ** 2 + 0.14 * (1 - along[:, None]) ** 4
    lower, upper = lower + (upper - lower) * thin, upper + (lower - upper) * thin
    for _ in range(620):
        t, s = rng.uniform(0, 0.97), rng.uniform(0, 1)
        if t < 0.12 * rng.uniform(0, 1):
            continue  # fewer hairs at the inner end
        root, top = (
            np.array([np.interp(t, along, edge[:, axis]) for axis in (0, 1)]) for edge in (lower, upper)
        )
        ahead = np.array(
            [
                np.interp(min(t + 0.13 + 0.2 * t, 1), along, (upper if t < 0.55 else lower)[:, axis])
                for axis in (0, 1)
            ]
        )
        start = root + (top - root) * s
        end = start + 0.5 * (ahead - start) + rng.normal(0, 0.0012, 2)
        first, last = _fixed(np.stack([start, end])).tolist()
        cv2.line(mask, first, last, rng.uniform(0.5, 1), 3, cv2.LINE_AA, 4)
    body = canvas.polygon(np.concatenate([lower, upper[::-1]]), 0.004) * 0.62
    canvas.blend(np.maximum(cv2.GaussianBlur(mask, (0, 0), 1.5), body), BROW, 0.88)


def shade_ramp(color: tuple[float, float, float]) -> np.ndarray:
    """(64, 4, 3) uint8 RGB: a plain color from deep shade at v = 0 to open light at v = 1."""
    light = np.linspace(0, 1, 64)[:, None, None]
    dark = 1 - np.clip(light / 0.92, 0, 1)
    ramp = np.array(color) * (1 - dark * np.array([0.5, 0.68, 0.72]))
    return np.repeat(np.clip(ramp * 255, 0, 255), 4, 1).astype(np.uint8)
