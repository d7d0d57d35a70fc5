"""Options of a subgraph: given on its node, held by its graph, handed to nodes inside by `option_value`."""

from collections.abc import Callable

from google.protobuf.message import Message

from attention_mesh.framework import registry
from attention_mesh.framework.errors import ConfigError
from attention_mesh.framework.options import options_class, set_options
from attention_mesh.framework.protos import message_class


def _unpack(holders) -> dict[str, Message]:
    """The messages packed in a list of Any, by full name."""
    unpacked = {}
    for packed in holders:
        name = packed.type_url.rpartition("/")[2]
        unpacked[name] = message_class(name)()
        unpacked[name].ParseFromString(packed.value)
    return unpacked


def merge_graph_options(graph: Message, node: Message) -> None:
    """Merges the options given on a subgraph's node into the defaults that its graph declares.

    Raises ConfigError when the node gives options of a type that the graph does not declare.
    """
    given = _unpack(node.node_options)
    for field, value in node.options.ListFields():
        if field.is_extension:
            given[field.message_type.full_name] = value
    declared = _unpack(graph.graph_options)
    for name, message in given.items():
        if name not in declared:
            known = ", ".join(declared) or "none"
            raise ConfigError(
                f'node "{node.name or node.calculator}": subgraph {node.calculator} takes no options of type '
                f"{name} (it takes: {known})"
            )
        declared[name].MergeFrom(message)
    del graph.graph_options[:]
    for message in declared.values():
        graph.graph_options.add().Pack(message)


def apply_option_values(
    node: Message, graph: Message, name: str, subgraph_options: Callable[[str], str]
) -> None:
    """Sets the options that a node's `option_value: "field:options/field"` entries take from its graph.

    Args:
      node: a node of the graph; its options change, its `option_value` list is emptied.
      graph: the graph around it, with its `graph_options`.
      name: what errors call the node.
      subgraph_options: gives the options' message type of a node that is itself a subgraph.
    """
    sources = list(_unpack(graph.graph_options).values())
    for entry in node.option_value:
        target_path, separator, source_path = entry.partition(":")
        if not separator:
            raise ConfigError(f'node "{name}": option_value "{entry}" is not "node field:graph field"')
        value = _first_value(sources, _path(source_path), entry, name)
        if value is not None:
            options = _options_of(node, name, subgraph_options)
            _assign(options, _path(target_path), value, entry, name)
            set_options(node, options)
    del node.option_value[:]


def _path(text: str) -> list[str]:
    parts = [part for part in text.strip().split("/") if part]
    return parts[1:] if parts and parts[0] == "options" else parts


def _first_value(sources: list[Message], path: list[str], entry: str, name: str):
    """The field at `path` of the first message that has such a field; None where it is not set."""
    for message in sources:
        for field in path[:-1]:
            if field not in message.DESCRIPTOR.fields_by_name:
                break
            message = getattr(message, field)
        else:
            field = message.DESCRIPTOR.fields_by_name.get(path[-1])
            if field is not None:
                is_set = any(other.name == field.name for other, _ in message.ListFields())
                return getattr(message, field.name) if is_set or field.has_default_value else None
    raise ConfigError(f'node "{name}": option_value "{entry}": the graph\'s options have no such field')


def _options_of(node: Message, name: str, subgraph_options: Callable[[str], str]) -> Message:
    calculator = registry.find_calculator(node.calculator)
    if calculator is not None:
        cls = options_class(calculator)
    else:
        kind = subgraph_options(node.calculator)
        cls = message_class(kind) if kind else None
    if cls is None:
        raise ConfigError(f'node "{name}": {node.calculator} takes no options, but has option_value entries')
    given = _unpack(node.node_options)
    for field, value in node.options.ListFields():
        if field.is_extension:
            given[field.message_type.full_name] = value
    return given.get(cls.DESCRIPTOR.full_name) or cls()


def _assign(message: Message, path: list[str], value, entry: str, name: str) -> None:
    for field in path[:-1]:
        if field not in message.DESCRIPTOR.fields_by_name:
            break
        message = getattr(message, field)
    else:
        field = message.DESCRIPTOR.fields_by_name.get(path[-1])
        if field is not None:
            if isinstance(value, Message):
                getattr(message, field.name).CopyFrom(value)
            elif field.is_repeated if hasattr(field, "is_repeated") else field.label == field.LABEL_REPEATED:
                del getattr(message, field.name)[:]
                getattr(message, field.name).extend(value if isinstance(value, (list, tuple)) else [value])
            else:
                setattr(message, field.name, value)
            return
    raise ConfigError(f'node "{name}": option_value "{entry}": the node\'s options have no such field')
