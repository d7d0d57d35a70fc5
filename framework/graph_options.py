"""Options of a subgraph: its node gives them, its graph holds them, `option_value` hands them on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from google.protobuf.message import Message

from attention_mesh.framework import registry
from attention_mesh.framework.errors import ConfigError
from attention_mesh.framework.options import (
    given_options,
    known_message,
    options_class,
    pack,
    set_options,
    unpack,
)

if TYPE_CHECKING:
    from attention_mesh.framework.proto.calculator_pb2 import CalculatorGraphConfig


def merge_graph_options(graph: CalculatorGraphConfig, node: CalculatorGraphConfig.Node, name: str) -> None:
    """Merges the options given on a subgraph's node into the defaults that its graph declares.

    Args:
      graph: the subgraph; its `graph_options` change.
      node: the node that stands for it.
      name: what errors call the node.

    Raises:
      ConfigError: the node gives options of a type that the graph does not declare, or either holds an
        unknown type.
    """
    try:
        given, declared = given_options(node), unpack(graph.graph_options)
    except ValueError as error:
        raise ConfigError(f'node "{name}" (subgraph {node.calculator}): {error}') from None
    for kind, message in given.items():
        if kind not in declared:
            known = ", ".join(declared) or "none"
            raise ConfigError(
                f'node "{name}": subgraph {node.calculator} takes no options of type {kind} '
                f"(it takes: {known})"
            )
        declared[kind].MergeFrom(message)
    del graph.graph_options[:]
    for message in declared.values():
        pack(message, graph.graph_options.add())


def apply_option_values(
    node: CalculatorGraphConfig.Node,
    graph: CalculatorGraphConfig,
    name: str,
    subgraph_options: Callable[[str], str],
) -> None:
    """Sets the options that a node takes from its graph by `option_value: "field:options/field"` entries.

    An entry "OPTIONS:options" takes everything from the graph's options of the node's own type. If the graph
    declares no options, entries have no effect, as in MediaPipe.

    Args:
      node: a node of the graph. Its options change; its `option_value` list becomes empty.
      graph: the graph around it, with its `graph_options`.
      name: what errors call the node.
      subgraph_options: gives the options' message type of a node that is itself a subgraph.

    Raises:
      ConfigError: an entry does not name a field of both, or the types of the fields differ.
    """
    if not node.option_value:
        return
    try:
        sources = list(unpack(graph.graph_options).values())
        options = _options_of(node, subgraph_options)
    except ConfigError:
        raise
    except (TypeError, ValueError) as error:
        raise ConfigError(f'node "{name}": {error}') from None
    for entry in node.option_value if sources else ():
        try:
            _apply(entry, sources, options)
        except (TypeError, ValueError) as error:
            raise ConfigError(f'node "{name}": option_value "{entry}": {error}') from None
    set_options(node, options)
    del node.option_value[:]


def _apply(entry: str, sources: list[Message], options: Message) -> None:
    target_text, separator, source_text = entry.partition(":")
    if separator and target_text.strip() == "OPTIONS" and source_text.strip() in ("options", "OPTIONS"):
        _merge_all(sources, options)
        return
    target, source = _path(target_text), _path(source_text)
    if not separator or not target or not source:
        raise ValueError('it is not "node field:options/graph field"')
    holder = next((holder for message in sources if (holder := _holder(message, source))), None)
    if holder is None:
        raise ValueError("the graph's options have no such field")
    field = holder.DESCRIPTOR.fields_by_name[source[-1]]
    if not any(other.name == field.name for other, _ in holder.ListFields()) and not field.has_default_value:
        return
    receiver = _holder(options, target)
    if receiver is None:
        raise ValueError("the node's options have no such field")
    _assign(receiver, target[-1], getattr(holder, field.name))


def _merge_all(sources: list[Message], options: Message) -> None:
    """Applies "OPTIONS:options": everything that the graph's options of the node's own type set."""
    kind = options.DESCRIPTOR.full_name
    same = [message for message in sources if message.DESCRIPTOR.full_name == kind]
    if not same:
        raise ValueError(f"the graph has no options of the node's type, {kind}")
    options.MergeFrom(same[0])


def _path(text: str) -> list[str]:
    parts = [part for part in text.strip().split("/") if part]
    return parts[1:] if parts and parts[0] == "options" else parts


def _holder(message: Message, path: list[str]) -> Message | None:
    """The message that has the field to which `path` leads: `message` or one inside it; None without one."""
    for name in path[:-1]:
        field = message.DESCRIPTOR.fields_by_name.get(name)
        if field is None or field.message_type is None or _is_repeated(field):
            return None
        message = getattr(message, name)
    return message if path[-1] in message.DESCRIPTOR.fields_by_name else None


def _options_of(node: CalculatorGraphConfig.Node, subgraph_options: Callable[[str], str]) -> Message:
    """The options a node has so far, or empty ones of its type."""
    calculator = registry.find_calculator(node.calculator)
    if calculator is not None:
        cls = options_class(calculator)
    else:
        kind = subgraph_options(node.calculator)
        cls = known_message(kind) if kind else None
    if cls is None:
        raise ValueError(f"{node.calculator} takes no options, but has option_value entries")
    return given_options(node).get(cls.DESCRIPTOR.full_name) or cls()


def _assign(message: Message, name: str, value: Any) -> None:
    if _is_repeated(message.DESCRIPTOR.fields_by_name[name]):
        values = list(value) if hasattr(value, "extend") else [value]
        del getattr(message, name)[:]
        getattr(message, name).extend(values)
    elif isinstance(value, Message):
        getattr(message, name).CopyFrom(value)
    else:
        setattr(message, name, value)


def _is_repeated(field: Any) -> bool:
    # protobuf 6.31 has `is_repeated` and warns at `label`.
    return field.is_repeated if hasattr(field, "is_repeated") else field.label == field.LABEL_REPEATED
