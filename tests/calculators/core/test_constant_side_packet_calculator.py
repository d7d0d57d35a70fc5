"""Side packets from the graph's text."""

import pytest

from attention_mesh.framework import CalculatorGraph, ConfigError

NODE = """
node {{
  calculator: "ConstantSidePacketCalculator"
  {outputs}
  options {{ [mediapipe.ConstantSidePacketCalculatorOptions.ext] {{ {packets} }} }}
}}
"""


def side_packets(outputs: int, packets: str) -> list:
    lines = " ".join(f'output_side_packet: "PACKET:{i}:p{i}"' for i in range(outputs))
    graph = CalculatorGraph(graph_config=NODE.format(outputs=lines, packets=packets), scheduler="caller")
    graph.start_run({})
    graph.wait_until_done()
    return [graph.side_packet(f"p{i}") for i in range(outputs)]


def test_each_kind_of_value_becomes_its_python_type():
    values = side_packets(
        5,
        "packet { int_value: 2 } packet { float_value: 0.5 } packet { bool_value: true } "
        'packet { string_value: "auto" } packet { uint64_value: 9 }',
    )
    assert values == [2, 0.5, True, "auto", 9]
    assert [type(value) for value in values] == [int, float, bool, str, int]


def test_a_list_of_classes_is_handed_on_as_message():
    (value,) = side_packets(1, "packet { classification_list_value { classification { index: 3 } } }")
    assert value.classification[0].index == 3


@pytest.mark.parametrize(
    ("packets", "message"),
    [
        ("packet { int_value: 2 } packet { int_value: 3 }", "1 output side packets but 2 packet options"),
        ("packet { }", "packet option 0 holds no value"),
    ],
)
def test_what_does_not_fit_is_refused(packets, message):
    with pytest.raises(ConfigError, match=message):
        side_packets(1, packets)


def test_the_other_kinds_become_lists_and_messages():
    strings, matrix, header, double, whole = side_packets(
        5,
        'packet { string_vector_value { string_value: "a" string_value: "b" } } '
        "packet { matrix_data_value { rows: 1 cols: 2 packed_data: 3 packed_data: 4 } } "
        "packet { time_series_header_value { sample_rate: 16000 num_channels: 1 } } "
        "packet { double_value: 0.1 } packet { int64_value: -9000000000 }",
    )
    assert strings == ["a", "b"]
    assert list(matrix.packed_data) == [3, 4]
    assert header.sample_rate == 16000
    assert double == 0.1 and whole == -9_000_000_000
