"""Message modules: MediaPipe's messages on the wire and in text, which behave like any other message."""

from __future__ import annotations

import ast
import copy
import importlib
import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory, text_format
from google.protobuf.descriptor import Descriptor, EnumDescriptor

from attention_mesh.framework import message_modules, protos
from attention_mesh.framework.formats import detection_pb2, landmark_pb2, location_data_pb2, rect_pb2
from attention_mesh.framework.protos import POOL, message_class

PACKAGE_FOLDER = Path(protos.__file__).parents[1]

# Full name -> {field: "label type number [packed] [= default]"}, or {value: number} of an enum; read from
# the descriptors in the mediapipe 0.10.21 package.
MEDIAPIPE = json.loads((Path(__file__).parent / "mediapipe_messages.json").read_text())
MODULES = (
    "annotation.rasterization_pb2",
    "classification_pb2",
    "detection_pb2",
    "image_format_pb2",
    "landmark_pb2",
    "location_data_pb2",
    "matrix_data_pb2",
    "rect_pb2",
)


def module(name: str):
    return importlib.import_module(f"attention_mesh.framework.formats.{name}")


def described(descriptor: Descriptor) -> dict[str, dict]:
    """Our message and all that is nested in it, in the form of `MEDIAPIPE`."""
    message = descriptor_pb2.DescriptorProto()
    descriptor.CopyToProto(message)
    kinds = descriptor_pb2.FieldDescriptorProto
    fields = {}
    for field in message.field:
        label = kinds.Label.Name(field.label).removeprefix("LABEL_").lower()
        kind = field.type_name.lstrip(".") or kinds.Type.Name(field.type).removeprefix("TYPE_").lower()
        packed = " packed" if field.options.packed else ""
        default = f" = {field.default_value}" if field.HasField("default_value") else ""
        fields[field.name] = f"{label} {kind} {field.number}{packed}{default}"
    found = {descriptor.full_name: fields}
    for nested in descriptor.nested_types:
        found |= described(nested)
    for enum in descriptor.enum_types:
        found |= described_enum(enum)
    return found


def described_enum(enum: EnumDescriptor) -> dict[str, dict]:
    return {enum.full_name: {value.name: value.number for value in enum.values}}


def test_messages_and_enums_have_mediapipes_names_numbers_types_and_defaults() -> None:
    ours: dict[str, dict] = {}
    for name in MODULES:
        for descriptor in module(name).DESCRIPTOR.message_types_by_name.values():
            ours |= described(descriptor)
    assert ours == MEDIAPIPE


@pytest.mark.parametrize("name", MODULES)
def test_module_exports_every_message_of_its_file(name: str) -> None:
    found = module(name)
    for message in found.DESCRIPTOR.message_types_by_name:
        assert getattr(found, message) is message_class(f"mediapipe.{message}")


PROTO_FILES = sorted(
    file.relative_to(PACKAGE_FOLDER).as_posix()
    for room in ("framework", "calculators")
    for file in (PACKAGE_FOLDER / room).rglob("*.proto")
)


def declared(body: list[ast.stmt]) -> set[str]:
    """The names that a .pyi file declares at its top, without those that it imports."""
    names = {node.name for node in body if isinstance(node, ast.ClassDef)}
    return names | {
        node.target.id
        for node in body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }


@pytest.mark.parametrize("file", PROTO_FILES)
def test_every_proto_file_has_a_module_with_the_names_of_its_stub(file: str) -> None:
    protos.load_pending()
    if f"attention_mesh/{file}" not in protos.known_files():
        pytest.skip("its room is not imported here")
    found = importlib.import_module(f"attention_mesh.{file.removesuffix('.proto').replace('/', '.')}_pb2")
    stub = (PACKAGE_FOLDER / file).with_name(f"{Path(file).stem}_pb2.pyi")
    names = declared(ast.parse(stub.read_text(encoding="utf-8")).body)
    assert names == {name for name in vars(found) if not name.startswith("__")}


@pytest.mark.parametrize("name", ["nothing_pb2", "landmark", "landmark_pb2_pb2"])
def test_there_is_no_module_without_a_proto_file_beside_it(name: str) -> None:
    with pytest.raises(ModuleNotFoundError):
        module(name)


def test_installing_twice_adds_one_finder() -> None:
    message_modules.install()
    finders = [finder for finder in sys.meta_path if isinstance(finder, message_modules._MessageFinder)]
    assert len(finders) == 1


def test_the_engine_is_imported_without_protobuf() -> None:
    code = "import sys, attention_mesh.framework; print('google.protobuf' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_nested_types_and_enum_values_hang_on_the_class() -> None:
    location = location_data_pb2.LocationData(format=location_data_pb2.LocationData.RELATIVE_BOUNDING_BOX)
    assert location_data_pb2.LocationData.Format.Name(location.format) == "RELATIVE_BOUNDING_BOX"
    keypoint = location.relative_keypoints.add(x=0.5)
    assert isinstance(keypoint, location_data_pb2.LocationData.RelativeKeypoint)


def test_text_and_json_survive_a_round_trip() -> None:
    text = 'label: "face" score: 0.5 location_data { format: MASK mask { width: 4 height: 3 } } track_id: "7"'
    detection = text_format.Parse(text, detection_pb2.Detection(), descriptor_pool=POOL)
    again = text_format.MessageToString(detection)
    assert text_format.Parse(again, detection_pb2.Detection(), descriptor_pool=POOL) == detection
    as_dict = json_format.MessageToDict(detection, preserving_proto_field_name=True)
    assert as_dict["location_data"] == {"format": "MASK", "mask": {"width": 4, "height": 3}}
    assert json_format.ParseDict(as_dict, detection_pb2.Detection(), descriptor_pool=POOL) == detection


@pytest.mark.parametrize(
    "message",
    [
        landmark_pb2.NormalizedLandmarkList(landmark=[landmark_pb2.NormalizedLandmark(x=1, y=2, z=3)]),
        location_data_pb2.LocationData.RelativeKeypoint(x=0.25, keypoint_label="nose"),
        rect_pb2.Rect(x_center=3),  # its other required fields are not set
    ],
    ids=["top-level", "nested", "incomplete"],
)
def test_messages_can_be_copied_and_pickled(message) -> None:
    assert copy.copy(message) == message
    assert copy.deepcopy(message) == message
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(message, protocol)) == message


def test_a_pickled_message_can_be_read_by_a_process_that_has_imported_nothing() -> None:
    pickled = pickle.dumps(location_data_pb2.LocationData.RelativeKeypoint(x=0.25, y=0.75))
    program = "import sys, pickle; p = pickle.load(sys.stdin.buffer); print(type(p).__name__, p.x, p.y)"
    run = subprocess.run([sys.executable, "-c", program], input=pickled, capture_output=True, check=True)
    assert run.stdout.split() == [b"RelativeKeypoint", b"0.25", b"0.75"]


def test_a_message_of_the_same_name_in_the_default_pool_does_not_clash() -> None:
    """An installed mediapipe registers its own there."""
    file = descriptor_pb2.FileDescriptorProto(name="of_another_package/landmark.proto", package="mediapipe")
    file.message_type.add(name="NormalizedLandmark").field.add(
        name="something_else", number=1, type="TYPE_STRING", label="LABEL_OPTIONAL"
    )
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    other = message_factory.GetMessageClass(pool.FindMessageTypeByName("mediapipe.NormalizedLandmark"))
    assert other(something_else="a").something_else == "a"
    assert landmark_pb2.NormalizedLandmark(x=0.5).x == 0.5
