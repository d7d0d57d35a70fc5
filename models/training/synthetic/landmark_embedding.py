"""Landmark embedding: finds the 478 landmarks on a rig that comes without them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from attention_mesh.geometry.nearest_on_triangles import nearest_on_triangles
from attention_mesh.models.topology.landmark_groups import landmarks_68
from attention_mesh.models.topology.mirror import mirror_landmarks
from attention_mesh.models.training.augmentation import Augmentation
from attention_mesh.models.training.labeled_faces import FaceSample
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig
from attention_mesh.models.training.synthetic.camera import Camera
from attention_mesh.models.training.synthetic.eye_colors import EyeColors
from attention_mesh.models.training.synthetic.face_rig import Eye, FaceRig, Material, rotation
from attention_mesh.models.training.synthetic.light import Light
from attention_mesh.models.training.synthetic.painted_skin import paint_skin
from attention_mesh.models.training.synthetic.point_maps import radial_spline
from attention_mesh.models.training.synthetic.rasterizer import interpolate, rasterize
from attention_mesh.models.training.synthetic.renderer import render
from attention_mesh.models.training.synthetic.skin_atlas import SkinAtlas
from attention_mesh.models.weights.model_files import model_path

_SKIN_LANDMARKS = 468
_PICTURE = 480  # px
# Mouth and eyes are slightly open, so that upper and lower lips and lids are distinct.
_EXPRESSION = {"jawOpen": (0.1, 0.3), "eyeWideLeft": (0.0, 0.6), "eyeWideRight": (0.0, 0.6)}
_IDENTITY_SPREAD, _TURN_DEG = 0.6, 8.0
_OUTSIDE = 1.3  # radii from the eye's center: a point in front of the cornea
# Iris landmarks after the center, in the eye's frame: to the subject's left, up, right, down.
_RING = ((1, 0), (0, 1), (-1, 0), (0, -1))


def embed_landmarks(
    rig: FaceRig,
    points_68: np.ndarray,
    find: Callable[[np.ndarray], np.ndarray],
    pictures: int = 40,
    seed: int = 0,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> FaceRig:
    """The rig with `landmark_vertices` and `landmark_weights`.

    A template warped onto the 68 points gives approximate landmarks. Faces with painted lips and brows are
    rendered, `find` finds the landmarks in them, and these are projected back onto the skin. Of each
    landmark, the most central of all projections is used. Irises follow from the eyeballs.

    Args:
        rig: its present landmarks are not used.
        points_68: (68,) vertices of the rig at the 68-point annotation.
        find: returns the landmarks (478, 3) px in a crop (192, 192, 3) uint8 RGB of a face, as
            `OfficialNetwork.landmarks` does.
        pictures: number of rendered faces.
        seed: of everything random.
        progress: called with the number of pictures done so far and of all pictures.
    """
    rig = _with_landmarks(rig, _warped_template(rig, points_68))
    atlas, rng, seen = SkinAtlas(rig), np.random.default_rng(seed), []
    for number in range(pictures):
        progress(number, pictures)
        seen.append(_seen_on_skin(rig, atlas, find, rng))
    progress(pictures, pictures)
    samples = np.stack(seen)
    mirrored = samples[:, mirror_landmarks()[:_SKIN_LANDMARKS]] * (-1, 1, 1)
    return _with_landmarks(rig, _most_central(np.concatenate([samples, mirrored])))


def _warped_template(rig: FaceRig, points_68: np.ndarray) -> np.ndarray:
    """(468, 3) of the built-in face, warped to agree with the rig at the annotated points."""
    template = builtin_rig().landmarks(builtin_rig().neutral).astype(np.float64)
    table = landmarks_68()
    known = np.flatnonzero(table >= 0)
    source = template[table[known]]
    gap = rig.neutral[points_68[known]] - source
    skin = template[:_SKIN_LANDMARKS]
    return skin + radial_spline(source, gap)(skin)


def _with_landmarks(rig: FaceRig, points: np.ndarray) -> FaceRig:
    """The rig with the skin landmarks nearest to points (468, 3), and with irises from its eyeballs."""
    face = np.flatnonzero(rig.materials == Material.FACE)
    found, shares = nearest_on_triangles(points, rig.neutral[rig.triangles[face]])
    vertices, weights = np.zeros((478, 3), np.int32), np.zeros((478, 3), np.float32)
    vertices[:_SKIN_LANDMARKS], weights[:_SKIN_LANDMARKS] = rig.triangles[face[found]], shares
    for eye in rig.eyes:
        rows = slice(eye.landmarks, eye.landmarks + 1 + len(_RING))
        vertices[rows], weights[rows] = _iris(rig, eye)
    return replace(rig, landmark_vertices=vertices, landmark_weights=weights)


def _iris(rig: FaceRig, eye: Eye) -> tuple[np.ndarray, np.ndarray]:
    """Vertices (5, 3) and shares (5, 3) of an iris' center and ring, on the outside of the eyeball."""
    axis = eye.axis / np.linalg.norm(eye.axis)
    left = np.cross([0, 1, 0], axis)
    left /= np.linalg.norm(left)
    up = np.cross(axis, left)
    depth = np.sqrt(eye.radius**2 - eye.iris_radius**2)
    ring = [depth * axis + eye.iris_radius * (x * left + y * up) for x, y in _RING]
    wanted = np.array([eye.radius * axis, *ring]) * _OUTSIDE + eye.center
    ball = (rig.triangles >= eye.first).all(1) & (rig.triangles < eye.last).all(1)
    triangles = rig.triangles[ball]
    found, shares = nearest_on_triangles(wanted, rig.neutral[triangles])
    return triangles[found], shares


def _seen_on_skin(
    rig: FaceRig, atlas: SkinAtlas, find: Callable[[np.ndarray], np.ndarray], rng: np.random.Generator
) -> np.ndarray:
    """(468, 3) on the neutral skin: the landmarks that `find` finds in one rendered face."""
    expression = {
        name: rng.uniform(*limits) for name, limits in _EXPRESSION.items() if name in rig.expression_names
    }
    vertices = rig.vertices(rng.normal(0, _IDENTITY_SPREAD, len(rig.identities)), expression)
    points = rig.landmarks(vertices)
    turn = rotation(*np.radians(rng.normal(0, (_TURN_DEG, _TURN_DEG / 2, _TURN_DEG / 4))))
    distance = 7 * np.ptp(points[:, 1])
    focal = 0.6 * _PICTURE * distance / np.ptp(points[:, 1])
    camera = Camera(turn, points.mean(0), distance, focal, (_PICTURE / 2, _PICTURE / 2))
    face, coverage = render(
        rig, vertices, camera, paint_skin(atlas, rng), EyeColors.random(rng), Light.random(rng), _PICTURE
    )
    picture = face + rng.uniform(60, 200) * (1 - coverage[:, :, None])
    sample = FaceSample(
        picture.clip(0, 255).astype(np.uint8), camera.landmarks(points), np.ones((478, 2), np.float32), 1.0
    )
    crop = Augmentation.none().crop(sample, 192, rng)
    # The crop is an affine of the picture; its landmarks determine the inverse.
    ones = np.ones((478, 1))
    back = np.linalg.lstsq(np.c_[crop.landmarks[:, :2], ones], sample.landmarks[:, :2], rcond=None)[0]
    found = np.c_[find(crop.image)[:, :2], ones] @ back
    return _onto_neutral(rig, camera.project(vertices), found[:_SKIN_LANDMARKS])


def _onto_neutral(rig: FaceRig, projected: np.ndarray, pixels: np.ndarray) -> np.ndarray:
    """(N, 3) on the neutral skin at pixels (N, 2), or at the nearest pixels that show skin."""
    triangles = rig.triangles[rig.materials == Material.FACE]
    seen, shares = rasterize(projected, triangles, _PICTURE, _PICTURE)
    nothing = (seen < 0).astype(np.uint8)
    _, labels = cv2.distanceTransformWithLabels(nothing, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    of_label = np.zeros(labels.max() + 1, np.int64)
    skin = np.flatnonzero(nothing.ravel() == 0)
    of_label[labels.ravel()[skin]] = skin
    column, row = np.floor(pixels).astype(int).clip(0, _PICTURE - 1).T
    place = of_label[labels[row, column]]
    return interpolate(rig.neutral[triangles], seen.ravel()[place], shares.reshape(-1, 3)[place])


def _most_central(samples: np.ndarray) -> np.ndarray:
    """(N, 3) of samples (S, N, 3): the sample nearest to the median, because samples lie on the skin."""
    away = np.linalg.norm(samples - np.median(samples, 0), axis=2)
    return samples[away.argmin(0), np.arange(samples.shape[1])]


NETWORK_SIZE = 192  # px, side of its input


class OfficialNetwork:
    """The official attention mesh network on a crop, without detector and graph.

    The weights are downloaded on first use. Raises WeightsError if they are unavailable.
    """

    def __init__(self) -> None:
        from ai_edge_litert.interpreter import Interpreter

        path = model_path("face_landmark_with_attention", batch=1, fused=True)
        self._interpreter = Interpreter(str(path))
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]

    def landmarks(self, crop: np.ndarray) -> np.ndarray:
        """(478, 3) px in a crop (192, 192, 3) uint8 RGB; z on x's scale, smaller is nearer."""
        self._interpreter.set_tensor(self._input, crop[None])
        self._interpreter.invoke()
        entries = self._interpreter.get_output_details()
        outputs = [self._interpreter.get_tensor(entry["index"]) for entry in entries]
        return max(outputs, key=np.size).reshape(478, 3).copy()
