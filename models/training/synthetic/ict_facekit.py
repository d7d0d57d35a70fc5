"""ICT-FaceKit (MIT, University of Southern California): the rig of a user's folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from attention_mesh.models.array_file import ArrayFileError, read_arrays
from attention_mesh.models.errors import RigError
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig
from attention_mesh.models.training.synthetic.face_rig import Eye, FaceRig, Material
from attention_mesh.models.training.synthetic.ict_objs import NEUTRAL, read_ict_objs
from attention_mesh.models.training.synthetic.landmark_embedding import embed_landmarks

# The drawn parts. Lashes, tear fluid and the blend of an eye with its lids are transparent, so not drawn.
_MATERIALS = {
    "Face": Material.FACE,
    "Head and neck": Material.HEAD,
    "Mouth socket": Material.MOUTH,
    "Eye socket left": Material.MOUTH,
    "Eye socket right": Material.MOUTH,
    "Gums and tongue": Material.GUMS,
    "Teeth": Material.TEETH,
    "Eyeball left": Material.EYE,
    "Eyeball right": Material.EYE,
}
_IRIS_RADIUS = 0.62
_HEAD_TILE = 1.0  # the head's texture is in the second tile
_READING = 0.4  # share of reading in the time of packing
ARRAYS, EMBEDDING = "ict_facekit.npz", "ict_478.npz"


def load_ict_facekit(folder: Path) -> FaceRig:
    """The rig that `pack_ict_facekit` has written to a folder.

    Raises:
        RigError: names the file that is missing or unreadable, or the array that is missing.
    """
    if (folder / NEUTRAL).exists() and not (folder / ARRAYS).exists():
        raise RigError(f"{folder} holds OBJ files; pack them first: attention-mesh pack-rig {folder} PACKED")
    arrays = _read(folder / ARRAYS)
    embedding = _read(folder / EMBEDDING)
    try:
        return _rig(arrays, embedding)
    except KeyError as error:
        raise RigError(f"{folder} is not a packed ICT-FaceKit: array {error} is missing") from error
    except (ValueError, IndexError, TypeError, OverflowError) as error:
        raise RigError(f"{folder} is not a packed ICT-FaceKit: its arrays do not fit: {error}") from error


def pack_ict_facekit(
    objs: Path,
    folder: Path,
    find: Callable[[np.ndarray], np.ndarray],
    pictures: int = 40,
    progress: Callable[[float], object] = lambda share: None,
) -> None:
    """Writes the two files that `load_ict_facekit` reads: the rig as arrays, and its 478 landmarks.

    Args:
        objs: folder of the authors' OBJ files, which have no 478 landmarks.
        folder: for the two files.
        find, pictures: see `embed_landmarks`.
        progress: called with the fraction done, 0 to 1.

    Raises:
        RigError: files are missing or belong to another model.
    """
    arrays = read_ict_objs(objs, lambda done, total: progress(_READING * done / total))
    nowhere = {"vertex_index": np.zeros((478, 3), np.int32), "barycentric": np.zeros((478, 3), np.float32)}
    rig = embed_landmarks(
        _rig(arrays, nowhere),
        arrays["multipie68"],
        find,
        pictures,
        progress=lambda done, total: progress(_READING + (1 - _READING) * done / total),
    )
    folder.mkdir(parents=True, exist_ok=True)
    contents: dict[str, Any] = {**arrays}  # any: savez has a keyword that is no array
    np.savez_compressed(folder / ARRAYS, **contents)
    np.savez_compressed(
        folder / EMBEDDING, vertex_index=rig.landmark_vertices, barycentric=rig.landmark_weights
    )


def _read(file: Path) -> dict[str, np.ndarray]:
    try:
        return read_arrays(file)
    except ArrayFileError as error:
        raise RigError(f"cannot read {file}: {error}") from error


def _rig(arrays: dict[str, np.ndarray], embedding: dict[str, np.ndarray]) -> FaceRig:
    names = arrays["part_names"].tolist()
    drawn = np.isin(arrays["tri_part"], [names.index(name) for name in _MATERIALS])
    parts = arrays["tri_part"][drawn]
    materials = np.array([_MATERIALS.get(name, 0) for name in names], np.uint8)[parts]
    # The vertices of parts that are not drawn are at the end, and are dropped.
    count = int(arrays["triangles"][drawn].max()) + 1
    uv = arrays["uv"][arrays["tri_uv"][drawn]]
    uv[materials == Material.HEAD, :, 0] -= _HEAD_TILE
    scales = {kind: arrays[f"{kind}_scale"][:, None, None] for kind in ("expression", "identity")}
    eyes = [
        Eye(
            side,
            int(arrays["eye_vertex_range"][row, 0]),
            int(arrays["eye_vertex_range"][row, 1]),
            arrays["eye_center"][row],
            arrays["eye_axis"][row],
            float(arrays["eye_radius"]),
            _IRIS_RADIUS,
            first,
        )
        for row, (side, first) in enumerate((("Left", 473), ("Right", 468)))
    ]
    return FaceRig(
        neutral=arrays["neutral"][:count],
        triangles=arrays["triangles"][drawn],
        materials=materials,
        uv=uv.astype(np.float32),
        expression_names=tuple(arrays["expression_names"].tolist()),
        expressions=arrays["expression_q"][:, :count] * scales["expression"].astype(np.float32),
        identities=arrays["identity_q"][:, :count] * scales["identity"].astype(np.float32),
        landmark_vertices=embedding["vertex_index"],
        landmark_weights=embedding["barycentric"],
        eyes=tuple(eyes),
        name="ICT-FaceKit",
    )


def load_rig(folder: Path | None = None) -> FaceRig:
    """The packed ICT-FaceKit in `folder`, or the built-in rig without a folder. Raises RigError."""
    return builtin_rig() if folder is None else load_ict_facekit(folder)
