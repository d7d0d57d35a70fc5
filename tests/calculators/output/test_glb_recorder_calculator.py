"""The node records one face, at the times of the frames, and rests without a path."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError
from attention_mesh.framework.testing import CalculatorRun, run_calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.tests.drawing.avatar.glb_heads import floats, parts

NODE = "GlbRecorderCalculator"
TIMES = [1_000_000, 1_040_000, 1_080_000]


def record(path: str, ids: list[list[int]], track: int = 0) -> CalculatorRun:
    """Records frames whose faces have the ids: the face of id n has coefficients n / 10 everywhere."""
    inputs: dict = {"BLENDSHAPES": [], "POSES": [], "ROIS": []}
    for time, faces in zip(TIMES, ids, strict=True):
        count = len(faces)
        values = np.float32(faces)[:, None] / 10 * np.ones((1, 52), np.float32)
        poses = np.tile(np.eye(4, dtype=np.float32), (count, 1, 1))
        inputs["BLENDSHAPES"].append((time, values))
        inputs["POSES"].append((time, poses))
        inputs["ROIS"].append((time, NormalizedRects(np.full((count, 5), 0.5), np.array(faces, np.int64))))
    return run_calculator(NODE, inputs, {"PATH": path, "TRACK": track})


def weights(path: Path) -> tuple[list[float], list[float]]:
    """Times in seconds, and the weight of each sample."""
    tree, binary = parts(path.read_bytes())
    (animation,) = tree["animations"]
    sampler = animation["samplers"][0]
    times = floats(tree, binary, sampler["input"])[:, 0]
    return times.tolist(), floats(tree, binary, sampler["output"])[::52, 0].tolist()


def test_one_face_is_followed_by_its_id(tmp_path: Path) -> None:
    run = record(str(tmp_path / "out.glb"), [[3, 5], [5, 3], [5]])
    assert run.values("COUNT") == [1, 2, 3]
    assert weights(tmp_path / "out.glb") == (pytest.approx([0, 0.04, 0.08]), pytest.approx([0.3, 0.3, 0.5]))
    record(str(tmp_path / "five.glb"), [[3, 5], [3], [5]], track=5)
    assert weights(tmp_path / "five.glb") == (pytest.approx([0, 0.08]), pytest.approx([0.5, 0.5]))


def test_without_a_path_or_a_face_there_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert record("", [[1], [1], [1]]).values("COUNT") == []
    assert record(str(tmp_path / "out.glb"), [[], [], []]).values("COUNT") == [0, 0, 0]
    assert list(tmp_path.iterdir()) == []


def test_a_path_of_another_kind_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(CalculatorError, match=r"out\.fbx: a recording is a \.glb file"):
        record(str(tmp_path / "out.fbx"), [[1], [1], [1]])
