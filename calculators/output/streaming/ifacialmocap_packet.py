"""iFacialMocap: a face as one line of text in a datagram.

The layout, its units and a sample are published at https://www.ifacialmocap.com/for-developer/. The sample
tells the axes: it has eyeLookDown at 17 % with both eyes at +6° about X, and eyeLookIn of both eyes with the
right one at +2.4° and the left one at −1.7° about Y. So the frame is ARKit's right-handed one, which is the
metric one. The page does not say in which order the angles are applied; programs for Unity pass them to
Quaternion.Euler, which is Ry · Rx · Rz.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np

from attention_mesh.calculators.output.streaming.puppet_face import PuppetFace
from attention_mesh.geometry.head_pose import euler_angles
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES

DEFAULT_PORT = 49983
# Between a shape's name and its value. The receiver asks the app for version 2 with "|sendDataVersion=v2".
_SEPARATORS = {1: "-", 2: "&"}
VERSIONS = tuple(_SEPARATORS)
_CM_PER_M = 100


def ifacialmocap_packet(face: PuppetFace, version: int = 1) -> bytes:
    """The datagram of one frame.

    Shapes are whole percent. Angles are in degrees about X, Y and Z. The position of the head is in meters,
    in the frame of the camera.

    Args:
      face: what to send.
      version: 1 or 2, of the layout.

    Returns:
      ASCII text: ``eyeBlink_L-7|…|=head#X,Y,Z,x,y,z|rightEye#X,Y,Z|leftEye#X,Y,Z|``.
    """
    separator = _SEPARATORS[version]
    percent = np.rint(face.coefficients * 100).astype(int)
    shapes = "|".join(f"{name}{separator}{value}" for name, value in zip(_names(), percent, strict=True))
    angles = np.degrees(euler_angles(np.stack([face.head, *face.eyes])))
    head, left, right = angles * (-1, 1, -1)  # about X, Y and Z: pitch and roll have the other sense there
    head = np.concatenate([head, face.position_cm / _CM_PER_M])
    return f"{shapes}|=head#{_list(head)}|rightEye#{_list(right)}|leftEye#{_list(left)}|".encode("ascii")


def _list(numbers: np.ndarray) -> str:
    return ",".join(f"{number:.6f}" for number in numbers)


@cache
def _names() -> tuple[str, ...]:
    """The app's names: jawLeft and mouthLeft stay, other sides are "_L" and "_R"."""
    return tuple(
        re.sub(r"(?<!^jaw)(?<!^mouth)(Left|Right)$", lambda side: f"_{side[0][0]}", name)
        for name in BLENDSHAPE_NAMES
    )
