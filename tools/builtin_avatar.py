"""Writes the built-in avatar, drawing/avatar/builtin_avatar.npz: `python tools/builtin_avatar.py PACKED_RIG`.

The face is the canonical face. Its blend shapes are those of ICT-FaceKit (MIT License, see NOTICE) at the 478
landmarks, moved onto the canonical face; PACKED_RIG is the folder that `attention-mesh pack-rig` wrote. Head,
hair, ears, eyes, mouth, neck and all paint are made here (tools/avatar).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from attention_mesh.drawing.avatar import builtin_avatar
from attention_mesh.drawing.avatar.loop_subdivision import LoopSubdivision
from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.models.training.synthetic.ict_facekit import load_rig
from attention_mesh.tools.avatar import paint
from attention_mesh.tools.avatar.face import Face, named, sculpt_face
from attention_mesh.tools.avatar.features import add_ears, add_eye
from attention_mesh.tools.avatar.hair import add_hair
from attention_mesh.tools.avatar.head import Skull, add_head, add_neck
from attention_mesh.tools.avatar.lids import clear_eyes
from attention_mesh.tools.avatar.mouth import add_mouth
from attention_mesh.tools.avatar.occlusion import ambient_light
from attention_mesh.tools.avatar.sculpture import Sculpture

# Color, gloss and roughness by material.
MATERIALS = {
    "skin": (paint.SKIN, 0.05, 0.52),
    "neck": ((0.84, 0.645, 0.55), 0.04, 0.55),
    "ear": ((0.87, 0.64, 0.55), 0.05, 0.52),
    "hair": (paint.HAIR, 0.06, 0.5),
    "eye": ((1, 1, 1), 0.3, 0.17),
    "mouth": ((0.32, 0.09, 0.09), 0.05, 0.5),
    "teeth": ((0.94, 0.92, 0.87), 0.12, 0.3),
    "tongue": ((0.78, 0.40, 0.40), 0.1, 0.4),
    "shirt": ((0.22, 0.36, 0.50), 0.02, 0.9),
}
PAINTED = (
    "skin",
    "eye",
    "mouth",
    "teeth",
    "tongue",
    "hair",
)  # the others have a plain color and their occlusion


def sculpt(face: Face) -> tuple[Sculpture, np.ndarray]:
    """The parts, the skin first, and the sharp edges (E, 2) of the skin."""
    sculpture, skull = Sculpture(), Skull(face.points)
    sharp, inner = add_head(sculpture, face, skull)
    add_neck(sculpture, face.points, skull)
    for side, eye in zip(("Left", "Right"), face.eyes, strict=True):
        add_eye(sculpture, side, eye)
    add_mouth(sculpture, face)
    add_ears(sculpture, face.points, skull)
    add_hair(sculpture, skull)
    edges = np.array(sorted(sharp), np.int32)
    clear_eyes(sculpture, face, edges, inner)
    return sculpture, edges


def paint_sculpture(sculpture: Sculpture, sharp: np.ndarray) -> dict[str, np.ndarray]:
    """The textures (H, W, 3) uint8 by material. Shaded parts get their places in them here."""
    skin = sculpture.parts["skin"].stop
    of_skin = (sculpture.triangles < skin).all(1)
    count = int(of_skin.sum())
    step = LoopSubdivision(sculpture.triangles[:count], skin, sharp)
    fine = step.refine(sculpture.vertices[:skin])
    added = len(fine) - skin
    vertices = np.concatenate([fine, sculpture.vertices[skin:]])
    triangles = np.concatenate([step.triangles, sculpture.triangles[count:] + added])
    a, b, c = (vertices[triangles[:, corner]] for corner in range(3))
    normals = np.zeros_like(vertices)
    for corner in range(3):
        np.add.at(normals, triangles[:, corner], np.cross(b - a, c - a))
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    # The shirt is large; without it, the pictures of the head are finer.
    above = vertices[triangles, 1].min(1) > vertices[:, 1].max() - 36
    light = ambient_light(vertices, normals, triangles[above])
    of_vertex = dict(zip(sculpture.triangles[:, 0].tolist(), sculpture.materials, strict=True))
    for vertex, material in of_vertex.items():
        if material not in PAINTED:
            sculpture.uv[vertex] = 0.5, 0.5
    painted = np.isin([of_vertex.get(v, "skin") for v in range(len(sculpture.vertices))], PAINTED)
    later = ~painted & (np.arange(len(painted)) >= skin)
    sculpture.uv[later] = np.stack([np.full(later.sum(), 0.5), light[added:][later]], 1)
    materials = np.array(sculpture.materials)[:count]
    shown = np.tile(materials == "skin", 4)
    textures = {
        "skin": paint.paint_skin(step.refine(sculpture.uv[:skin]), step.triangles[shown], light[: len(fine)])
    }
    textures |= {"eye": paint.paint_eye(), "hair": paint.paint_hair(), "teeth": paint.paint_teeth()}
    for name, (color, *_) in MATERIALS.items():
        if name not in textures and name != "mouth":
            textures[name] = paint.shade_ramp(color)
    return textures


def save(sculpture: Sculpture, sharp: np.ndarray, textures: dict[str, np.ndarray], face: Face) -> None:
    """Writes the file."""
    names = list(MATERIALS)
    skin = sculpture.parts["skin"].stop
    moving = np.flatnonzero(np.abs(sculpture.shapes).max((0, 2)) > 2e-3)
    scale = np.maximum(np.abs(sculpture.shapes).max((1, 2)), 1e-6)[:, None, None] / 32767
    pictures: dict[str, Any] = {}  # any: savez has a keyword that is no array
    for name, texture in textures.items():
        bgr = cv2.cvtColor(texture, cv2.COLOR_RGB2BGR)
        plain = texture.shape[1] == 4
        how = [] if plain else [cv2.IMWRITE_JPEG_QUALITY, 90]
        pictures[f"texture_{name}"] = cv2.imencode(".png" if plain else ".jpg", bgr, how)[1].ravel()
    values = [
        ((1, 1, 1) if name in textures else color) + (gloss, roughness)
        for name, (color, gloss, roughness) in MATERIALS.items()
    ]
    chin, side = named(face.points, "chin_bottom"), named(face.points, "left_face_side")
    np.savez_compressed(
        builtin_avatar.FILE,
        vertices=sculpture.vertices.astype(np.float32),
        triangles=sculpture.triangles.astype(np.uint16),
        triangle_materials=np.array([names.index(name) for name in sculpture.materials], np.uint8),
        uv=sculpture.uv.astype(np.float32),
        moving=moving.astype(np.uint16),
        shapes=np.rint(sculpture.shapes[:, moving] / scale).astype(np.int16),
        shape_scale=scale.astype(np.float32),
        skin_vertices=skin,
        skin_triangles=int((sculpture.triangles < skin).all(1).sum()),
        sharp=sharp.astype(np.uint16),
        upright=sculpture.upright.astype(np.float32),
        pivot=np.array([0, chin[1] + 1.0, side[2] - 2.0], np.float32),
        eye_vertices=np.array(
            [(p.start, p.stop) for p in (sculpture.parts["eyeLeft"], sculpture.parts["eyeRight"])]
        ),
        eye_centers=np.array([eye.center for eye in face.eyes], np.float32),
        material_names=np.array(names),
        material_values=np.array(values, np.float32),
        **pictures,
    )


def main() -> None:
    rig = load_rig(Path(sys.argv[1]))
    face = sculpt_face(canonical_face().vertices, rig)
    sculpture, sharp = sculpt(face)
    textures = paint_sculpture(sculpture, sharp)
    save(sculpture, sharp, textures, face)
    print(f"{builtin_avatar.FILE.name}: {builtin_avatar.FILE.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
