"""Every getter reads the packets of its type, as made and as they come out of a graph, and no other."""

from __future__ import annotations

import numpy as np
import pytest

from attention_mesh.framework.formats import detection_pb2
from attention_mesh.geometry.detections import Detections
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.python_bindings.mediapipe_api import packet_creator as create
from attention_mesh.python_bindings.mediapipe_api import packet_getter as get
from attention_mesh.python_bindings.mediapipe_api.image import Image
from attention_mesh.python_bindings.mediapipe_api.image_format import ImageFormat
from attention_mesh.python_bindings.mediapipe_api.image_frame import ImageFrame
from attention_mesh.python_bindings.mediapipe_api.packet import Packet

RGB = np.arange(36, dtype=np.uint8).reshape(3, 4, 3)
IMAGE = Image(ImageFormat.SRGB, RGB)
PACKETS = {
    "string": create.create_string("abc"),
    "bool": create.create_bool(True),
    "int": create.create_int(3),
    "int8": create.create_int8(3),
    "int64": create.create_int64(3),
    "uint8": create.create_uint8(3),
    "uint64": create.create_uint64(3),
    "float": create.create_float(0.5),
    "double": create.create_double(0.5),
    "int_array": create.create_int_array([1]),
    "float_array": create.create_float_array([1.0]),
    "int_vector": create.create_int_vector([1]),
    "bool_vector": create.create_bool_vector([True]),
    "float_vector": create.create_float_vector([0.5]),
    "string_vector": create.create_string_vector(["a"]),
    "image_vector": create.create_image_vector([IMAGE]),
    "packet_vector": create.create_packet_vector([create.create_int(1)]),
    "packet_map": create.create_string_to_packet_map({"a": create.create_int(1)}),
    "matrix": create.create_matrix(np.eye(2)),
    "image": create.create_image(IMAGE),
    "image_frame": create.create_image_frame(RGB, image_format=ImageFormat.SRGB),
    "proto": create.create_proto(detection_pb2.Detection()),
    "empty": Packet(),
}
# What mediapipe 0.10.21 reads with each; everything else it refuses.
READS = {
    "get_str": ["string"],
    "get_bytes": ["string"],
    "get_bool": ["bool"],
    "get_int": ["int", "int8", "int64"],
    "get_uint": ["uint8", "uint64"],
    "get_float": ["float", "double"],
    "get_int_list": ["int_vector"],
    "get_bool_list": ["bool_vector"],
    "get_float_list": ["float_vector"],
    "get_str_list": ["string_vector"],
    "get_image_list": ["image_vector"],
    "get_packet_list": ["packet_vector"],
    "get_str_to_packet_dict": ["packet_map"],
    "get_matrix": ["matrix"],
    "get_image": ["image"],
    "get_image_frame": ["image_frame"],
    "get_proto": ["proto"],
}


@pytest.mark.parametrize(("getter", "packet"), [(g, p) for g in READS for p in PACKETS])
def test_a_getter_reads_its_types_only(getter: str, packet: str) -> None:
    if packet in READS[getter]:
        getattr(get, getter)(PACKETS[packet])
    else:
        with pytest.raises((ValueError, RuntimeError)):
            getattr(get, getter)(PACKETS[packet])


def test_errors_say_what_there_is_and_what_was_asked_for() -> None:
    with pytest.raises(ValueError, match='The Packet stores "int", but "string" was requested'):
        get.get_str(create.create_int(3))
    with pytest.raises(RuntimeError, match="Expected a Packet of type: bool, but received an empty Packet"):
        get.get_bool(Packet())
    with pytest.raises(ValueError, match="doesn't contain int, int8, int16, int32, or int64 data"):
        get.get_int(create.create_uint8(1))
    with pytest.raises(RuntimeError, match="Packet is empty"):
        get.get_proto_list(Packet())


def test_texts_and_bytes_are_one_type() -> None:
    assert get.get_str(create.create_string(b"abc")) == "abc"
    assert get.get_bytes(create.create_string("ü")) == b"\xc3\xbc"
    with pytest.raises(UnicodeDecodeError):
        get.get_str(create.create_string(b"\xff"))
    assert get.get_str_list(create.create_string_vector([b"a", "b"])) == ["a", "b"]


def test_values_come_back() -> None:
    assert get.get_bool_list(PACKETS["bool_vector"]) == [True]
    assert get.get_float_list(create.create_float_vector([0.25, 1])) == [0.25, 1.0]
    assert get.get_int(get.get_packet_list(PACKETS["packet_vector"])[0]) == 1
    assert get.get_int(get.get_str_to_packet_dict(PACKETS["packet_map"])["a"]) == 1
    assert get.get_image_list(PACKETS["image_vector"]) == [IMAGE]
    assert get.get_image(PACKETS["image"]) is IMAGE


def test_a_matrix_is_a_copy() -> None:
    matrix = get.get_matrix(PACKETS["matrix"])
    matrix[:] = 7
    np.testing.assert_array_equal(get.get_matrix(PACKETS["matrix"]), np.eye(2))


def test_what_a_graph_sends_is_known_by_its_value() -> None:
    number = Packet.of(3)
    assert get.get_int(number) == get.get_uint(number) == 3
    assert get.get_float_list(Packet.of(np.array([0.5], np.float32))) == [0.5]
    assert get.get_int_list(Packet.of((1, 2))) == [1, 2]
    for getter, kind in ((get.get_image, Image), (get.get_image_frame, ImageFrame)):
        image = getter(Packet.of(RGB))
        assert type(image) is kind and np.shares_memory(image.numpy_view(), RGB)
    assert [type(image) for image in get.get_image_list(Packet.of([RGB, RGB]))] == [Image, Image]
    assert get.get_matrix(Packet.of(np.array([1.0, 2.0]))).shape == (2, 1)


def test_a_negative_number_is_no_uint() -> None:
    with pytest.raises(ValueError, match="uint64 data"):
        get.get_uint(Packet.of(-1))


def test_a_message_is_a_copy() -> None:
    packet = create.create_proto(detection_pb2.Detection(score=[0.5]))
    get.get_proto(packet).score[0] = 0.1
    get.get_proto_list(create.create_proto_vector([packet.value]))[0].score[0] = 0.1
    assert packet.value.score[0] == 0.5


RECTS = NormalizedRects(np.array([[0.1, 0.2, 0.3, 0.4, 0.5], [1, 2, 3, 4, 5]], np.float32), np.array([7, 0]))


def test_arrays_of_a_graph_become_messages() -> None:
    first, second = get.get_proto_list(Packet.of(RECTS))
    assert first.DESCRIPTOR.full_name == "mediapipe.NormalizedRect"
    assert (first.x_center, first.rotation, first.rect_id) == pytest.approx((0.1, 0.5, 7))
    assert not second.HasField("rect_id")
    assert get.get_proto(Packet.of(RECTS.take([0]))) == first
    landmarks = NormalizedLandmarks(np.full((2, 5, 3), 0.25, np.float32))
    assert [len(face.landmark) for face in get.get_proto_list(Packet.of(landmarks))] == [5, 5]
    assert get.get_proto_list(Packet.of(Detections.empty())) == []


def test_one_message_is_not_read_from_several_or_none() -> None:
    with pytest.raises(ValueError, match="with 2 entries.*get_proto_list"):
        get.get_proto(Packet.of(RECTS))
    with pytest.raises(ValueError, match="with 0 entries"):
        get.get_proto(Packet.of(NormalizedRects.empty()))


def test_a_detection_list_is_one_message_of_any_number() -> None:
    message = get.get_proto(Packet.of(Detections.empty(), "::mediapipe::DetectionList"))
    assert message.DESCRIPTOR.full_name == "mediapipe.DetectionList" and not message.detection
