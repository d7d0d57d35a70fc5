"""GLB avatar: a head from a GLB file whose morph targets have ARKit's names."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from attention_mesh.drawing.avatar.arkit_names import blendshape_of
from attention_mesh.drawing.avatar.avatar_model import AvatarEye, AvatarMaterial, AvatarModel
from attention_mesh.drawing.avatar.avatar_placement import placement
from attention_mesh.drawing.avatar.glb_file import GlbFile
from attention_mesh.drawing.avatar.glb_nodes import Nodes
from attention_mesh.drawing.errors import AvatarError
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES

MOST_VERTICES = 100_000
FEWEST_SHAPES = 10
_TRIANGLES = 4  # primitive.mode
_LOOKS = np.flatnonzero([name.startswith("eyeLook") for name in BLENDSHAPE_NAMES])
_FARTHEST_CM = 1e6
_LEAST_MOVE = 1e-4  # of the avatar's size, below which a vertex does not move


@dataclass
class _Parts:
    """What the primitives of a file add up to."""

    vertices: list[np.ndarray] = field(default_factory=list)
    triangles: list[np.ndarray] = field(default_factory=list)
    uv: list[np.ndarray] = field(default_factory=list)
    materials: list[np.ndarray] = field(default_factory=list)
    shapes: list[dict[int, np.ndarray]] = field(default_factory=list)
    upright: list[np.ndarray] = field(default_factory=list)
    eyes: tuple[list[np.ndarray], list[np.ndarray]] = field(default_factory=lambda: ([], []))
    names: list[str] = field(default_factory=list)  # of all morph targets
    count: int = 0


def load_glb_avatar(path: Path) -> AvatarModel:
    """The avatar in a file, placed so that its eyes and mouth are where those of the canonical face are.

    Read are triangles of all meshes in the scene as their nodes, and skins in their first pose, place them,
    base colors and their textures, and morph targets' positions, sparse ones too. Eyes turn if the file has
    a node or joint for each (LeftEye, eye_L …), else the file's own eyeLook… shapes move them.
    What a skin ties to other joints than the head's stays upright.

    Raises:
        AvatarError: the file is missing, broken, cut short, compressed, has no triangles, more than
            `MOST_VERTICES` vertices, or fewer than `FEWEST_SHAPES` of the 52 shapes; the text lists what it
            has and what is needed.
    """
    file = GlbFile(path)
    try:
        return _avatar(file)
    except AvatarError:
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # JSON can be wrong in more ways than are worth a text of their own.
        raise AvatarError(f"{file.name} is broken: {type(error).__name__}: {error}") from error


def _avatar(file: GlbFile) -> AvatarModel:
    nodes = Nodes(file)
    _check(file, nodes)
    parts = _Parts()
    for node in nodes.drawn():
        _add_mesh(parts, file, nodes, node)
    vertices = np.concatenate(parts.vertices)
    shapes = np.zeros((len(BLENDSHAPE_NAMES), len(vertices), 3), np.float32)
    start = 0
    for part, deltas in zip(parts.vertices, parts.shapes, strict=True):
        for row, delta in deltas.items():
            shapes[row, start : start + len(part)] = delta
        start += len(part)
    scale, turn, shift = placement(vertices, shapes)
    vertices = (vertices @ turn.T * scale + shift).astype(np.float32)
    shapes = (shapes @ turn.T * scale).astype(np.float32)
    # The comparison is false for NaN too.
    if not (np.abs(vertices).max() < _FARTHEST_CM and np.abs(shapes).max() < _FARTHEST_CM):
        raise AvatarError(f"{file.name}: its blend shapes move nothing, or too far")

    def placed(point: np.ndarray) -> np.ndarray:
        return (point @ turn.T * scale + shift).astype(np.float32)

    centers = [None if center is None else placed(center) for center in nodes.eye_centers]
    eyes = _eyes(parts, centers)
    for eye in eyes:
        # They turn about their centers, by the gaze too; a shape that moves them would do it again.
        shapes[np.ix_(_LOOKS, eye.vertices)] = 0
    moving = np.flatnonzero(np.abs(shapes).max((0, 2)) > _LEAST_MOVE * np.ptp(vertices, axis=0).max())
    moving = moving.astype(np.int32)
    return AvatarModel(
        name=file.name,
        vertices=vertices,
        triangles=np.concatenate(parts.triangles).astype(np.int32),
        triangle_materials=np.concatenate(parts.materials),
        uv=np.concatenate(parts.uv),
        materials=_materials(file),
        moving=moving,
        shapes=np.ascontiguousarray(shapes[:, moving]),
        eyes=eyes,
        welded=_welded(vertices, shapes),
        upright=None if nodes.neck is None else np.concatenate(parts.upright),
        pivot=np.zeros(3, np.float32) if nodes.neck is None else placed(nodes.neck),
    )


def _check(file: GlbFile, nodes: Nodes) -> None:
    """Raises one AvatarError with all that the file lacks."""
    vertices = triangles = 0
    names: list[str] = []
    for node in nodes.drawn():
        for primitive in nodes.primitives(node):
            position = primitive.get("attributes", {}).get("POSITION")
            if position is None or primitive.get("mode", _TRIANGLES) != _TRIANGLES:
                continue
            entries = file.list("accessors")
            if not isinstance(position, int) or not 0 <= position < len(entries):
                raise AvatarError(f"{file.name}: accessor {position} is missing")
            vertices += int(entries[position].get("count", 0))
            triangles += 1
        names += nodes.target_names(node)
    found = {blendshape_of(name) for name in names} - {None}
    lacks = []
    if not triangles:
        lacks.append("triangles")
    if vertices > MOST_VERTICES:
        lacks.append(f"at most {MOST_VERTICES:,} vertices")
    if len(found) < FEWEST_SHAPES:
        lacks.append(
            f"morph targets with ARKit's names (eyeBlinkLeft, jawOpen …), at least {FEWEST_SHAPES} of "
            f"{len(BLENDSHAPE_NAMES)}"
        )
    if not lacks:
        return
    meshes = [str(mesh.get("name", "unnamed")) for mesh in file.list("meshes")]
    unique = sorted(set(names))
    targets = _count(len(unique), "morph target", "morph targets")
    if unique:
        targets += (
            f" ({', '.join(unique[:8])}{' …' if len(unique) > 8 else ''}), {len(found)} of them ARKit's"
        )
    raise AvatarError(
        f"{file.name} cannot be an avatar: it has {_count(len(meshes), 'mesh', 'meshes')} "
        f"({', '.join(meshes[:8]) or 'none'}), {_count(vertices, 'vertex', 'vertices')} and {targets}; "
        f"needed: {'; '.join(lacks)}"
    )


def _count(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"


def _add_mesh(parts: _Parts, file: GlbFile, nodes: Nodes, node: int) -> None:
    names = nodes.target_names(node)
    parts.names += names
    for primitive in nodes.primitives(node):
        attributes = primitive.get("attributes", {})
        if "POSITION" not in attributes or primitive.get("mode", _TRIANGLES) != _TRIANGLES:
            continue
        points = _floats(file, attributes["POSITION"], 3)
        matrices = nodes.vertex_matrices(node, attributes, len(points))
        moved = _transform(matrices[..., :3, :3], points) + matrices[..., :3, 3]
        if not np.isfinite(moved).all():
            raise AvatarError(f"{file.name}: mesh {nodes.name(node)} has vertices that are not finite")
        if "indices" in primitive:
            indices = file.array(primitive["indices"])[:, 0].astype(np.int64)
        else:
            indices = np.arange(len(points))
        indices = indices[: len(indices) // 3 * 3].reshape(-1, 3)
        if len(indices) and indices.max() >= len(points):
            raise AvatarError(
                f"{file.name}: mesh {nodes.name(node)} has triangles of vertices that are missing"
            )
        if np.linalg.det(matrices.reshape(-1, 4, 4)[0, :3, :3]) < 0:
            indices = indices[:, ::-1]  # a node that mirrors turns triangles over
        shapes: dict[int, np.ndarray] = {}
        for name, target in zip(names, primitive.get("targets", []), strict=False):
            row = blendshape_of(name)
            if row is not None and "POSITION" in target:
                delta = _transform(matrices[..., :3, :3], _floats(file, target["POSITION"], 3))
                if len(delta) != len(points) or not np.isfinite(delta).all():
                    raise AvatarError(f"{file.name}: morph target {name} does not fit its mesh")
                shapes[row] = shapes.get(row, 0) + delta
        for side, mask in enumerate(nodes.eye_vertices(node, attributes, len(points))):
            parts.eyes[side].append(np.flatnonzero(mask) + parts.count)
        material = primitive.get("material")
        row = len(file.list("materials")) if material is None else int(material)
        parts.vertices.append(moved)
        parts.triangles.append(indices + parts.count)
        parts.materials.append(np.full(len(indices), row, np.int32))
        parts.uv.append(_places(file, primitive, attributes, len(points)))
        parts.shapes.append(shapes)
        parts.upright.append(nodes.upright(node, attributes, len(points)))
        parts.count += len(points)


def _floats(file: GlbFile, accessor: int, width: int) -> np.ndarray:
    values = file.array(accessor)
    if values.shape[1] != width:
        raise AvatarError(
            f"{file.name}: accessor {accessor} has {values.shape[1]} numbers a row, needed {width}"
        )
    return values.astype(np.float32)


def _transform(matrices: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(V, 3) of points (V, 3) by one matrix (3, 3), or by one each (V, 3, 3)."""
    return points @ matrices.T if matrices.ndim == 2 else np.einsum("vij,vj->vi", matrices, points)


def _places(file: GlbFile, primitive: dict, attributes: dict, count: int) -> np.ndarray:
    texture = _base_texture(file, primitive.get("material"))
    set_number = texture.get("texCoord", 0) if texture else 0
    accessor = attributes.get(f"TEXCOORD_{set_number}")
    if accessor is None:
        return np.full((count, 2), 0.5, np.float32)
    places = _floats(file, accessor, 2)
    change = (texture or {}).get("extensions", {}).get("KHR_texture_transform", {})
    places = places * np.array(change.get("scale", (1, 1)), np.float32)
    places = places + np.array(change.get("offset", (0, 0)), np.float32)
    # Textures repeat; a part that lies wholly in another tile is moved into the first.
    return np.clip(places - np.floor(places.mean(0)), 0, 1).astype(np.float32)


def _base_texture(file: GlbFile, material: int | None) -> dict | None:
    materials = file.list("materials")
    if material is None or not 0 <= material < len(materials):
        return None
    return materials[material].get("pbrMetallicRoughness", {}).get("baseColorTexture")


def _materials(file: GlbFile) -> tuple[AvatarMaterial, ...]:
    """The file's materials, then one for primitives without."""
    materials = []
    for row, entry in enumerate(file.list("materials")):
        surface = entry.get("pbrMetallicRoughness", {})
        *linear, opacity = np.clip(surface.get("baseColorFactor", (1, 1, 1, 1)), 0, 1).tolist()
        red, green, blue = (np.array(linear) ** (1 / 2.2)).tolist()
        texture = _texture(file, row)
        alpha = _alpha(entry, texture, opacity)
        materials.append(
            AvatarMaterial(
                str(entry.get("name", row)),
                (red, green, blue),
                None if texture is None else np.ascontiguousarray(texture[..., :3]),
                roughness=max(0.2, min(1.0, float(surface.get("roughnessFactor", 1.0)))),
                two_sided=bool(entry.get("doubleSided", False)),
                alpha=alpha,
            )
        )
    materials.append(AvatarMaterial("plain", (0.8, 0.8, 0.8)))
    return tuple(materials)


def _texture(file: GlbFile, material: int) -> np.ndarray | None:
    base = _base_texture(file, material)
    if base is None:
        return None
    textures, index = file.list("textures"), base.get("index", -1)
    if not 0 <= index < len(textures) or "source" not in textures[index]:
        raise AvatarError(f"{file.name}: texture {index} is missing, or of a kind that is not read")
    return file.image(textures[index]["source"])


def _alpha(entry: dict, texture: np.ndarray | None, opacity: float) -> np.ndarray | None:
    """(H, W) uint8 of a material, by its alpha mode; None if nothing shows through."""
    mode = entry.get("alphaMode", "OPAQUE")
    if mode not in ("MASK", "BLEND"):
        return None
    if texture is None or texture.shape[2] < 4:
        alpha = np.full((1, 1), 255 * opacity)
    else:
        alpha = texture[..., 3] * opacity
    if mode == "MASK":
        alpha = np.where(alpha >= 255 * float(entry.get("alphaCutoff", 0.5)), 255, 0)
    return None if alpha.min() > 254 else np.rint(alpha).astype(np.uint8)


def _eyes(parts: _Parts, centers: list) -> tuple[AvatarEye, ...]:
    """Left and right eye, if the file has vertices and a center for both."""
    eyes = []
    for rows, center in zip(parts.eyes, centers, strict=True):
        vertices = np.concatenate(rows) if rows else np.zeros(0, np.int64)
        if center is None or not len(vertices):
            return ()
        eyes.append(AvatarEye(vertices.astype(np.int32), center))
    return tuple(eyes)


def _welded(vertices: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    """For each vertex the first one at its place that moves as it does."""
    motion = np.tensordot(np.random.default_rng(0).normal(size=len(shapes)), shapes, 1)
    keys = np.rint(np.concatenate([vertices, motion], 1) * 1e3).astype(np.int64)
    _, first, where = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    return first[where.ravel()].astype(np.int32)
