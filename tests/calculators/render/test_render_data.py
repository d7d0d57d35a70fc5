"""Messages of shapes and colors."""

import json
import pickle
from pathlib import Path

import pytest

from attention_mesh.calculators.proto import color_pb2, render_data_pb2
from attention_mesh.drawing.render_annotations import set_color
from attention_mesh.framework.protos import message_class, parse_text

# The text of a message with every field set, and the bytes mediapipe 0.10.21 makes of it.
CASES = json.loads(Path(__file__).with_name("render_data_wire.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=[case["message"] for case in CASES])
def test_text_becomes_the_official_bytes_and_back(case):
    official = bytes.fromhex(case["official_hex"])
    message = parse_text(case["text"], message_class(f"mediapipe.{case['message']}")())
    assert message.SerializeToString(deterministic=True) == official
    assert type(message).FromString(official) == message


def test_shapes_can_be_sent_to_another_process():
    data = render_data_pb2.RenderData()
    data.render_annotations.add().point.x = 3
    assert pickle.loads(pickle.dumps(data)) == data


def test_a_color_has_all_channels():
    annotation = render_data_pb2.RenderAnnotation()
    set_color(annotation, color_pb2.Color(g=3))
    assert annotation.color.HasField("r") and (annotation.color.r, annotation.color.g) == (0, 3)
