"""What leaves a puppet beside pictures: its streams to other programs and its recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from attention_mesh.calculators.output.streaming import (
    ifacialmocap_packet,
    live_link_face_packet,
    vmc_packets,
)
from attention_mesh.cli.errors import UsageError
from attention_mesh.framework import CalculatorGraph, Packet
from attention_mesh.media.errors import MediaError
from attention_mesh.media.network_address import parse_address
from attention_mesh.media.udp_sender import SendCounts


@dataclass(frozen=True)
class Stream:
    """A protocol by which a face leaves.

    Attributes:
      flag: of the command line, which takes the address.
      side_packet: of the graph, which takes it.
      counts: the output stream that tells what became of the datagrams.
      port: if the address names none.
    """

    flag: str
    side_packet: str
    counts: str
    port: int


RECORDED = "recorded"  # the output stream that tells how many frames are recorded
STREAMS = (
    Stream("--vmc", "vmc_address", "vmc_sent", vmc_packets.DEFAULT_PORT),
    Stream("--ifacialmocap", "ifacialmocap_address", "ifacialmocap_sent", ifacialmocap_packet.DEFAULT_PORT),
    Stream("--livelink", "livelink_address", "livelink_sent", live_link_face_packet.DEFAULT_PORT),
)


def stream_side_packets(addresses: Mapping[str, str | None]) -> dict[str, str]:
    """The side packets of all streams; "" for one that was not asked for.

    Args:
      addresses: text by flag.

    Raises:
      UsageError: a text is no address.
    """
    packets = {}
    for stream in STREAMS:
        text = addresses.get(stream.flag)
        if text is not None:
            try:
                text = str(parse_address(text, stream.port))
            except MediaError as error:
                raise UsageError(f"{stream.flag} {error}") from error
        packets[stream.side_packet] = text or ""
    return packets


class PuppetCounts:
    """Keeps the newest counts of the streams and of the recording while a graph runs.

    Attributes:
      recorded: how many frames are recorded.
    """

    def __init__(self) -> None:
        self.recorded = 0
        self._newest: dict[str, SendCounts] = {}

    def observe(self, graph: CalculatorGraph) -> None:
        """Listens to a graph that is not started yet."""
        graph.observe_output_stream(RECORDED, self._keep_recorded)
        for stream in STREAMS:
            graph.observe_output_stream(stream.counts, partial(self._keep, stream.flag))

    def _keep_recorded(self, packet: Packet) -> None:
        self.recorded = packet.value

    def _keep(self, flag: str, packet: Packet) -> None:
        self._newest[flag] = packet.value

    def lines(self) -> list[tuple[str, str | None]]:
        """(what was sent, what went wrong or None) for each stream that sent, for the user."""
        return [
            (_summary(flag, counts), _trouble(flag, counts)) for flag, counts in sorted(self._newest.items())
        ]


def _summary(flag: str, counts: SendCounts) -> str:
    plural = "" if counts.sent == 1 else "s"
    return f"{flag} {counts.address}: {counts.sent} datagram{plural} sent"


def _trouble(flag: str, counts: SendCounts) -> str | None:
    texts = []
    if counts.refused:
        texts.append(f"refused {counts.refused} times, because no program listens there")
    if counts.lost:
        texts.append(
            f"{counts.lost} datagrams could not be sent ({counts.reason or 'no program listens there'})"
        )
    return f"{flag} {counts.address}: {'; '.join(texts)}" if texts else None
