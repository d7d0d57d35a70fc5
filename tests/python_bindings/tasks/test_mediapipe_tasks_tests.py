"""MediaPipe's own tests of its face landmarker pass on this package."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from attention_mesh.models.attention_mesh import AttentionMesh
from attention_mesh.models.export.task_bundle import export_task
from attention_mesh.tests.python_bindings.mediapipe_api import mediapipe_python_tests as runner

FILE = "face_landmarker_test.py"


@pytest.mark.slow
def test_all_of_them_pass(shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bundle in place of MediaPipe's is ours, with the open weights; it reads the bundle's network."""
    folder = runner.default_folder()
    if folder is None:
        pytest.skip("no environment with mediapipe 0.10.21; `make peer` makes it")
    for package in ("absl.testing", "six"):
        pytest.importorskip(package, reason="MediaPipe's tests need it")
    data = pytest.importorskip("skimage.data", reason="scikit-image is in the dev extra")
    for path in (shared_data / "portrait").iterdir():
        shutil.copy(path, tmp_path)
    cv2.imwrite(str(tmp_path / "cat.jpg"), np.ascontiguousarray(data.cat()[..., ::-1]))
    (tmp_path / "face_landmarker_v2.task").write_bytes(export_task(AttentionMesh.from_open(), "float16"))
    tests = folder / "tasks" / "python" / "test"
    # The helper in the wheel searches a folder of the machine on which the wheel was built.
    helper = (tests / runner.TASKS_HELPER).read_text(encoding="utf-8")
    helper, replaced = re.subn(r"os\.walk\(.*\)", "os.walk(test_srcdir())", helper)
    assert replaced == 1
    (tmp_path / runner.TASKS_HELPER).write_text(helper, encoding="utf-8")
    shutil.copy(tests / "vision" / FILE, tmp_path)
    monkeypatch.setenv("TEST_SRCDIR", str(tmp_path))
    result = runner.run_file(tmp_path, FILE)
    assert not result["failures"]
    assert result["total"] == 19
