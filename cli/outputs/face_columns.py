"""Columns of tables beside the landmarks: groups of values that say what a face does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np

from attention_mesh.cli.errors import UsageError
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES
from attention_mesh.models.topology.face_topology import (
    NUM_LANDMARKS,
    NUM_LANDMARKS_WITH_IRISES,
    FaceTopology,
)
from attention_mesh.python_bindings.landmarker.face_landmarker_result import FaceLandmarkerResult


@dataclass(frozen=True)
class FaceColumns:
    """A group of columns, which one option of `run` adds to tables.

    Attributes:
      key: of the object that holds them in JSON Lines.
      types: name of a column in CSV and Parquet -> the type of its values, which may be None: float, int or
        str.
      json_names: of the values in the object, in the same order.
      outputs: the attributes of results that `values` reads.
      values: gives, for each face of a result, a list of the columns' values.
    """

    key: str
    types: dict[str, type]
    json_names: tuple[str, ...]
    outputs: tuple[str, ...]
    values: Callable[[FaceLandmarkerResult], list[list[Any]]]

    @cached_property
    def json_template(self) -> str | None:
        """The JSON object with a place for each value, if all are floats: that is faster than to make it."""
        if set(self.types.values()) != {float}:
            return None
        return "{" + ",".join([f'"{name}":%.4f' for name in self.json_names]) + "}"


def column_names(groups: Sequence[FaceColumns]) -> list[str]:
    """The columns of several groups in CSV and Parquet, in their order."""
    return [name for group in groups for name in group.types]


def _pose_values(result: FaceLandmarkerResult) -> list[list[Any]]:
    # Imported here, so that runs without poses start without it.
    from attention_mesh.geometry.head_pose import euler_angles

    assert result.poses is not None  # a run measures what it writes
    return np.concatenate([euler_angles(result.poses), result.poses[:, :3, 3]], 1).tolist()


def _blendshape_values(result: FaceLandmarkerResult) -> list[list[Any]]:
    assert result.blendshapes is not None
    return result.blendshapes.tolist()


def _gaze_values(result: FaceLandmarkerResult) -> list[list[Any]]:
    assert result.gaze is not None
    return result.gaze.reshape(-1, 9).tolist()


def _blink_values(result: FaceLandmarkerResult) -> list[list[Any]]:
    assert result.eye_aspect_ratios is not None
    rows: list[list[Any]] = [[*ratios, None, None, None] for ratios in result.eye_aspect_ratios.tolist()]
    blinks = result.blinks
    if blinks is not None:  # photos have none
        # Where nothing is tracked, a face counts by its place.
        tracks = result.track_ids if result.track_ids.all() else np.arange(1, len(result) + 1)
        places = {track: row for row, track in enumerate(tracks.tolist())}
        ended = zip(blinks.track_ids, blinks.eye_names(), blinks.starts_us, blinks.lengths_us, strict=True)
        for track, eyes, start, length in ended:
            rows[places[int(track)]][2:] = [eyes, int(start), int(length)]
    return rows


def _point_values(result: FaceLandmarkerResult) -> list[list[Any]]:
    landmarks = result.landmarks_px.shape[1]
    if landmarks not in (NUM_LANDMARKS, NUM_LANDMARKS_WITH_IRISES):
        raise UsageError(f"--columns named does not apply: the graph's faces have {landmarks} landmarks")
    named = _named_landmarks()
    points = result.landmarks_px[:, [index for index in named.values() if index < landmarks]]
    rows: list[list[Any]] = points.reshape(len(result), -1).tolist()
    return [row + [None] * (3 * len(named) - len(row)) for row in rows]


_POSE = ("pitch_rad", "yaw_rad", "roll_rad", "x_cm", "y_cm", "z_cm")
_GAZE = tuple(f"{eye}{axis}" for eye in ("left_", "right_", "") for axis in "xyz")
_RATIOS = ("eye_aspect_ratio_left", "eye_aspect_ratio_right")
_BLINK = {"blink_eyes": str, "blink_start_us": int, "blink_length_us": int}


@cache
def _named_landmarks() -> dict[str, int]:
    """Name -> index. The irises, which not every graph measures, come last."""
    return dict(sorted(FaceTopology.load().names.items(), key=lambda item: item[1] >= NUM_LANDMARKS))


def named_points() -> FaceColumns:
    """Named landmarks, x, y and z in pixels each, as columns in place of all landmarks."""
    columns = tuple(f"{name}_{axis}" for name in _named_landmarks() for axis in "xyz")
    return FaceColumns("points_px", dict.fromkeys(columns, float), columns, (), _point_values)


FACE_COLUMNS = {
    "--pose": FaceColumns("head", {f"head_{name}": float for name in _POSE}, _POSE, ("poses",), _pose_values),
    "--blendshapes": FaceColumns(
        "blendshapes",
        dict.fromkeys(BLENDSHAPE_NAMES, float),
        BLENDSHAPE_NAMES,
        ("blendshapes",),
        _blendshape_values,
    ),
    "--gaze": FaceColumns("gaze", {f"gaze_{name}": float for name in _GAZE}, _GAZE, ("gaze",), _gaze_values),
    "--blinks": FaceColumns(
        "eyes",
        {**dict.fromkeys(_RATIOS, float), **_BLINK},
        (*_RATIOS, *_BLINK),
        ("eye_aspect_ratios", "blinks"),
        _blink_values,
    ),
}
"""Option of `run` -> the columns that it adds."""
