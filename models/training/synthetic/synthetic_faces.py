"""Synthetic faces: random pictures of faces with exact landmarks."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from attention_mesh.models.training.labeled_faces import FaceSample
from attention_mesh.models.training.synthetic.background import random_background
from attention_mesh.models.training.synthetic.camera import Camera, apply_lens_and_sensor
from attention_mesh.models.training.synthetic.expressions import random_expression
from attention_mesh.models.training.synthetic.eye_colors import EyeColors
from attention_mesh.models.training.synthetic.face_rig import FaceRig, rotation
from attention_mesh.models.training.synthetic.light import Light
from attention_mesh.models.training.synthetic.occluders import add_occluders
from attention_mesh.models.training.synthetic.painted_skin import paint_skin, random_hair, with_hair
from attention_mesh.models.training.synthetic.renderer import render
from attention_mesh.models.training.synthetic.skin_atlas import SkinAtlas

_WITHOUT_FACE = 0.08  # share of pictures
_PAINTED = 0.15  # share of painted skins if there are skins of photos
_IDENTITY_SPREAD = 0.8
_YAW, _PITCH, _ROLL = 24, 12, 10  # standard deviations, degrees
_STEEPEST = np.array([65, 35, 45])


class SyntheticFaces:
    """Draws samples of a rig with random identity, expression, gaze, pose, skin, light and surroundings.

    Args:
        rig: the face.
        skins: contents of JPEG files of skins, as `portrait_skins` makes them; if empty, skins are painted.
        size: side of the pictures in pixels; a face covers a half to three quarters of it.
    """

    def __init__(self, rig: FaceRig, skins: Sequence[bytes] = (), size: int = 320) -> None:
        self.rig, self.size = rig, size
        self._skins = list(skins)
        self._atlas = SkinAtlas(rig)

    def sample(self, rng: np.random.Generator) -> FaceSample:
        """A picture with one face, or rarely without a face (presence 0, landmarks NaN)."""
        picture = random_background(rng, self.size)
        if rng.random() < _WITHOUT_FACE:
            return FaceSample.without_face(apply_lens_and_sensor(rng, picture))
        rig = self.rig
        vertices = rig.vertices(
            rng.normal(0, _IDENTITY_SPREAD, len(rig.identities)),
            random_expression(rng, rig.expression_names),
        )
        camera = self._camera(rng, vertices)
        landmarks = camera.landmarks(rig.landmarks(vertices))
        face, coverage = self.render(rng, vertices, camera)
        picture = face + picture * (1 - coverage[:, :, None])
        picture = add_occluders(rng, picture, landmarks)
        return FaceSample(apply_lens_and_sensor(rng, picture), landmarks, np.ones((478, 2), np.float32), 1.0)

    def render(
        self, rng: np.random.Generator, vertices: np.ndarray, camera: Camera
    ) -> tuple[np.ndarray, np.ndarray]:
        """Posed vertices of the rig with random skin, eyes and light; see `renderer.render`."""
        light = Light.random(rng)
        skin, eyes = self._skin(rng), EyeColors.random(rng)
        return render(self.rig, vertices, camera, skin, eyes, light, self.size)

    def _skin(self, rng: np.random.Generator) -> np.ndarray:
        if not self._skins or rng.random() < _PAINTED:
            return paint_skin(self._atlas, rng)
        content = np.frombuffer(self._skins[rng.integers(len(self._skins))], np.uint8)
        decoded = cv2.imdecode(content, cv2.IMREAD_COLOR)
        if decoded is None:
            raise ValueError("a skin is no picture; expected the content of a JPEG file")
        skin = cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB)
        return with_hair(skin, random_hair(rng), rng)

    def _camera(self, rng: np.random.Generator, vertices: np.ndarray) -> Camera:
        """A camera that sees the whole face, near the middle of the picture."""
        degrees = np.clip(rng.normal(0, (_YAW, _PITCH, _ROLL)), -_STEEPEST, _STEEPEST)
        points = self.rig.landmarks(vertices)
        distance = rng.uniform(3, 9) * np.ptp(points[:, 1])
        turn = rotation(*(math.radians(angle) for angle in degrees))
        straight = Camera(turn, points.mean(0), distance, 1.0, (0.0, 0.0))
        seen = straight.project(points)[:, :2]
        focal = self.size * rng.uniform(0.48, 0.72) / np.ptp(seen, axis=0).max()
        middle = (seen.min(0) + seen.max(0)) / 2 * focal
        center = self.size * (0.5 + rng.uniform(-0.06, 0.06, 2)) - middle
        return Camera(turn, straight.pivot, distance, focal, tuple(center))
