"""Rendered faces: pictures of a rig with known blend-shape coefficients, and what a network finds in them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from attention_mesh.models.array_file import ArrayFileError, numbers_of, read_arrays
from attention_mesh.models.blendshapes.expression_sampling import sample_expressions
from attention_mesh.models.errors import DatasetError
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES, LOOK_DEGREES
from attention_mesh.models.training.synthetic.background import random_background
from attention_mesh.models.training.synthetic.camera import Camera, apply_lens_and_sensor
from attention_mesh.models.training.synthetic.face_rig import FaceRig, rotation
from attention_mesh.models.training.synthetic.synthetic_faces import SyntheticFaces

_YAW, _PITCH, _ROLL = 16, 9, 6  # standard deviations, degrees
_IDENTITY_SPREAD = 0.8
_HEIGHT = 0.62  # of a face, in picture heights
Finder = Callable[[np.ndarray], np.ndarray | None]


@dataclass(frozen=True)
class RenderedFaces:
    """Faces, and the landmarks that networks find in their pictures.

    Attributes:
        coefficients: (B, 52) float32, 0 where the eyes look straight ahead.
        identities: (B, I) float32.
        true: (B, 478, 3) float32; x, y in pixels, y down, z on x's scale.
        found: (W, B, 478, 3) float32 by network; NaN if it finds no face.
        networks: (W,) names.
    """

    coefficients: np.ndarray
    identities: np.ndarray
    true: np.ndarray
    found: np.ndarray
    networks: np.ndarray

    @classmethod
    def render(
        cls,
        rig: FaceRig,
        count: int,
        finders: Mapping[str, Finder],
        skins: Sequence[bytes] = (),
        size: int = 320,
        seed: int = 0,
        progress: Callable[[int], object] = lambda done: None,
    ) -> RenderedFaces:
        """Draws faces and finds their landmarks. Face n depends only on n and the arguments.

        Args:
            rig: an ICT-FaceKit.
            count: number of faces.
            finders: by name of a network; takes a picture (H, W, 3) uint8 RGB, gives (478, 3) px or None.
            skins: see `SyntheticFaces`.
            size: side of the pictures in pixels.
            seed: of everything random.
            progress: called with the number of faces done so far.
        """
        source = SyntheticFaces(rig, skins, size)
        rows = []
        for number in range(count):
            rng = np.random.default_rng([seed, number])
            coefficients = sample_expressions(rng, 1)[0]
            identity = rng.normal(0, _IDENTITY_SPREAD, len(rig.identities)).astype(np.float32)
            vertices = rig.vertices(identity, rig_weights(rig, coefficients))
            camera = _camera(rng, rig.landmarks(vertices), size)
            face, coverage = source.render(rng, vertices, camera)
            picture = face + random_background(rng, size) * (1 - coverage[:, :, None])
            picture = apply_lens_and_sensor(rng, picture)
            seen = [find(picture) for find in finders.values()]
            nothing = np.full((478, 3), np.nan, np.float32)
            rows.append(
                (
                    coefficients,
                    identity,
                    camera.landmarks(rig.landmarks(vertices)),
                    np.stack([nothing if points is None else points for points in seen]),
                )
            )
            progress(number + 1)
        coefficients, identities, true, found = (np.stack(part) for part in zip(*rows, strict=True))
        return cls(coefficients, identities, true, found.transpose(1, 0, 2, 3), np.array(list(finders)))

    def save(self, file: Path) -> None:
        """Writes the arrays."""
        np.savez_compressed(file, **{entry.name: getattr(self, entry.name) for entry in fields(self)})

    @classmethod
    def load(cls, file: Path) -> RenderedFaces:
        """Reads what `save` wrote. Raises DatasetError."""
        try:
            arrays = read_arrays(file)
            loaded = cls(
                coefficients=numbers_of(arrays, "coefficients"),
                identities=numbers_of(arrays, "identities"),
                true=numbers_of(arrays, "true"),
                found=numbers_of(arrays, "found"),
                networks=arrays.get("networks", np.zeros(0)),
            )
        except ArrayFileError as error:
            raise DatasetError(f"{file} holds no rendered faces: {error}") from error
        count, networks = len(np.atleast_1d(loaded.true)), len(np.atleast_1d(loaded.networks))
        if (
            loaded.networks.shape != (networks,)
            or loaded.networks.dtype.kind != "U"
            or loaded.coefficients.shape != (count, 52)
            or loaded.identities.shape[:-1] != (count,)
            or loaded.true.shape != (count, 478, 3)
            or loaded.found.shape != (networks, count, 478, 3)
        ):
            raise DatasetError(f"{file} holds no rendered faces: the shapes of its arrays do not fit")
        return loaded


def rig_weights(rig: FaceRig, coefficients: np.ndarray) -> dict[str, float]:
    """Weights for `FaceRig.vertices` by name, so that the eyes look straight ahead at coefficients of 0.

    Args:
        rig: the rig, whose eyeballs may rest otherwise.
        coefficients: (52,), in the order of BLENDSHAPE_NAMES.
    """
    weights = {
        name: float(weight)
        for name, weight in zip(BLENDSHAPE_NAMES, coefficients, strict=True)
        if weight and (name in rig.expression_names or name in LOOK_DEGREES)
    }
    for eye in rig.eyes:
        outward_deg = math.degrees(math.asin(abs(eye.axis[0]) / np.linalg.norm(eye.axis)))
        name = f"eyeLookIn{eye.side}"
        weights[name] = weights.get(name, 0.0) + outward_deg / abs(LOOK_DEGREES[name][0])
    return weights


def _camera(rng: np.random.Generator, points: np.ndarray, size: int) -> Camera:
    """A camera that sees the whole face in the middle of the picture."""
    degrees = rng.normal(0, (_YAW, _PITCH, _ROLL)).clip(-45, 45)
    height = np.ptp(points[:, 1])
    distance = rng.uniform(3, 9) * height
    focal = _HEIGHT * size * distance / height
    turn = rotation(*(math.radians(angle) for angle in degrees))
    return Camera(turn, points.mean(0), distance, focal, (size / 2, size / 2))
