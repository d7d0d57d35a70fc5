"""Side packets from the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from attention_mesh.cli.errors import UsageError
from attention_mesh.framework.port_types import is_subtype, type_name

_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def split_entries(text: str) -> list[str]:
    """``a=1,b=2`` → ``a=1``, ``b=2``, as MediaPipe's programs take side packets; commas only separate."""
    return [entry for entry in text.split(",") if entry]


def parse_side_packets(entries: Iterable[str], types: Mapping[str, type]) -> dict[str, Any]:
    """Parses ``name=value`` entries. `types`: name → type of the side packets the graph takes.

    A value is read as that type: bool, int, float, text, a list of numbers (``640,480``) or, as bytes, the
    file of that name. Where the graph takes several, or any (`object`), it is the first that fits of bool,
    int, float, text and list.

    Raises UsageError for an entry of another form, an unknown name, or a value of another type.
    """
    packets: dict[str, Any] = {}
    for entry in entries:
        name, equals, text = entry.partition("=")
        name = name.strip()
        if not equals or not name:
            raise UsageError(f"--side-packet {entry}: expected name=value")
        if name not in types:
            known = ", ".join(sorted(types)) or "none"
            raise UsageError(
                f"--side-packet {entry}: the graph takes no side packet {name} (it takes: {known})"
            )
        packets[name] = _convert(entry, text, types[name])
    return packets


def _convert(entry: str, text: str, kind: Any) -> Any:
    for candidate, read in _READERS.items():
        if is_subtype(candidate, kind):
            try:
                return read(text)
            except (ValueError, KeyError):
                continue
            except OSError as error:
                raise UsageError(f"--side-packet {entry}: {text}: {error.strerror or error}") from error
    raise UsageError(
        f"--side-packet {entry}: {text!r} is not of type {type_name(kind)}, which the graph takes"
    )


def _read_list(text: str) -> list[int | float]:
    numbers = [float(part) for part in text.split(",")]
    return [int(number) if number.is_integer() else number for number in numbers]


_READERS = {
    bool: lambda text: _WORDS[text.lower()],
    int: int,
    float: float,
    str: str,
    list: _read_list,
    tuple: lambda text: tuple(_read_list(text)),
    bytes: lambda text: Path(text).read_bytes(),
}
