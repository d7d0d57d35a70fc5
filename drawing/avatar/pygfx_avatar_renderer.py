"""Pygfx avatar renderer: draws avatars off-screen with physically based materials, by WebGPU."""

from __future__ import annotations

import functools
import glob
import math
import os
import sys
import tempfile
from types import ModuleType
from typing import Any

import cv2
import numpy as np

from attention_mesh.drawing.avatar.avatar_model import AvatarMaterial, AvatarModel
from attention_mesh.drawing.avatar.avatar_scene import AvatarScene
from attention_mesh.drawing.avatar.studio_light import LAMPS
from attention_mesh.drawing.errors import AvatarError
from attention_mesh.extras import MissingExtraError, install_command

_CARDS = ("DiscreteGPU", "IntegratedGPU")  # adapter types of WebGPU that are no software
_CARD_FILES = ("/dev/dri/renderD*", "/dev/nvidia[0-9]*", "/dev/dxg")  # of Linux and its Windows subsystem
_NEAR_CM, _FAR_CM = 1.0, 1000.0
# Pygfx's lights and ours differ by the factor π of a matte surface; the rest is to taste.
_LAMP, _AMBIENT = 3.2, 1.5
_SHADOW_CM, _SHADOW_PX = 45.0, 2048  # half of what the key light's shadow map covers
_PIXEL_SCALE = 2  # rendered pixels by pixels of the picture, along each axis


class PygfxAvatarRenderer:
    """Draws an avatar with a graphics card, or with a software driver such as lavapipe.

    The vertices are moved on the processor, as `SoftwareAvatarRenderer` does, so both show the same head. The
    key light casts shadows.
    """

    name = "gpu"

    def __init__(self, model: AvatarModel) -> None:
        """Opens the device.

        Raises:
            ImportError: pygfx is not installed; the text names the extra.
            AvatarError: there is no device.
        """
        self.model = model
        self._gfx = _open_pygfx()
        self._textures: list[Any] = [self._texture(material) for material in model.materials]
        self._heads: list[_Head] = []
        self._target: Any = None
        self._renderer: Any = None
        self._size = (0, 0)
        gfx = self._gfx
        self._scene = gfx.Scene()
        self._scene.add(gfx.AmbientLight((0.78, 0.82, 0.9), _AMBIENT))
        for row, (direction, color) in enumerate(LAMPS):
            strength = max(color)
            light = gfx.DirectionalLight(tuple(level / strength for level in color), _LAMP * strength)
            light.local.position = tuple(60 * part / math.dist(direction, (0, 0, 0)) for part in direction)
            light.cast_shadow = row == 0
            self._scene.add(light)
            if row == 0:
                self._key = light
                light.shadow.camera.width = light.shadow.camera.height = 2 * _SHADOW_CM
                light.shadow.camera.depth_range = 1, 250
                light.shadow.bias = 4e-4
                light.shadow.map_size = _SHADOW_PX
        self._key_direction = np.array(LAMPS[0][0]) / math.dist(LAMPS[0][0], (0, 0, 0))

    def draw(self, picture: np.ndarray, scene: AvatarScene) -> None:
        """Draws the faces of a scene over `picture`, in place.

        Args:
            picture: (H, W, 3) uint8 RGB, contiguous and writeable.
            scene: the faces and the camera. A face that is not finite, or behind the camera, is left out.
        """
        shown = []
        for coefficients, pose, gaze in scene.faces():
            vertices, normals = self.model.posed(coefficients, pose, gaze)
            if vertices[:, 2].min() < -_NEAR_CM and -vertices[:, 2].min() < _FAR_CM:
                shown.append((vertices, normals))
        if not shown:
            return
        while len(self._heads) < len(shown):
            head = _Head(self._gfx, self.model, self._textures)
            self._heads.append(head)
            self._scene.add(head.group)
        for row, head in enumerate(self._heads):
            head.group.visible = row < len(shown)
            if row < len(shown):
                head.move(*shown[row])
        middle = np.mean([vertices.mean(0) for vertices, _ in shown], axis=0)
        self._key.local.position = tuple(middle + 100 * self._key_direction)
        self._key.target.local.position = tuple(middle)
        self._render(picture, scene.vertical_fov_degrees)

    def close(self) -> None:
        """Gives the device's memory back."""
        self._heads, self._scene, self._renderer, self._target = [], None, None, None

    def _render(self, picture: np.ndarray, vertical_fov_degrees: float) -> None:
        height, width = picture.shape[:2]
        gfx = self._gfx
        if self._size != (width, height):
            self._target = gfx.Texture(dim=2, size=(width, height, 1), format="rgba8unorm")
            self._renderer = gfx.renderers.WgpuRenderer(self._target, pixel_scale=_PIXEL_SCALE, ppaa="none")
            self._size = (width, height)
        # Pygfx's angle is that of the shorter side.
        tangent = math.tan(math.radians(vertical_fov_degrees) / 2) * min(1, width / height)
        camera = gfx.PerspectiveCamera(
            2 * math.degrees(math.atan(tangent)), 1, depth_range=(_NEAR_CM, _FAR_CM)
        )
        self._renderer.render(self._scene, camera, clear=True)
        large = np.asarray(self._renderer.snapshot())
        drawn = cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA)
        # The colors are multiplied by the coverage already.
        behind = cv2.merge([255 - drawn[..., 3]] * 3)
        picture[:] = cv2.add(cv2.multiply(picture, behind, scale=1 / 255), drawn[..., :3])

    def _texture(self, material: AvatarMaterial) -> Any:
        texture = material.texture
        if material.alpha is not None:
            if texture is None:
                texture = np.full((*material.alpha.shape, 3), 255, np.uint8)
            texture = np.dstack([texture, cv2.resize(material.alpha, texture.shape[1::-1])])
        if texture is None:
            return None
        return self._gfx.TextureMap(
            self._gfx.Texture(np.ascontiguousarray(texture), dim=2, generate_mipmaps=True),
            wrap="clamp",
            mipmap_filter="linear",
        )


class _Head:
    """The meshes of one face, one for each material."""

    def __init__(self, gfx: ModuleType, model: AvatarModel, textures: list[Any]) -> None:
        self.group = gfx.Group()
        self._parts: list[tuple[np.ndarray, Any]] = []
        for row in np.unique(model.triangle_materials).tolist():
            material = model.materials[row]
            rows, indices = np.unique(model.triangles[model.triangle_materials == row], return_inverse=True)
            geometry = gfx.Geometry(
                indices=indices.reshape(-1, 3).astype(np.int32),
                positions=np.ascontiguousarray(model.vertices[rows]),
                normals=np.zeros((len(rows), 3), np.float32),
                texcoords=np.ascontiguousarray(model.uv[rows]),
            )
            surface = gfx.MeshStandardMaterial(
                color=material.color,
                map=textures[row],
                roughness=material.roughness,
                metalness=0.0,
                side="both" if material.two_sided else "front",
                alpha_mode="solid" if material.alpha is None else "blend",
            )
            mesh = gfx.Mesh(geometry, surface)
            mesh.cast_shadow = mesh.receive_shadow = True
            self.group.add(mesh)
            self._parts.append((rows, geometry))

    def move(self, vertices: np.ndarray, normals: np.ndarray) -> None:
        """Puts the vertices (V, 3) and normals (V, 3) to the meshes."""
        for rows, geometry in self._parts:
            geometry.positions.data[:] = vertices[rows]
            geometry.positions.update_full()
            geometry.normals.data[:] = normals[rows]
            geometry.normals.update_full()


def _open_pygfx() -> ModuleType:
    """Pygfx with a device. Raises as `PygfxAvatarRenderer` does."""
    if not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        # Without a display, the drivers' search for one prints errors if this folder is unknown.
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    try:
        import pygfx
        import wgpu
    except ImportError as error:
        raise MissingExtraError(
            f"the renderer gpu needs pygfx, which is not installed: {install_command('gpu')}"
        ) from error
    try:
        adapter = wgpu.gpu.request_adapter_sync(power_preference="high-performance")
    except RuntimeError as error:
        raise AvatarError(
            f"the renderer gpu finds no device ({error}); install a driver for Vulkan, Metal or Direct3D 12, "
            "or take the renderer software"
        ) from error
    if adapter.info.get("adapter_type") not in _CARDS and "tensorflow" in sys.modules:
        raise AvatarError(  # both contain LLVM, and the process would crash
            "the renderer gpu finds only a software driver, which cannot run in one process with TensorFlow; "
            "draw in another process, or take the renderer software"
        )
    return pygfx


@functools.cache
def has_graphics_card() -> bool:
    """Whether wgpu is installed and finds a device that is not a software driver."""
    if sys.platform == "linux" and not any(glob.glob(pattern) for pattern in _CARD_FILES):
        return False  # spares the second in which drivers are loaded, and what they print
    try:
        import wgpu
    except ImportError:
        return False
    try:
        adapter = wgpu.gpu.request_adapter_sync(power_preference="high-performance")
    except RuntimeError:  # no driver at all
        return False
    return adapter is not None and adapter.info.get("adapter_type") in _CARDS
