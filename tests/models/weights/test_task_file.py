"""What a model file of a program for MediaPipe Tasks stands for."""

from __future__ import annotations

import io
import logging
import zipfile
from pathlib import Path

import pytest

from attention_mesh.models.weights import WeightsError
from attention_mesh.models.weights.task_file import LANDMARK_NETWORK, MARK, weights_of_task_file

NETWORK = b"\x1c\0\0\0TFL3" + bytes(range(200))


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ATTENTION_MESH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def bundle(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


OURS = bundle(**{LANDMARK_NETWORK: NETWORK, MARK: b"{}"})


@pytest.mark.parametrize("as_path", [True, False])
def test_the_network_of_our_bundle_is_stored_once(tmp_path: Path, cache: Path, as_path: bool) -> None:
    (tmp_path / "face.task").write_bytes(OURS)
    asset = tmp_path / "face.task" if as_path else OURS
    weights = weights_of_task_file(asset)
    assert weights is not None and Path(weights).read_bytes() == NETWORK
    assert weights_of_task_file(asset) == weights
    assert [path.name for path in cache.glob("*.tflite")] == [Path(weights).name]


def test_a_tflite_file_is_taken_where_it_is_and_a_buffer_is_stored(tmp_path: Path) -> None:
    path = tmp_path / "net.tflite"
    path.write_bytes(NETWORK)
    assert weights_of_task_file(path) == str(path)
    stored = weights_of_task_file(NETWORK)
    assert stored is not None and Path(stored).read_bytes() == NETWORK


def test_mediapipes_bundle_is_accepted_with_a_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "face_landmarker.task"
    path.write_bytes(bundle(**{LANDMARK_NETWORK: NETWORK, "face_blendshapes.tflite": NETWORK}))
    with caplog.at_level(logging.WARNING, "attention_mesh"):
        assert weights_of_task_file(path) is None
    assert "face_landmarker.task holds other networks" in caplog.text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"<html>not found</html>", "is no model file"),
        (b"", "is no model file"),
        (OURS[:-40], "cut short or damaged"),
        (OURS.replace(NETWORK, NETWORK[::-1]), "cut short or damaged"),
        (
            bundle(**{"hand_landmarks_detector.tflite": NETWORK}),
            "holds hand_landmarks_detector.tflite, and no",
        ),
    ],
)
def test_another_file_is_an_error_that_names_it(tmp_path: Path, content: bytes, text: str) -> None:
    path = tmp_path / "face.task"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=text) as raised:
        weights_of_task_file(path)
    assert str(path) in str(raised.value)


def test_a_cache_folder_that_cannot_be_made_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("ATTENTION_MESH_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(WeightsError, match="ATTENTION_MESH_CACHE"):
        weights_of_task_file(OURS)
