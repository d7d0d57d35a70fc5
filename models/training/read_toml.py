"""TOML reader: a file becomes a dataclass; every key and type is checked."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from attention_mesh.limits import read_text_file
from attention_mesh.models.errors import ConfigError, reason_of

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def read_toml(kind: type, file: Path) -> Any:
    """Reads a file as the dataclass `kind`.

    Fields may be numbers, strings, dicts, other dataclasses (tables) and tuples of one type (arrays).

    Raises:
        ConfigError: names the file and the key that is unknown, missing or of another type.
    """
    try:
        document = tomllib.loads(read_text_file(file))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"cannot read the config {file}: {reason_of(error)}") from error
    return _table(kind, document, str(file), "")


def _table(kind: type, document: Any, file: str, place: str) -> Any:
    if not isinstance(document, Mapping):
        raise ConfigError(f"{file}: {place or 'the file'} is {document!r}; expected a table")
    hints = get_type_hints(kind)
    known = {entry.name for entry in fields(kind)}
    values = {}
    for key, value in document.items():
        here = f"{place}{key}"
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            guess = f"did you mean {near[0]}? Known" if near else "known"
            raise ConfigError(f"{file}: unknown key {here}; {guess} are {', '.join(sorted(known))}")
        values[key] = _value(hints[key], value, file, here)
    try:
        return kind(**values)
    except TypeError as error:
        raise ConfigError(f"{file}: {place or 'the file'} is incomplete: {error}") from error


def _value(expected: Any, value: Any, file: str, here: str) -> Any:
    if isinstance(expected, type) and is_dataclass(expected):
        return _table(expected, value, file, f"{here}.")
    if get_origin(expected) is tuple:
        entry = get_args(expected)[0]
        if not isinstance(value, list):
            form = f"tables [[{here}]]" if is_dataclass(entry) else f"a list of {entry.__name__}"
            raise ConfigError(f"{file}: {here} is {value!r}; expected {form}")
        return tuple(_value(entry, one, file, here) for one in value)
    number = expected is float and isinstance(value, int) and not isinstance(value, bool)
    if not number and type(value) is not expected:
        raise ConfigError(f"{file}: {here} is {value!r}; expected {expected.__name__}")
    return expected(value)
