"""The kinds of packets that solutions convert, by MediaPipe's names of their types."""

from __future__ import annotations

import pytest

from attention_mesh.python_bindings.mediapipe_api import packet_creator, packet_getter
from attention_mesh.python_bindings.mediapipe_api.packet_data_type import PacketDataType

NAMES = {
    "string": PacketDataType.STRING,
    "bool": PacketDataType.BOOL,
    "::std::vector<bool>": PacketDataType.BOOL_LIST,
    "int": PacketDataType.INT,
    "int64_t": PacketDataType.INT,
    "::std::vector<int64_t>": PacketDataType.INT_LIST,
    "float": PacketDataType.FLOAT,
    "::std::vector<float>": PacketDataType.FLOAT_LIST,
    "::mediapipe::Matrix": PacketDataType.AUDIO,
    "::mediapipe::Image": PacketDataType.IMAGE,
    "::std::vector<::mediapipe::Image>": PacketDataType.IMAGE_LIST,
    "::mediapipe::ImageFrame": PacketDataType.IMAGE_FRAME,
    "OneOf<::mediapipe::Image, ::mediapipe::ImageFrame>": PacketDataType.IMAGE,
    "OneOf<::mediapipe::GpuBuffer, ::mediapipe::ImageFrame>": PacketDataType.IMAGE_FRAME,
    "::mediapipe::DetectionList": PacketDataType.PROTO,
    "::mediapipe::NormalizedLandmarkList": PacketDataType.PROTO,
    "::std::vector<::mediapipe::NormalizedRect>": PacketDataType.PROTO_LIST,
}


@pytest.mark.parametrize(("name", "kind"), NAMES.items())
def test_kind_of_a_type(name: str, kind: PacketDataType) -> None:
    assert PacketDataType.from_registered_name(name) is kind


@pytest.mark.parametrize(
    "name", ["::mediapipe::GpuBuffer", "OneOf<a, b>", "", "::std::vector<::mediapipe::X>"]
)
def test_a_type_that_has_none(name: str) -> None:
    with pytest.raises(KeyError):
        PacketDataType.from_registered_name(name)


@pytest.mark.parametrize("kind", PacketDataType, ids=lambda kind: kind.name)
def test_every_kind_has_its_functions(kind: PacketDataType) -> None:
    getter = "str" if kind is PacketDataType.STRING else kind.value
    assert callable(getattr(packet_getter, f"get_{getter}"))
    assert callable(getattr(packet_creator, f"create_{kind.value.replace('_list', '_vector')}"))
