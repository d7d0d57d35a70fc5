"""Looks: the makeup of a face, read from small text files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format
from google.protobuf.message import Message

from attention_mesh.drawing.errors import LookError
from attention_mesh.drawing.makeup.brow_tint import BrowTint
from attention_mesh.drawing.makeup.complexion import Blush, Contour, Highlight
from attention_mesh.drawing.makeup.eyeliner import Eyeliner
from attention_mesh.drawing.makeup.eyeshadow import Eyeshadow, ShadowFinish
from attention_mesh.drawing.makeup.iris_color import IrisColor
from attention_mesh.drawing.makeup.lash_line import LashLine
from attention_mesh.drawing.makeup.lipstick import Finish, Lipstick
from attention_mesh.limits import MAX_TEXT_BYTES, read_file

SUFFIX = ".pbtxt"
_FOLDER = Path(__file__).parent
_LOOKS = _FOLDER / "looks"
_PLACE = re.compile(r"(\d+):(\d+) : (.*)", re.DOTALL)
_UNKNOWN_FIELD = re.compile(r'Message type "([\w.]+)" has no field named "([^"]*)"')
_UNKNOWN_VALUE = re.compile(r'Enum type "([\w.]+)" has no value (?:named|with number) "?([\w-]+)')
_TWICE = re.compile(r'Message type "([\w.]+)" should not have multiple "(\w+)" fields')
_BRACKETS = re.compile(r'Message type "([\w.]+)" does not have extensions')
_NO_TEXT = re.compile(r"Expected string but found: '(.*)'$")
_NO_NUMBER = re.compile(r"Couldn't parse float: (.*)$")
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_TOKEN = re.compile(r"""#.*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\w+|[{}<>]|\n""")


@dataclass(frozen=True)
class Look:
    """The makeup of a face. A product that is None is not painted.

    Attributes:
      lipstick: on the lips.
      eyeliner: along the lashes' roots.
      eyeshadow: on the lids.
      lash_line: the lashes' roots.
      blush: on the apples of the cheeks.
      contour: shade below the cheekbones, along the jaw and at the sides of the forehead.
      highlight: light on the cheekbones, the bridge of the nose and above the upper lip.
      brow_tint: on the brows.
      iris_color: contact lenses.
    """

    lipstick: Lipstick | None = None
    eyeliner: Eyeliner | None = None
    eyeshadow: Eyeshadow | None = None
    lash_line: LashLine | None = None
    blush: Blush | None = None
    contour: Contour | None = None
    highlight: Highlight | None = None
    brow_tint: BrowTint | None = None
    iris_color: IrisColor | None = None


# Class of each product, by its field of Look; the names of its own fields are those of look.proto.
_PRODUCTS: dict[str, type] = {
    "lipstick": Lipstick,
    "eyeliner": Eyeliner,
    "eyeshadow": Eyeshadow,
    "lash_line": LashLine,
    "blush": Blush,
    "contour": Contour,
    "highlight": Highlight,
    "brow_tint": BrowTint,
    "iris_color": IrisColor,
}
_FINISHES: dict[str, type[Enum]] = {"lipstick": Finish, "eyeshadow": ShadowFinish}


def look_names() -> tuple[str, ...]:
    """Names of the looks that come with the package."""
    return tuple(sorted(file.stem for file in _LOOKS.glob(f"*{SUFFIX}")))


@cache
def product_colors(product: str) -> dict[str, tuple[int, int, int]]:
    """Red, green, blue (0 to 255, sRGB) of the named colors of a product, such as "lipstick"."""
    document = json.loads((_FOLDER / "product_colors.json").read_text(encoding="utf-8"))
    return {name: _channels(color) for name, color in document[product].items()}


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
        # Some editors write a mark before the text.
        text = read_file(path, MAX_TEXT_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise LookError(f"look {path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise LookError(f"look {path}: the file is not UTF-8 text") from None
    except ValueError as error:  # a name that no file can have
        raise LookError(f"look {path}: {error}") from None
    return parse_look(text, str(path))


def parse_look(text: str, origin: str = "look") -> Look:
    """Reads a look from its text.

    Args:
      text: a message `Look` of look.proto in protobuf's text format.
      origin: what errors call the text.

    Raises:
      LookError: the text is wrong: the error names the line, the field and what is known. So does one without
        a product, which would paint nothing.
    """
    message = _messages()["attention_mesh.Look"]()
    try:
        text_format.Parse(text, message)
    except text_format.ParseError as error:
        raise LookError(_explained(str(error), origin)) from None
    except ValueError as error:  # an escape that is not UTF-8
        raise LookError(f"{origin}: {error}") from None
    products = {
        name: _product(name, getattr(message, name), text, origin)
        for name in _PRODUCTS
        if message.HasField(name)
    }
    if not products:
        raise LookError(f"{origin}: the look has no product; expected at least one of {', '.join(_PRODUCTS)}")
    return Look(**products)


def _product(name: str, given: Message, text: str, origin: str) -> Any:
    """A product of its message."""
    values: dict[str, Any] = {}
    for field in given.DESCRIPTOR.fields:
        value = getattr(given, field.name)
        if field.enum_type is not None:
            values[field.name] = _FINISHES[name][field.enum_type.values_by_number[value].name]
        elif field.cpp_type == field.CPPTYPE_STRING:
            if given.HasField(field.name) or field.has_default_value:
                values[field.name] = _color(name, field.name, value, text, origin)
            elif field.name == "color":
                line = _line_of(text, (name,))
                raise LookError(f"{origin}, line {line}: the {name}'s color is missing")
        elif 0 <= value <= 1:
            values[field.name] = round(value, 6)  # a float of 32 bits
        else:
            line = _line_of(text, (name, field.name))
            raise LookError(f"{origin}, line {line}: {field.name} {value:g} is not between 0 and 1")
    return _PRODUCTS[name](**values)


def _color(product: str, field: str, value: str, text: str, origin: str) -> tuple[int, int, int]:
    colors = product_colors(product)
    if value not in colors and not _HEX.fullmatch(value):
        line = _line_of(text, (product, field))
        raise LookError(
            f'{origin}, line {line}: {product} has no {field} "{value}"; expected "#RRGGBB" or one of '
            + ", ".join(colors)
        )
    return colors.get(value) or _channels(value)


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
    if field := _UNKNOWN_FIELD.search(reason):
        fields = _messages()[field[1]].DESCRIPTOR.fields
        return f'{where}: {_short(field[1])} has no field "{field[2]}"; expected {_listed(fields)}'
    if value := _UNKNOWN_VALUE.search(reason):
        message, _, enum = value[1].rpartition(".")
        values = _messages()[message].DESCRIPTOR.enum_types_by_name[enum].values
        return f'{where}: {_short(message)} has no {enum.lower()} "{value[2]}"; expected {_listed(values)}'
    if twice := _TWICE.search(reason):
        return f'{where}: {_short(twice[1])} has "{twice[2]}" twice; expected it once'
    if brackets := _BRACKETS.search(reason):
        fields = _messages()[brackets[1]].DESCRIPTOR.fields
        return f"{where}: {_short(brackets[1])} has no fields in brackets; expected {_listed(fields)}"
    if no_text := _NO_TEXT.search(reason):
        return f'{where}: {no_text[1]} is no text; expected it in quotes: "{no_text[1]}"'
    if no_number := _NO_NUMBER.search(reason):
        return f"{where}: {no_number[1]} is no number; expected one between 0 and 1"
    return f"{where}: {reason}"


def _short(full_name: str) -> str:
    if full_name.endswith(".Look"):
        return "the look"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", full_name.rpartition(".")[2]).lower()


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
