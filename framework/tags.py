"""Connections as a config writes them: "name", "TAG:name" or "TAG:index:name"."""

import re
from collections.abc import Iterable
from typing import NamedTuple

_ENTRY = re.compile(r"(?:([A-Z_][A-Z0-9_]*)?:(?:([0-9]{1,5}):)?)?([a-z_][a-z0-9_]*)")
_TAG_INDEX = re.compile(r"([A-Z_][A-Z0-9_]*)?(?::([0-9]{1,5}))?")


class TagName(NamedTuple):
    """One connection of a node: port `tag` and `index`, to the stream or side packet `name`."""

    tag: str
    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody calls on a TagName
    name: str

    @property
    def port(self) -> str:
        """The port as a person writes it: "TAG", "TAG:1" or ":0"."""
        if self.tag and not self.index:
            return self.tag
        return f"{self.tag}:{self.index}"


def parse_entries(entries: Iterable[str]) -> list[TagName]:
    """Parses a node's list of connections; entries without an index count up within their tag.

    Raises:
      ValueError: an entry has none of the three forms, a port is named twice, or the indices of a tag leave
        one out.
    """
    parsed: list[TagName] = []
    seen: dict[str, set[int]] = {}
    for entry in entries:
        match = _ENTRY.fullmatch(entry)
        if not match:
            raise ValueError(
                f'"{entry}" is not "name", "TAG:name" or "TAG:index:name" (tags are upper, names lower case)'
            )
        tag, index, name = match[1] or "", match[2], match[3]
        indices = seen.setdefault(tag, set())
        number = len(indices) if index is None else int(index)
        if number in indices:
            raise ValueError(f'"{entry}": port {tag}:{number} is connected twice')
        indices.add(number)
        parsed.append(TagName(tag, number, name))
    for tag, number, name in parsed:
        if number >= len(seen[tag]):
            missing = next(index for index in range(number) if index not in seen[tag])
            raise ValueError(f'"{tag}:{number}:{name}" is connected, but {tag}:{missing} is not')
    return parsed


def format_entries(entries: list[TagName]) -> list[str]:
    """The connections as a config writes them, with an index only if it does not count up by itself."""
    texts = []
    counts: dict[str, int] = {}
    for tag, index, name in entries:
        if index != counts.get(tag, 0):
            texts.append(f"{tag}:{index}:{name}")
        else:
            texts.append(f"{tag}:{name}" if tag else name)
        counts[tag] = counts.get(tag, 0) + 1
    return texts


def renumbered(entries: list[TagName]) -> list[TagName]:
    """The same connections with new indices, which count up without gaps."""
    order: dict[str, list[int]] = {}
    for entry in entries:
        order.setdefault(entry.tag, []).append(entry.index)
    place = {
        (tag, index): number for tag, known in order.items() for number, index in enumerate(sorted(known))
    }
    return [entry._replace(index=place[entry.tag, entry.index]) for entry in entries]


def parse_tag_index(text: str) -> tuple[str, int]:
    """Parses "TAG", "TAG:index", ":index" or "" into (tag, index). Raises ValueError otherwise."""
    match = _TAG_INDEX.fullmatch(text)
    if not match:
        raise ValueError(f'"{text}" is not "TAG", "TAG:index" or ":index"')
    return match[1] or "", int(match[2] or 0)
