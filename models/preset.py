"""Preset: the sizes of one Attention Mesh network (data: presets.json)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

# Input pixels per cell of the attention features.
FEATURE_STRIDE = 4
# Bounds of what a file may ask for: a network has 192 px and up to 128 channels.
LARGEST_SIZE, MOST_WIDTHS, LARGEST_SCALE = 1024, 10, 100


@dataclass(frozen=True)
class Preset:
    """Sizes of a network; `dataclasses.replace` makes a variant.

    Args:
      input_size: side of the square input in pixels, a multiple of 2 to the number of `widths`.
      widths: channels of the trunk at 1/2, 1/4, 1/8 … of the input.
      crop_size: side of an attention crop in feature cells (of `FEATURE_STRIDE` pixels), a multiple of 8.
      region_widths: channels of a region's branch at the crop's size, half of it and a quarter of it.
      neck_width: channels before the last convolution of every head.
      mesh_landmarks: points of the mesh head, 478, or 468 if only the eye branches give the irises.
      crop_scale: side of a crop relative to the box around the region's landmarks.

    Raises:
      ValueError: the sizes do not match.
    """

    input_size: int
    widths: tuple[int, ...]
    crop_size: int
    region_widths: tuple[int, int, int]
    neck_width: int
    mesh_landmarks: int
    crop_scale: float = 1.5

    def __post_init__(self) -> None:
        self._check_types()
        object.__setattr__(self, "widths", tuple(self.widths))
        object.__setattr__(self, "region_widths", tuple(self.region_widths))
        stride = 2 ** len(self.widths)
        if len(self.widths) < 3 or self.input_size % stride or self.input_size < stride:
            raise ValueError(
                f"input_size is {self.input_size} with {len(self.widths)} widths; expected three widths or "
                f"more and a multiple of {stride} px"
            )
        if len(self.region_widths) != 3 or self.crop_size % 8 or self.crop_size < 8:
            raise ValueError(
                f"crop_size is {self.crop_size} with {len(self.region_widths)} region_widths; expected three "
                "and a multiple of 8 cells"
            )
        if self.mesh_landmarks not in (468, 478):
            raise ValueError(f"mesh_landmarks is {self.mesh_landmarks}; expected 468 or 478")
        if list(self.widths) != sorted(self.widths) or list(self.region_widths) != sorted(self.region_widths):
            raise ValueError("widths must not shrink: a block pads its skip with zeros and cuts none")

    def _check_types(self) -> None:
        """Raises ValueError if a size is no whole number, or larger than any network of this kind needs."""
        lists = {"widths": self.widths, "region_widths": self.region_widths}
        sizes: dict[str, Any] = {
            name: getattr(self, name) for name in ("input_size", "crop_size", "neck_width", "mesh_landmarks")
        }
        for name, values in lists.items():
            if not isinstance(values, (list, tuple)) or len(values) > MOST_WIDTHS:
                raise ValueError(f"{name} is no list of up to {MOST_WIDTHS} numbers")
            sizes.update({f"{name}[{index}]": value for index, value in enumerate(values)})
        for name, value in sizes.items():
            if type(value) is not int or not 0 < value <= LARGEST_SIZE:
                raise ValueError(
                    f"{name} is {str(value)[:40]}; expected a whole number of 1 to {LARGEST_SIZE}"
                )
        if type(self.crop_scale) not in (int, float) or not 0 < self.crop_scale <= LARGEST_SCALE:
            raise ValueError(f"crop_scale is {str(self.crop_scale)[:40]}; expected 0 to {LARGEST_SCALE}")

    @classmethod
    def named(cls, name: str) -> Preset:
        """A preset of presets.json: "paper" or "released". Raises ValueError for another name."""
        presets = json.loads(Path(__file__).with_name("presets.json").read_text(encoding="utf-8"))["presets"]
        if name not in presets:
            raise ValueError(f"there is no preset {name!r}; there are {', '.join(presets)}")
        return cls(**presets[name])

    @property
    def feature_size(self) -> int:
        """Side of the attention features in cells."""
        return self.input_size // FEATURE_STRIDE

    def as_dict(self) -> dict[str, Any]:
        """The constructor's arguments as JSON types."""
        return {
            key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()
        }
