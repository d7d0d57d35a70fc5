"""A program is data: it comes back from a folder as it was, and a folder that holds none is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from attention_mesh.tests.webgpu.compiler.operator_cases import CASES, network
from attention_mesh.webgpu.compiler.compile_network import compile_network
from attention_mesh.webgpu.errors import ProgramError
from attention_mesh.webgpu.program import Program


@pytest.fixture
def program() -> Program:
    return compile_network(network(CASES["block with a stride"]))


def test_a_saved_program_comes_back_the_same(program: Program, tmp_path: Path) -> None:
    program.save(tmp_path / "folder")
    loaded = Program.load(tmp_path / "folder")
    assert loaded == program
    names = {dispatch.shader for dispatch in program.dispatches}
    assert {path.stem for path in (tmp_path / "folder").glob("*.wgsl")} == names


def test_the_arena_is_bound_at_every_items_part(program: Program) -> None:
    """A storage buffer's part begins at a multiple of 256 bytes on every adapter."""
    assert program.arena_bytes % 256 == 0
    for tensor in (*program.inputs.values(), *program.outputs.values()):
        assert tensor.offset % 256 == 0
        assert tensor.offset + tensor.size <= program.arena_bytes


def _cut_weights(folder: Path) -> None:
    (folder / "weights.bin").write_bytes((folder / "weights.bin").read_bytes()[:-4])


def _raise_version(folder: Path) -> None:
    entries = json.loads((folder / "program.json").read_text())
    (folder / "program.json").write_text(json.dumps({**entries, "version": 99}))


def _leave_out_outputs(folder: Path) -> None:
    entries = json.loads((folder / "program.json").read_text())
    del entries["outputs"]
    (folder / "program.json").write_text(json.dumps(entries))


def _cut_text(folder: Path) -> None:
    (folder / "program.json").write_text((folder / "program.json").read_text()[:100])


@pytest.mark.parametrize(
    ("spoil", "text"),
    [
        (_cut_weights, "bytes; expected"),
        (_raise_version, "99; expected attention-mesh-webgpu 2"),
        (_leave_out_outputs, "not a program that this version reads"),
        (_cut_text, "not a program that this version reads"),
    ],
)
def test_a_spoiled_folder_is_refused(
    program: Program, tmp_path: Path, spoil: Callable[[Path], None], text: str
) -> None:
    program.save(tmp_path)
    spoil(tmp_path)
    with pytest.raises(ProgramError, match=text):
        Program.load(tmp_path)


def test_a_folder_without_a_program_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="program.json"):
        Program.load(tmp_path)
