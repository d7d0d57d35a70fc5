"""Built-in avatar: a head on the canonical face, sculpted by tools/builtin_avatar.py."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np

from attention_mesh.drawing.avatar.avatar_model import AvatarEye, AvatarMaterial, AvatarModel
from attention_mesh.drawing.avatar.loop_subdivision import LoopSubdivision

FILE = Path(__file__).with_name("builtin_avatar.npz")


@cache
def builtin_avatar() -> AvatarModel:
    """The avatar; it is shared and read-only.

    The file holds a coarse mesh. Its skin is subdivided here, once, with all of its shapes.
    """
    with np.load(FILE, allow_pickle=False) as arrays:
        data = {name: arrays[name] for name in arrays}
    count = len(data["vertices"])
    shapes = np.zeros((len(data["shapes"]), count, 3), np.float32)
    shapes[:, data["moving"]] = data["shapes"] * data["shape_scale"]
    skin, skin_triangles = int(data["skin_vertices"]), int(data["skin_triangles"])
    step = LoopSubdivision(data["triangles"][:skin_triangles].astype(np.int32), skin, data["sharp"])
    added = len(step.refine(data["vertices"][:skin])) - skin

    def refined(values: np.ndarray) -> np.ndarray:
        return np.concatenate([step.refine(values[:skin]), values[skin:]])

    rest = data["triangles"][skin_triangles:].astype(np.int32) + added
    vertices = refined(data["vertices"])
    fine = refined(shapes.transpose(1, 0, 2).reshape(count, -1)).reshape(len(vertices), len(shapes), 3)
    moving = np.flatnonzero(np.abs(fine).max((1, 2)) > 1e-4).astype(np.int32)
    kinds = data["triangle_materials"].astype(np.int32)
    eyes = [
        AvatarEye(np.arange(first, last, dtype=np.int32) + added, center)
        for (first, last), center in zip(data["eye_vertices"].tolist(), data["eye_centers"], strict=True)
    ]
    model = AvatarModel(
        name="the built-in avatar",
        vertices=vertices,
        triangles=np.concatenate([step.triangles, rest]),
        triangle_materials=np.concatenate([np.tile(kinds[:skin_triangles], 4), kinds[skin_triangles:]]),
        uv=refined(data["uv"]),
        materials=_materials(data),
        moving=moving,
        shapes=np.ascontiguousarray(fine[moving].transpose(1, 0, 2)),
        eyes=tuple(eyes),
        upright=refined(data["upright"][:, None])[:, 0],
        pivot=data["pivot"],
    )
    for array in (model.vertices, model.triangles, model.uv, model.shapes):
        array.flags.writeable = False
    return model


def _materials(data: dict[str, np.ndarray]) -> tuple[AvatarMaterial, ...]:
    materials = []
    for row, name in enumerate(data["material_names"].tolist()):
        encoded = data.get(f"texture_{name}")
        texture = None
        if encoded is not None:
            texture = np.ascontiguousarray(np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR))[..., ::-1])
        red, green, blue, gloss, roughness = data["material_values"][row].tolist()
        materials.append(AvatarMaterial(name, (red, green, blue), texture, gloss, roughness))
    return tuple(materials)
