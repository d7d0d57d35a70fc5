"""The options of MediaPipe-named nodes read and write as MediaPipe's own: text, names, numbers, bytes."""

import json
from pathlib import Path

import pytest

import attention_mesh.calculators  # noqa: F401  (makes the messages known)
from attention_mesh.framework.protos import message_class, parse_text

# Every entry: a message, its text with most fields set, and the bytes mediapipe 0.10.21 makes of a
# CalculatorOptions that carries it as extension.
CASES = json.loads(Path(__file__).with_name("options_wire.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=[f"{i}-{case['message']}" for i, case in enumerate(CASES)])
def test_text_becomes_the_official_bytes_and_back(case):
    official = bytes.fromhex(case["official_hex"])
    options = message_class("mediapipe.CalculatorOptions")()
    parse_text(f"[mediapipe.{case['message']}.ext] {{ {case['text']} }}", options)
    assert options.SerializeToString(deterministic=True) == official
    assert message_class("mediapipe.CalculatorOptions").FromString(official) == options
