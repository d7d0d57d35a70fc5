"""Columns of tables beside the landmarks: groups of numbers that say what a face does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from attention_mesh.geometry.head_pose import euler_angles
from attention_mesh.python_bindings.landmarker.face_landmarker_result import FaceLandmarkerResult

Values = Callable[[FaceLandmarkerResult], np.ndarray]


@dataclass(frozen=True)
class FaceColumns:
    """A group of columns, which one option of `run` adds to tables.

    Attributes:
      key: of the object that holds them in JSON Lines.
      names: of the columns in CSV and Parquet, C of them.
      json_names: of the values in the object, in the same order.
      output: the attribute of results that `values` reads.
      values: gives (F, C) float32 of a result.
    """

    key: str
    names: tuple[str, ...]
    json_names: tuple[str, ...]
    output: str
    values: Values


def _pose_values(result: FaceLandmarkerResult) -> np.ndarray:
    assert result.poses is not None  # the run measures what it writes
    return np.concatenate([euler_angles(result.poses), result.poses[:, :3, 3]], 1)


_POSE = ("pitch_rad", "yaw_rad", "roll_rad", "x_cm", "y_cm", "z_cm")

FACE_COLUMNS = {
    "--pose": FaceColumns("head", tuple(f"head_{name}" for name in _POSE), _POSE, "poses", _pose_values),
}
"""Option of `run` -> the columns that it adds."""


def column_names(groups: Sequence[FaceColumns]) -> list[str]:
    """The columns of several groups in CSV and Parquet, in their order."""
    return [name for group in groups for name in group.names]
