"""Graph configs: reads a CalculatorGraphConfig, text or binary, with errors that name node and line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

from google.protobuf import text_format
from google.protobuf.message import DecodeError, EncodeError, Message
from google.protobuf.unknown_fields import UnknownFieldSet

from attention_mesh.framework import registry
from attention_mesh.framework.errors import ConfigError
from attention_mesh.framework.options import options_class
from attention_mesh.framework.protos import load_pending, message_class, parse_bytes, parse_text
from attention_mesh.limits import MAX_TEXT_BYTES, read_file

if TYPE_CHECKING:
    from attention_mesh.framework.proto.calculator_pb2 import CalculatorGraphConfig

_CALCULATOR = re.compile(r"""calculator\s*:\s*["'](\w+)["']""")
_NODE_START = re.compile(r"\bnode\s*:?\s*[{<]")
_UNKNOWN_TYPE = re.compile(r"^Type (\S+) not found in descriptor pool")
# A text without an end goes to the end of its line: a search from each of its quotes would take n² steps.
_TOKEN = re.compile(r"""#[^\n]*|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|[{}<>]""")
_ERROR_PLACE = re.compile(r"^(\d+):(\d+)\s*:\s*(.*)$", re.DOTALL)

_NAME = "mediapipe.CalculatorGraphConfig"
BINARY_SUFFIXES = (".binarypb", ".binpb", ".pb")


def new_config() -> CalculatorGraphConfig:
    """An empty CalculatorGraphConfig."""
    return cast("type[CalculatorGraphConfig]", message_class(_NAME))()


def parse_graph_config(source: str | bytes | Message, origin: str = "graph") -> CalculatorGraphConfig:
    """A CalculatorGraphConfig from its text, its serialized bytes, or any message of that type.

    Args:
      source: text, bytes, or a message (of this package's pool or of an installed mediapipe's).
      origin: what errors call the source, usually its file name.

    Raises:
      ConfigError: the source does not parse, or is the name of a file. The text names origin, line, column
        and node.
      TypeError: the source is something else.
    """
    if isinstance(source, Message):
        own = type(new_config())
        if isinstance(source, own):
            return source
        if source.DESCRIPTOR.full_name != _NAME:
            raise TypeError(f"{origin} is a {source.DESCRIPTOR.full_name}, not a {_NAME}")
        return parse_graph_config(source.SerializePartialToString(), origin)
    if isinstance(source, bytes):
        return _parse_binary(source, origin)
    if not isinstance(source, str):
        raise TypeError(f"{origin} is text, bytes or a {_NAME}, not a {type(source).__name__}")
    if "\n" not in source and source.endswith((".pbtxt", *BINARY_SUFFIXES)):
        raise ConfigError(f'{origin} is the text of a graph, not the name of its file: Path("{source}")')
    _register_options(source)
    try:
        return parse_text(source, new_config())
    except text_format.ParseError as error:
        raise ConfigError(_explain(source, error, origin)) from None
    except (ValueError, RecursionError, EncodeError) as error:
        # An escape that is not UTF-8, nesting without end, or packed options that lack a required field.
        raise ConfigError(f"{origin}: {type(error).__name__}: {error}") from None


def load_graph_config(path: str | Path) -> CalculatorGraphConfig:
    """Reads a graph's file: binary if its suffix is .binarypb, .binpb or .pb, otherwise text.

    Raises:
      ConfigError: the file cannot be read or parsed.
    """
    path = Path(path)
    try:
        data = read_file(path, MAX_TEXT_BYTES)
    except OSError as error:
        raise ConfigError(f"cannot read graph {path}: {error.strerror or error}") from None
    if path.suffix in BINARY_SUFFIXES:
        return parse_graph_config(data, str(path))
    try:
        return parse_graph_config(data.decode("utf-8-sig"), str(path))  # some editors write a mark first
    except UnicodeDecodeError:
        raise ConfigError(
            f"{path} is not a text graph (binary graphs end in {', '.join(BINARY_SUFFIXES)})"
        ) from None


def _parse_binary(data: bytes, origin: str) -> CalculatorGraphConfig:
    load_pending()
    try:
        config = parse_bytes(data, new_config())
    except (DecodeError, ValueError) as error:
        raise ConfigError(f"{origin} is not a serialized CalculatorGraphConfig: {error}") from None
    for node in config.node:
        _register_options_of(node.calculator)
    problems = [f"{origin}: {problem}" for problem in _unknown_fields(config)]
    if problems:
        raise ConfigError(problems)
    return config


def _unknown_fields(config: CalculatorGraphConfig) -> Iterator[str]:
    """The problems of a binary config that sets fields unknown to our messages, which would ignore them.

    Unknown fields of options are extensions: options of a calculator that is missing here.
    """
    for index, node in enumerate(config.node):
        for path, number in _unknown_in(node):
            name = f'"{node.name}" ({node.calculator})' if node.name else node.calculator or f"number {index}"
            hint = ": an extension for a calculator that is not here" if path.endswith("options") else ""
            yield f"node {name}: field {number} of {path or 'the node'} is unknown{hint}"
    rest = new_config()
    rest.CopyFrom(config)
    del rest.node[:]
    for path, number in _unknown_in(rest):
        yield f"field {number} of {path or 'the graph'} is unknown"


def _unknown_in(message: Message, path: str = "") -> Iterator[tuple[str, int]]:
    """Every unknown field: the path of the message that has it, and its number."""
    unknown = UnknownFieldSet(message)
    for index in range(len(unknown)):
        yield path, unknown[index].field_number
    for field, value in message.ListFields():
        if field.message_type is None or field.message_type.GetOptions().map_entry:
            continue
        name = f"[{field.full_name}]" if field.is_extension else field.name
        for item in [value] if isinstance(value, Message) else value:
            yield from _unknown_in(item, f"{path}.{name}" if path else name)


def _register_options(text: str) -> None:
    """Imports the calculators a text names, so that their options are known to the parser."""
    for name in sorted(set(_CALCULATOR.findall(text))):
        _register_options_of(name)


def _register_options_of(name: str) -> None:
    calculator = registry.find_calculator(name)
    if calculator is not None:
        try:
            options_class(calculator)
        except TypeError as error:
            raise ConfigError(str(error)) from None


def _explain(text: str, error: text_format.ParseError, origin: str) -> str:
    unknown = _UNKNOWN_TYPE.match(str(error))
    if unknown:
        return _explain_unknown_options(text, unknown[1], origin)
    match = _ERROR_PLACE.match(str(error))
    if not match:
        return f"{origin}: {error}"
    line, column, reason = int(match[1]), int(match[2]), match[3]
    node = _node_at(text, sum(len(part) + 1 for part in text.split("\n")[: line - 1]) + column - 1)
    where = f" in node {node}" if node else ""
    return f"{origin}, line {line}, column {column}{where}: {reason}"


def _explain_unknown_options(text: str, name: str, origin: str) -> str:
    """The error for options of an unknown type, whose line is that of the first mention in the text."""
    place = max(text.find(name), 0)
    line = text[:place].count("\n") + 1
    node = _node_at(text, place)
    where = f" in node {node}" if node else ""
    return (
        f"{origin}, line {line}{where}: unknown options {name} (those of a calculator of your own are known "
        "once its file is imported; commands take --calculators FILE.py)"
    )


def _node_at(text: str, place: int) -> str:
    """The name or calculator of the node around `place`, an index into the text; empty outside any node."""
    starts = [match.start() for match in _NODE_START.finditer(text) if match.start() <= place]
    if not starts:
        return ""
    block = text[starts[-1] : _end_of_block(text, starts[-1])]
    if starts[-1] + len(block) < place:
        return ""
    names = re.search(r"""\bname\s*:\s*["'](\w+)["']""", block)
    calculators = _CALCULATOR.search(block)
    label = calculators[1] if calculators else ""
    return f'"{names[1]}" ({label})' if names and label else label or (names[1] if names else "")


def _end_of_block(text: str, start: int) -> int:
    """The index at which the first block after `start` closes; the text's end if it stays open."""
    depth = 0
    for match in _TOKEN.finditer(text, start):
        depth += {"{": 1, "<": 1, "}": -1, ">": -1}.get(match[0], 0)
        if match[0] in "}>" and depth == 0:
            return match.end()
    return len(text)
