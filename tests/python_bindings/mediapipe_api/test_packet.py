"""Packets: a value, its time, and how they read."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.python_bindings.mediapipe_api import packet_creator
from attention_mesh.python_bindings.mediapipe_api.packet import Packet
from attention_mesh.python_bindings.mediapipe_api.timestamp import Timestamp


def test_an_empty_packet() -> None:
    packet = Packet()
    assert packet.is_empty() and packet.timestamp == Timestamp.UNSET
    assert repr(packet) == "<mediapipe.Packet with timestamp: UNSET and no data>"
    assert repr(packet.at(5)) == "<mediapipe.Packet with timestamp: 5 and no data>"


def test_at_shares_the_value_and_leaves_the_packet_alone() -> None:
    packet = packet_creator.create_int_vector([1, 2])
    later = packet.at(7)
    assert later.value is packet.value
    assert (packet.timestamp, later.timestamp) == (Timestamp.UNSET, 7)


@pytest.mark.parametrize("timestamp", [5, Timestamp(5), np.int64(5)])
def test_the_timestamp_can_be_set(timestamp: object) -> None:
    packet = packet_creator.create_bool(True)
    packet.timestamp = timestamp
    assert packet.timestamp == 5 and isinstance(packet.timestamp, Timestamp)


@pytest.mark.parametrize("timestamp", [1.5, "a"])
def test_a_timestamp_is_an_int(timestamp: object) -> None:
    packet = packet_creator.create_bool(True)
    with pytest.raises(TypeError):
        packet.at(timestamp)
    with pytest.raises(TypeError):
        packet.timestamp = timestamp


def test_a_copy_has_value_type_and_time() -> None:
    copied = Packet(packet_creator.create_uint8(3).at(4))
    assert (copied.value, copied.type_name, copied.timestamp) == (3, "unsigned char", 4)


def test_is_not_made_of_a_value() -> None:
    with pytest.raises(TypeError, match="see packet_creator"):
        Packet(3)


def test_reads_with_the_name_of_its_type() -> None:
    packet = packet_creator.create_string("a").at(Timestamp.PRESTREAM)
    assert repr(packet) == "<mediapipe.Packet with timestamp: PRESTREAM and C++ type: string>"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (True, "bool"),
        (3, "int"),
        (2**40, "int64_t"),
        (0.5, "float"),
        (b"a", "string"),
        (np.zeros((2, 2, 3), np.uint8), "::mediapipe::ImageFrame"),
        (np.zeros((2, 2)), "::mediapipe::Matrix"),
        (NormalizedRects.empty(), "::std::vector<::mediapipe::NormalizedRect>"),
        ([0.5], "::std::vector<float>"),
        ({}, "builtins.dict"),
    ],
)
def test_a_value_from_a_graph_is_named_by_what_it_is(value: object, name: str) -> None:
    assert Packet.of(value).type_name == name
