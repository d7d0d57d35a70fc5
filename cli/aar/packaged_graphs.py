"""Packaged graphs: those that an Android app runs, as binary files, and the messages of their options."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from google.protobuf import descriptor_pb2

from attention_mesh import calculators  # noqa: F401 - the built-in calculators are known from here on
from attention_mesh.framework.graph_config import load_graph_config
from attention_mesh.framework.options import options_class
from attention_mesh.framework.protos import message_class
from attention_mesh.framework.registry import find_calculator

if TYPE_CHECKING:
    from attention_mesh.framework.proto.calculator_pb2 import CalculatorGraphConfig

GRAPHS = Path(__file__).parents[2] / "graphs"
# What an app runs; the graphs that they name come with them.
TOP_GRAPHS = ("FaceMesh", "FaceMeshTwoPass", "FaceExpression")
_CONFIG = "mediapipe.CalculatorGraphConfig"
_FOLDERS = ("face_mesh", "face_detection")


def packaged_graphs() -> dict[str, CalculatorGraphConfig]:
    """The top graphs and all that they contain: the name of the file without its suffix → the graph."""
    files = [file for folder in _FOLDERS for file in sorted((GRAPHS / folder).glob("*.pbtxt"))]
    named = {file.stem: load_graph_config(file) for file in files}
    stems = {config.type: stem for stem, config in named.items()}
    chosen, waiting = set(), list(TOP_GRAPHS)
    while waiting:
        name = waiting.pop()
        if name in stems and name not in chosen:
            chosen.add(name)
            waiting += [node.calculator for node in named[stems[name]].node]
    return {stem: config for stem, config in named.items() if config.type in chosen}


def binary_graph(config: CalculatorGraphConfig) -> bytes:
    """The graph as a .binarypb file; the same bytes for the same graph."""
    return config.SerializeToString(deterministic=True)


def calculators_of(graphs: dict[str, CalculatorGraphConfig]) -> list[str]:
    """The sorted names of the calculators in these graphs, without the graphs among them."""
    types = {config.type for config in graphs.values()}
    return sorted({node.calculator for config in graphs.values() for node in config.node} - types)


def graph_schema(graphs: dict[str, CalculatorGraphConfig]) -> bytes:
    """A serialized FileDescriptorSet: the messages of a graph and of its calculators' options.

    It tells the library the names, numbers and defaults of all fields, those of options that a calculator
    declares as a dataclass among them. A file comes after the files that it imports.
    """
    descriptors = [message_class(_CONFIG).DESCRIPTOR]
    for name in calculators_of(graphs):
        calculator = find_calculator(name)
        options = options_class(calculator) if calculator is not None else None
        if options is not None:
            descriptors.append(options.DESCRIPTOR)
    files: dict[str, Any] = {}
    for descriptor in descriptors:
        _collect(descriptor.file, files)
    result = descriptor_pb2.FileDescriptorSet()
    for file in files.values():
        file.CopyToProto(result.file.add())
    return result.SerializeToString(deterministic=True)


def _collect(file: Any, files: dict[str, Any]) -> None:
    """Adds the FileDescriptor after the files that it imports."""
    for imported in file.dependencies:
        _collect(imported, files)
    files.setdefault(file.name, file)
