"""Calculator params: options of a graph's nodes by name, ``{"ThresholdingCalculator.threshold": 0.5}``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf.message import Message

from attention_mesh.framework import registry
from attention_mesh.framework.options import options_class
from attention_mesh.framework.proto.calculator_pb2 import CalculatorGraphConfig

# MediaPipe changes the options of these nodes only, and refuses others; so does this package.
_ADJUSTABLE = {
    "ConstantSidePacketCalculator",
    "ImageTransformationCalculator",
    "LandmarksSmoothingCalculator",
    "Lift2DFrameAnnotationTo3DCalculator",
    "LogicCalculator",
    "TensorsToDetectionsCalculator",
    "TensorsToFaceLandmarksCalculator",
    "ThresholdingCalculator",
}
_PREFIX = "type.googleapis.com/"


# One node of our built-in FaceLandmarkCpu does the work of several in MediaPipe's graph of that name. If a
# graph has no node of the name on the left, then the node and the field on the right take its place.
_STAND_INS = {"ThresholdingCalculator.threshold": ("TensorsToFaceLandmarksCalculator", "min_presence")}


def apply_calculator_params(config: CalculatorGraphConfig, params: Mapping[str, Any]) -> None:
    """Sets options in a CalculatorGraphConfig, in place.

    Args:
      config: with subgraphs expanded, so that every node has a name.
      params: ``"node.field"`` -> its value; a list for a repeated field; None clears the field. In the names
        of nodes from subgraphs, ``subgraph__node``, case does not matter before the last ``__``.

    Raises:
      ValueError: there is no such node or field, or the options of the node cannot be changed.
    """
    nodes = {_comparable(node.name): node for node in config.node}
    by_node: dict[str, dict[str, Any]] = {}
    for name, value in params.items():
        node_name, dot, field = name.partition(".")
        if not dot or "." in field:
            raise ValueError(f'The key "{name}" in the calculator_params is invalid: write "node.field".')
        node_name, field = _place(_comparable(node_name), field, nodes)
        by_node.setdefault(node_name, {})[field] = value
    unknown = [name for name in by_node if name not in nodes]
    if unknown:
        known = ", ".join(node.name for node in config.node)
        raise ValueError(
            f"Not all calculator params are valid. There is no node {', '.join(unknown)} (there are: {known})"
        )
    for name, values in by_node.items():
        _set_options(nodes[name], values)


def _comparable(node_name: str) -> str:
    subgraphs, separator, own = node_name.rpartition("__")
    return subgraphs.lower() + separator + own


def _place(node_name: str, field: str, nodes: Mapping[str, CalculatorGraphConfig.Node]) -> tuple[str, str]:
    """Returns node and field of a name, or those that stand in for them."""
    subgraphs, separator, own = node_name.rpartition("__")
    if node_name not in nodes and separator and f"{own}.{field}" in _STAND_INS:
        calculator, other_field = _STAND_INS[f"{own}.{field}"]
        if f"{subgraphs}__{calculator}" in nodes:
            return f"{subgraphs}__{calculator}", other_field
    return node_name, field


def _set_options(node: CalculatorGraphConfig.Node, values: Mapping[str, Any]) -> None:
    calculator = registry.find_calculator(node.calculator)
    options_type = options_class(calculator) if calculator and node.calculator in _ADJUSTABLE else None
    if options_type is None:
        raise ValueError(f"Modifying the calculator options of {node.name} is not supported.")
    if node.HasField("options") and node.node_options:
        raise ValueError(
            f"Cannot modify the calculator options of {node.name} because it has both options and "
            "node_options fields."
        )
    descriptor = options_type.DESCRIPTOR
    if not node.node_options and "ext" in descriptor.extensions_by_name:
        extension: Any = descriptor.extensions_by_name["ext"]  # its type does not say what it extends
        _set_fields(node.options.Extensions[extension], values, node.name)
        return
    present = [o for o in node.node_options if o.type_url.rpartition("/")[2] == descriptor.full_name]
    packed = present[0] if present else node.node_options.add(type_url=_PREFIX + descriptor.full_name)
    options = options_type.FromString(packed.value)
    _set_fields(options, values, node.name)
    packed.value = options.SerializePartialToString()


def _set_fields(options: Message, values: Mapping[str, Any], node_name: str) -> None:
    fields = options.DESCRIPTOR.fields_by_name
    for name, value in values.items():
        if name not in fields:
            raise ValueError(
                f"{node_name}: {options.DESCRIPTOR.full_name} has no field {name} "
                f"(it has: {', '.join(fields)})"
            )
        if value is None:
            options.ClearField(name)
        elif hasattr(getattr(options, name), "extend"):
            if not isinstance(value, Iterable):
                raise ValueError(
                    f"{name} is a repeated proto field but the value to be set is {type(value)}, which is "
                    "not iterable."
                )
            options.ClearField(name)
            getattr(options, name).extend(value)
        else:
            setattr(options, name, value)
