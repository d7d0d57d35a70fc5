"""Built-in rig: a simple face mesh on an egg-shaped head, with eyeballs and a mouth.

Its neutral face is made of the landmarks that the official network finds in one portrait (builtin_face.npz,
written by tools/builtin_face.py). Its shapes are smooth bumps (builtin_shapes.json). A scanned rig shows
more.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np

from attention_mesh.models.topology.face_topology import NUM_LANDMARKS, FaceTopology
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.models.topology.mirror import mirror_landmarks
from attention_mesh.models.training.synthetic.face_rig import Eye, FaceRig, Material
from attention_mesh.models.training.synthetic.rig_parts import RigParts, eyeball, rings

_DATA = Path(__file__).parent
_HEAD_CENTER, _HEAD_RADII = np.array([0, 1.5, -5.5]), np.array([8.4, 11.5, 9.5])
_BACK = np.array([0, 0.3, -1])
_HAIRLINE = -2.0  # height below which the head's rings have no hair
_EYE_RADIUS, _IRIS_RADIUS = 1.25, 0.58
_JAW_RAD = 0.42  # at jawOpen 1
_LIP_LINE = [0, 1, 3, 5, 7, 9, 10]  # landmarks of an inner lip that the mouth's line is drawn through
_TEETH = (0.35, 1.3)  # how far behind the upper lip, and how high


@cache
def builtin_rig() -> FaceRig:
    """The rig; it is shared, do not write to it."""
    with np.load(_DATA / "builtin_face.npz") as arrays:
        face = arrays["landmarks"].astype(np.float32)
    parts = RigParts()
    parts.add(face[:NUM_LANDMARKS], _skin_triangles(), Material.FACE, _frontal_uv(face[:NUM_LANDMARKS]))
    _add_head(parts, face)
    _add_mouth(parts, face)
    eyes, iris_vertices = _add_eyes(parts, face)
    neutral, triangles, materials, uv = parts.joined()
    landmarks = np.r_[np.arange(NUM_LANDMARKS), iris_vertices]
    shares = np.zeros((len(landmarks), 3), np.float32)
    shares[:, 0] = 1
    shapes = json.loads((_DATA / "builtin_shapes.json").read_text(encoding="utf-8"))
    expressions = _expressions(shapes["expressions"], neutral, face, parts)
    identities = [_bumps([*bumps, *map(_mirrored, bumps)], neutral, face) for bumps in shapes["identities"]]
    return FaceRig(
        neutral=neutral,
        triangles=triangles,
        materials=materials,
        uv=uv,
        expression_names=tuple(expressions),
        expressions=np.stack(list(expressions.values())),
        identities=np.stack(identities),
        landmark_vertices=np.repeat(landmarks[:, None], 3, 1).astype(np.int32),
        landmark_weights=shares,
        eyes=eyes,
        name="the built-in rig",
    )


def _skin_triangles() -> np.ndarray:
    """The triangles of the mesh without those in the eyes and in the mouth."""
    topology = FaceTopology.load()
    triangles = topology.triangles
    holes = [topology.ring("LEFT_EYE"), topology.ring("RIGHT_EYE"), _inner_lips()]
    return triangles[~np.any([np.isin(triangles, hole).all(1) for hole in holes], axis=0)]


def _inner_lips() -> np.ndarray:
    """The landmarks around the mouth's opening, in order."""
    topology = FaceTopology.load()
    return topology.ring("LIPS", topology.names["upper_lip_bottom"])


def _frontal_uv(points: np.ndarray) -> np.ndarray:
    """Texture places (V, 2): a cylindrical projection, which gives the sides more room."""
    across = np.arctan2(points[:, 0], points[:, 2] - _HEAD_CENTER[2]) / 1.8
    up = (points[:, 1] - points[:, 1].mean()) / np.ptp(points[:, 1])
    return np.stack([0.5 + 0.45 * across / np.abs(across).max(), 0.5 + 0.9 * up], 1).clip(0, 1)


def _add_head(parts: RigParts, face: np.ndarray) -> None:
    """Adds rings from the face's outline to the back of the head, and a neck."""
    outline = face[FaceTopology.load().ring("FACE_OVAL")]
    start = (outline - _HEAD_CENTER) / _HEAD_RADII
    radius = np.linalg.norm(start, axis=1, keepdims=True)
    loops = []
    for share in (0.0, 0.06, 0.15, 0.3, 0.5, 0.75, 1.0):
        direction = start / radius * (1 - share) + _BACK * share
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        loops.append(_HEAD_CENTER + direction * _HEAD_RADII * (radius + (1 - radius) * min(1, 3 * share)))
    vertices, triangles = rings(loops)
    v = 0.98 - 0.3 * np.repeat(np.linspace(0, 1, len(loops)), len(outline))
    u = np.tile(np.linspace(0, 1, len(outline)), len(loops))
    # Hair above and behind, skin below the jaw.
    bare = (vertices[triangles][:, :, 1] < _HAIRLINE).all(1)
    parts.add(vertices, triangles[~bare], Material.HEAD, np.stack([u, v], 1))
    parts.add(vertices, triangles[bare], Material.FACE, _frontal_uv(vertices).clip(0.2, 0.8) * (1, 0.3))
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    loops = [
        np.stack([wide * np.sin(angle), np.full(24, y), deep * np.cos(angle) - 4.5], 1)
        for y, wide, deep in ((-4, 5, 5), (-11, 5, 5), (-13, 9, 6), (-20, 18, 8))
    ]
    u = np.linspace(0, 1, 24)
    vertices, triangles = rings(loops[:2])
    places = np.stack([0.3 + 0.4 * np.tile(u, 2), np.repeat([0.2, 0.05], 24)], 1)
    parts.add(vertices, triangles, Material.FACE, places)
    vertices, triangles = rings(loops[1:])
    parts.add(
        vertices, triangles, Material.HEAD, np.stack([np.tile(u, 3), np.repeat([0.4, 0.3, 0.1], 24)], 1)
    )


def _add_mouth(parts: RigParts, face: np.ndarray) -> None:
    """Adds a cave behind the lips' opening, with a row of upper teeth."""
    lips = face[_inner_lips()]
    middle = lips.mean(0)
    cave = [
        lips,
        (lips - middle) * 1.2 + middle - (0, 0, 1.5),
        np.repeat([middle - (0, 0, 3.0)], len(lips), 0),
    ]
    vertices, triangles = rings(cave)
    parts.add(vertices, triangles[:, ::-1], Material.MOUTH)
    behind, height = _TEETH
    row = face[landmark_groups()["upper_inner_lip"]] * (0.9, 1, 1) - (0, 0, behind)
    row[:, 1] = row[:, 1].max() + 0.3
    vertices, triangles = rings([row - (0, height, 0), row], closed=False)
    parts.add(vertices, triangles, Material.TEETH)


def _add_eyes(parts: RigParts, face: np.ndarray) -> tuple[tuple[Eye, ...], np.ndarray]:
    """Adds the eyeballs; returns them and the vertices of the ten iris landmarks."""
    eyes, irises = [], []
    for side, first, name in (("Right", 468, "RIGHT_EYE"), ("Left", 473, "LEFT_EYE")):
        contour = face[FaceTopology.load().ring(name)]
        # The eyeball is behind the iris' landmark; the lids lie on its front.
        center = np.array([*face[first, :2], contour[:, 2].max() - 0.95 * _EYE_RADIUS], np.float32)
        vertices, triangles, iris = eyeball(center, _EYE_RADIUS, _IRIS_RADIUS)
        ball = parts.add(vertices, triangles, Material.EYE)
        axis = np.array([0, 0, 1], np.float32)
        eyes.append(Eye(side, ball.start, ball.stop, center, axis, _EYE_RADIUS, _IRIS_RADIUS, first))
        irises.append(ball.start + iris)
    return tuple(eyes), np.concatenate(irises)


def _mirrored(bump: list) -> list:
    landmark, (x, y, z), radius = bump
    return [int(mirror_landmarks()[landmark]), [-x, y, z], radius]


def _bumps(bumps: list, vertices: np.ndarray, face: np.ndarray) -> np.ndarray:
    """(V, 3) displacement: a sum of Gaussian bumps around landmarks."""
    shape = np.zeros_like(vertices)
    for landmark, move, radius in bumps:
        squares = ((vertices - face[landmark]) ** 2).sum(1, keepdims=True)
        shape += np.exp(-squares / (2 * radius**2)) * np.array(move, np.float32)
    return shape


def _expressions(
    table: dict[str, list], vertices: np.ndarray, face: np.ndarray, parts: RigParts
) -> dict[str, np.ndarray]:
    shapes = {}
    for name, bumps in table.items():
        shapes[name] = _bumps(bumps, vertices, face)
        if name.endswith("Left") and name not in ("jawLeft", "mouthLeft"):
            shapes[f"{name.removesuffix('Left')}Right"] = _bumps([*map(_mirrored, bumps)], vertices, face)
    for side in ("Left", "Right"):
        shapes[f"eyeBlink{side}"] = _blink(vertices, face, f"{side.upper()}_EYE")
    shapes["jawOpen"] = _jaw_open(vertices, face)
    for shape in shapes.values():  # eyeballs and teeth do not move with the skin
        for fixed in parts.of(Material.EYE, Material.TEETH):
            shape[fixed] = 0
    return shapes


def _blink(vertices: np.ndarray, face: np.ndarray, name: str) -> np.ndarray:
    """(V, 3) displacement of the upper lid onto the lower one."""
    contour = face[FaceTopology.load().ring(name)]
    corners = contour[[contour[:, 0].argmin(), contour[:, 0].argmax()]]
    line = np.interp(contour[:, 0], corners[:, 0], corners[:, 1])
    upper, lower = contour[contour[:, 1] > line + 0.02], contour[contour[:, 1] < line - 0.02]
    order = lower[:, 0].argsort()
    below = np.interp(upper[:, 0], lower[order, 0], lower[order, 1])
    order = upper[:, 0].argsort()
    gap = np.interp(vertices[:, 0], upper[order, 0], (upper[:, 1] - below)[order], 0, 0)
    lid = np.interp(vertices[:, 0], upper[order, 0], upper[order, 1])
    away = np.where(vertices[:, 1] >= lid - 0.05, vertices[:, 1] - lid, np.inf)
    shape = np.zeros_like(vertices)
    in_front = vertices[:, 2] > contour[:, 2].min() - 1
    shape[:, 1] = -gap * np.exp(-(away**2) / (2 * 0.5**2)) * in_front
    return shape


def _jaw_open(vertices: np.ndarray, face: np.ndarray) -> np.ndarray:
    """(V, 3) displacement: the part below the mouth's line turns about the hinges; cheeks follow in part."""
    groups = landmark_groups()
    hinge = face[groups["face_sides"]].mean(0)
    upper, lower = (face[groups[f"{lip}_inner_lip"][_LIP_LINE]] for lip in ("upper", "lower"))
    line = np.interp(vertices[:, 0], upper[:, 0], (upper[:, 1] + lower[:, 1]) / 2)
    slope = np.where(np.abs(vertices[:, 0]) < abs(face[groups["inner_mouth_corners"][1], 0]), 0.12, 0.8)
    share = 1 / (1 + np.exp(np.clip((vertices[:, 1] - line) / slope, -50, 50)))
    share *= 1 / (1 + np.exp((hinge[2] + 0.5 - vertices[:, 2]) / 0.6))  # not the back of the head
    cos, sin = np.cos(_JAW_RAD), np.sin(_JAW_RAD)
    away = vertices - hinge
    turned = np.stack(
        [away[:, 0], cos * away[:, 1] - sin * away[:, 2], sin * away[:, 1] + cos * away[:, 2]], 1
    )
    return ((turned - away) * share[:, None]).astype(np.float32)
