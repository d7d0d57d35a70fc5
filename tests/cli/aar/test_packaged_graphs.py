"""The graphs of the archive and the schema that explains them."""

from __future__ import annotations

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.unknown_fields import UnknownFieldSet

from attention_mesh.cli.aar.java_build import MAIN
from attention_mesh.cli.aar.packaged_graphs import (
    binary_graph,
    calculators_of,
    graph_schema,
    packaged_graphs,
)
from attention_mesh.framework.graph_config import parse_graph_config
from attention_mesh.framework.options import options_class
from attention_mesh.framework.registry import find_calculator

CALCULATORS = MAIN / "java" / "org" / "attentionmesh" / "calculators"


@pytest.fixture(scope="module")
def graphs():
    return packaged_graphs()


@pytest.fixture(scope="module")
def messages(graphs):
    """Full name → class of every message in the schema, and nothing that this package knows beside it."""
    pool = descriptor_pool.DescriptorPool()
    files = descriptor_pb2.FileDescriptorSet.FromString(graph_schema(graphs)).file
    for file in files:
        pool.Add(file)
    return message_factory.GetMessageClassesForFiles([file.name for file in files], pool)


def test_the_face_mesh_and_all_that_it_contains_are_packaged(graphs) -> None:
    assert {"face_mesh", "face_expression", "face_search", "short_range_face_detector"} <= graphs.keys()
    assert not {"face_makeup", "face_mesh_gpu", "face_puppet"} & graphs.keys()
    for name in calculators_of(graphs):
        assert find_calculator(name) is not None, f"{name} is neither a packaged graph nor a calculator"


def test_calculators_in_java_have_all_ports_that_the_graphs_connect(graphs) -> None:
    for config in graphs.values():
        for node in config.node:
            file = CALCULATORS / f"{node.calculator}.java"
            if not file.exists():  # a graph, or a calculator that no app runs
                continue
            source = file.read_text()
            for port in [
                *node.input_stream,
                *node.output_stream,
                *node.input_side_packet,
                *node.output_side_packet,
            ]:
                tag = port.partition(":")[0] if ":" in port else ""
                assert f'"{tag}"' in source, f"{node.calculator} has no port {port}"


def test_a_binary_graph_is_the_graph(graphs) -> None:
    for stem, config in graphs.items():
        content = binary_graph(config)
        assert parse_graph_config(content, stem) == config
        assert content == binary_graph(parse_graph_config(content, stem))


def test_the_schema_explains_every_field_of_every_graph(graphs, messages) -> None:
    for config in graphs.values():
        read = messages["mediapipe.CalculatorGraphConfig"].FromString(binary_graph(config))
        assert not len(UnknownFieldSet(read))
        for node in read.node:
            assert not len(UnknownFieldSet(node))
            for packed in node.node_options:
                options = messages[packed.type_url.rpartition("/")[2]].FromString(packed.value)
                assert not len(UnknownFieldSet(options)), node.calculator


def test_the_schema_has_the_defaults_of_options_that_no_graph_sets(graphs, messages) -> None:
    for name in calculators_of(graphs):
        expected = options_class(find_calculator(name))
        if expected is None:
            continue
        given = messages[expected.DESCRIPTOR.full_name].DESCRIPTOR.fields
        assert {f.name: (f.number, f.default_value) for f in given if not f.message_type} == {
            f.name: (f.number, f.default_value) for f in expected.DESCRIPTOR.fields if not f.message_type
        }
