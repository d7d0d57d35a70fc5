"""iFacialMocap sender: sends a face to programs that listen to the app iFacialMocap."""

from attention_mesh.calculators.output.streaming.face_sender import FaceSender
from attention_mesh.calculators.output.streaming.ifacialmocap_packet import (
    DEFAULT_PORT,
    VERSIONS,
    ifacialmocap_packet,
)
from attention_mesh.calculators.output.streaming.puppet_face import PuppetFace
from attention_mesh.framework import SideInput, calculator


@calculator
class IFacialMocapSenderCalculator(FaceSender):
    """Sends one face of each frame as the app iFacialMocap does, text over UDP; see `ifacialmocap_packet`.

    It sends without being asked; the request by which a program starts the app is not waited for. Without a
    face nothing leaves, and the receiver decides how the avatar rests.

    Inputs: BLENDSHAPES and POSES of the faces of a frame: no packet, or F = 0, if there is none; GAZE, the
      eyes look straight ahead without it; ROIS, with the track ids; TICK.
    Input side packets: ADDRESS, "host" or "host:port" (49983 if there is none), "" if nothing is to be sent;
      TRACK, the track id of the face, 0 for the first one that is there; VERSION of the text, 1 (the default)
      or 2.
    Outputs: SENT, counts of datagrams after each frame; empty if ADDRESS is "".

    Example::

        node {
          calculator: "IFacialMocapSenderCalculator"
          input_stream: "BLENDSHAPES:blendshapes"
          input_stream: "POSES:poses"
          input_stream: "GAZE:gaze"
          input_stream: "ROIS:rois"
          input_side_packet: "ADDRESS:ifacialmocap_address"
          output_stream: "SENT:ifacialmocap_sent"
        }
    """

    version = SideInput("VERSION", int, default=VERSIONS[0])

    default_port = DEFAULT_PORT

    def open(self) -> None:
        self._version = self.version.value
        if self._version not in VERSIONS:
            raise ValueError(f"VERSION is {self._version}; expected {' or '.join(map(str, VERSIONS))}")
        super().open()

    def packets(self, face: PuppetFace | None, time_s: float) -> list[bytes]:
        return [] if face is None else [ifacialmocap_packet(face, self._version)]
