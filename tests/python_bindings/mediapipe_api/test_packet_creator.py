"""Packets are made of Python values, and checked against the type that they are for."""

from __future__ import annotations

import gc
import sys
import warnings

import numpy as np
import pytest

from attention_mesh.framework.formats import detection_pb2, rect_pb2
from attention_mesh.python_bindings.mediapipe_api import packet_creator
from attention_mesh.python_bindings.mediapipe_api.image import Image
from attention_mesh.python_bindings.mediapipe_api.image_format import ImageFormat
from attention_mesh.python_bindings.mediapipe_api.image_frame import ImageFrame
from attention_mesh.python_bindings.mediapipe_api.matrix import Matrix

INTEGERS = {
    "int": (-(2**31), 2**31 - 1, "int"),
    "int8": (-128, 127, "signed char"),
    "int16": (-(2**15), 2**15 - 1, "int16_t"),
    "int32": (-(2**31), 2**31 - 1, "int"),
    "int64": (-(2**63), 2**63 - 1, "int64_t"),
    "uint8": (0, 255, "unsigned char"),
    "uint16": (0, 2**16 - 1, "uint16_t"),
    "uint32": (0, 2**32 - 1, "uint32_t"),
    "uint64": (0, 2**64 - 1, "uint64_t"),
}


@pytest.mark.parametrize(("name", "limits"), INTEGERS.items())
def test_integers_have_the_range_of_their_type(name: str, limits: tuple[int, int, str]) -> None:
    lowest, highest, type_name = limits
    create = getattr(packet_creator, f"create_{name}")
    assert (create(lowest).value, create(highest).value) == (lowest, highest)
    assert create(highest).type_name == type_name
    with pytest.raises(OverflowError, match=f"execeeds the maximum value .{highest}."):
        create(highest + 1)
    with pytest.raises(OverflowError, match=f"goes below the minimum value .{lowest}."):
        create(lowest - 1)


def test_integers_of_numpy_become_plain_ones() -> None:
    assert type(packet_creator.create_int(np.int64(3)).value) is int


@pytest.mark.parametrize("value", [1.5, "1", None, np.float32(3)])
def test_an_integer_is_not_made_of_anything_else(value: object) -> None:
    with pytest.raises(TypeError, match="create_int takes an int"):
        packet_creator.create_int(value)


def test_a_float_has_32_bits_and_a_double_64() -> None:
    assert packet_creator.create_float(0.1).value == float(np.float32(0.1)) != 0.1
    assert packet_creator.create_double(0.1).value == 0.1
    assert packet_creator.create_float(1).value == 1.0


def test_a_float_too_large_is_infinite_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert packet_creator.create_float(1e300).value == float("inf")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("float", "0.1"),
        ("bool", 1),
        ("bool", None),
        ("string", 3),
        ("int_vector", 5),
        ("int_vector", [1.5]),
        ("int_array", ["a"]),
        ("float_vector", ["a"]),
        ("bool_vector", [1]),
        ("string_vector", "abc"),
        ("string_vector", ["a", 3]),
        ("image_vector", [np.zeros((2, 2, 3), np.uint8)]),
        ("packet_vector", [3]),
        ("string_to_packet_map", {"a": 3}),
        ("string_to_packet_map", {3: packet_creator.create_int(3)}),
        ("string_to_packet_map", [1]),
        ("matrix", np.zeros((2, 2, 2))),
        ("matrix", "a"),
        ("proto", 5),
    ],
)
def test_values_of_another_type_are_refused(name: str, value: object) -> None:
    with pytest.raises(TypeError, match=f"create_{name}"):
        getattr(packet_creator, f"create_{name}")(value)


def test_lists_are_copied() -> None:
    values = [1, 2]
    packet = packet_creator.create_int_vector(values)
    values.append(3)
    assert packet.value == [1, 2]


def test_lists_check_the_range_of_each_item() -> None:
    with pytest.raises(OverflowError):
        packet_creator.create_int_array([0, 2**31])


def test_matrices_become_32_bits_and_are_copied() -> None:
    values = np.arange(6.0).reshape(2, 3)
    packet = packet_creator.create_matrix(values)
    transposed = packet_creator.create_matrix(values, transpose=True)
    values[:] = 0
    np.testing.assert_array_equal(packet.value, [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(transposed.value, [[0, 3], [1, 4], [2, 5]])
    assert packet.value.dtype == np.float32
    assert packet_creator.create_matrix([1, 2]).value.shape == (2, 1)


def test_a_matrix_object_is_an_array() -> None:
    matrix = Matrix(np.eye(2))
    np.testing.assert_array_equal(packet_creator.create_matrix(matrix).value, np.eye(2))
    with pytest.raises(TypeError, match="array .R, C."):
        Matrix(np.zeros(3))


def test_messages_are_copied() -> None:
    detection = detection_pb2.Detection(score=[0.5])
    packet = packet_creator.create_proto(detection)
    detection.score[0] = 0.1
    assert packet.value.score[0] == 0.5
    assert packet.type_name == "::mediapipe::Detection"


def test_messages_of_one_type_make_a_vector() -> None:
    packet = packet_creator.create_proto_vector([detection_pb2.Detection(), detection_pb2.Detection()])
    assert packet.type_name == "::std::vector<::mediapipe::Detection>"
    with pytest.raises(TypeError, match="messages of one type"):
        packet_creator.create_proto_vector([detection_pb2.Detection(), rect_pb2.Rect()])


def test_a_message_that_is_not_mediapipes_stays_itself() -> None:
    from google.protobuf import timestamp_pb2

    packet = packet_creator.create_proto(timestamp_pb2.Timestamp(seconds=3))
    assert isinstance(packet.value, timestamp_pb2.Timestamp) and packet.value.seconds == 3


@pytest.fixture
def rgb() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (6, 7, 3), np.uint8)


IMAGES = [(packet_creator.create_image, Image), (packet_creator.create_image_frame, ImageFrame)]


@pytest.mark.parametrize(("create", "kind"), IMAGES)
def test_writeable_pixels_are_copied(create, kind: type, rgb: np.ndarray) -> None:
    before = sys.getrefcount(rgb)
    packet = create(rgb, image_format=ImageFormat.SRGB)
    assert sys.getrefcount(rgb) == before
    expected = rgb.copy()
    rgb[:] = 0
    assert type(packet.value) is kind
    np.testing.assert_array_equal(packet.value.numpy_view(), expected)


@pytest.mark.parametrize(("create", "kind"), IMAGES)
def test_pixels_that_cannot_change_are_shared(create, kind: type, rgb: np.ndarray) -> None:
    rgb.flags.writeable = False
    before = sys.getrefcount(rgb)
    packet = create(rgb, image_format=ImageFormat.SRGB)
    assert sys.getrefcount(rgb) == before + 1
    assert np.shares_memory(packet.value.numpy_view(), rgb)
    del packet
    gc.collect()
    assert sys.getrefcount(rgb) == before
    assert not np.shares_memory(create(rgb, image_format=ImageFormat.SRGB, copy=True).value, rgb)


@pytest.mark.parametrize(("create", "kind"), IMAGES)
def test_sharing_pixels_that_can_change_warns(create, kind: type, rgb: np.ndarray) -> None:
    with pytest.warns(RuntimeWarning, match="still writeable"):
        packet = create(rgb, image_format=ImageFormat.SRGB, copy=False)
    assert np.shares_memory(packet.value.numpy_view(), rgb)
    assert not packet.value.numpy_view().flags.writeable and rgb.flags.writeable


@pytest.mark.parametrize(("create", "kind"), IMAGES)
def test_an_image_is_shared_by_its_packet(create, kind: type, rgb: np.ndarray) -> None:
    image = kind(ImageFormat.SRGB, rgb)
    assert create(image).value is image
    with pytest.raises(ValueError, match="image_format doesn't match"):
        create(image, image_format=ImageFormat.SRGBA)
    with pytest.raises(ValueError, match="leave `copy` out"):
        create(image, copy=False)


@pytest.mark.parametrize(("create", "kind"), IMAGES)
def test_pixels_that_cannot_become_an_image(create, kind: type, rgb: np.ndarray) -> None:
    with pytest.raises(ValueError, match="Please provide 'image_format'"):
        create(rgb)
    with pytest.raises(TypeError, match="Cannot cast array data from dtype.'uint16'"):
        create(rgb.astype(np.uint16), image_format=ImageFormat.SRGB)
    with pytest.raises(ValueError, match="c_contiguous"):
        create(rgb[:, ::-1], image_format=ImageFormat.SRGB, copy=False)
    with pytest.raises(ValueError, match="SRGB is"):
        create(rgb[..., :2], image_format=ImageFormat.SRGB)
    with pytest.raises(TypeError, match="not int"):
        create(5, image_format=ImageFormat.SRGB)
