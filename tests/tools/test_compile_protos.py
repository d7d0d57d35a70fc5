"""The committed descriptor sets and stubs are those of the .proto files."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

pytest.importorskip("grpc_tools")

from attention_mesh.tools.compile_protos import ROOMS, ROOT, compile_room


def names(text: str) -> set[str]:
    """The dotted names that a stub declares, whatever protoc's version writes around them."""
    found = set()

    def walk(body: list[ast.stmt], prefix: str) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef):
                found.add(prefix + node.name)
                walk(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, ast.AnnAssign):
                found.add(f"{prefix}{ast.unparse(node.target)}: {ast.unparse(node.annotation)}")

    walk(ast.parse(text).body, "")
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_committed_files_are_what_the_compiler_makes(room: str, tmp_path: Path) -> None:
    stubs = compile_room(room, tmp_path / "made.binpb")
    assert (tmp_path / "made.binpb").read_bytes() == (ROOT / room / f"{room}.binpb").read_bytes()
    assert set(stubs) == set((ROOT / room).rglob("*_pb2.pyi")), "run `make protos`"
    for path, text in stubs.items():
        assert names(path.read_text(encoding="utf-8")) == names(text), f"{path.name}: run `make protos`"
