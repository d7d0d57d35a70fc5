"""Side packets from the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attention_mesh.python_bindings.cli.usage_error import UsageError

_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def parse_side_packets(entries: Iterable[str], types: Mapping[str, type]) -> dict[str, Any]:
    """Parses ``name=value`` entries. `types`: name → type of the side packets the graph takes.

    A value is read as that type; where the graph takes any (`object`), as bool, int, float or else text,
    the first that fits.

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


def _convert(entry: str, text: str, kind: type) -> Any:
    candidates = [kind] if kind in (bool, int, float, str) else [bool, int, float, str]
    for candidate in candidates:
        if candidate is bool:
            if text.lower() in _WORDS:
                return _WORDS[text.lower()]
            continue
        try:
            return candidate(text)
        except ValueError:
            continue
    raise UsageError(f"--side-packet {entry}: {text!r} is not of type {kind.__name__}, which the graph takes")
