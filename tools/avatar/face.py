"""The face of the built-in avatar: neutral landmarks, and the blend shapes moved onto them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES
from attention_mesh.models.topology.face_topology import NUM_LANDMARKS, FaceTopology
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.models.topology.mirror import mirror_landmarks
from attention_mesh.models.training.synthetic.face_rig import FaceRig

LID_DEPTH = 0.1  # of the lids' rims in front of the eyeball, cm
_LID_SHARE = 0.12  # of the open eye, which the lower lid closes in a blink
_LID_OVERLAP = 0.05  # by which the upper lid passes the lower one, cm
_FOLLOWING = 0.45  # cm around the lips within which skin follows them
_LIP_GAP = -0.13  # of the closed mouth, cm: subdivision opens it a little
_TONGUE_JAW = 0.45  # jawOpen that tongueOut contains, so that lips and teeth make room


@dataclass(frozen=True)
class EyeBall:
    """An eyeball: its contour of landmarks, center (3,) and radius in cm."""

    ring: np.ndarray
    center: np.ndarray
    radius: float


@dataclass(frozen=True)
class Face:
    """Landmarks (468, 3), the eyes (left, right), and displacements (468, 3) by name."""

    points: np.ndarray
    eyes: tuple[EyeBall, EyeBall]
    shapes: dict[str, np.ndarray]


def named(points: np.ndarray, name: str) -> np.ndarray:
    """The row of an array by landmark, such as "chin_bottom"."""
    return points[FaceTopology.load().names[name]]


def inner_lips() -> np.ndarray:
    """The landmarks around the mouth's opening, in order."""
    topology = FaceTopology.load()
    return topology.ring("LIPS", topology.names["upper_lip_bottom"])


def sculpt_face(neutral: np.ndarray, rig: FaceRig) -> Face:
    """The face.

    Args:
        neutral: (478, 3) landmarks, cm.
        rig: whose expressions at the landmarks are moved onto the neutral face: as they are, scaled to its
            size, and refitted where a gap must close (lids, lips) or the skin must stay outside of the eyes.
    """
    points = neutral[:NUM_LANDMARKS].astype(float)
    points = (points + points[mirror_landmarks()[:NUM_LANDMARKS]] * (-1, 1, 1)) / 2
    rig_points = rig.landmarks(rig.neutral).astype(float)
    points = _closed_mouth(points)
    eyes = (_eye(points, "LEFT_EYE"), _eye(points, "RIGHT_EYE"))
    for eye in eyes:
        points = _outside(points, eye, eye.ring, LID_DEPTH)
    scale = _size(points) / _size(rig_points[:NUM_LANDMARKS])
    shapes = {}
    for name in BLENDSHAPE_NAMES:
        if name in rig.expression_names:
            delta = rig.landmarks(rig.expressions[rig.expression_names.index(name)])[:NUM_LANDMARKS]
            shapes[name] = delta.astype(float) * scale
    shapes["tongueOut"] = _TONGUE_JAW * shapes["jawOpen"]
    # The rig's mouthClose goes too far, and belongs to its own jawOpen.
    shapes["mouthClose"] = _mouth_close(points, shapes)
    for eye, side in zip(eyes, ("Left", "Right"), strict=True):
        shapes[f"eyeBlink{side}"] = _blink(points, eye, shapes[f"eyeBlink{side}"])
        for name in shapes:
            if name.startswith("eye") and name.endswith(side) or name.startswith("cheekSquint"):
                moved = _outside(points + shapes[name], eye, eye.ring, LID_DEPTH)
                shapes[name] = moved - points
    return Face(points, eyes, shapes)


def _size(points: np.ndarray) -> float:
    left, right = points[landmark_groups()["outer_eye_corners"]]
    return float(np.linalg.norm(left - right))


def _closed_mouth(points: np.ndarray) -> np.ndarray:
    """The points with the lips closed, and the skin around them drawn after."""
    groups = landmark_groups()
    move = np.zeros_like(points)
    upper, lower = (groups[f"{lip}_inner_lip"] for lip in ("upper", "lower"))
    half = (points[upper] - points[lower]) / 2
    half[:, 1] -= np.minimum(_LIP_GAP / 2, half[:, 1])
    for rows, sign in ((upper, -1), (lower, 1)):
        for row, amount in zip(rows, half, strict=True):
            distance = np.linalg.norm(points[:, :2] - points[row, :2], axis=1)
            share = np.exp(-((distance / _FOLLOWING) ** 2))
            side = np.isin(np.arange(len(points)), [*rows])
            near = np.where(side, np.arange(len(points)) == row, share * _side_of_mouth(points, sign))
            candidate = sign * amount * near[:, None]
            stronger = np.abs(candidate).sum(1) > np.abs(move).sum(1)
            move[stronger] = candidate[stronger]
    return points + move


def _side_of_mouth(points: np.ndarray, sign: int) -> np.ndarray:
    """1 for points above the mouth's line (sign −1) or below it (sign 1), else 0."""
    groups = landmark_groups()
    line = points[groups["upper_inner_lip"]]
    height = np.interp(points[:, 0], line[:, 0], line[:, 1])
    return np.where((points[:, 1] - height) * -sign > 0, 1.0, 0.0)


def _eye(points: np.ndarray, name: str) -> EyeBall:
    """The eyeball behind a contour: a sphere of usual size whose front the lids touch."""
    ring = FaceTopology.load().ring(name)
    contour = points[ring]
    width = np.ptp(contour[:, 0])
    radius = 0.47 * width
    across = np.array([(contour[:, 0].max() + contour[:, 0].min()) / 2, contour[:, 1].mean()])
    # The middle of the contour is where the sphere is nearest to the viewer.
    squares = radius**2 - ((contour[:, :2] - across) ** 2).sum(1)
    depth = np.median(contour[:, 2] - np.sqrt(np.maximum(squares, 0)))
    return EyeBall(ring, np.array([*across, depth]), radius)


def _outside(points: np.ndarray, eye: EyeBall, rows: np.ndarray, margin: float) -> np.ndarray:
    """The points, with the lids' rims moved forward to lie on the eyeball."""
    moved = points.copy()
    away = moved[rows] - eye.center
    squares = (eye.radius + margin) ** 2 - (away[:, :2] ** 2).sum(1)
    front = np.sqrt(np.maximum(squares, 0))
    moved[rows, 2] = np.where(squares > 0, eye.center[2] + front, moved[rows, 2])
    return moved


def _blink(points: np.ndarray, eye: EyeBall, delta: np.ndarray) -> np.ndarray:
    """The blink scaled so that the lids of this face meet, as those of the rig do."""
    contour = points[eye.ring]
    upper, lower = _lids(contour)
    order = lower[np.argsort(contour[lower, 0])]
    meeting = {}
    for row in upper:
        x = contour[row, 0]
        bottom = np.interp(x, contour[order, 0], contour[order, 1])
        meeting[row] = bottom + _LID_SHARE * (contour[row, 1] - bottom) - _LID_OVERLAP
    gap = np.mean([contour[row, 1] - meeting[row] for row in upper])
    gap_of_rig = -delta[eye.ring][upper][:, 1].mean()
    delta = delta * (1, gap / max(gap_of_rig, 1e-3), 1)
    for row in upper:
        delta[eye.ring[row]] = (delta[eye.ring[row]][0] * 0.5, meeting[row] - contour[row, 1], 0)
    order = upper[np.argsort(contour[upper, 0])]
    for row in lower:
        top = np.interp(contour[row, 0], contour[order, 0], contour[order, 1])
        delta[eye.ring[row]] = (0, _LID_SHARE * (top - contour[row, 1]), 0)
    return delta


def _lids(contour: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows of a contour that belong to the upper and to the lower lid, without the corners."""
    first, last = contour[:, 0].argmin(), contour[:, 0].argmax()
    line = np.interp(contour[:, 0], contour[[first, last], 0], contour[[first, last], 1])
    inner = ~np.isin(np.arange(len(contour)), [first, last])
    above = contour[:, 1] > line
    return np.flatnonzero(inner & above), np.flatnonzero(inner & ~above)


def _mouth_close(points: np.ndarray, shapes: dict[str, np.ndarray]) -> np.ndarray:
    """The rig's mouthClose, scaled so that jawOpen and mouthClose at 1 shut the lips."""
    upper, lower = landmark_groups()["inner_lip_middles"]
    opened, closed = shapes["jawOpen"], shapes["mouthClose"]
    gap = (points + opened)[[upper, lower], 1]
    by = (closed[lower] - closed[upper])[1]
    return closed * ((gap[0] - gap[1] - _LIP_GAP) / by)
