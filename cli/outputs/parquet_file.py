"""A Parquet file that can be read after every row group, so that a killed run loses only its last rows."""

from __future__ import annotations

from collections.abc import Iterator
from io import FileIO

_MAGIC = b"PAR1"
_TAIL_BYTES = 8  # the footer's length and the magic

# Types of Thrift's compact protocol (github.com/apache/thrift, doc/specs/thrift-compact-protocol.md).
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 11, 12
_I16, _I32, _I64 = 4, 5, 6

# Fields of parquet.thrift (github.com/apache/parquet-format) whose values are places in the file: in a row
# group, in its columns (field 1), and in their metadata (field 3).
_PLACES = {(5,), (1, 2), (1, 4), (1, 6), (1, 3, 9), (1, 3, 10), (1, 3, 11), (1, 3, 14)}
_ORDINAL = (7,)  # of a row group
_MOST_ORDINAL = 2**15 - 1
_ROWS, _ROW_GROUPS = 3, 4  # fields of the footer


class ParquetFile:
    """Appends row groups to a file, with a footer behind them that is replaced by the next.

    Each row group comes as a small Parquet file in memory. Its bytes go behind the groups before, and
    its part of the footer, with the places moved, joins theirs. Before a group overwrites the old footer,
    that is written once more behind the place of the group. So the file can be read at any moment, also if
    the process is killed or the disk is full, except while the bytes of a footer are written.

    A pipe gets the groups one after the other, and the footer at the end.

    Args:
      file: open, empty and without a buffer; the caller closes it.
      empty: content of a Parquet file with the table's columns and no row group.

    Attributes:
      rows: in the file.

    Raises OSError if the file cannot be written.
    """

    def __init__(self, file: FileIO, empty: bytes) -> None:
        self.rows = 0
        self._file = file
        self._end = 0  # bytes of the magic and the row groups
        self._head, self._groups, self._rest = b"", bytearray(), b""  # the parts of the footer
        self._count = 0
        self._seekable = file.seekable()
        self.append(empty, 0)

    def append(self, content: bytes, rows: int) -> None:
        """Adds a row group. After an OSError the file is as it was before.

        Args:
          content: of a Parquet file with one row group and the columns of the others.
          rows: in the group.
        """
        end = len(content) - _TAIL_BYTES - int.from_bytes(content[-_TAIL_BYTES:-4], "little")
        footer = content[end:-_TAIL_BYTES]
        head, group, rest = _parts(footer, self._end - len(_MAGIC) if self._end else 0, self._count)
        data = content[len(_MAGIC) if self._end else 0 : end]
        old = self._footer()
        try:
            if old and self._seekable:
                self._put(self._end + len(data), old)
            self._put(self._end, data)
        except OSError:
            self._put_back(old)
            raise
        self._groups += group
        self._count += 1 if group else 0
        self._head, self._rest = head, rest
        self._end += len(data)
        self.rows += rows
        if self._seekable:
            try:
                self._put_footer(self._footer())
            except OSError:  # only possible if it is longer than the old one, which is there
                self._end -= len(data)
                self.rows -= rows
                self._count -= 1 if group else 0
                del self._groups[len(self._groups) - len(group) :]
                self._put_back(old)
                raise

    def _put_back(self, footer: bytes) -> None:
        """Ends the file as it was before a group; the room for that has been the footer's."""
        if self._seekable and footer:
            self._file.truncate(self._end + len(footer))
            self._put_footer(footer)

    def _put_footer(self, footer: bytes) -> None:
        self._put(self._end, footer)
        self._file.truncate(self._end + len(footer))

    def _put(self, at: int, data: bytes) -> None:
        if self._seekable:
            self._file.seek(at)
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) :]

    def _footer(self) -> bytes:
        """The footer for the groups in the file, with its length and the magic; empty before the first."""
        if not self._head:
            return b""
        body = self._head + bytes([1 << 4 | _I64]) + _varint(2 * self.rows)
        body += bytes([1 << 4 | _LIST])
        body += bytes([self._count << 4 | _STRUCT]) if self._count < 15 else bytes([15 << 4 | _STRUCT])
        body += _varint(self._count) if self._count >= 15 else b""
        body += self._groups + self._rest
        return body + len(body).to_bytes(4, "little") + _MAGIC

    def finish(self) -> None:
        """Says that no group follows."""
        if not self._seekable:
            self._put(self._end, self._footer())


def _parts(footer: bytes, shift: int, ordinal: int) -> tuple[bytes, bytes, bytes]:
    """The bytes of a footer before its number of rows, of its row group, and after its row groups.

    The fields of a struct name the distance from the field before, so the parts fit those of another footer.

    Args:
      footer: of a file with at most one row group.
      shift: what is added to every place in the file.
      ordinal: the number of the group.
    """
    reader = _Reader(footer)
    head, group, at_rows = b"", b"", 0
    for field, kind, start in reader.fields():
        if field == _ROWS:
            at_rows = start
            head = footer[:start]
        if field == _ROW_GROUPS:
            count, _ = reader.list_head()
            out = bytearray()
            for _ in range(count):
                reader.copy_struct(out, (), shift, ordinal)
            group, rest_at = bytes(out), reader.at
            continue
        reader.skip(kind)
    if not at_rows:
        raise ValueError("the footer has no number of rows")
    return head, group, footer[rest_at:]


class _Reader:
    """Walks through a struct of Thrift's compact protocol."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def varint(self) -> int:
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def fields(self) -> Iterator[tuple[int, int, int]]:
        """Number, type and start of each field; the caller reads its value before it asks for the next."""
        field = 0
        while True:
            start, head = self.at, self.data[self.at]
            self.at += 1
            if head == 0:
                return
            if head >> 4:
                field += head >> 4
            else:
                zigzag = self.varint()
                field = zigzag >> 1 ^ -(zigzag & 1)
            yield field, head & 15, start

    def list_head(self) -> tuple[int, int]:
        """The length of a list and the type of its items."""
        head = self.data[self.at]
        self.at += 1
        return (self.varint() if head >> 4 == 15 else head >> 4), head & 15

    def skip(self, kind: int) -> None:
        """Passes the value of a field."""
        if kind in (_I16, _I32, _I64):
            self.varint()
        elif kind == _BYTE:
            self.at += 1
        elif kind == _DOUBLE:
            self.at += 8
        elif kind == _BINARY:
            length = self.varint()
            self.at += length
        elif kind in (_LIST, _SET):
            count, item = self.list_head()
            for _ in range(count):
                self.skip(_BYTE if item in (_TRUE, _FALSE) else item)
        elif kind == _STRUCT:
            for _, inner, _ in self.fields():
                self.skip(inner)
        elif kind not in (_TRUE, _FALSE):
            raise ValueError(f"a footer of Parquet has no fields of type {kind}")

    def copy_struct(self, out: bytearray, path: tuple[int, ...], shift: int, ordinal: int) -> None:
        """Copies a row group or a part of it, with its places moved and its number set."""
        for field, kind, start in self.fields():
            here = (*path, field)
            out += self.data[start : self.at]
            value_at = self.at
            if here in _PLACES and kind == _I64:
                zigzag = self.varint()
                out += _varint(zigzag + 2 * shift if zigzag else 0)  # 0 says that there is none
            elif here == _ORDINAL and kind == _I16:
                self.varint()
                out += _varint(2 * min(ordinal, _MOST_ORDINAL))
            elif kind == _STRUCT and here == (1, 3):
                self.copy_struct(out, here, shift, ordinal)
            elif kind == _LIST and here == (1,):
                count, _ = self.list_head()
                out += self.data[value_at : self.at]
                for _ in range(count):
                    self.copy_struct(out, here, shift, ordinal)
            else:
                self.skip(kind)
                out += self.data[value_at : self.at]
        out.append(0)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
