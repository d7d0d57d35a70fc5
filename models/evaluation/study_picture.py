"""Study picture: faces with the contours that each network of a study finds, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from attention_mesh.models.attention_mesh.load_network import load_network
from attention_mesh.models.evaluation.crop_errors import predictions
from attention_mesh.models.evaluation.drawn_contours import drawn_contours, title
from attention_mesh.models.evaluation.study import Study, run_name
from attention_mesh.models.evaluation.table2 import ROWS
from attention_mesh.models.training.augmentation import Augmentation
from attention_mesh.models.training.labeled_faces import FaceSample, LabeledFaces
from attention_mesh.models.training.run_folder import NETWORK

_DRAWN = ("mesh", "cascade", "attention mesh")  # rows of Table 2
_ENLARGED = 2  # pixels of the picture per pixel of the network's input


def study_picture(study: Study, base: Path, folder: Path) -> np.ndarray | None:
    """(H, W, 3) uint8 RGB: the faces that the study draws, with the contours that each network finds.

    The networks are those of the first seed. Returns None if the study draws no face.
    """
    if not study.drawn:
        return None
    sets = [LabeledFaces(*drawn.files(base)) for drawn in study.drawn]
    size = study.training.sized_preset().input_size * _ENLARGED
    rng = np.random.default_rng(0)
    none = Augmentation.none()
    faces = [none.crop(known[number], size, rng) for known in sets for number in range(len(known))]
    columns: dict[str, list[np.ndarray]] = {"truth": [face.landmarks for face in faces]}
    for row in _DRAWN:
        variant, mesh_alone = ROWS[row]
        network = load_network(str(folder / run_name(variant, study.seeds[0]) / NETWORK))
        columns[row] = [
            _ENLARGED * (mesh if mesh_alone else refined)
            for known in sets
            for _, refined, mesh, _ in predictions(network, known)
        ]
    return _comparison(faces, columns)


def _comparison(faces: Sequence[FaceSample], columns: Mapping[str, Sequence[np.ndarray]]) -> np.ndarray:
    """(H, W, 3) uint8 RGB: one row per face, one column per network with its name on top.

    Args:
        faces: square crops; their landmarks are not used.
        columns: by name, the landmarks (478, 2 or 3) px of each crop.
    """
    pictures = []
    for name, landmarks in columns.items():
        side = faces[0].image.shape[1]
        drawn = [drawn_contours(face.image, points) for face, points in zip(faces, landmarks, strict=True)]
        pictures.append(np.concatenate([title(name, side), *drawn]))
    return np.concatenate(pictures, 1)
