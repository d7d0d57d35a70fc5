"""The script makes the file that is committed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from attention_mesh.drawing.avatar import builtin_avatar
from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.models.training.synthetic.ict_facekit import ARRAYS, load_ict_facekit
from attention_mesh.tools.avatar.face import sculpt_face
from attention_mesh.tools.builtin_avatar import paint_sculpture, save, sculpt


@pytest.mark.slow
def test_the_file_is_what_the_script_writes(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = shared_data.parent / "rig"
    if not (rig / ARRAYS).is_file():
        pytest.skip(f"no packed ICT-FaceKit at {rig}")
    committed = builtin_avatar.FILE
    monkeypatch.setattr(builtin_avatar, "FILE", tmp_path / "avatar.npz")
    face = sculpt_face(canonical_face().vertices, load_ict_facekit(rig))
    sculpture, sharp = sculpt(face)
    save(sculpture, sharp, paint_sculpture(sculpture, sharp), face)
    with np.load(committed) as old, np.load(tmp_path / "avatar.npz") as new:
        assert old.files == new.files
        for name in old.files:
            if not name.startswith("texture_"):  # encoders differ between versions of OpenCV
                np.testing.assert_allclose(*map(_numbers, (old[name], new[name])), atol=1e-3, err_msg=name)


def _numbers(array: np.ndarray) -> np.ndarray:
    return array if array.dtype.kind in "iuf" else np.array([hash(text) for text in array.tolist()])
