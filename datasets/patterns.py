"""Patterns of addresses: braces such as ``{000..012}``, as shells have them, and wildcards."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterator

from attention_mesh.datasets.errors import TableError

_BRACES = re.compile(r"\{([^{}]*)\}")
_RANGE = re.compile(r"(\d{1,9})\.\.(\d{1,9})")
_WILDCARDS = re.compile(r"[*?\[]")
_MOST_ALTERNATIVES = 1_000_000


def is_pattern(text: str) -> bool:
    """Whether a text has a wildcard."""
    return _WILDCARDS.search(text) is not None


def alternatives(text: str) -> Iterator[str]:
    """The texts that braces stand for, in their order; the text itself if it has none.

    ``{8..11}`` stands for 8, 9, 10, 11, and ``{008..011}`` for 008, 009, 010, 011.

    Raises TableError for more than a million texts.
    """
    between = _BRACES.split(text)  # every second is what braces hold
    choices = [list(_inside(part, text)) if place % 2 else [part] for place, part in enumerate(between)]
    if math.prod(map(len, choices)) > _MOST_ALTERNATIVES:
        raise TableError(f"{text}: it stands for more than {_MOST_ALTERNATIVES} names")
    return map("".join, itertools.product(*choices))


def _inside(braces: str, text: str) -> Iterator[str]:
    numbers = _RANGE.fullmatch(braces)
    if numbers is None:
        yield from braces.split(",")
        return
    first, last = int(numbers[1]), int(numbers[2])
    if abs(last - first) >= _MOST_ALTERNATIVES:
        raise TableError(f"{text}: it stands for more than {_MOST_ALTERNATIVES} names")
    width = max(map(len, numbers.groups())) if re.search(r"(?<!\d)0\d", braces) else 0
    for number in range(first, last + 1) if first <= last else range(first, last - 1, -1):
        yield f"{number:0{width}}"


def fixed_part(pattern: str) -> str:
    """The folder of a pattern that has no wildcard yet, with the slash at its end."""
    found = _WILDCARDS.search(pattern)
    return pattern[: pattern.rindex("/", 0, found.start()) + 1] if found else pattern


def matcher(pattern: str) -> Callable[[str], bool]:
    """A function that tells whether a name matches: ``*`` and ``?`` stop at a slash, ``**`` does not.

    Raises TableError for a range that is none.
    """
    parts = []
    for token in re.findall(r"\*\*/?|\*|\?|\[[^\]]+\]|.", pattern, re.DOTALL):
        if token.startswith("**"):
            parts.append("(?:.*/)?" if token.endswith("/") else ".*")
        elif token in "*?":
            parts.append("[^/]*" if token == "*" else "[^/]")
        elif token.startswith("[") and len(token) > 2:
            inside = token[1:-1].replace("\\", "\\\\")
            parts.append(f"[{'^' + inside[1:] if inside.startswith('!') else inside}]")
        else:
            parts.append(re.escape(token))
    try:
        expression = re.compile("".join(parts), re.DOTALL)
    except re.error as error:  # a range from z to a
        raise TableError(f"{pattern}: the pattern is wrong: {error.msg}") from error
    return lambda name: expression.fullmatch(name) is not None
