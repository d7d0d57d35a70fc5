"""`attention-mesh aar` refuses a wrong command line before it works."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from attention_mesh.cli.app import app


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "FOLDER/mesh.zip"], "ends in .zip; expected .aar"),
        (["--out", "FOLDER/there.aar"], "exists; --force overwrites it"),
        (["--out", "FOLDER/new.aar", "--weights", "mine"], "--weights mine: expected open or official"),
    ],
)
def test_a_wrong_command_line_is_refused(tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "there.aar").write_bytes(b"kept")
    words = [word.replace("FOLDER", str(tmp_path)) for word in arguments]
    result = CliRunner().invoke(app, ["aar", *words])
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())
    assert [file.name for file in tmp_path.iterdir()] == ["there.aar"]
    assert (tmp_path / "there.aar").read_bytes() == b"kept"
