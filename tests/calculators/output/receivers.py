"""Receivers of the streams, written from the protocols' descriptions and not from the senders."""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

WAIT_S = 2.0  # for a datagram of this machine to itself


class Receiver:
    """A bound UDP socket that collects what arrives."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self._socket.bind((host, 0))
        self.port: int = self._socket.getsockname()[1]
        self.address = f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"

    def datagrams(self, count: int, wait_s: float = WAIT_S) -> list[bytes]:
        """So many datagrams; raises TimeoutError if one does not arrive in this time."""
        self._socket.settimeout(wait_s)
        return [self._socket.recv(65536) for _ in range(count)]

    def waiting(self) -> list[bytes]:
        """What has already arrived."""
        self._socket.setblocking(False)
        found = []
        with contextlib.suppress(BlockingIOError):
            while True:
                found.append(self._socket.recv(65536))
        return found

    def close(self) -> None:
        self._socket.close()


# Open Sound Control 1.0 (https://opensoundcontrol.stanford.edu/spec-1_0.html)


def osc_messages(data: bytes) -> list[tuple[str, str, list[Any]]]:
    """(address, type tags, arguments) of every message of a packet, those of nested bundles included."""
    assert len(data) % 4 == 0, "the size of an OSC packet is a multiple of 4"
    if not data.startswith(b"#bundle\0"):
        return [_osc_message(data)]
    messages, place = [], 16  # after "#bundle" and a time of 8 bytes
    while place < len(data):
        (size,) = struct.unpack_from(">i", data, place)
        messages += osc_messages(data[place + 4 : place + 4 + size])
        place += 4 + size
    assert place == len(data)
    return messages


def _osc_message(data: bytes) -> tuple[str, str, list[Any]]:
    address, place = _osc_string(data, 0)
    tags, place = _osc_string(data, place)
    assert address.startswith("/") and tags.startswith(",")
    values: list[Any] = []
    for tag in tags[1:]:
        if tag == "s":
            text, place = _osc_string(data, place)
            values.append(text)
        else:
            values += struct.unpack_from({"i": ">i", "f": ">f"}[tag], data, place)
            place += 4
    assert place == len(data)
    return address, tags[1:], values


def _osc_string(data: bytes, place: int) -> tuple[str, int]:
    end = data.index(b"\0", place)
    padded = (end // 4 + 1) * 4
    assert not data[end:padded].strip(b"\0")
    return data[place:end].decode("utf-8"), padded


class Vmc(NamedTuple):
    """What a marionette knows after some packets: values that Apply has confirmed, bones, state and time."""

    blends: dict[str, float]
    bones: dict[str, tuple[float, ...]]
    states: list[list[int]]
    times: list[float]


def read_vmc(datagrams: list[bytes]) -> Vmc:
    """Reads packets as https://protocol.vmc.info/english describes them; other messages are an error."""
    waiting: dict[str, float] = {}
    vmc = Vmc({}, {}, [], [])
    for address, tags, values in (message for data in datagrams for message in osc_messages(data)):
        if address == "/VMC/Ext/Blend/Val":
            assert tags == "sf"
            waiting[values[0]] = values[1]
        elif address == "/VMC/Ext/Blend/Apply":
            assert tags == ""
            vmc.blends.update(waiting)
            waiting.clear()
        elif address == "/VMC/Ext/Bone/Pos":
            assert tags == "sfffffff"
            vmc.bones[values[0]] = tuple(values[1:])
        elif address == "/VMC/Ext/OK":
            assert tags == "iiii"
            vmc.states.append(values)
        elif address == "/VMC/Ext/T":
            assert tags == "f"
            vmc.times.append(values[0])
        else:
            raise AssertionError(f"{address} is no message of the protocol")
    assert not waiting, "values without Apply"
    return vmc


class IFacialMocap(NamedTuple):
    shapes: dict[str, int]  # name -> percent
    head: list[float]  # degrees about X, Y, Z, then meters
    right_eye: list[float]  # degrees
    left_eye: list[float]


def read_ifacialmocap(data: bytes, separator: str = "-") -> IFacialMocap:
    """Reads a datagram as https://www.ifacialmocap.com/for-developer/ describes it."""
    blends, _, bones = data.decode("utf-8").partition("=")
    shapes = {}
    for entry in blends.rstrip("|").split("|"):
        name, found, value = entry.partition(separator)
        assert found, entry
        shapes[name] = int(value)
    rotations = {}
    for entry in bones.rstrip("|").split("|"):
        name, found, values = entry.partition("#")
        assert found, entry
        rotations[name] = [float(value) for value in values.split(",")]
    assert [len(rotations[name]) for name in ("head", "rightEye", "leftEye")] == [6, 3, 3]
    return IFacialMocap(shapes, rotations["head"], rotations["rightEye"], rotations["leftEye"])


# The order of Unreal Engine's EARFaceBlendShape, spelled out once more.
_EYE = "EyeBlink{0} EyeLookDown{0} EyeLookIn{0} EyeLookOut{0} EyeLookUp{0} EyeSquint{0} EyeWide{0}"
LIVE_LINK_ORDER = (
    f"{_EYE.format('Left')} {_EYE.format('Right')} "
    "JawForward JawLeft JawRight JawOpen MouthClose MouthFunnel MouthPucker MouthLeft MouthRight "
    "MouthSmileLeft MouthSmileRight MouthFrownLeft MouthFrownRight MouthDimpleLeft MouthDimpleRight "
    "MouthStretchLeft MouthStretchRight MouthRollLower MouthRollUpper MouthShrugLower MouthShrugUpper "
    "MouthPressLeft MouthPressRight MouthLowerDownLeft MouthLowerDownRight MouthUpperUpLeft "
    "MouthUpperUpRight BrowDownLeft BrowDownRight BrowInnerUp BrowOuterUpLeft BrowOuterUpRight CheekPuff "
    "CheekSquintLeft CheekSquintRight NoseSneerLeft NoseSneerRight TongueOut HeadYaw HeadPitch HeadRoll "
    "LeftEyeYaw LeftEyePitch LeftEyeRoll RightEyeYaw RightEyePitch RightEyeRoll"
).split()


class LiveLink(NamedTuple):
    version: int
    device_id: str
    subject: str
    frame: float  # with its part
    rate: tuple[int, int]
    values: dict[str, float]


def read_live_link(data: bytes) -> LiveLink:
    """Reads the fields of Unreal Engine's plugin, as github.com/think-biq/LLV lists them."""
    fields = _fields(data)
    version = fields(">B")[0]
    device_id, subject = (fields(f"{fields('>i')[0]}s")[0].decode("utf-8") for _ in range(2))
    frame, part, numerator, denominator = fields(">ifii")
    count = fields(">B")[0]
    values = fields(f">{count}f")
    with contextlib.suppress(StopIteration):
        raise AssertionError(f"bytes are left: {fields('1s')}")
    names = dict(zip(LIVE_LINK_ORDER, values, strict=True))
    return LiveLink(version, device_id, subject, frame + part, (numerator, denominator), names)


def _fields(data: bytes):
    place = 0

    def take(layout: str) -> tuple:
        nonlocal place
        size = struct.calcsize(layout)
        if place + size > len(data):
            raise StopIteration
        place += size
        return struct.unpack_from(layout, data, place - size)

    return take


@contextlib.contextmanager
def receiver(host: str = "127.0.0.1") -> Iterator[Receiver]:
    """A receiver that is closed afterwards."""
    opened = Receiver(host)
    try:
        yield opened
    finally:
        opened.close()
