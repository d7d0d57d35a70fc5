"""Weights from a file: the fused form is taken; any other file is an error that says what it is."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from attention_mesh.models.weights.errors import WeightsError
from attention_mesh.models.weights.model_files import OPEN_MODEL, landmark_model, model_path

HOW = r"`attention-mesh export NETWORK OUT.tflite --fused` makes a file that graphs run$"


def test_fused_networks_are_taken(tmp_path: Path) -> None:
    shutil.copy(OPEN_MODEL, tmp_path / "own.tflite")
    assert landmark_model(weights=str(tmp_path / "own.tflite")) == tmp_path / "own.tflite"
    for attention in (True, False):
        official = landmark_model(with_attention=attention)
        assert landmark_model(weights=str(official)) == official


@pytest.mark.parametrize(
    "name", ["face_landmark_with_attention", "face_landmark", "face_detection_full_range"]
)
def test_other_networks_are_refused(name: str) -> None:
    with pytest.raises(WeightsError, match=rf"not one batch of uint8 pictures, so it is not fused; {HOW}"):
        landmark_model(weights=str(model_path(name)))


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "a.tflite", "no TFLite file"),
        (b"\x00\x01", "a.tflite", "no TFLite file"),
        (np.random.default_rng(0).bytes(5000), "a.tflite", "no TFLite file"),
        (b"\x1c\x00\x00\x00TFL3", "a.tflite", "no model that can be run"),
        (b"\xff\xff\xff\xffTFL3" + bytes(100), "a.tflite", "no model that can be run"),
        (b"\x1c\x00\x00\x00TFL3" + bytes(100), "a.tflite", "no model that can be run"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a.tflite", "no TFLite file"),
    ],
)
def test_other_files_are_refused(content: bytes, name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WeightsError, match=rf"a\.tflite': .*{message}.*; {HOW}"):
        landmark_model(weights=str(tmp_path / name))


def test_a_network_of_a_training_is_exported_first(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "network.keras", "w") as file:
        file.writestr("config.json", "{}")
    with pytest.raises(WeightsError, match=f"this is a Keras network, which is exported first; {HOW}"):
        landmark_model(weights=str(tmp_path / "network.keras"))


def test_damage_anywhere_in_the_head_is_an_error_of_ours(tmp_path: Path) -> None:
    """Each is taken, since the damage is elsewhere, or refused; nothing else is raised."""
    content = OPEN_MODEL.read_bytes()
    random = np.random.default_rng(1)
    for _ in range(300):
        damaged = bytearray(content[:40_000])
        for place in random.integers(0, 2_000, 3):
            damaged[place] = random.integers(0, 256)
        damaged[4:8] = b"TFL3"
        (tmp_path / "a.tflite").write_bytes(damaged)
        try:
            landmark_model(weights=str(tmp_path / "a.tflite"))
        except WeightsError:
            pass
