"""FlatbufferReader: reads the tables of a .tflite file, and never beyond its end (data: tflite_schema.json).

A flatbuffer is a tree of tables. A table has a list of its fields' places (its vtable), and fields hold
numbers, or the distances to texts, lists and other tables. LiteRT follows these distances as they are. Here
each is checked. The rules are those of the format, https://flatbuffers.dev/internals.
"""

from __future__ import annotations

import json
import struct
from functools import cache
from pathlib import Path
from typing import Any

# Most tables in a file: several times what a network of a thousand operators has.
MOST_TABLES = 200_000
_U16, _U32, _I32 = struct.Struct("<H"), struct.Struct("<I"), struct.Struct("<i")
_NUMBERS = {code: struct.Struct(f"<{code}") for code in "?bBhHiIqQfd"}
_WIDTHS = {code: number.size for code, number in _NUMBERS.items()}


class DamagedFileError(Exception):
    """What is wrong with a file, without its name."""


@cache
def tflite_schema() -> dict[str, Any]:
    """The tables, unions, operators and types of the format, as `tools/tflite_schema.py` wrote them."""
    return json.loads(Path(__file__).with_name("tflite_schema.json").read_text(encoding="utf-8"))


class FlatbufferReader:
    """Reads a file's tables as dicts.

    A field is missing from the dict if the file leaves it out. Lists of numbers are tuples, lists of bytes
    are `memoryview`s of the file.
    """

    def __init__(self, content: bytes) -> None:
        self._content, self._view, self._size = content, memoryview(content), len(content)
        schema = tflite_schema()
        self._tables, self._unions = schema["tables"], schema["unions"]
        self._left = MOST_TABLES
        self._bytes_left = 2 * self._size  # of lists that are copied, so that no list is read again and again

    def root(self, name: str) -> dict[str, Any]:
        """The file's first table, of the kind `name`. Raises DamagedFileError."""
        try:
            return self._table(self._distance(0), name)
        except struct.error as error:  # a number beyond the end
            raise DamagedFileError(f"the file ends within a {name}") from error

    def _distance(self, place: int) -> int:
        """The place to which a field at `place` leads."""
        target = place + _U32.unpack_from(self._content, place)[0]
        if target == place or target > self._size - 4:
            raise DamagedFileError(f"byte {place} leads to byte {target}, beyond the end at {self._size}")
        return target

    def _table(self, place: int, name: str) -> dict[str, Any]:
        self._left -= 1
        if self._left < 0:
            raise DamagedFileError(f"it has more than {MOST_TABLES} tables")
        content = self._content
        fields_at = place - _I32.unpack_from(content, place)[0]
        if not 0 <= fields_at <= self._size - 4:
            raise DamagedFileError(f"the {name} at byte {place} has its list of fields outside the file")
        length = _U16.unpack_from(content, fields_at)[0]
        size = _U16.unpack_from(content, fields_at + 2)[0]
        if (
            length < 4
            or length % 2
            or fields_at + length > self._size
            or size < 4
            or place + size > self._size
        ):
            raise DamagedFileError(f"the {name} at byte {place} reaches beyond the end of the file")
        table: dict[str, Any] = {}
        for field, (slot, kind, what) in self._tables[name].items():
            if slot >= length:
                continue
            offset = _U16.unpack_from(content, fields_at + slot)[0]
            if not offset:
                continue
            width = _WIDTHS[what] if kind == "value" else 4
            if offset < 4 or offset + width > size:
                raise DamagedFileError(f"{field} of the {name} at byte {place} lies outside the table")
            at = place + offset
            if kind == "value":
                table[field] = _NUMBERS[what].unpack_from(content, at)[0]
            elif kind == "union":
                number = table.get(f"{field}Type", 0)
                inner = self._unions[what].get(str(number))
                if inner is None:
                    raise DamagedFileError(
                        f"{field} of the {name} at byte {place} is of the unknown kind {number}"
                    )
                table[field] = {"": inner, **self._table(self._distance(at), inner)}
            elif kind == "table":
                table[field] = self._table(self._distance(at), what)
            else:
                table[field] = self._list(self._distance(at), kind, what)
        return table

    def _list(self, place: int, kind: str, what: str) -> Any:
        count = _U32.unpack_from(self._content, place)[0]
        width = _WIDTHS.get(what, 1 if kind == "text" else 4)
        start, end = place + 4, place + 4 + count * width
        if end > self._size:
            raise DamagedFileError(f"the list at byte {place} has {count} items, beyond the end of the file")
        if what == "B":
            return self._view[start:end]
        if kind == "text":
            return self._text(start, end)
        self._bytes_left -= end - start
        if self._bytes_left < 0:
            raise DamagedFileError("its lists share their bytes")
        if kind == "values":
            return struct.unpack_from(f"<{count}{what}", self._content, start)
        places = [self._distance(start + 4 * index) for index in range(count)]
        if kind == "texts":
            return [self._list(target, "text", "") for target in places]
        return [self._table(target, what) for target in places]

    def _text(self, start: int, end: int) -> str:
        self._bytes_left -= end - start
        if self._bytes_left < 0:
            raise DamagedFileError("its texts share their bytes")
        try:
            return self._content[start:end].decode()
        except UnicodeDecodeError as error:
            raise DamagedFileError(f"the text at byte {start} is no UTF-8") from error
