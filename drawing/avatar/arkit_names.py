"""ARKit names: the blend shape that a morph target's name means, in the spellings that programs write."""

from __future__ import annotations

import re
from functools import cache

from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES

# Shapes without sides that some programs split into two.
_SPLIT = ("browInnerUp", "cheekPuff")


def blendshape_of(name: str) -> int | None:
    """The row in `BLENDSHAPE_NAMES` of a morph target's name, None if it means none of them.

    Case and separators do not matter, nor what precedes a last dot: eyeBlinkLeft, EyeBlinkLeft (Perfect
    Sync), eyeBlink_L, eye_blink_left and Face.M_F00_eyeBlink_L mean the same.
    """
    last = re.split(r"[.:|/]", name)[-1]
    plain = re.sub(r"[^a-z]", "", last.lower())
    return _spellings().get(
        plain, _spellings().get(re.sub(r"^(arkit|blendshape|bs|vrc|head|face)", "", plain))
    )


@cache
def _spellings() -> dict[str, int]:
    spellings = {}
    for row, name in enumerate(BLENDSHAPE_NAMES):
        plain = name.lower()
        spellings[plain] = row
        for side in ("left", "right"):
            if plain.endswith(side) and plain not in ("jawleft", "jawright", "mouthleft", "mouthright"):
                base = plain.removesuffix(side)
                spellings[base + side[0]] = row
                spellings[side + base] = row
        if name in _SPLIT:
            for side in ("left", "right", "l", "r"):
                spellings[plain + side] = row
    return spellings
