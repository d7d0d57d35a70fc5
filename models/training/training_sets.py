"""Training sets: the pictures that a run learns from, and those that it measures errors on."""

from __future__ import annotations

from pathlib import Path

from attention_mesh.models.errors import DatasetError
from attention_mesh.models.training.config import DataConfig, TrainingConfig
from attention_mesh.models.training.labeled_faces import LABELS, LabeledFaces


def training_sets(config: TrainingConfig, base: Path) -> tuple[list[LabeledFaces], list[LabeledFaces]]:
    """Opens the sets of a config: one per `data` to learn from; the held-out parts and `validation`.

    Args:
        config: the run.
        base: folder that relative folders in the config start from.

    Raises:
        DatasetError: a folder, its labels or a labeled picture is missing, or the labels are unreadable.
    """
    learned, measured = [], []
    for entry in config.data:
        faces = open_set(entry, base)
        if entry.held_out:
            faces, held_out = faces.split(entry.held_out)
            measured.append(held_out)
        learned.append(faces)
    return learned, [*measured, *(open_set(entry, base) for entry in config.validation)]


def open_set(entry: DataConfig, base: Path) -> LabeledFaces:
    """One set of pictures. Raises DatasetError as `training_sets`."""
    folder = base / entry.folder
    if not folder.is_dir():
        raise DatasetError(
            f"folder is {entry.folder!r}, but there is no folder {folder} (paths start from the config's "
            f"folder); `attention-mesh synthesize {folder} --count 1000` draws faces into it"
        )
    labels = base / entry.labels if entry.labels else folder / LABELS
    if not labels.is_file():
        raise DatasetError(
            f"there are no labels {labels}; `attention-mesh label {folder} {labels}` makes them for photos"
        )
    faces = LabeledFaces(folder, labels)
    missing = [name for name in faces.labels.names if not (folder / name).is_file()]
    if missing:
        raise DatasetError(
            f"{labels} names {len(missing)} pictures that {folder} lacks, such as {missing[0]}; label the "
            "folder again"
        )
    return faces
