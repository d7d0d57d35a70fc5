import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from attention_mesh.framework import ConfigError, load_graph_config, parse_graph_config, registry
from attention_mesh.framework.formats.landmark_pb2 import Landmark
from attention_mesh.framework.options import extension_of
from attention_mesh.framework.protos import message_class, message_to_text
from attention_mesh.tests.framework.whole_graph import WHOLE


def test_text_and_bytes_parse_to_the_same_graph():
    from_text = parse_graph_config(WHOLE)
    from_bytes = parse_graph_config(from_text.SerializeToString())
    assert from_bytes == from_text
    assert message_to_text(from_bytes) == message_to_text(from_text)
    assert from_bytes.node[0].input_stream_info[0].back_edge
    assert from_bytes.executor[0].name == "other"


def test_extension_options_are_read_by_their_bracketed_name():
    config = parse_graph_config(WHOLE)
    executor = extension_of("mediapipe.ThreadPoolExecutorOptions", config.executor[0].options)
    assert executor.num_threads == 2
    handler = config.node[0].input_stream_handler
    sets = extension_of("mediapipe.SyncSetInputStreamHandlerOptions", handler.options)
    assert [list(s.tag_index) for s in sets.sync_set] == [["IN"]]


def test_node_options_hold_the_message_of_a_calculators_dataclass():
    packed = parse_graph_config(WHOLE).node[0].node_options[0]
    options = message_class("attention_mesh.SampleScaleCalculatorOptions")()
    assert packed.Unpack(options)
    assert (options.factor, list(options.names), options.label) == (-3, ["a", "b"], "plain")


def test_message_of_this_package_is_taken_as_it_is():
    config = parse_graph_config(WHOLE)
    assert parse_graph_config(config) is config


def test_message_of_another_type_is_refused():
    with pytest.raises(TypeError, match="graph is a mediapipe.Landmark, not a mediapipe.CalculatorGraphConf"):
        parse_graph_config(Landmark(x=1.0))
    with pytest.raises(TypeError, match="graph is text, bytes or a .*, not a int"):
        parse_graph_config(3)


def test_message_of_another_pool_such_as_an_installed_mediapipes_is_read_by_its_bytes():
    other = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(registry.descriptor_sets[0].read_bytes()).file:
        other.Add(file)
    descriptor = other.FindMessageTypeByName("mediapipe.CalculatorGraphConfig")
    foreign = message_factory.GetMessageClass(descriptor)()
    foreign.ParseFromString(parse_graph_config(WHOLE).SerializeToString())
    read = parse_graph_config(foreign)
    assert read == parse_graph_config(WHOLE)
    assert type(read) is message_class("mediapipe.CalculatorGraphConfig")


@pytest.mark.parametrize("suffix", [".binarypb", ".binpb", ".pb", ".pbtxt", ".txt"])
def test_file_is_read_as_binary_or_text_by_its_suffix(tmp_path, suffix):
    path = tmp_path / f"graph{suffix}"
    config = parse_graph_config(WHOLE)
    binary = suffix in (".binarypb", ".binpb", ".pb")
    path.write_bytes(config.SerializeToString() if binary else WHOLE.encode())
    assert load_graph_config(path) == config


def test_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"cannot read graph .*none\.pbtxt: No such file"):
        load_graph_config(tmp_path / "none.pbtxt")


def test_binary_graph_under_a_text_suffix_is_told_which_suffixes_are_binary(tmp_path):
    path = tmp_path / "graph.pbtxt"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"graph\.pbtxt is not a text graph .*\.binarypb"):
        load_graph_config(path)


def test_broken_bytes_are_a_config_error_that_names_the_file(tmp_path):
    path = tmp_path / "graph.binarypb"
    path.write_bytes(b"\x0a\xff\xff")
    with pytest.raises(ConfigError, match=r"graph\.binarypb is not a serialized CalculatorGraphConfig"):
        load_graph_config(path)


NODE = 'node {{\n  name: "scaler"\n  calculator: "SampleScaleCalculator"\n  {line}\n}}\n'
OPTIONS = "node_options {{ [type.googleapis.com/attention_mesh.SampleScaleCalculatorOptions] {{ {field} }} }}"


@pytest.mark.parametrize(
    "line, reason",
    [
        (OPTIONS.format(field="factr: 3"), 'no field named "factr"'),
        (OPTIONS.format(field='factor: "x"'), "Couldn't parse integer"),
        ('input_strem: "IN:a"', 'no field named "input_strem"'),
        ("input_stream: IN", "Expected string"),
        ("max_in_flight: 1 : 1", "Expected identifier"),
    ],
)
def test_syntax_error_or_unknown_option_names_file_line_column_and_node(tmp_path, line, reason):
    path = tmp_path / "broken.pbtxt"
    path.write_text('input_stream: "a"\n' + NODE.format(line=line))
    where = r'broken\.pbtxt, line 5, column \d+ in node "scaler" \(SampleScaleCalculator\): .*'
    with pytest.raises(ConfigError, match=where + reason):
        load_graph_config(path)


def test_error_in_the_second_node_of_one_line_names_the_second_node():
    text = 'node { calculator: "FirstCalculator" } node { calculator: "SecondCalculator" nme: "x" }'
    with pytest.raises(ConfigError, match=r"line 1, column \d+ in node SecondCalculator: "):
        parse_graph_config(text)


def test_error_behind_the_last_node_names_no_node():
    with pytest.raises(ConfigError) as caught:
        parse_graph_config(NODE.format(line='executor: "a } brace"  # and }') + "nonsense: 1\n")
    assert str(caught.value).startswith("graph, line 6, column 1: ")


def test_options_of_a_type_that_nobody_has_named_are_unknown_with_line_and_node():
    options = "node_options { [type.googleapis.com/attention_mesh.NoSuchOptions] { } }"
    with pytest.raises(ConfigError, match=r'line 4 in node "scaler" .*attention_mesh\.NoSuchOptions'):
        parse_graph_config(NODE.format(line=options))


def test_text_that_is_no_utf8_inside_an_escape_is_a_config_error():
    with pytest.raises(ConfigError, match="graph"):
        parse_graph_config(r'input_stream: "\xff\xfe"')


def test_bytes_whose_strings_are_no_utf8_are_a_config_error_that_names_the_field():
    config = parse_graph_config('input_stream_handler { input_stream_handler: "XXXX" }')
    data = config.SerializeToString().replace(b"XXXX", b"\x80XXX")
    with pytest.raises(ConfigError, match="InputStreamHandlerConfig.input_stream_handler is no UTF-8 text"):
        parse_graph_config(data)


def test_a_mark_before_the_text_of_a_file_as_some_editors_write_it_is_ignored(tmp_path):
    file = tmp_path / "graph.pbtxt"
    file.write_bytes(b"\xef\xbb\xbf" + WHOLE.encode())
    assert load_graph_config(file) == parse_graph_config(WHOLE)
