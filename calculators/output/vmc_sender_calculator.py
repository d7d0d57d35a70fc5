"""VMC sender: sends a face to programs for VRM avatars, by the VMC protocol."""

from attention_mesh.calculators.output.streaming.face_sender import FaceSender
from attention_mesh.calculators.output.streaming.puppet_face import PuppetFace
from attention_mesh.calculators.output.streaming.vmc_packets import DEFAULT_PORT, EXPRESSIONS, vmc_packets
from attention_mesh.framework import SideInput, calculator


@calculator
class VmcSenderCalculator(FaceSender):
    """Sends one face of each frame by the VMC protocol, OSC over UDP; see `vmc_packets`.

    Without a face, only the state and the time leave, and the avatar stays as it is.

    Inputs: BLENDSHAPES and POSES of the faces of a frame: no packet, or F = 0, if there is none; GAZE, the
      eyes look straight ahead without it; ROIS, with the track ids; TICK, at whose timestamps the state is
      sent even if the other inputs have no packet.
    Input side packets: ADDRESS, "host" or "host:port" (39539 if there is none), "" if nothing is to be sent;
      TRACK, the track id of the face, 0 for the first one that is there; EXPRESSIONS, "perfect-sync" (the
      default), "vrm0" or "vrm1".
    Outputs: SENT, counts of datagrams after each frame; empty if ADDRESS is "".

    Example::

        node {
          calculator: "VmcSenderCalculator"
          input_stream: "BLENDSHAPES:blendshapes"
          input_stream: "POSES:poses"
          input_stream: "GAZE:gaze"
          input_stream: "ROIS:rois"
          input_side_packet: "ADDRESS:vmc_address"
          output_stream: "SENT:vmc_sent"
        }
    """

    expressions = SideInput("EXPRESSIONS", str, default=EXPRESSIONS[0])

    default_port = DEFAULT_PORT

    def open(self) -> None:
        self._expressions = self.expressions.value
        if self._expressions not in EXPRESSIONS:
            raise ValueError(
                f'EXPRESSIONS is "{self._expressions}"; expected one of {", ".join(EXPRESSIONS)}'
            )
        if self.address.value:
            vmc_packets(None, 0.0)  # raises at the beginning if python-osc is missing
        super().open()

    def packets(self, face: PuppetFace | None, time_s: float) -> list[bytes]:
        return vmc_packets(face, time_s, self._expressions)
