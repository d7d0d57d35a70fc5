"""The fine-tuning page: its programs run, the trunk stays, and the own loss and head learn."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from attention_mesh.models.attention_mesh import AttentionMesh

PAGE = Path(__file__).resolve().parents[3] / "docs" / "fine_tuning.md"


@pytest.mark.slow  # two steps of the full network; nothing else runs the page
def test_the_page_runs_from_top_to_bottom(faces_folder, tmp_path, monkeypatch, eager):
    (tmp_path / "faces").symlink_to(faces_folder, target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    program = "\n".join(
        re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    )
    small = program.replace("steps, size = 200,", "steps, size = 2,").replace("size, 16, Aug", "size, 2, Aug")
    assert small.count("= 2,") == 1 and "size, 2, Aug" in small
    names: dict = {}
    exec(compile(small, str(PAGE), "exec"), names)  # noqa: S102 - the page is ours
    network, before = names["network"], AttentionMesh.from_open()
    for ours, theirs in zip(network.trunk.get_weights(), before.trunk.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert any(
        (network.mesh.mesh_head.get_weights()[i] != before.mesh.mesh_head.get_weights()[i]).any()
        for i in (0, 1)
    )
    assert np.isfinite(names["losses"]["loss"]) and (tmp_path / "tuned.keras").is_file()
    outputs = names["both"](names["crops"])
    assert outputs["answer"].shape == (2, 1) and outputs["mesh"].shape == (2, 468, 3)
