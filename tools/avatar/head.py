"""The head of the built-in avatar: skin behind the face, lids, mouth, neck and shoulders."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from attention_mesh.models.topology.face_topology import NUM_LANDMARKS, FaceTopology
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.tools.avatar.face import Face, inner_lips, named
from attention_mesh.tools.avatar.sculpture import Sculpture, fan, outward, tube, tube_triangles

_RING_SHARES = (0.05, 0.13, 0.25, 0.4, 0.56, 0.74, 0.9, 0.97)
_FADE = (0.85, 0.6, 0.35, 0.15, 0.05, 0, 0, 0)  # of the outline's movement, ring by ring
_NOSE_ROOT, _CHIN = 168, [152, 175, 199, 200]  # landmarks
_BACK = np.array([0, 0.15, -1.0])
UV_REACH_RAD = np.radians(115)  # the angle from straight ahead that the skin's texture reaches


class Skull:
    """The ellipsoid of the head behind the face."""

    def __init__(self, points: np.ndarray) -> None:
        side, top = named(points, "left_face_side"), named(points, "forehead_top")
        self.center = np.array([0, top[1] - 4.4, side[2] - 1.6])
        width = points[landmark_groups()["face_sides"], 0]
        self.radii = np.array([np.ptp(width) / 2 + 0.35, 9.4, 9.9])
        self.below = 9.0  # radius downward

    def at(self, directions: np.ndarray) -> np.ndarray:
        """(N, 3) points of the ellipsoid in directions (N, 3) from its center."""
        radii = np.broadcast_to(self.radii, directions.shape).copy()
        radii[directions[:, 1] < 0, 1] = self.below
        return self.center + directions / np.linalg.norm(directions / radii, axis=1, keepdims=True)


def skin_places(points: np.ndarray, vertices: np.ndarray) -> np.ndarray:
    """(V, 2) places in the skin's texture: the direction from inside the head, flattened around the nose."""
    nose = (points[_NOSE_ROOT] + named(points, "nose_base")) / 2
    center = np.array([0, nose[1], named(points, "left_face_side")[2] - 1.5])
    away = vertices - center
    away = away / np.linalg.norm(away, axis=1, keepdims=True)
    angle = np.arccos(np.clip(away[:, 2], -1, 1)) / UV_REACH_RAD
    flat = away[:, :2] / np.maximum(np.hypot(away[:, 0], away[:, 1]), 1e-6)[:, None]
    return 0.5 + 0.49 * np.clip(angle, 0, 1)[:, None] * flat * (1, -1)


def add_head(sculpture: Sculpture, face: Face, skull: Skull) -> tuple[set[tuple[int, int]], np.ndarray]:
    """Adds the skin with lids and mouth.

    Returns:
        The edges that stay sharp, the lids' rims; and the rows of the lids' inner edges.
    """
    points, topology = face.points, FaceTopology.load()
    all_triangles = topology.triangles
    holes = [eye.ring for eye in face.eyes] + [inner_lips()]
    triangles = [all_triangles[~np.any([np.isin(all_triangles, hole).all(1) for hole in holes], axis=0)]]
    materials = ["skin"] * len(triangles[0])
    vertices = [points]
    shapes = {name: [delta] for name, delta in face.shapes.items()}
    count = NUM_LANDMARKS

    def add_ring(places: np.ndarray, deltas: dict[str, np.ndarray]) -> np.ndarray:
        nonlocal count
        vertices.append(places)
        for name, parts in shapes.items():
            parts.append(deltas.get(name, np.zeros_like(places)))
        count += len(places)
        return np.arange(count - len(places), count)

    def join(rows: list[np.ndarray], material: str, flip: bool = False) -> None:
        joined = tube_triangles(np.array(rows))
        triangles.append(joined[:, ::-1] if flip else joined)
        materials.extend([material] * len(joined))

    # The outline runs clockwise, the head behind it.
    outline = topology.ring("FACE_OVAL")
    rows = [outline]
    for loop, fade in zip(_head_rings(points[outline], skull), _FADE, strict=True):
        rows.append(add_ring(loop, {name: fade * delta[outline] for name, delta in face.shapes.items()}))
    join(rows, "skin")
    triangles.append(fan(rows[-1]))
    materials.extend(["skin"] * len(triangles[-1]))
    inner_edges = []
    for eye in face.eyes:
        rim, moved = points[eye.ring], {}
        inner = _under(rim, eye.center, eye.radius)
        for name, delta in face.shapes.items():
            moved[name] = _under(rim + delta[eye.ring], eye.center, eye.radius) - inner
        order = _clockwise(rim)
        back = add_ring(inner, moved)
        inner_edges.append(back)
        join([eye.ring[order], back[order]], "skin", flip=True)
    lips = inner_lips()
    # Closed lips overlap, so the order is that of lips that are apart.
    lips = lips[_clockwise(points[lips] + np.isin(lips, landmark_groups()["upper_inner_lip"])[:, None])]
    rows = [lips]
    for loop, deltas in _mouth_rings(points, lips, face.shapes):
        rows.append(add_ring(loop, deltas))
    join(rows[:2], "skin", flip=True)
    join(rows[1:], "mouth", flip=True)
    triangles.append(fan(rows[-1])[:, ::-1])
    materials.extend(["mouth"] * len(triangles[-1]))
    all_points = np.concatenate(vertices)
    places = skin_places(points, all_points)
    # The lips' backs have the color of their fronts.
    places[rows[1]] = places[lips] + 0.25 * (places[lips].mean(0) - places[lips])
    sculpture.add(
        "skin",
        materials,
        all_points,
        np.concatenate(triangles),
        places,
        {name: np.concatenate(parts) for name, parts in shapes.items()},
    )
    rims = [eye.ring for eye in face.eyes]
    edges = {tuple(sorted(edge)) for ring in rims for edge in zip(ring, np.roll(ring, -1), strict=True)}
    return edges, np.concatenate(inner_edges)


def _clockwise(loop: np.ndarray) -> np.ndarray:
    """The order of a loop's points that runs clockwise as the viewer sees it."""
    x, y = loop[:, 0], loop[:, 1]
    area = (x * np.roll(y, -1) - np.roll(x, -1) * y).sum()
    order = np.arange(len(loop))
    return order if area < 0 else order[::-1]


def _head_rings(outline: np.ndarray, skull: Skull) -> list[np.ndarray]:
    away = outline - skull.center
    start = away / np.linalg.norm(away, axis=1, keepdims=True)
    on_skull = np.linalg.norm(skull.at(start) - skull.center, axis=1)
    ratio = np.linalg.norm(away, axis=1) / on_skull
    rings = []
    for share in _RING_SHARES:
        direction = start * (1 - share) + _BACK * share
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        blend = (ratio + (1 - ratio) * min(1.0, 2.2 * share))[:, None]
        rings.append(skull.center + (skull.at(direction) - skull.center) * blend)
    return rings


def _under(rim: np.ndarray, center: np.ndarray, radius: float) -> np.ndarray:
    """The inner edge of lids with this rim: a little inside of the eyeball."""
    away = rim - center
    return center + away / np.linalg.norm(away, axis=1, keepdims=True) * (radius * 0.94)


def _mouth_rings(
    points: np.ndarray, lips: np.ndarray, shapes: dict[str, np.ndarray]
) -> list[tuple[np.ndarray, dict[str, np.ndarray]]]:
    """Loops from the inner lips into the mouth, with their shapes."""
    loop = points[lips]
    middle = loop.mean(0)
    upper = np.isin(lips, landmark_groups()["upper_inner_lip"])[:, None]
    corners = np.isin(lips, landmark_groups()["inner_mouth_corners"])[:, None]
    up = np.where(corners, 0, np.where(upper, 1.0, -1.0))
    jaw = {name: jaw_movement(points, delta) for name, delta in shapes.items()}
    rings = []
    for depth, wider, rise, own in ((0.45, 1.0, 0.22, 1.0), (1.1, 1.12, 0.9, 0.7), (2.6, 1.15, 1.6, 0.0)):
        place = middle + (loop - middle) * (wider, 1, 1) + up * (0, rise, 0) - (0, 0, depth)
        deltas = {}
        for name, delta in shapes.items():
            with_jaw = jaw[name](place) * np.where(upper & ~corners, 0, np.where(corners, 0.5, 1))
            deltas[name] = own * delta[lips] + (1 - own) * with_jaw
        rings.append((place, deltas))
    back = middle - (0, 0, 5.0) + (loop - middle) * (0.5, 0.1, 0.1) + up * (0, 0.9, 0)
    rings.append((back, {name: jaw[name](back) * np.where(upper, 0, 0.5) for name in shapes}))
    return rings


def jaw_movement(points: np.ndarray, delta: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """The movement of the lower jaw in a shape, (N, 3) of places (N, 3).

    The chin's movement in the skin: it turns about the hinges below the ears if it goes down, else it shifts.
    """
    chin = named(points, "chin_bottom") - (0, 0, 0.5)
    moved = delta[_CHIN].mean(0)
    hinge = (points[landmark_groups()["face_sides"]].mean(0) + (0, -1.0, -1.5)) * (0, 1, 1)
    arm = chin - hinge
    length = np.hypot(arm[1], arm[2])
    # Rotation about x by the angle that moves the chin as far along its circle.
    tangent = np.array([0, -arm[2], arm[1]]) / length
    angle = moved @ tangent / length
    shift = moved - angle * length * tangent

    def movement(places: np.ndarray) -> np.ndarray:
        away = places - hinge
        turned = np.stack([0 * away[:, 0], -away[:, 2], away[:, 1]], 1) * angle
        return turned + shift * np.array([1, 0.5, 1])

    return movement


def add_neck(sculpture: Sculpture, points: np.ndarray, skull: Skull) -> None:
    """Adds neck and shoulders, which stay upright from top to bottom, and a shirt."""
    angle = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    chin = named(points, "chin_bottom")[1]
    z = skull.center[2]

    def loops(rows: list[tuple[float, float, float, float, float]]) -> list[np.ndarray]:
        # Superellipses look like a body's sections; they are higher at the back by twice the slant.
        out = []
        for y, wide, deep, middle, slant in rows:
            cos, sin = np.cos(angle), np.sin(angle)
            across, along = (np.sign(part) * np.abs(part) ** 0.85 for part in (sin, cos))
            out.append(np.stack([wide * across, chin + y - slant * cos, deep * along + middle], 1))
        return out

    neck = loops(
        [
            (6.4, 5.2, 4.8, z - 1.6, 4.2),
            (2.2, 5.4, 5.4, z - 1.5, 2.0),
            (-1.3, 5.2, 5.2, z - 1.9, 0.9),
            (-3.2, 5.4, 5.3, z - 2.3, 0.3),
            (-5.2, 6.4, 5.7, z - 2.6, 0),
            (-6.7, 8.6, 6.2, z - 2.8, 0),
            (-8.7, 12.0, 6.6, z - 2.9, 0),
        ]
    )
    shirt = loops(
        [
            (-4.8, 5.9, 5.2, z - 2.5, 0.4),
            (-4.5, 6.5, 5.8, z - 2.5, 0.5),
            (-4.9, 6.9, 6.2, z - 2.5, 0.5),
            (-6.1, 9.3, 7.2, z - 2.7, 0.4),
            (-7.6, 14.0, 8.2, z - 2.8, 0.2),
            (-9.7, 18.6, 8.9, z - 2.8, 0),
            (-13.2, 21.2, 9.4, z - 2.8, 0),
            (-18.7, 22.4, 10.0, z - 2.8, 0),
            (-28.7, 22.0, 10.0, z - 2.8, 0),
        ]
    )
    for name, rows in (("neck", neck), ("shirt", shirt)):
        vertices, triangles = tube(rows)
        upright = np.clip((chin + 3 - vertices[:, 1]) / 7.5, 0, 1)
        sculpture.add(
            name, name, vertices, outward(vertices, triangles), upright=upright * upright * (3 - 2 * upright)
        )
