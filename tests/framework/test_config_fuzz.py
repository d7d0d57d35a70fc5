"""Any text or bytes are a graph, or ConfigError says why they are not."""

from google.protobuf.message import DecodeError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attention_mesh.framework import ConfigError, ValidatedGraph, parse_graph_config
from attention_mesh.framework.protos import message_class, message_to_text
from attention_mesh.tests.framework.whole_graph import WHOLE

quick = settings(max_examples=150, suppress_health_check=list(HealthCheck))
WHOLE_BYTES = parse_graph_config(WHOLE).SerializeToString()

WORDS = (
    "node calculator name type input_stream output_stream options node_options graph_options option_value "
    "executor input_stream_handler input_stream_info tag_index back_edge num_threads max_queue_size "
    '{ } < > [ ] : ; , # - 1 1e400 true " \' "a" "A:a" "A:1:b" "\\xff" "\\0" \u00fc \x00 '
    '"SampleScaleCalculator" [type.googleapis.com/attention_mesh.SampleScaleCalculatorOptions] '
    "[mediapipe.SyncSetInputStreamHandlerOptions.ext]"
).split(" ") + ["\n", "\u2028"]


def must_be_graph_or_config_error(source) -> None:
    try:
        ValidatedGraph(source)
    except ConfigError as error:
        assert error.problems and all(str(problem) for problem in error.problems)


@quick
@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
def test_random_words_of_the_language_give_a_graph_or_a_config_error(text):
    must_be_graph_or_config_error(text)


@quick
@given(st.text(max_size=60))
def test_random_text_gives_a_graph_or_a_config_error(text):
    must_be_graph_or_config_error(text)


@quick
@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 12), st.sampled_from(["", *WORDS]))
def test_damaged_text_gives_a_graph_or_a_config_error(start, length, put_in):
    must_be_graph_or_config_error(WHOLE[:start] + put_in + WHOLE[start + length :])


@quick
@given(st.binary(max_size=80))
def test_random_bytes_give_a_graph_or_a_config_error(data):
    must_be_graph_or_config_error(data)


@quick
@given(st.lists(st.tuples(st.integers(0, len(WHOLE_BYTES) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_damaged_bytes_give_a_graph_or_a_config_error(changes):
    data = bytearray(WHOLE_BYTES)
    for place, value in changes:
        data[place] = value
    must_be_graph_or_config_error(bytes(data))


names = st.sampled_from(
    ["", "a", "A:a", "A:1:a", "IN:a", "OUT:b", "b", "IN:0:b", "x y", "SampleScaleCalculator", "\n", "ü"]
    + ["SamplePassCalculator", "SampleTupleCalculator", "Twice", "../x", "*", "default", ":0", "IN:1", "TAG"]
    + ["factor:options/factor", "factor:", ":", "names:options/names", "label:options/factor", "a" * 300]
)


@st.composite
def configs(draw):
    """Messages of any content whose strings are likely to mean something."""
    config = message_class("mediapipe.CalculatorGraphConfig")()
    for field in ("input_stream", "output_stream", "input_side_packet", "output_side_packet"):
        getattr(config, field).extend(draw(st.lists(names, max_size=2)))
    config.num_threads = draw(st.integers(-2, 4))
    config.max_queue_size = draw(st.integers(-2, 4))
    for _ in range(draw(st.integers(0, 2))):
        config.executor.add(name=draw(names), type=draw(st.sampled_from(["", "ThreadPoolExecutor", "X"])))
    known = "x/attention_mesh.SampleScaleCalculatorOptions"
    given_options = st.sampled_from([known, "", "/", "x/mediapipe.Nothing", "mediapipe.Landmark"])
    for _ in range(draw(st.integers(0, 1))):
        config.graph_options.add(type_url=draw(given_options), value=draw(st.binary(max_size=6)))
    for _ in range(draw(st.integers(0, 4))):
        node = config.node.add(name=draw(names), calculator=draw(names), executor=draw(names))
        for field in ("input_stream", "output_stream", "input_side_packet", "option_value"):
            getattr(node, field).extend(draw(st.lists(names, max_size=3)))
        for _ in range(draw(st.integers(0, 1))):
            node.node_options.add(type_url=draw(given_options), value=draw(st.binary(max_size=6)))
        for _ in range(draw(st.integers(0, 1))):
            node.input_stream_info.add(tag_index=draw(names), back_edge=draw(st.booleans()))
        if draw(st.booleans()):
            handler = draw(st.sampled_from(["Default", "SyncSet", "FixedSize", "X"])) + "InputStreamHandler"
            node.input_stream_handler.input_stream_handler = handler
        node.source_layer = draw(st.integers(-1, 2))
    return config


@quick
@given(configs())
def test_messages_of_any_content_give_a_graph_or_a_config_error_in_every_form(config):
    must_be_graph_or_config_error(config)
    must_be_graph_or_config_error(config.SerializeToString())
    try:
        text = message_to_text(config)
    except DecodeError:  # bytes that are not options have no text
        return
    must_be_graph_or_config_error(text)


def test_deep_nesting_is_a_config_error():
    must_be_graph_or_config_error("node { " * 5000)
    nested = b""
    for _ in range(300):
        nested = b"\x0a" + bytes([len(nested) % 128 | 128, len(nested) // 128]) + nested
    must_be_graph_or_config_error(nested)
