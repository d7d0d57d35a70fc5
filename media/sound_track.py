"""The sound of a film on its way into another: compressed packets, passed through as they are."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av import Packet
    from av.audio.stream import AudioStream

_FALL_S = 0.5  # a time that falls back by more is another recording's
_JUMP_S = 10  # FFmpeg's own limit (dts_delta_threshold)


@dataclass(frozen=True, slots=True)
class SoundPacket:
    """Compressed sound.

    Attributes:
      data: as the codec made it.
      start_s: time on the clock of the film's pictures, whose first is at 0.
      duration_s: seconds.
    """

    data: bytes
    start_s: Fraction
    duration_s: Fraction

    def for_stream(self, stream: AudioStream) -> Packet:
        """A packet for a stream of a film that is written."""
        from av import Packet

        packet = Packet(self.data)
        packet.stream = stream
        packet.time_base = Fraction(1, 1_000_000)
        packet.pts = packet.dts = round(self.start_s * 1_000_000)
        packet.duration = round(self.duration_s * 1_000_000)
        packet.is_keyframe = True
        return packet


class SoundQueue:
    """The packets of a film's sound that are waiting for one writer.

    Attributes:
      stream: the film's sound, of which a writer takes the codec and its parameters.
      codec: name of the codec.
      packets: in the order of time; the writer takes them out.
    """

    def __init__(self, track: SoundTrack) -> None:
        self.stream, self.codec = track.stream, track.codec
        self.packets: deque[SoundPacket] = deque()
        self._track = track

    def stop(self) -> None:
        """Takes no more packets. May be called twice."""
        self._track.forget(self)
        self.packets.clear()


class SoundTrack:
    """Hands the packets of a film's sound, while the film is read, to those who want to write them.

    One thread feeds it, and others may drain the queues. Whoever listens before the film is iterated gets all
    packets from the first picture on.

    Args:
      stream: the film's sound.
      cut: whether the format permits times that jump ahead; see `FilmClock`.
    """

    def __init__(self, stream: AudioStream, cut: bool) -> None:
        self.stream = stream
        self.codec = stream.codec_context.name
        self._cut = cut
        self._queues: tuple[SoundQueue, ...] = ()
        self._zero_s: Fraction | None = None
        self._early: list[tuple[bytes, Fraction, Fraction]] = []  # before the film is iterated
        self._offset_s = Fraction(0)
        self._end_s: Fraction | None = None

    def listen(self) -> SoundQueue:
        """A queue that gets every packet from now on."""
        queue = SoundQueue(self)
        self._queues = (*self._queues, queue)
        return queue

    def forget(self, queue: SoundQueue) -> None:
        """Gives no more packets to a queue."""
        self._queues = tuple(entry for entry in self._queues if entry is not queue)

    def start(self, zero_us: int) -> None:
        """Begins to hand on packets, with the film's own time of its first picture, which is 0 for them."""
        self._zero_s = Fraction(zero_us, 1_000_000)
        for early in self._early:
            self._hand_on(*early)
        self._early.clear()

    def feed(self, packet: Packet) -> None:
        """Takes a packet of the film."""
        if packet.pts is None or not packet.size:
            return
        base = packet.time_base
        if self._zero_s is None:
            self._early.append((bytes(packet), packet.pts * base, (packet.duration or 0) * base))
        elif self._queues:
            self._hand_on(bytes(packet), packet.pts * base, (packet.duration or 0) * base)

    def _hand_on(self, data: bytes, time_s: Fraction, duration_s: Fraction) -> None:
        start_s = time_s - (self._zero_s or 0) + self._offset_s
        if self._end_s is not None:
            gap_s = start_s - self._end_s
            if gap_s < -_FALL_S or (self._cut and gap_s > _JUMP_S):
                self._offset_s -= gap_s
                start_s = self._end_s
        self._end_s = start_s + duration_s
        if start_s >= 0:
            for queue in self._queues:
                queue.packets.append(SoundPacket(data, start_s, duration_s))
