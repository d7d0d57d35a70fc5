"""The options of `Landmarks2TransformMatrix`: which landmarks span a region, and how its crop is laid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Region:
    """One attention region, as the released file describes it.

    `subset` are the landmark indices whose rotated bounding box is cropped. The line from landmark
    `rotation_left` to landmark `rotation_right` is turned to `target_rotation_rad`. The crop has
    `height` × `width` cells and spans `scale_y`, `scale_x` times the box.
    """

    subset: tuple[int, ...]
    rotation_left: int
    rotation_right: int
    target_rotation_rad: float
    height: int
    width: int
    scale_x: float
    scale_y: float

    @classmethod
    def from_options(cls, options: dict[str, Any]) -> Region:
        """From the operator's FlexBuffers map. An odd `subset_idxs` repeats its last entry."""
        subset = [int(index) for index in options["subset_idxs"]]
        return cls(
            subset=tuple(subset + subset[-1:] * (len(subset) % 2)),
            rotation_left=int(options["left_rotation_idx"]),
            rotation_right=int(options["right_rotation_idx"]),
            target_rotation_rad=float(options["target_rotation_radians"]),
            height=int(options["output_height"]),
            width=int(options["output_width"]),
            scale_x=float(options["scale_x"]),
            scale_y=float(options["scale_y"]),
        )
