"""SubgraphLibrary: finds the file of a subgraph by its type."""

import re
from collections.abc import Iterable
from pathlib import Path

from google.protobuf.message import DecodeError

from attention_mesh.framework import registry
from attention_mesh.framework.graph_config import new_config
from attention_mesh.framework.protos import parse_bytes
from attention_mesh.limits import MAX_TEXT_BYTES, read_file

_TYPE = re.compile(r"""^type\s*:\s*["'](\w+)["']""", re.MULTILINE)
_BINARY_SUFFIX = ".binarypb"


class SubgraphLibrary:
    """The subgraphs below some folders, earlier folders first. Its first use looks at the files, once.

    Within a folder a text file precedes a binary one, and the file that is named as its type in snake case
    precedes others.
    """

    def __init__(self, folders: Iterable[Path], depth: int | None = None):
        """`depth`: how many levels of folders below each count; None for all."""
        self._folders = list(folders)
        self._depth = depth
        self._by_type: dict[str, Path] | None = None

    def find(self, name: str) -> Path | None:
        """The file whose graph has `type: name`, or None."""
        return self._files().get(name)

    def names(self) -> list[str]:
        """The types of all subgraphs here."""
        return list(self._files())

    def _files(self) -> dict[str, Path]:
        if self._by_type is None:
            self._by_type = {}
            for folder in self._folders:
                for kind, file in _subgraphs_below(folder, self._depth).items():
                    self._by_type.setdefault(kind, file)
        return self._by_type


def _subgraphs_below(folder: Path, depth: int | None) -> dict[str, Path]:
    """The file of each type."""
    found: dict[str, Path] = {}
    for file in _files_below(folder, ".pbtxt", depth):
        for kind in _TYPE.findall(_text(file))[:1]:
            if kind not in found or file.stem == registry.snake_case(kind) != found[kind].stem:
                found[kind] = file
    for file in _files_below(folder, _BINARY_SUFFIX, depth):
        kind = _binary_type(file)
        if kind:
            found.setdefault(kind, file)
    return found


def _files_below(folder: Path, suffix: str, depth: int | None) -> list[Path]:
    if depth is None:
        return sorted(folder.rglob(f"*{suffix}"))
    return sorted(file for level in range(depth + 1) for file in folder.glob("*/" * level + f"*{suffix}"))


def _text(file: Path) -> str:
    try:
        return read_file(file, MAX_TEXT_BYTES).decode("utf-8-sig", errors="replace")
    except OSError:
        return ""


def _binary_type(file: Path) -> str:
    """The `type` of a binary graph; "" if the file holds none, and so is no subgraph."""
    try:
        return parse_bytes(read_file(file, MAX_TEXT_BYTES), new_config()).type
    except (OSError, DecodeError, ValueError):
        return ""
