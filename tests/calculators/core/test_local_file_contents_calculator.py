"""Files as side packets."""

import pytest

from attention_mesh.framework import CalculatorError, CalculatorGraph, ConfigError
from attention_mesh.framework.testing import run_calculator

NAME = "LocalFileContentsCalculator"


def test_contents_are_the_bytes_of_the_file(tmp_path):
    path = tmp_path / "model.tflite"
    path.write_bytes(b"\x00TFL3\r\n")
    assert run_calculator(NAME, side={"FILE_PATH": str(path)}).side_outputs == {"CONTENTS": b"\x00TFL3\r\n"}
    text = run_calculator(NAME, side={"FILE_PATH": str(path)}, options="text_mode: true")
    assert text.side_outputs == {"CONTENTS": b"\x00TFL3\n"}


def test_several_files_are_read_in_order(tmp_path):
    for name in "ab":
        (tmp_path / name).write_text(name)
    graph = CalculatorGraph(
        graph_config=f"""
        input_side_packet: "a"
        input_side_packet: "b"
        output_side_packet: "contents_of_b"
        node {{
          calculator: "{NAME}"
          input_side_packet: "FILE_PATH:0:a"
          input_side_packet: "FILE_PATH:1:b"
          output_side_packet: "CONTENTS:0:contents_of_a"
          output_side_packet: "CONTENTS:1:contents_of_b"
        }}
        """,
        scheduler="caller",
    )
    graph.start_run({"a": str(tmp_path / "a"), "b": str(tmp_path / "b")})
    graph.wait_until_done()
    assert graph.side_packet("contents_of_a") == b"a" and graph.side_packet("contents_of_b") == b"b"


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CalculatorError, match="there is no file .*none.txt"):
        run_calculator(NAME, side={"FILE_PATH": str(tmp_path / "none.txt")})


def test_as_many_contents_as_paths():
    with pytest.raises(ConfigError, match="1 FILE_PATH side packets but 2 CONTENTS"):
        CalculatorGraph(
            graph_config=f"""
            input_side_packet: "a"
            node {{
              calculator: "{NAME}"
              input_side_packet: "FILE_PATH:a"
              output_side_packet: "CONTENTS:0:b"
              output_side_packet: "CONTENTS:1:c"
            }}
            """
        )
