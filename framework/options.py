"""Options of a node: one message, however the calculator declares it and the graph writes it."""

from __future__ import annotations

import dataclasses
import inspect
import typing
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from google.protobuf import any_pb2, descriptor_pb2
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.text_format import ParseError

from attention_mesh.framework.calculator_base import Calculator
from attention_mesh.framework.port_types import is_value_of
from attention_mesh.framework.protos import add_file, message_class, parse_bytes, parse_text

if TYPE_CHECKING:
    from attention_mesh.framework.proto.calculator_pb2 import CalculatorGraphConfig

_Field = descriptor_pb2.FieldDescriptorProto
_options_classes: dict[type[Calculator], type[Message] | None] = {}
_FIELD_TYPES = {
    bool: _Field.TYPE_BOOL,
    int: _Field.TYPE_INT64,
    float: _Field.TYPE_DOUBLE,
    str: _Field.TYPE_STRING,
}


def options_class(calculator: type[Calculator]) -> type[Message] | None:
    """The message class of a calculator's options; None if it takes none.

    A nested dataclass `Options` becomes the message ``attention_mesh.<calculator>Options`` with the
    dataclass's fields, numbered from 1, and its defaults.
    """
    if calculator not in _options_classes:
        declared = calculator.Options
        if declared is None:
            _options_classes[calculator] = None
        elif isinstance(declared, str):
            try:
                _options_classes[calculator] = message_class(declared)
            except KeyError as error:
                name = calculator.__name__
                raise TypeError(f"{name}.Options names the unknown message {declared}") from error
        else:
            name = f"{calculator.__name__}Options"
            _options_classes[calculator] = _message_of_dataclass(name, declared)
    return _options_classes[calculator]


def _message_of_dataclass(name: str, declared: type) -> type[Message]:
    if not dataclasses.is_dataclass(declared):
        declared = _as_dataclass(name, declared)
    file = descriptor_pb2.FileDescriptorProto(
        name=f"attention_mesh/dynamic/{name}.proto", package="attention_mesh", syntax="proto2"
    )
    message = file.message_type.add(name=name)
    try:
        hints = typing.get_type_hints(declared)
    except NameError as error:
        raise TypeError(f"{name}: {error}") from None
    for number, field in enumerate(dataclasses.fields(declared), start=1):
        hint = hints[field.name]
        repeated = typing.get_origin(hint) in (list, tuple)
        scalar = typing.get_args(hint)[0] if repeated else hint
        if scalar not in _FIELD_TYPES:
            raise TypeError(
                f"{name}.{field.name}: {hint} is not bool, int, float, str or a list of one of them"
            )
        entry = message.field.add(
            name=field.name,
            number=number,
            type=_FIELD_TYPES[scalar],
            label=_Field.LABEL_REPEATED if repeated else _Field.LABEL_OPTIONAL,
        )
        default = _default_of(field)
        if repeated and default is not dataclasses.MISSING:
            raise TypeError(f"{name}.{field.name}: a list's default must be empty, not {default!r}")
        if not repeated and default is not dataclasses.MISSING:
            if not is_value_of(default, scalar) or (scalar is int and isinstance(default, bool)):
                raise TypeError(f"{name}.{field.name}: its default {default!r} is no {scalar.__name__}")
            entry.default_value = str(default).lower() if scalar is bool else str(default)
    try:
        add_file(file)
    except ValueError:
        raise TypeError(
            f"{name} was declared before with other fields; options cannot be changed while the program runs"
        ) from None
    return message_class(f"attention_mesh.{name}")


def _as_dataclass(name: str, declared: type) -> type:
    """Makes a dataclass of a plain class with annotations, whose lists may have a list as default."""
    for attribute, default in list(vars(declared).items()):
        if attribute.startswith("_"):
            continue
        if isinstance(default, (dict, set, bytearray)):  # which a dataclass refuses in its own words
            kind = type(default).__name__
            raise TypeError(
                f"{name}.{attribute}: its default {default!r} is a {kind}; options are bool, int, float, "
                "str or a list of one of them"
            )
        if not isinstance(default, (*_FIELD_TYPES, list, tuple)):
            continue
        if attribute not in inspect.get_annotations(declared):
            raise TypeError(f"{name}.{attribute}: give it a type, as in `{attribute}: float = {default!r}`")
        if isinstance(default, list):
            setattr(declared, attribute, dataclasses.field(default_factory=default.copy))
    # Only its fields are read. The methods of a dataclass, and the docstring that it makes of its signature,
    # take a third of the time to load its calculator.
    declared.__doc__ = declared.__doc__ or name
    return dataclasses.dataclass(init=False, repr=False, eq=False, kw_only=True)(declared)


def _default_of(field: dataclasses.Field) -> Any:
    """The default of a dataclass field; MISSING if it has none, or an empty list."""
    if field.default_factory is not dataclasses.MISSING:
        default = field.default_factory()
    else:
        default = field.default
    return dataclasses.MISSING if isinstance(default, (list, tuple)) and not default else default


def node_options(calculator: type[Calculator], node: CalculatorGraphConfig.Node) -> Message | None:
    """The options message of one node, read from its `options` extension or its `node_options`.

    The extension counts if both hold it.

    Raises:
      ValueError: the node holds options of another type than the calculator takes, or of an unknown type.
    """
    wanted = options_class(calculator)
    given = given_options(node)
    if wanted is None:
        if given:
            raise ValueError(
                f"{calculator.__name__} takes no options, but the graph gives {', '.join(given)}"
            )
        return None
    name = wanted.DESCRIPTOR.full_name
    others = [other for other in given if other != name]
    if others:
        raise ValueError(f"{calculator.__name__} takes options of type {name}, not {', '.join(others)}")
    message = given[name] if given else wanted()
    missing = message.FindInitializationErrors()  # type: ignore[attr-defined]  # which the stubs lack
    if missing:
        raise ValueError(f"its options {name} lack {', '.join(missing)}")
    return message


def given_options(node: CalculatorGraphConfig.Node) -> dict[str, Message]:
    """Every options message a node holds, by full name; extensions count before `node_options`.

    Raises:
      ValueError: as `unpack`.
    """
    given = unpack(node.node_options)
    for field, value in node.options.ListFields():
        if field.is_extension:
            given[_type_name(field)] = value
    return given


def unpack(holders: Iterable[any_pb2.Any]) -> dict[str, Message]:
    """The messages packed in a list of `Any`, by full name.

    Raises:
      ValueError: a type is unknown, or the bytes are not a message of that type.
    """
    unpacked: dict[str, Message] = {}
    for packed in holders:
        name = packed.type_url.rpartition("/")[2]
        message = known_message(name)()
        try:
            unpacked[name] = parse_bytes(packed.value, message)
        except DecodeError:
            raise ValueError(f"its options are not a serialized {name}") from None
    return unpacked


def known_message(name: str) -> type[Message]:
    """The class of an options message that a graph names. Raises ValueError if it is unknown."""
    try:
        return message_class(name)
    except KeyError:
        raise ValueError(f'its options are of the unknown type "{name}"') from None


def set_options(node: CalculatorGraphConfig.Node, message: Message) -> None:
    """Makes `message` the node's options, in place of the one of the same type."""
    name = message.DESCRIPTOR.full_name
    for field, _ in node.options.ListFields():
        if field.is_extension and _type_name(field) == name:
            node.options.Extensions[field].CopyFrom(message)  # type: ignore[index]  # stubs: generated ones only
            return
    for packed in node.node_options:
        if packed.type_url.rpartition("/")[2] == name:
            pack(message, packed)
            return
    pack(message, node.node_options.add())


def pack(message: Message, holder: any_pb2.Any) -> None:
    """Puts `message` into an `Any`, even if a required field is still missing."""
    holder.type_url = f"type.googleapis.com/{message.DESCRIPTOR.full_name}"
    holder.value = message.SerializePartialToString()


def make_options(
    calculator: type[Calculator], given: str | dict[str, Any] | Message | None
) -> Message | None:
    """Makes options from the text of the message or a dict of its fields; returns a message as it is.

    Raises:
      ValueError: the calculator takes no options, or not these.
    """
    wanted = options_class(calculator)
    if given is None:
        return wanted() if wanted else None
    if wanted is None:
        raise ValueError(f"{calculator.__name__} takes no options")
    try:
        if isinstance(given, str):
            return parse_text(given, wanted())
        if isinstance(given, dict):
            return wanted(**given)
    except (ParseError, TypeError, ValueError) as error:
        raise ValueError(f"options of {calculator.__name__}: {error}") from None
    if isinstance(given, Message):
        return given
    raise ValueError(
        f"options of {calculator.__name__} are text, a dict or a message, not a {type(given).__name__}"
    )


def extension_of(message_name: str, holder: Message) -> Any:
    """The extension of type `message_name` that `holder` carries, or None."""
    message_class(message_name)
    for field, value in holder.ListFields():
        if field.is_extension and _type_name(field) == message_name:
            return value
    return None


def _type_name(field: FieldDescriptor) -> str:
    """Full name of the message type that a field holds; "" if it holds no message."""
    return "" if field.message_type is None else field.message_type.full_name
