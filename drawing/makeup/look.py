"""Looks: the makeup of a face, read from small text files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format
from google.protobuf.message import Message

from attention_mesh.drawing.errors import LookError
from attention_mesh.drawing.makeup.lipstick import Finish, Lipstick

if TYPE_CHECKING:
    from attention_mesh.drawing.makeup import look_pb2

SUFFIX = ".pbtxt"
_FOLDER = Path(__file__).parent
_LOOKS = _FOLDER / "looks"
_PLACE = re.compile(r"(\d+):(\d+) : (.*)", re.DOTALL)
_UNKNOWN_FIELD = re.compile(r'Message type "([\w.]+)" has no field named "([^"]*)"')
_UNKNOWN_VALUE = re.compile(r'Enum type "([\w.]+)" has no value named (\w+)')
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_TOKEN = re.compile(r"""#.*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\w+|[{}<>]|\n""")


@dataclass(frozen=True)
class Look:
    """The makeup of a face.

    Attributes:
      lipstick: None if the lips stay as they are.
    """

    lipstick: Lipstick | None = None


def look_names() -> tuple[str, ...]:
    """Names of the looks that come with the package."""
    return tuple(sorted(file.stem for file in _LOOKS.glob(f"*{SUFFIX}")))


def lip_colors() -> dict[str, tuple[int, int, int]]:
    """Red, green, blue (0 to 255, sRGB) of the lipstick colors that have a name."""
    document = json.loads((_FOLDER / "lip_colors.json").read_text(encoding="utf-8"))
    return {name: _channels(color) for name, color in document.items()}


def load_look(name: str | Path) -> Look:
    """Reads a look.

    Args:
      name: of a look that comes with the package (see `look_names`), or the path of a .pbtxt file.

    Raises:
      LookError: there is no such look, or its text is wrong.
    """
    path = Path(name)
    if str(name) in look_names():
        path = _LOOKS / f"{name}{SUFFIX}"
    elif path.suffix != SUFFIX:
        raise LookError(
            f"look {name}: neither a {SUFFIX} file nor one of the looks that come with the package, "
            + ", ".join(look_names())
        )
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise LookError(f"look {path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise LookError(f"look {path}: the file is not UTF-8 text") from None
    return parse_look(text, str(path))


def parse_look(text: str, origin: str = "look") -> Look:
    """Reads a look from its text.

    Args:
      text: a message `Look` of look.proto in protobuf's text format.
      origin: what errors call the text.

    Raises:
      LookError: the text is wrong: the error names the line, the field and what is known.
    """
    message = _messages()["attention_mesh.Look"]()
    try:
        text_format.Parse(text, message)
    except text_format.ParseError as error:
        raise LookError(_explained(str(error), origin)) from None
    except ValueError as error:  # an escape that is not UTF-8
        raise LookError(f"{origin}: {error}") from None
    look = cast("look_pb2.Look", message)
    lipstick = _lipstick(look.lipstick, text, origin) if look.HasField("lipstick") else None
    return Look(lipstick)


def _lipstick(given: look_pb2.Lipstick, text: str, origin: str) -> Lipstick:
    colors = lip_colors()
    if not given.HasField("color"):
        line = _line_of(text, ("lipstick",))
        raise LookError(f"{origin}, line {line}: the lipstick's color is missing")
    if given.color not in colors and not _HEX.fullmatch(given.color):
        line = _line_of(text, ("lipstick", "color"))
        raise LookError(
            f'{origin}, line {line}: lipstick has no color "{given.color}"; expected "#RRGGBB" or one of '
            + ", ".join(colors)
        )
    if not 0 <= given.intensity <= 1:
        line = _line_of(text, ("lipstick", "intensity"))
        raise LookError(f"{origin}, line {line}: intensity {given.intensity:g} is not between 0 and 1")
    color = colors.get(given.color) or _channels(given.color)
    finish = type(given).DESCRIPTOR.enum_types_by_name["Finish"].values_by_number[given.finish].name
    return Lipstick(color, Finish[finish], given.intensity)


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


@cache
def _messages() -> dict[str, type[Message]]:
    """The classes of look.proto by full name, in a pool of their own."""
    files = descriptor_pb2.FileDescriptorSet.FromString((_FOLDER.parent / "drawing.binpb").read_bytes())
    pool = descriptor_pool.DescriptorPool()
    classes = {}
    for file in files.file:
        descriptor = pool.AddSerializedFile(file.SerializeToString()) or pool.FindFileByName(file.name)
        for message in descriptor.message_types_by_name.values():
            classes[message.full_name] = message_factory.GetMessageClass(message)
    return classes


def _explained(error: str, origin: str) -> str:
    """The text of protobuf's error, with the line, and with what is known in place of what is not."""
    place = _PLACE.match(error)
    where, reason = (f"{origin}, line {place[1]}", place[3]) if place else (origin, error)
    field = _UNKNOWN_FIELD.search(reason)
    if field:
        descriptor = _messages()[field[1]].DESCRIPTOR
        return f'{where}: {_short(field[1])} has no field "{field[2]}"; expected {_listed(descriptor.fields)}'
    value = _UNKNOWN_VALUE.search(reason)
    if value:
        message, _, enum = value[1].rpartition(".")
        values = _messages()[message].DESCRIPTOR.enum_types_by_name[enum].values
        return f'{where}: {_short(message)} has no {enum.lower()} "{value[2]}"; expected {_listed(values)}'
    return f"{where}: {reason}"


def _short(full_name: str) -> str:
    return "the look" if full_name.endswith(".Look") else full_name.rpartition(".")[2].lower()


def _listed(descriptors: Iterable) -> str:
    return ", ".join(descriptor.name for descriptor in descriptors)


def _line_of(text: str, path: tuple[str, ...]) -> int:
    """The line, from 1, of the last mention of a field: names of the messages around it, and its own."""
    return max((line for line, names in _fields(text) if names == path), default=1)


def _fields(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Line and path of every name in a text that parses."""
    line, around, last = 1, [], ""
    for token in _TOKEN.findall(text):
        if token == "\n":
            line += 1
        elif token in "{<":
            around.append(last)
        elif token in "}>":
            around.pop()
        elif token[0] not in "#\"'":
            last = token
            yield line, (*around, token)
