"""Every calculator's docstring lists inputs and outputs and has a node example that a graph accepts."""

import importlib
import inspect
import re

import pytest

from attention_mesh.framework import Calculator, Input, Output, SideInput, SideOutput, parse_graph_config
from attention_mesh.framework.options import options_class
from attention_mesh.framework.registry import find_calculator
from attention_mesh.tests.calculators.test_nodes_only import MODULES, ROOM, registered_names

_FIELDS = {
    Input: "Inputs",
    SideInput: "Input side packets",
    Output: "Outputs",
    SideOutput: "Output side packets",
}


def calculators() -> list[type[Calculator]]:
    """The classes that the modules of the room register, without base classes."""
    found = []
    for file in MODULES:
        module = importlib.import_module(f"attention_mesh.calculators.{file.parent.name}.{file.stem}")
        registered = registered_names(file.read_text(encoding="utf-8"))
        found += [
            value for name, value in vars(module).items() if name in registered and inspect.isclass(value)
        ]
    return found


CLASSES = calculators()


def fields_of(docstring: str) -> dict[str, str]:
    """The docstring's entries "Inputs: …" by their names."""
    found = re.findall(r"^([A-Z][a-z ]+): (.*?)(?=^[A-Z][a-z ]+: |^\s*$)", docstring + "\n\n", re.M | re.S)
    return dict(found)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_inputs_outputs_and_options_are_listed(cls):
    docstring = inspect.cleandoc(cls.__doc__)
    if re.match(r"`\w+`", docstring):
        pytest.skip("another name of a calculator, to whose docstring it refers")
    fields = fields_of(docstring)
    missing = [name for kind, name in _FIELDS.items() if cls.ports(kind) and name not in fields]
    options = options_class(cls)
    if options is not None and options.DESCRIPTOR.fields and "Options" not in fields:
        missing.append("Options")
    assert missing == []


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_options_that_are_named_exist(cls):
    options = options_class(cls)
    named = re.findall(r"`([a-z_0-9]+)`", fields_of(inspect.cleandoc(cls.__doc__)).get("Options", ""))
    known = set() if options is None else {field.name for field in options.DESCRIPTOR.fields}
    assert [name for name in named if name not in known | _VALUES] == []


_VALUES = {"tflite", "xnnpack", "gpu", "nnapi"}  # of the option `delegate`


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_the_example_is_a_node_of_the_class(cls):
    example = inspect.cleandoc(cls.__doc__).partition("Example::\n")[2]
    (node,) = parse_graph_config(example).node
    found = find_calculator(node.calculator)
    assert found is not None and issubclass(found, cls)
    given = {entry.type_url.rpartition(".")[2] for entry in node.node_options}
    options = options_class(found)
    assert given <= ({options.DESCRIPTOR.name} if options else set())
    tags = {entry.partition(":")[0] if ":" in entry else "" for entry in [*node.input_stream]}
    declared = {port.tag for port in cls.ports(Input)}
    assert tags <= declared or "*" in declared


def test_all_rooms_are_read():
    assert {cls.__module__.split(".")[2] for cls in CLASSES} == {
        folder.name for folder in ROOM.iterdir() if folder.is_dir() and (folder / "__init__.py").exists()
    } - {"proto"}
