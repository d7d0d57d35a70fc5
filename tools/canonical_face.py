"""Writes canonical_face.npz, the mean face in centimeters: `python tools/canonical_face.py PHOTOS…`.

Each photo shows one neutral face that looks into the camera. The committed file comes from 109 photos: the
neutral ones of the Face Research Lab London Set (CC-BY 4.0), and those of SFHQ (MIT) whose name says neutral.

1. The official network finds 478 landmarks in each photo.
2. Generalized Procrustes analysis (Gower 1975) brings them into one place, size and direction. The mean is a
   median of each coordinate, so that single bad faces do not count, and it is made symmetric.
3. The irises give the scale: the visible iris of nearly every adult is 11.7 mm wide.
4. The picture's perspective is removed: what lies behind the eyes is farther away and larger than it looks.
5. Upright is how the photographed people hold their heads. The middle of the eyes is put where MediaPipe's
   canonical face has it.
6. A least-squares conformal map unwraps the mesh.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from scipy import sparse
from scipy.sparse import linalg

from attention_mesh.geometry.procrustes import Similarities, WeightedProcrustes
from attention_mesh.models import topology
from attention_mesh.models.topology.face_topology import NUM_LANDMARKS, FaceTopology
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.models.topology.mirror import mirror_landmarks
from attention_mesh.python_bindings.landmarker.face_landmarker import FaceLandmarker

FILE = Path(topology.__file__).with_name("canonical_face.npz")
# Horizontal visible iris diameter of adults, 11.71 ± 0.42 mm: Rüfer, Schröder, Erb, Cornea 24 (2005) 259-261.
IRIS_DIAMETER_CM = 1.17
# From which distance portraits are usually taken. 50 cm more or less move the rim of the face by 1 to 2 mm.
PORTRAIT_DISTANCE_CM = 150.0
# y and z of the middle of the four eye corners, cm. It is there in MediaPipe's face, so translations compare.
_EYES_AT = (2.62, 3.47)
_ROUNDS = 10
_MARGIN = 0.01  # of the texture, at its nearest edge
_PINNED = ("forehead_top", "chin_bottom")  # of the unwrapped mesh


def landmarks_of(photos: list[Path]) -> np.ndarray:
    """(N, 478, 3) float64 landmarks of the photos with a face; y up, z toward the viewer, unit px."""
    found: list[np.ndarray] = []
    with FaceLandmarker() as landmarker:
        for path in photos:
            photo = cv2.imread(str(path))
            if photo is None:
                raise SystemExit(f"{path} is not a photo.")
            found.extend(landmarker.detect(cv2.cvtColor(photo, cv2.COLOR_BGR2RGB)).landmarks_px[:1])
    return np.array(found, np.float64) * (1, -1, -1)


def mean_face(faces: np.ndarray) -> np.ndarray:
    """(478, 3) symmetric mean shape of faces (N, 478, 3), upright, in cm, in the canonical frame."""
    mean = faces[0] - faces[0, :NUM_LANDMARKS].mean(0)
    for _ in range(_ROUNDS):
        moves = [_onto(face, mean) for face in faces]
        mean = np.median([move.apply(face)[0] for move, face in zip(moves, faces, strict=True)], 0)
        mirrored = _mirrored(mean)
        mean = (mean + _onto(mirrored, mean).apply(mirrored)[0]) / 2
    mean = _upright(mean, np.median([move.rotations[0, :, 1] for move in moves], 0))
    mean = (mean + _mirrored(mean)) / 2
    mean *= IRIS_DIAMETER_CM / _iris_diameter(mean)
    eyes = _eye_middle(mean)
    mean[:, :2] = (mean[:, :2] - eyes[:2]) * (1 - (mean[:, 2:] - eyes[2]) / PORTRAIT_DISTANCE_CM)
    mean *= IRIS_DIAMETER_CM / _iris_diameter(
        mean
    )  # the irises, too, are not in the plane of the eyes' middle
    mean[:, 0] -= mean[:, 0].mean()  # exactly in the middle
    mean += (0, *_EYES_AT) - _eye_middle(mean)
    return mean


def _mirrored(points: np.ndarray) -> np.ndarray:
    return points[mirror_landmarks()] * (-1, 1, 1)


def _onto(points: np.ndarray, target: np.ndarray) -> Similarities:
    """What brings the skin of points (478, 3) nearest to that of the target."""
    return WeightedProcrustes(points[:NUM_LANDMARKS]).fit(target[None, :NUM_LANDMARKS])


def _upright(points: np.ndarray, up: np.ndarray) -> np.ndarray:
    """The points with their mirror plane at x = 0, and `up` (3,) as y, as far as it lies in that plane."""
    across = points - points[mirror_landmarks()]
    axis = (across * np.sign(across[:, :1])).sum(0)
    axis /= np.linalg.norm(axis)
    up = up - axis * (up @ axis)
    up /= np.linalg.norm(up)
    return (points - points.mean(0)) @ np.array([axis, up, np.cross(axis, up)]).T


def _iris_diameter(points: np.ndarray) -> float:
    """Mean over both irises of the distances left to right and top to bottom."""
    rings = points[[landmark_groups()[name][1:] for name in ("right_iris", "mirrored_left_iris")]]
    return float(np.linalg.norm(rings[:, :2] - rings[:, 2:], axis=-1).mean())


def _eye_middle(points: np.ndarray) -> np.ndarray:
    groups = landmark_groups()
    return points[[*groups["outer_eye_corners"], *groups["inner_eye_corners"]]].mean(0)


def unwrapped(vertices: np.ndarray) -> np.ndarray:
    """(478, 2) texture coordinates in [0, 1], origin at the top left, of vertices (478, 3).

    Least-squares conformal maps (Lévy, Petitjean, Ray, Maillot 2002): angles are kept as far as possible, and
    the rim is free. Forehead and chin are pinned. Irises lie where they are in front of the eye's triangles.
    """
    triangles, names = FaceTopology.load().triangles, FaceTopology.load().names
    a, b, c = (vertices[triangles[:, corner]] for corner in range(3))
    width = np.linalg.norm(b - a, axis=1)
    along = ((c - a) * (b - a)).sum(1) / width
    height = np.linalg.norm(np.cross(b - a, c - a), axis=1) / width
    apex = along + 1j * height
    shares = np.stack([apex - width, -apex, width + 0j], 1) / np.sqrt(width * height)[:, None]
    rows = np.repeat(np.arange(len(triangles)), 3)
    conformal = sparse.csr_matrix(
        (shares.ravel(), (rows, triangles.ravel())), (len(triangles), NUM_LANDMARKS)
    )
    pinned = np.array([names[name] for name in _PINNED])
    free = np.setdiff1d(np.arange(NUM_LANDMARKS), pinned)
    plane = np.zeros(NUM_LANDMARKS, complex)
    plane[pinned] = 1j * vertices[pinned, 1]
    matrix = conformal[:, free]
    normal = (matrix.conj().T @ matrix).tocsc()
    plane[free] = linalg.spsolve(normal, -matrix.conj().T @ (conformal[:, pinned] @ plane[pinned]))
    flat = np.stack([plane.real, plane.imag], 1)
    flat = (flat + flat[mirror_landmarks()[:NUM_LANDMARKS]] * (-1, 1)) / 2
    flat = np.concatenate([flat, _through_triangles(vertices[NUM_LANDMARKS:], vertices, flat)])
    corner, size = flat.min(0), np.ptp(flat, axis=0)
    flat = (flat - corner - size / 2) * (1 - 2 * _MARGIN) / size.max() + 0.5
    return flat * (1, -1) + (0, 1)


def _through_triangles(points: np.ndarray, vertices: np.ndarray, flat: np.ndarray) -> np.ndarray:
    """(P, 2): where points (P, 3), seen from the front, lie in the unwrapped mesh."""
    triangles = FaceTopology.load().triangles
    a, b, c = (vertices[triangles[:, corner], :2] for corner in range(3))
    inverse = np.linalg.pinv(np.stack([b - a, c - a], -1))
    places = []
    for point in points[:, :2]:
        shares = (inverse @ (point - a)[..., None])[..., 0]
        shares = np.concatenate([1 - shares.sum(1, keepdims=True), shares], 1)
        best = shares.min(1).argmax()
        places.append(shares[best] @ flat[triangles[best]])
    return np.array(places)


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes canonical_face.npz.")
    parser.add_argument("photos", nargs="+", type=Path, help="neutral faces that look into the camera")
    faces = landmarks_of(parser.parse_args().photos)
    vertices = mean_face(faces)
    # Rounded, the file is the same on every machine.
    vertices, uv = vertices.round(3) + 0.0, unwrapped(vertices).round(5)  # + 0.0: no negative zeros
    np.savez_compressed(FILE, vertices=vertices.astype(np.float32), uv=uv.astype(np.float32))
    pupils = vertices[[landmark_groups()[name][0] for name in ("right_iris", "mirrored_left_iris")]]
    size = ", ".join(f"{extent:.2f}" for extent in np.ptp(vertices, axis=0))
    print(f"{len(faces)} faces; pupils {np.ptp(pupils[:, 0]):.2f} cm apart; size {size} cm")


if __name__ == "__main__":
    main()
