"""Picture of mesh editing: `python tools/mesh_editing_picture.py` writes docs/mesh_editing.png.

A person of the built-in rig makes two expressions. The canonical face and a character, whose jaw is large,
repeat them.
"""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from attention_mesh.geometry.expression_transfer import ExpressionTransfer
from attention_mesh.geometry.laplacian_editing import LaplacianMeshEditor
from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.models.topology.face_topology import FaceTopology
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig
from attention_mesh.models.training.synthetic.face_rig import rotation
from attention_mesh.models.training.synthetic.portrait_fit import vertex_normals
from attention_mesh.models.training.synthetic.rasterizer import interpolate, rasterize

DOCS = Path(__file__).resolve().parents[1] / "docs"
WIDTH, HEIGHT, FINER = 210, 230, 3
PX_PER_CM = 10.0
LIGHT = np.array([0.35, 0.45, 0.82])
SKINS = ((205, 160, 135), (150, 175, 200), (165, 195, 150))
EXPRESSIONS: tuple[dict[str, float], ...] = (
    {},
    {"mouthSmileLeft": 0.9, "mouthSmileRight": 0.9, "jawOpen": 0.3, "browInnerUp": 0.6},
    {"mouthPucker": 0.8, "eyeBlinkLeft": 1.0, "browDownRight": 0.9, "jawLeft": 0.5},
)
# Of the person: long and narrow.
IDENTITY = np.array([-1.0, 1.0, 1.0, -1.0, 0.5, 0.0, 0.0, 0.0, 0.5])


def shown_triangles() -> np.ndarray:
    """The triangles of the skin, without the eyes' and the mouth's openings."""
    topology = FaceTopology.load()
    holes = [topology.ring("LEFT_EYE"), topology.ring("RIGHT_EYE"), topology.ring("LIPS", 13)]
    return topology.triangles[~np.any([np.isin(topology.triangles, hole).all(1) for hole in holes], axis=0)]


def shaded(vertices: np.ndarray, skin: tuple[int, int, int]) -> np.ndarray:
    """(HEIGHT, WIDTH, 3) uint8: a face in centimeters, turned a little, lit from the upper left."""
    triangles = shown_triangles()
    turned = (vertices[:468] - vertices[:468].mean(0)) @ rotation(math.radians(-20), 0, 0).T
    place = np.array([WIDTH / 2, HEIGHT / 2]) + turned[:, :2] * PX_PER_CM * [1, -1]
    screen = np.concatenate([place * FINER, -turned[:, 2:]], 1)
    triangle, shares = rasterize(screen, triangles, HEIGHT * FINER, WIDTH * FINER)
    covered = triangle >= 0
    lit = 0.3 + 0.75 * np.maximum(vertex_normals(turned, triangles) @ LIGHT, 0)
    picture = np.full((HEIGHT * FINER, WIDTH * FINER, 3), 245, np.float32)
    values = interpolate(lit[triangles][:, :, None], triangle[covered], shares[covered])
    picture[covered] = values * np.array(skin, np.float32)
    return cv2.resize(picture.clip(0, 255), (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA).astype(np.uint8)


def main() -> None:
    rig, face = builtin_rig(), canonical_face()
    person = [rig.landmarks(rig.vertices(IDENTITY, weights)) for weights in EXPRESSIONS]
    character = face.vertices * (1 - 0.04 * face.vertices[:, 1:2] * [1, 0.3, 1])
    rows = [person]
    for neutral in (face.vertices, character):
        editor = LaplacianMeshEditor(neutral, face.triangles, alignment="none")
        rows.append(list(editor.edit(ExpressionTransfer(person[0], neutral).transfer(np.stack(person)))))
    picture = np.hstack([shaded(mesh, skin) for row, skin in zip(rows, SKINS, strict=True) for mesh in row])
    reduced = Image.fromarray(picture).quantize(128, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    reduced.save(DOCS / "mesh_editing.png", optimize=True)


if __name__ == "__main__":
    main()
