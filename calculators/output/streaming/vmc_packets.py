"""VMC protocol: a face as bundles of Open Sound Control (OSC).

The messages are those of https://protocol.vmc.info/english and https://protocol.vmc.info/marionette-spec,
version 2.7. This program is what they call a performer, and the receiver a marionette.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from attention_mesh.calculators.output.streaming.puppet_face import PuppetFace
from attention_mesh.extras import MissingExtraError, install_command
from attention_mesh.geometry.head_rotation import quaternion_of_rotation, to_left_handed
from attention_mesh.models.topology.blendshape_names import (
    PERFECT_SYNC_NAMES,
    VRM0_EXPRESSION_NAMES,
    VRM_EXPRESSION_NAMES,
    vrm_expressions,
)

if TYPE_CHECKING:
    from pythonosc.osc_bundle import OscBundle
    from pythonosc.osc_message import OscMessage

DEFAULT_PORT = 39539  # of a marionette
EXPRESSIONS = ("perfect-sync", "vrm0", "vrm1")
# The specification asks for bundles of at most 1500 bytes. This leaves room for the headers of IPv6 and UDP.
MAX_BYTES = 1440
_BONES = ("Head", "LeftEye", "RightEye")
_LOADED, _CALIBRATED, _NORMAL_MODE = 1, 3, 0


def vmc_packets(face: PuppetFace | None, time_s: float, expressions: str = EXPRESSIONS[0]) -> list[bytes]:
    """The datagrams of one frame.

    With a face: the bones Head, LeftEye and RightEye, every expression, and Apply. In each case: OK with the
    status of the tracking, and the time. Without a face nothing else is sent, so that the avatar stays as it
    is, and receivers that know version 2.7 see that the tracking stands still.

    Bones have their rotation relative to the parent's in Unity's frame, for an avatar whose bones have no
    rotation at rest, and the position 0, because the avatar's proportions are unknown.

    Args:
      face: None if there is none.
      time_s: since the beginning, in seconds.
      expressions: names of the expressions: "perfect-sync" for the 52 shapes, "vrm0" or "vrm1" for the
        presets of VRM 0.x or 1.0.

    Returns:
      OSC bundles of at most 1440 bytes.

    Raises:
      ImportError: python-osc is not installed.
    """
    return [bundle.dgram for bundle in _bundles(_messages(face, time_s, expressions))]


def _messages(face: PuppetFace | None, time_s: float, expressions: str) -> Iterator[OscMessage]:
    if face is not None:
        for bone, rotation in zip(_BONES, (face.head, *face.eyes), strict=True):
            quaternion = to_left_handed(quaternion_of_rotation(rotation))
            yield _message("/VMC/Ext/Bone/Pos", bone, 0.0, 0.0, 0.0, *map(float, quaternion))
        for name, value in _named(face.coefficients, expressions):
            yield _message("/VMC/Ext/Blend/Val", name, float(value))
        yield _message("/VMC/Ext/Blend/Apply")
    yield _message("/VMC/Ext/OK", _LOADED, _CALIBRATED, _NORMAL_MODE, int(face is not None))
    yield _message("/VMC/Ext/T", time_s)


def _named(coefficients: np.ndarray, expressions: str) -> Iterator[tuple[str, float]]:
    if expressions == "perfect-sync":
        return zip(PERFECT_SYNC_NAMES, coefficients, strict=True)
    names = VRM0_EXPRESSION_NAMES if expressions == "vrm0" else VRM_EXPRESSION_NAMES
    return zip(names, vrm_expressions(coefficients), strict=True)


@cache
def _osc() -> tuple[type, type, object]:
    try:
        from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
        from pythonosc.osc_message_builder import OscMessageBuilder
    except ImportError as error:
        raise MissingExtraError(
            f"the VMC protocol needs python-osc, which is not installed: {install_command('puppet')}"
        ) from error
    return OscMessageBuilder, OscBundleBuilder, IMMEDIATELY


def _message(address: str, *values: str | int | float) -> OscMessage:
    builder = _osc()[0](address)
    for value in values:
        builder.add_arg(value)  # a float becomes one of 32 bits, an int one of 32 bits
    return builder.build()


def _bundles(messages: Iterator[OscMessage]) -> Iterator[OscBundle]:
    """The messages in their order, in as few bundles as fit."""
    _, make, immediately = _osc()
    bundle, size = make(immediately), 16  # "#bundle" and the time
    for message in messages:
        if size + 4 + message.size > MAX_BYTES:
            yield bundle.build()
            bundle, size = make(immediately), 16
        bundle.add_content(message)
        size += 4 + message.size
    yield bundle.build()
