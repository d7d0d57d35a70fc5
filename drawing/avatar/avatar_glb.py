"""Avatar as GLB: writes an avatar, with an animation if there is one, for 3D programs and game engines."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from attention_mesh.drawing.avatar.avatar_animation import AvatarAnimation, look_quaternions
from attention_mesh.drawing.avatar.avatar_model import AvatarMaterial, AvatarModel
from attention_mesh.drawing.avatar.avatar_scene import VERTICAL_FOV_DEGREES
from attention_mesh.drawing.avatar.glb_builder import INDICES, VERTICES, GlbBuilder
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES

_METERS = 0.01  # glTF's unit is the meter, an avatar's the centimeter
_LEAST_MOVE_CM = 1e-3
_HEAD, _BODY, _LEFT_EYE, _RIGHT_EYE = range(4)  # joints of the skin
_JPEG_QUALITY = 92


class AvatarGlb:
    """An avatar ready to be written, as often as its animation grows.

    A skin of four joints (Head, Body, LeftEye, RightEye) does what `AvatarModel.posed` does. A camera at the
    origin sees the animation as the film's camera did.
    """

    def __init__(self, model: AvatarModel) -> None:
        """Encodes the avatar's meshes and textures."""
        builder = GlbBuilder("attention_mesh")
        materials = [_add_material(builder, material) for material in model.materials]
        self._joints = _add_joints(builder, model)
        skin = _add_skin(builder, model, self._joints)
        moving = np.zeros(len(model.vertices), bool)
        moving[model.moving] = True
        moves = moving[model.triangles].any(1)
        drawn = []
        for name, chosen in (("Face", moves), ("Rest", ~moves)):
            if chosen.any():
                mesh = _add_mesh(builder, model, materials, name, chosen)
                drawn.append(builder.add("nodes", {"name": name, "mesh": mesh, "skin": skin}))
        perspective = {"yfov": float(np.radians(VERTICAL_FOV_DEGREES)), "znear": 0.01, "zfar": 100.0}
        camera = builder.add("cameras", {"type": "perspective", "perspective": perspective})
        roots = [self._joints[_HEAD], self._joints[_BODY], *drawn]
        roots.append(builder.add("nodes", {"name": "Camera", "camera": camera}))
        builder.tree["scenes"], builder.tree["scene"] = [{"nodes": roots}], 0
        self._model, self._builder, self._face = model, builder, drawn[0]

    def file(self, animation: AvatarAnimation | None = None) -> bytes:
        """A GLB file.

        Args:
            animation: moves the weights, the head and the eyes, at the animation's times less the first one,
                linearly between them. None, or one without samples, gives a still avatar.
        """
        builder = self._builder
        if animation is not None and len(animation):
            builder = builder.copy()
            _add_animation(builder, self._model, animation, self._joints, self._face)
        return builder.file()


def _add_material(builder: GlbBuilder, material: AvatarMaterial) -> int:
    factor = [*(np.asarray(material.color, float) ** 2.2).tolist(), 1.0]
    alpha, texture = material.alpha, material.texture
    if alpha is not None and texture is None:
        texture = np.full((*alpha.shape, 3), 255, np.uint8)
    surface: dict[str, Any] = {
        "baseColorFactor": factor,
        "metallicFactor": 0.0,
        "roughnessFactor": float(material.roughness),
    }
    if texture is not None:
        bgr = np.ascontiguousarray(texture[..., ::-1])
        exact = alpha is not None or min(bgr.shape[:2]) < 16  # JPEG has no alpha, and would smear few pixels
        if alpha is not None:
            bgr = np.dstack([bgr, cv2.resize(alpha, bgr.shape[1::-1])])
        how = [] if exact else [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
        data = cv2.imencode(".png" if exact else ".jpg", bgr, how)[1].tobytes()
        surface["baseColorTexture"] = {
            "index": builder.add_picture(data, "image/png" if exact else "image/jpeg")
        }
    entry: dict[str, Any] = {
        "name": material.name,
        "pbrMetallicRoughness": surface,
        "doubleSided": material.two_sided,
    }
    if alpha is not None:
        entry["alphaMode"] = "BLEND"
    return builder.add("materials", entry)


def _add_joints(builder: GlbBuilder, model: AvatarModel) -> list[int]:
    """The nodes of the joints: head and body at the neck, the eyes below the head."""
    neck = (model.pivot * _METERS).tolist()
    eyes = [
        builder.add("nodes", {"name": name, "translation": ((eye.center - model.pivot) * _METERS).tolist()})
        for name, eye in zip(("LeftEye", "RightEye"), model.eyes, strict=False)
    ]
    head: dict[str, Any] = {"name": "Head", "translation": neck}
    if eyes:
        head["children"] = eyes
    body = {"name": "Body", "translation": neck}
    return [builder.add("nodes", head), builder.add("nodes", body), *eyes]


def _add_skin(builder: GlbBuilder, model: AvatarModel, nodes: list[int]) -> int:
    bind = np.tile(np.eye(4, dtype=np.float32), (len(nodes), 1, 1))
    places = [model.pivot, model.pivot, *(eye.center for eye in model.eyes)]
    for joint, place in enumerate(places):
        bind[joint, 3, :3] = -place * _METERS  # stored by columns
    matrices = builder.add_array(bind.reshape(-1, 16))
    return builder.add("skins", {"joints": nodes, "inverseBindMatrices": matrices})


def _joint_weights(model: AvatarModel) -> tuple[np.ndarray, np.ndarray]:
    """(V, 4) uint8 joints and (V, 4) float32 weights."""
    joints = np.zeros((len(model.vertices), 4), np.uint8)
    weights = np.zeros(joints.shape, np.float32)
    weights[:, 0] = 1
    if model.upright is not None:
        body = model.upright > 0
        joints[body, 1] = _BODY
        weights[:, 1] = model.upright
        weights[:, 0] -= model.upright
        joints[weights[:, 0] == 0, 0] = 0
    for joint, eye in zip((_LEFT_EYE, _RIGHT_EYE), model.eyes, strict=False):
        joints[eye.vertices], weights[eye.vertices] = (joint, 0, 0, 0), (1, 0, 0, 0)
    return joints, weights


def _add_mesh(
    builder: GlbBuilder, model: AvatarModel, materials: list[int], name: str, chosen: np.ndarray
) -> int:
    """A mesh of the chosen triangles (T,), one primitive per material, with targets if they move."""
    _, normals = model.posed(np.zeros(len(BLENDSHAPE_NAMES)), np.eye(4))
    joints, weights = _joint_weights(model)
    moves = name == "Face"
    place = np.full(len(model.vertices), -1)
    place[model.moving] = np.arange(len(model.moving))
    primitives = []
    for material in np.unique(model.triangle_materials[chosen]).tolist():
        triangles = model.triangles[chosen & (model.triangle_materials == material)]
        rows, indices = np.unique(triangles, return_inverse=True)
        kind = np.uint16 if len(rows) < 0xFFFF else np.uint32
        primitive: dict[str, Any] = {
            "attributes": {
                "POSITION": builder.add_array(_float(model.vertices[rows] * _METERS), VERTICES, bounds=True),
                "NORMAL": builder.add_array(_unit(normals[rows]), VERTICES),
                "TEXCOORD_0": builder.add_array(_float(model.uv[rows]), VERTICES),
                "JOINTS_0": builder.add_array(joints[rows], VERTICES),
                "WEIGHTS_0": builder.add_array(weights[rows], VERTICES),
            },
            "indices": builder.add_array(indices.ravel().astype(kind), INDICES),
            "material": materials[material],
        }
        if moves:
            within = np.flatnonzero(place[rows] >= 0)
            deltas = model.shapes[:, place[rows[within]]]
            primitive["targets"] = []
            for delta in deltas:
                large = np.abs(delta).max(1) > _LEAST_MOVE_CM
                target = builder.add_sparse(within[large], delta[large] * _METERS, len(rows))
                primitive["targets"].append({"POSITION": target})
        primitives.append(primitive)
    mesh: dict[str, Any] = {"name": name, "primitives": primitives}
    if moves:
        mesh["weights"] = [0.0] * len(BLENDSHAPE_NAMES)
        mesh["extras"] = {"targetNames": list(BLENDSHAPE_NAMES)}
    return builder.add("meshes", mesh)


def _add_animation(
    builder: GlbBuilder, model: AvatarModel, animation: AvatarAnimation, nodes: list[int], face: int
) -> None:
    times = (np.array(animation.times_us) - animation.times_us[0]) / 1e6
    # Neighbors closer than float32 tells apart are one.
    times = times.astype(np.float32)
    kept = np.concatenate([[True], np.diff(times) > 0])
    clock = builder.add_array(times[kept], bounds=True)
    samplers: list[dict[str, Any]] = []
    channels: list[dict[str, Any]] = []

    def track(node: int, path: str, values: np.ndarray) -> None:
        output = builder.add_array(_float(values))
        samplers.append({"input": clock, "interpolation": "LINEAR", "output": output})
        channels.append({"sampler": len(samplers) - 1, "target": {"node": node, "path": path}})

    rotations = np.array(animation.rotations)[kept]
    translations = np.array(animation.translations)[kept]
    track(face, "weights", np.array(animation.coefficients)[kept].reshape(-1, 1))
    track(nodes[_HEAD], "rotation", rotations)
    neck = translations + _rotated(rotations, model.pivot)
    for joint in (_HEAD, _BODY):
        track(nodes[joint], "translation", neck * _METERS)
    looks = np.array(animation.looks)[kept]
    for side, node in enumerate(nodes[_LEFT_EYE:]):
        track(node, "rotation", look_quaternions(looks[:, side]))
    builder.add("animations", {"name": "Recording", "samplers": samplers, "channels": channels})


def _rotated(quaternions: np.ndarray, point: np.ndarray) -> np.ndarray:
    """(N, 3) of a point (3,) turned by quaternions (N, 4)."""
    axis, real = quaternions[:, :3], quaternions[:, 3:]
    across = 2 * np.cross(axis, point)
    return point + real * across + np.cross(axis, across)


def _float(values: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(values, np.float32)


def _unit(normals: np.ndarray) -> np.ndarray:
    """Normals of length 1; one of a vertex without a triangle's area looks ahead."""
    normals = normals.copy()
    normals[np.abs(np.linalg.norm(normals, axis=1) - 1) > 1e-3] = 0, 0, 1
    return _float(normals)
