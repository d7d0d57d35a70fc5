"""The command line of an everyday run, read without typer, which takes longer to load than a film to open."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Any, NamedTuple


class _Value(NamedTuple):
    """What an option sets: a field of `RunOptions`, and how its text is read.

    Attributes:
      field: name of the field.
      kind: str, int or float.
      least: the smallest number that is valid.
    """

    field: str
    kind: type = str
    least: float = 0


_VALUES = {
    "--input": _Value("input"),
    "--output": _Value("outputs"),
    "--num-faces": _Value("num_faces", int, 1),
    "--detector": _Value("detector"),
    "--threads": _Value("num_threads", int),
    "--device": _Value("device"),
    "--weights": _Value("weights"),
    "--draw": _Value("layers"),
    "--rerun": _Value("rerun"),
    "--max-frames": _Value("max_frames", int, 1),
    "--fps": _Value("fps", float, 0.1),
    "--codec": _Value("codec"),
    "--crf": _Value("crf", float),
}
_SWITCHES = {
    "--smooth": ("smooth_landmarks", True),
    "--no-smooth": ("smooth_landmarks", False),
    "--no-audio": ("audio", False),
    "--as-video": ("as_film", True),
    "--all-frames": ("all_frames", True),
}
_COLUMNS = ("--pose", "--blendshapes", "--gaze", "--blinks")  # the keys of FACE_COLUMNS, in their order
_SHORT = {"-i": "--input", "-o": "--output"}
_GRAPH_OPTIONS = ("num_faces", "detector", "smooth_landmarks", "num_threads", "device", "weights", "layers")
_NUMBERS = {int: re.compile(r"\d{1,9}"), float: re.compile(r"\d{1,9}(\.\d{1,9})?")}


def plain_options(arguments: Sequence[str]) -> dict[str, Any] | None:
    """The options of ``run INPUT --output …``, if the line has only such that need no explanation.

    Everything else (another command, --help, an option that this module does not know, a wrong value) is for
    typer, which also words the errors. What this function returns is what `run` makes of the same line.
    Nothing is imported for it, so that the program can still choose how libraries are loaded.

    Args:
      arguments: the command line, without the program's name.

    Returns:
      The arguments of `RunOptions`, or None if typer has to read the line.
    """
    if not arguments or arguments[0] != "run" or os.name == "nt":  # there, typer expands * and ~
        return None
    rest = list(arguments[1:])
    given: dict[str, Any] = {}
    outputs: list[str] = []
    columns: set[str] = set()
    value: Any
    while rest:
        word = rest.pop(0)
        if word in _COLUMNS:
            columns.add(word)
            continue
        if not word.startswith("-"):
            field, value = "input", word
        elif word in _SWITCHES:
            field, value = _SWITCHES[word]
        else:
            name, equals, text = word.partition("=")
            if name in _SHORT and not equals:
                name = _SHORT[name]
            if name not in _VALUES or not (equals or rest):
                return None
            field, kind, least = _VALUES[name]
            text = text if equals else rest.pop(0)
            if text.startswith("-") or (kind is not str and not _NUMBERS[kind].fullmatch(text)):
                return None
            value = kind(text)
            if kind is not str and value < least:
                return None
        if field == "outputs":
            outputs.append(str(value))
        elif field in given:
            return None
        else:
            given[field] = value
    graph_options = {field: given.pop(field, None) for field in _GRAPH_OPTIONS}
    ordered = tuple(name for name in _COLUMNS if name in columns)
    return {"outputs": tuple(outputs), "columns": ordered, "graph_options": graph_options, **given}
