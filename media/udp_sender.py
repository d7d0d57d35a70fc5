"""Sends datagrams to one peer, without waiting and without failing."""

from __future__ import annotations

import contextlib
import socket
from typing import NamedTuple

from attention_mesh.media.errors import MediaError
from attention_mesh.media.network_address import NetworkAddress


class SendCounts(NamedTuple):
    """What became of the datagrams so far.

    Attributes:
      address: of the peer, as text.
      sent: given to the network. UDP does not say whether they arrive.
      refused: how often the peer's system answered that no program takes them.
      lost: not given to the network, because its queue was full or no route leads to the peer.
      reason: why the last one was lost; "" if none was.
    """

    address: str
    sent: int
    refused: int
    lost: int
    reason: str = ""


class UdpSender:
    """Sends datagrams over UDP.

    `send` never waits and never raises: it counts. A peer may start, end and start again at any time.

    Only constructing it looks up the host's name. If the name stands for IPv4 and IPv6 addresses, the first
    IPv4 address is taken, because programs that receive faces commonly listen there only.

    Args:
      address: of the peer. Broadcast addresses are allowed.

    Raises:
      MediaError: the host is unknown, or this system has no such sockets.
    """

    def __init__(self, address: NetworkAddress) -> None:
        self._address = address
        self._sent = self._refused = self._lost = 0
        self._reason = ""
        family, target = _resolve(address)
        try:
            self._socket = socket.socket(family, socket.SOCK_DGRAM)
        except OSError as error:
            raise MediaError(f"{address}: {error.strerror or error}.") from error
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self._target: tuple | None = target  # to connect to; None once connected
        self._connect()

    @property
    def counts(self) -> SendCounts:
        """What became of the datagrams so far."""
        return SendCounts(str(self._address), self._sent, self._refused, self._lost, self._reason)

    def send(self, datagram: bytes) -> None:
        """Sends one datagram, or counts why it could not be sent."""
        for _ in range(2):
            try:
                if self._connect():
                    self._socket.send(datagram)
                    self._sent += 1
                    return
                break
            except ConnectionRefusedError:  # the answer to an earlier datagram; this one has not left yet
                self._refused += 1
            except OSError as error:
                self._reason = error.strerror or str(error)
                break
        self._lost += 1

    def close(self) -> None:
        """Frees the socket, and counts a refusal that came after the last datagram. May be called twice."""
        if self._socket.fileno() < 0:
            return
        with contextlib.suppress(OSError):
            if self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                self._refused += 1
        self._socket.close()

    def _connect(self) -> bool:
        """Connects the socket, so that it gets the peer's answers; false if no route leads to it."""
        if self._target is not None:
            try:
                self._socket.connect(self._target)
            except OSError as error:
                self._reason = error.strerror or str(error)
                return False
            self._target = None
        return True


def _resolve(address: NetworkAddress) -> tuple[socket.AddressFamily, tuple]:
    try:
        found = socket.getaddrinfo(*address, type=socket.SOCK_DGRAM)
    except (socket.gaierror, UnicodeError) as error:
        reason = error.strerror if isinstance(error, socket.gaierror) else str(error)
        raise MediaError(f"{address}: the host {address.host} is unknown ({reason}).") from error
    family, _, _, _, target = min(found, key=lambda entry: entry[0] != socket.AF_INET)
    return family, target
