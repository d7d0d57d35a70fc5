"""Blend-shape names: the 52 shapes of ARKit, and their order and names in other programs.

The table is in blendshapes.json. Left and right are the subject's.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np


def _document() -> dict:
    return json.loads(Path(__file__).with_name("blendshapes.json").read_text(encoding="utf-8"))


_DOCUMENT = _document()
_SHAPES: list[dict] = _DOCUMENT["shapes"]

# The 52 names in the order of every array of coefficients here: MediaPipe's without _neutral, then tongueOut.
BLENDSHAPE_NAMES: tuple[str, ...] = tuple(shape["name"] for shape in _SHAPES)
# The 52 names of MediaPipe Tasks: _neutral first, no tongueOut.
MEDIAPIPE_BLENDSHAPE_NAMES: tuple[str, ...] = (_DOCUMENT["mediapipe_first"], *BLENDSHAPE_NAMES[:51])
# Names of the expressions of a VRM avatar with Perfect Sync, in the order of BLENDSHAPE_NAMES.
PERFECT_SYNC_NAMES: tuple[str, ...] = tuple(shape["perfect_sync"] for shape in _SHAPES)
# The rotation of an eye at coefficient 1 of its eyeLook… shape: degrees to the subject's left, and up.
LOOK_DEGREES: dict[str, tuple[float, float]] = {
    shape["name"]: tuple(shape["look_degrees"]) for shape in _SHAPES if "look_degrees" in shape
}
# The 61 values of a Live Link Face packet: 52 shapes, then the rotations of the head and the eyes.
LIVE_LINK_NAMES: tuple[str, ...] = (
    *(shape["perfect_sync"] for shape in sorted(_SHAPES, key=lambda shape: shape["live_link"])),
    *_DOCUMENT["live_link_rotations"],
)
# The preset expressions of VRM 1.0 that `vrm_expressions` gives.
VRM_EXPRESSION_NAMES: tuple[str, ...] = tuple(_DOCUMENT["vrm"])
# The same expressions as VRM 0.x calls them; Surprised is no preset there, but a common name.
VRM0_EXPRESSION_NAMES: tuple[str, ...] = tuple(_DOCUMENT["vrm0_names"][name] for name in VRM_EXPRESSION_NAMES)


@cache
def blendshape_index() -> dict[str, int]:
    """The place of each name in BLENDSHAPE_NAMES. The dict is shared: do not write to it."""
    return {name: number for number, name in enumerate(BLENDSHAPE_NAMES)}


@cache
def mirrored_blendshapes() -> np.ndarray:
    """(52,) int32, read-only: the place of each shape's mirror image, itself for a symmetric shape."""
    sides = {"Left": "Right", "Right": "Left"}
    places = blendshape_index()

    def mirrored(name: str) -> int:
        for side, other in sides.items():
            if name.endswith(side):
                return places[name.removesuffix(side) + other]
        return places[name]

    return _read_only(np.array([mirrored(name) for name in BLENDSHAPE_NAMES], np.int32))


def to_mediapipe_order(coefficients: np.ndarray) -> np.ndarray:
    """Coefficients in the order of MEDIAPIPE_BLENDSHAPE_NAMES.

    Args:
        coefficients: (…, 52), in the order of BLENDSHAPE_NAMES.

    Returns:
        (…, 52), of the same dtype: 0 for _neutral, then the first 51.
    """
    _check(coefficients)
    return np.concatenate([np.zeros_like(coefficients[..., :1]), coefficients[..., :51]], -1)


def to_live_link_order(coefficients: np.ndarray) -> np.ndarray:
    """(…, 52) coefficients in the order of the first 52 LIVE_LINK_NAMES.

    Args:
        coefficients: (…, 52), in the order of BLENDSHAPE_NAMES.
    """
    _check(coefficients)
    return coefficients[..., _live_link_places()]


def vrm_expressions(coefficients: np.ndarray) -> np.ndarray:
    """Weights of VRM 1.0's preset expressions, for avatars without Perfect Sync.

    Args:
        coefficients: (…, 52), 0 to 1, in the order of BLENDSHAPE_NAMES.

    Returns:
        (…, E) float32, 0 to 1, in the order of VRM_EXPRESSION_NAMES.
    """
    _check(coefficients)
    return (coefficients @ _vrm_shares()).clip(0, 1).astype(np.float32)


@cache
def _live_link_places() -> np.ndarray:
    return _read_only(np.argsort([shape["live_link"] for shape in _SHAPES]).astype(np.int32))


@cache
def _vrm_shares() -> np.ndarray:
    """(52, E): the share of each shape in each expression."""
    shares = np.zeros((len(BLENDSHAPE_NAMES), len(VRM_EXPRESSION_NAMES)), np.float32)
    for column, parts in enumerate(_DOCUMENT["vrm"].values()):
        for name, share in parts.items():
            shares[blendshape_index()[name], column] = share
    return _read_only(shares)


def _check(coefficients: np.ndarray) -> None:
    if coefficients.shape[-1:] != (len(BLENDSHAPE_NAMES),):
        raise ValueError(
            f"the coefficients are {coefficients.shape}; expected (…, 52), in the order of BLENDSHAPE_NAMES"
        )


def _read_only(table: np.ndarray) -> np.ndarray:
    table.flags.writeable = False
    return table
