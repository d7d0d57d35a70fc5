"""Live Link Face: a face as a binary datagram, as Unreal Engine's plugin "Apple ARKit Face Support" reads it.

The fields, their types and their order are described at https://github.com/think-biq/LLV (which cites
AppleARKitLiveLinkSource.cpp of the engine) and https://github.com/JimWest/PyLiveLinkFace. The recording of
the app in the first one (examples/dao.gesichter) tells the signs and units of the rotations: the yaw of the
left eye is −0.61 rad per unit of eyeLookOut less eyeLookIn, its pitch +0.61 rad per unit of eyeLookDown less
eyeLookUp, both with a correlation above 0.999, and its roll has the sign that follows from the two. The
head's are taken to have the same signs and units, because the engine converts all three rotations alike.
"""

from __future__ import annotations

import math
import struct

import numpy as np

from attention_mesh.calculators.output.streaming.puppet_face import PuppetFace
from attention_mesh.geometry.head_pose import euler_angles
from attention_mesh.models.topology.blendshape_names import LIVE_LINK_NAMES, to_live_link_order

DEFAULT_PORT = 11111
FRAME_RATE = 60  # Hz, in which the frame time counts
_VERSION = 6
_DAY_S = 24 * 60 * 60


def live_link_face_packet(face: PuppetFace, device_id: str, subject: str, time_s: float) -> bytes:
    """The datagram of one frame, in network byte order.

    uint8 version 6; device id and subject name, each an int32 length and UTF-8 bytes; int32 frame number,
    float32 part of a frame, int32 and int32 frame rate as a fraction; uint8 number of values, 61; and as many
    float32: the 52 shapes in [0, 1], then yaw, pitch and roll of the head, the left and the right eye in
    radians. Yaw is positive to the subject's right, pitch down, roll toward the subject's left shoulder; the
    rotation is yaw · pitch · roll.

    Args:
      face: what to send.
      device_id: an identifier of 36 characters. Some programs read it with this fixed length.
      subject: the name under which Unreal Engine lists the face.
      time_s: time of day, in seconds.
    """
    frame, part = divmod(time_s % _DAY_S * FRAME_RATE, 1)
    pitch, yaw, roll = euler_angles(np.stack([face.head, *face.eyes])).T
    rotations = np.stack([-yaw, -pitch, roll], 1).ravel()
    values = [*to_live_link_order(face.coefficients), *rotations]
    texts = b"".join(struct.pack(">i", len(data)) + data for data in map(str.encode, (device_id, subject)))
    time = struct.pack(">ifii", math.floor(frame), part, FRAME_RATE, 1)
    count = len(LIVE_LINK_NAMES)
    return struct.pack(">B", _VERSION) + texts + time + struct.pack(f">B{count}f", count, *values)
