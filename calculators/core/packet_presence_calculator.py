"""Presence: whether a stream has a packet."""

from attention_mesh.framework import Calculator, Input, Output, calculator


@calculator
class PacketPresenceCalculator(Calculator):
    """Says at each settled timestamp whether its input has a packet there.

    MediaPipe's node of this name. Its output controls gates.

    Inputs: PACKET, of any type.
    Outputs: PRESENCE (bool): True at a packet's timestamp, False if only the bound moved.

    Example::

        node {
          calculator: "PacketPresenceCalculator"
          input_stream: "PACKET:landmarks"
          output_stream: "PRESENCE:face_is_there"
        }
    """

    packet_in = Input("PACKET", object)
    presence = Output("PRESENCE", bool)
    timestamp_offset = 0
    process_bounds = True

    def process(self) -> None:
        self.presence.send(not self.packet_in.is_empty)
