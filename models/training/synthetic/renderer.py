"""Renderer: a posed rig as the camera sees it."""

from __future__ import annotations

import cv2
import numpy as np

from attention_mesh.models.training.synthetic.camera import Camera
from attention_mesh.models.training.synthetic.eye_colors import EyeColors
from attention_mesh.models.training.synthetic.face_rig import FaceRig, Material
from attention_mesh.models.training.synthetic.light import Light
from attention_mesh.models.training.synthetic.portrait_fit import vertex_normals
from attention_mesh.models.training.synthetic.rasterizer import interpolate, rasterize
from attention_mesh.models.training.synthetic.skin_atlas import SIZE

_INSIDE = {
    Material.MOUTH: (70, 25, 25),
    Material.GUMS: (150, 75, 72),
    Material.TEETH: (205, 195, 175),
}
_SHADE_INSIDE = 0.6  # little light enters a mouth
# Lids lie on the eyeballs, and in places slightly inside them: eyeballs are drawn as if farther away.
_EYE_DEPTH = 0.3
_SUPERSAMPLING = 1.5


def render(
    rig: FaceRig,
    vertices: np.ndarray,
    camera: Camera,
    skin: np.ndarray,
    eyes: EyeColors,
    light: Light,
    size: int,
) -> tuple[np.ndarray, np.ndarray]:
    """A picture of the rig.

    Args:
        rig: the rig.
        vertices: (V, 3) of the rig, posed.
        camera: the camera.
        skin: as `SkinAtlas` makes it.
        eyes: the look of the eyeballs.
        light: the light.
        size: side of the picture in pixels.

    Returns:
        (size, size, 3) float32 RGB, 0 to 255, times the coverage, and the coverage (size, size), 0 to 1.
    """
    fine = round(size * _SUPERSAMPLING)
    projected = camera.project(vertices)
    projected[:, :2] *= fine / size
    nearness = projected.copy()
    for eye in rig.eyes:
        nearness[eye.first : eye.last, 2] += _EYE_DEPTH
    triangle_map, share_map = rasterize(nearness, rig.triangles, fine, fine)
    covered = triangle_map >= 0
    triangle, shares = triangle_map[covered], share_map[covered]

    normals = vertex_normals(vertices, rig.triangles) @ camera.rotation.T
    albedo = np.zeros((len(triangle), 3), np.float32)
    material = rig.materials[triangle]
    is_skin = material <= Material.HEAD
    albedo[is_skin] = _skin_colors(rig, skin, triangle[is_skin], shares[is_skin], material[is_skin])
    for kind, color in _INSIDE.items():
        albedo[material == kind] = np.multiply(color, _SHADE_INSIDE)
    is_eye = material == Material.EYE
    albedo[is_eye] = eyes.colors(_eye_places(rig, vertices, triangle[is_eye], shares[is_eye]))

    # Light is computed at the vertices and interpolated, mirrored light on glossy parts too.
    lit = light.diffuse(normals)
    gloss = light.mirrored(normals, 20.0) * (60 * light.gloss)
    values = interpolate(np.concatenate([lit, gloss], 1)[rig.triangles], triangle, shares)
    colors = albedo * values[:, :3]
    colors[is_skin] += values[is_skin, 3:]
    eye_normals = interpolate(normals[rig.triangles], triangle[is_eye], shares[is_eye])
    colors[is_eye] += 200 * light.mirrored(eye_normals, 400.0)

    picture = np.zeros((fine, fine, 3), np.float32)
    picture[covered] = colors.clip(0, 255)
    return (
        cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA),
        cv2.resize(covered.astype(np.float32), (size, size), interpolation=cv2.INTER_AREA),
    )


def _skin_colors(
    rig: FaceRig, skin: np.ndarray, triangle: np.ndarray, shares: np.ndarray, material: np.ndarray
) -> np.ndarray:
    """(N, 3) colors of the texture, linear between texels."""
    uv = interpolate(rig.uv, triangle, shares)
    x = (uv[:, 0] + (material == Material.HEAD)) * SIZE - 0.5
    y = (1 - uv[:, 1]) * SIZE - 0.5
    # OpenCV's maps have at most 32,767 rows, so the map is 256 wide.
    count = len(x)
    padding = -count % 256
    map_x, map_y = (np.pad(axis, (0, padding)).astype(np.float32).reshape(-1, 256) for axis in (x, y))
    if not count:
        return np.zeros((0, 3), np.float32)
    sampled = cv2.remap(skin, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return sampled.reshape(-1, 3)[:count]


def _eye_places(rig: FaceRig, vertices: np.ndarray, triangle: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """(N, 2) places relative to each eye's pupil, in iris radii, measured on the eyeball at rest."""
    at_rest = np.zeros((len(vertices), 2), np.float32)
    for eye in rig.eyes:
        ball = slice(eye.first, eye.last)
        axis = eye.axis / np.linalg.norm(eye.axis)
        across = np.cross([0, 1, 0], axis)
        across /= np.linalg.norm(across)
        rest = rig.neutral[ball] - eye.center
        at_rest[ball] = rest @ np.stack([across, np.cross(axis, across)], 1) / eye.iris_radius
        # The back of the ball must not look like an iris, though it is as near to the axis as the front.
        at_rest[eye.first : eye.last][rest @ axis < 0] = 9
    return interpolate(at_rest[rig.triangles], triangle, shares)
