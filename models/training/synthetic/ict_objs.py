"""ICT-FaceKit OBJ files (MIT, University of Southern California): reads the rig as its authors publish it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from attention_mesh.limits import read_text_file
from attention_mesh.models.errors import RigError, reason_of
from attention_mesh.models.training.synthetic.obj_mesh import ObjMesh, read_obj_vertices

NEUTRAL, INDICES = "generic_neutral_mesh.obj", "vertex_indices.json"
_LANDMARKS_KEY = "idx_to_landmark_verts"
_SIDES = {"_L": "Left", "_R": "Right"}
# ARKit has one shape, ICT has one per side.
_SUMS = ("browInnerUp", "cheekPuff")
_QUANTA = 32767  # of int16


def read_ict_objs(
    folder: Path, progress: Callable[[int, int], object] = lambda done, total: None
) -> dict[str, np.ndarray]:
    """The arrays of a packed ICT-FaceKit, and `multipie68`, the vertices at the 68-point annotation.

    Args:
        folder: FaceXModel, with the neutral mesh, one mesh per expression and identity, and
            vertex_indices.json.
        progress: called with the number of meshes read so far and the number of all meshes.

    Raises:
        RigError: names the file that is missing or belongs to another model.
    """
    parts = json.loads(Path(__file__).with_name("ict_parts.json").read_text(encoding="utf-8"))
    mesh = ObjMesh.read(folder / NEUTRAL)
    if len(mesh.vertices) != parts["ends"][-1]:
        raise RigError(
            f"{folder / NEUTRAL} has {len(mesh.vertices)} vertices; an ICT-FaceKit has {parts['ends'][-1]}"
        )
    files = sorted(file for file in folder.glob("*.obj") if file.name != NEUTRAL)
    deltas: dict[str, np.ndarray] = {}
    for done, file in enumerate(files):
        progress(done, len(files))
        vertices = read_obj_vertices(file)
        if vertices.shape != mesh.vertices.shape:
            raise RigError(f"{file} has {len(vertices)} vertices; the neutral mesh has {len(mesh.vertices)}")
        deltas[file.stem] = vertices - mesh.vertices
    progress(len(files), len(files))
    identities = {name: delta for name, delta in deltas.items() if name.startswith("identity")}
    expressions = {_arkit(name): delta for name, delta in deltas.items() if name not in identities}
    for name in _SUMS:
        if f"{name}Left" in expressions and f"{name}Right" in expressions:
            expressions[name] = expressions[f"{name}Left"] + expressions[f"{name}Right"]
    if not identities or not expressions:
        raise RigError(f"{folder} has no identity mesh (identity000.obj …) or no expression mesh")
    # Two adjacent parts share vertices, which belong to the earlier part.
    last_corner = mesh.triangles.max(1)
    return {
        "neutral": mesh.vertices,
        "triangles": mesh.triangles,
        "uv": mesh.uv,
        "tri_uv": mesh.uv_triangles,
        "tri_part": np.searchsorted(parts["ends"], last_corner, "right").astype(np.uint8),
        "part_names": np.array(parts["parts"]),
        **_packed("expression", expressions),
        **_packed("identity", identities),
        **_eyes(mesh.vertices, parts),
        "multipie68": _landmarks_68(folder / INDICES, len(mesh.vertices)),
    }


def _arkit(name: str) -> str:
    """ARKit's name of a shape, such as browDownLeft for browDown_L."""
    base, side = (name[:-2], _SIDES[name[-2:]]) if name[-2:] in _SIDES else (name, "")
    return base[0].lower() + base[1:] + side


def _packed(kind: str, shapes: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Deltas as int16, with one scale per shape."""
    deltas = np.stack(list(shapes.values()))
    scale = np.maximum(np.abs(deltas).max((1, 2)) / _QUANTA, 1e-12).astype(np.float32)
    return {
        f"{kind}_names": np.array(list(shapes)),
        f"{kind}_q": np.rint(deltas / scale[:, None, None]).astype(np.int16),
        f"{kind}_scale": scale,
    }


def _eyes(vertices: np.ndarray, parts: dict[str, list]) -> dict[str, np.ndarray]:
    """Sphere and direction of each eyeball, left first.

    The sphere is that of the eyeball's back; the cornea, which stands out of it, gives the direction.
    """
    rows = []
    for side in ("left", "right"):
        number = parts["parts"].index(f"Eyeball {side}")
        first, last = parts["ends"][number - 1], parts["ends"][number]
        ball = vertices[first:last].astype(np.float64)
        center = _sphere(ball)
        for _ in range(3):
            center = _sphere(ball[ball[:, 2] < center[2]])
        away = ball - center
        distance = np.linalg.norm(away, axis=1)
        radius = float(np.median(distance))
        axis = (away * np.maximum(distance - radius, 0)[:, None]).sum(0)
        rows.append((center, axis / np.linalg.norm(axis), radius, (first, last)))
    centers, axes, radii, ranges = zip(*rows, strict=True)
    return {
        "eye_center": np.array(centers, np.float32),
        "eye_axis": np.array(axes, np.float32),
        "eye_radius": np.array(np.mean(radii), np.float32),
        "eye_vertex_range": np.array(ranges, np.int32),
    }


def _sphere(points: np.ndarray) -> np.ndarray:
    """Center of the sphere that fits the points best: |p|² = 2p·c + const, by least squares."""
    matrix = np.c_[2 * points, np.ones(len(points))]
    return np.linalg.lstsq(matrix, (points**2).sum(1), rcond=None)[0][:3]


def _landmarks_68(file: Path, count: int) -> np.ndarray:
    try:
        indices = np.array(json.loads(read_text_file(file))[_LANDMARKS_KEY], np.int32)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RigError(f"cannot read {_LANDMARKS_KEY} of {file}: {reason_of(error)}") from error
    if indices.shape != (68,) or not 0 <= indices.min() <= indices.max() < count:
        raise RigError(f"{file}: {_LANDMARKS_KEY} are not 68 vertices of the neutral mesh")
    return indices
