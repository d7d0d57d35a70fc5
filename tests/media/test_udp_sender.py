"""Datagrams to peers that are there, that are not, and that come back."""

import socket
import sys
import time

import pytest

from attention_mesh.media.errors import MediaError
from attention_mesh.media.network_address import NetworkAddress
from attention_mesh.media.udp_sender import UdpSender


def bound(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    receiver = socket.socket(family, socket.SOCK_DGRAM)
    receiver.bind((host, port))
    receiver.settimeout(2)
    return receiver


def has_ipv6() -> bool:
    try:
        bound("::1").close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        pytest.param("::1", marks=pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")),
    ],
)
def test_datagrams_arrive_unchanged(host):
    with bound("::1" if ":" in host else "127.0.0.1") as receiver:
        sender = UdpSender(NetworkAddress(host, receiver.getsockname()[1]))
        for data in (b"a", b"\0" * 1440):
            sender.send(data)
            assert receiver.recv(65536) == data
        assert sender.counts[1:] == (2, 0, 0, "")
        sender.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows tells a refusal only to who receives")
def test_refusals_are_counted_and_a_peer_that_starts_later_gets_the_rest():
    with bound() as receiver:
        port = receiver.getsockname()[1]
    sender = UdpSender(NetworkAddress("127.0.0.1", port))
    for number in range(20):
        sender.send(b"%d" % number)
        time.sleep(0.002)  # for the answer
    counts = sender.counts
    assert counts.address == f"127.0.0.1:{port}"
    assert counts.sent == 20 and counts.lost == 0
    assert counts.refused >= 15
    with bound(port=port) as receiver:
        sender.send(b"here")
        assert receiver.recv(100) == b"here"
    sender.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows tells a refusal only to who receives")
def test_a_refusal_of_the_last_datagram_is_counted():
    with bound() as receiver:
        port = receiver.getsockname()[1]
    sender = UdpSender(NetworkAddress("127.0.0.1", port))
    sender.send(b"last")
    time.sleep(0.05)
    sender.close()
    sender.close()
    assert sender.counts[1:4] == (1, 1, 0)


def test_a_datagram_that_is_too_long_is_counted_and_others_go_on():
    with bound() as receiver:
        sender = UdpSender(NetworkAddress("127.0.0.1", receiver.getsockname()[1]))
        sender.send(b"\0" * 70_000)  # beyond what UDP can hold
        sender.send(b"short")
        assert receiver.recv(100) == b"short"
        assert (sender.counts.sent, sender.counts.lost) == (1, 1)
        assert sender.counts.reason
        sender.close()


def test_a_host_without_a_route_is_counted():
    sender = UdpSender(NetworkAddress("2001:db8::1", 9))  # an address for documentation only
    sender.send(b"a")
    counts = sender.counts
    assert counts.sent + counts.lost == 1
    if counts.lost:  # a machine that routes IPv6 sends it away
        assert counts.reason
    sender.close()


def test_sending_does_not_wait_for_a_peer_that_takes_nothing():
    with bound() as receiver:
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        sender = UdpSender(NetworkAddress("127.0.0.1", receiver.getsockname()[1]))
        start = time.monotonic()
        for _ in range(5000):
            sender.send(b"\0" * 1400)
        assert time.monotonic() - start < 5  # s; a blocking send would never come back
        assert sender.counts.sent + sender.counts.lost == 5000
        sender.close()


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 64 + ".invalid"])
def test_an_unknown_host_is_an_error_at_the_beginning(host):
    with pytest.raises(MediaError, match=f"^{host}:9: the host {host} is unknown"):
        UdpSender(NetworkAddress(host, 9))
