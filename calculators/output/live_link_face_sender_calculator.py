"""Live Link Face sender: sends a face to Unreal Engine and others that listen to the app Live Link Face."""

import time
import uuid

from attention_mesh.calculators.output.streaming.face_sender import FaceSender
from attention_mesh.calculators.output.streaming.live_link_face_packet import (
    DEFAULT_PORT,
    live_link_face_packet,
)
from attention_mesh.calculators.output.streaming.puppet_face import PuppetFace
from attention_mesh.framework import calculator


@calculator
class LiveLinkFaceSenderCalculator(FaceSender):
    """Sends one face of each frame as the app Live Link Face does, binary over UDP.

    `live_link_face_packet` describes the fields. Without a face nothing leaves, and the receiver holds the
    last one.

    Inputs: BLENDSHAPES and POSES of the faces of a frame: no packet, or F = 0, if there is none; GAZE, the
      eyes look straight ahead without it; ROIS, with the track ids; TICK.
    Input side packets: ADDRESS, "host" or "host:port" (11111 if there is none), "" if nothing is to be sent;
      TRACK, the track id of the face, 0 for the first one that is there.
    Outputs: SENT, counts of datagrams after each frame; empty if ADDRESS is "".
    Options: `subject`, the name of the face in Unreal Engine.

    Example::

        node {
          calculator: "LiveLinkFaceSenderCalculator"
          input_stream: "BLENDSHAPES:blendshapes"
          input_stream: "POSES:poses"
          input_stream: "GAZE:gaze"
          input_stream: "ROIS:rois"
          input_side_packet: "ADDRESS:livelink_address"
          output_stream: "SENT:livelink_sent"
        }
    """

    default_port = DEFAULT_PORT

    class Options:
        subject: str = "AttentionMesh"

    def open(self) -> None:
        super().open()
        # The same in every run, so that Unreal Engine takes up the face again.
        self._device_id = str(
            uuid.uuid5(uuid.NAMESPACE_DNS, f"attention-mesh/{self.options.subject}")
        ).upper()
        now = time.localtime()
        self._start_s = float(now.tm_hour * 3600 + now.tm_min * 60 + now.tm_sec)  # time of day

    def packets(self, face: PuppetFace | None, time_s: float) -> list[bytes]:
        if face is None:
            return []
        return [live_link_face_packet(face, self._device_id, self.options.subject, self._start_s + time_s)]
