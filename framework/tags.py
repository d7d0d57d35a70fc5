"""How a stream or side packet is written in a config: "name", "TAG:name" or "TAG:index:name"."""

import re
from typing import NamedTuple

_ENTRY = re.compile(r"^(?:([A-Z_][A-Z0-9_]*)?:(?:(\d+):)?)?([a-z_][a-z0-9_]*)$")
_TAG_INDEX = re.compile(r"^([A-Z_][A-Z0-9_]*)?(?::(\d+))?$")


class TagName(NamedTuple):
    """One connection of a node: port `tag` and `index`, to the stream or side packet `name`."""

    tag: str
    index: int
    name: str

    @property
    def port(self) -> str:
        """The port as a person writes it: "TAG", "TAG:1" or ":0"."""
        if self.tag and not self.index:
            return self.tag
        return f"{self.tag}:{self.index}"


def parse_entries(entries) -> list[TagName]:
    """Parses a node's list of connections; entries without an index count up within their tag.

    Raises ValueError on an entry that is not of one of the three forms, or a port named twice.
    """
    parsed = []
    counts: dict[str, int] = {}
    for entry in entries:
        match = _ENTRY.match(entry)
        if not match:
            raise ValueError(
                f'"{entry}" is not "name", "TAG:name" or "TAG:index:name" (tags are upper, names lower case)'
            )
        tag, index, name = match[1] or "", match[2], match[3]
        number = counts.get(tag, 0) if index is None else int(index)
        if number != counts.get(tag, 0):
            raise ValueError(
                f'"{entry}": index {number} where {counts.get(tag, 0)} would be next of its tag'
                if number > counts.get(tag, 0)
                else f'"{entry}": port {tag}:{number} is connected twice'
            )
        counts[tag] = number + 1
        parsed.append(TagName(tag, number, name))
    return parsed


def parse_tag_index(text: str) -> tuple[str, int]:
    """Parses "TAG", "TAG:index", ":index" or "" into (tag, index). Raises ValueError otherwise."""
    match = _TAG_INDEX.match(text)
    if not match:
        raise ValueError(f'"{text}" is not "TAG", "TAG:index" or ":index"')
    return match[1] or "", int(match[2] or 0)
