"""A solution of one's own: any graph behind `process`, with MediaPipe's constructor."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.formats import rect_pb2
from attention_mesh.framework.graph_config import parse_graph_config
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.python_bindings.mediapipe_api import resource_util
from attention_mesh.python_bindings.mediapipe_api.image_format import ImageFormat
from attention_mesh.python_bindings.mediapipe_api.image_frame import ImageFrame
from attention_mesh.python_bindings.mediapipe_api.solution_base import PacketDataType, SolutionBase

TRANSFORM = """
input_stream: "image_in"
output_stream: "image_out"
node {
  name: "Scaler"
  calculator: "ImageTransformationCalculator"
  input_stream: "IMAGE:image_in"
  output_stream: "IMAGE:image_out"
  %s
}
"""
OPTIONS = (
    "options { [mediapipe.ImageTransformationCalculatorOptions.ext] { output_width: 10 output_height: 8 } }"
)
NODE_OPTIONS = (
    "node_options { [type.googleapis.com/mediapipe.ImageTransformationCalculatorOptions] "
    "{ output_width: 10 output_height: 8 } }"
)
IMAGE = np.arange(36, dtype=np.uint8).reshape(3, 4, 3)


@calculator
class SurfaceCountCalculator(Calculator):
    """Sums of rectangles' sizes, whether there are any, and one rectangle a time the graph ran."""

    rect = Input("NORM_RECT", NormalizedRects)
    text = Input("TEXT", str, optional=True)
    size = Output("SIZE", float)
    has_any = Output("HAS_ANY", bool)
    seen = Output("NORM_RECTS", NormalizedRects)
    echo = Output("TEXT", str)
    times = Output("TIMES", int)

    def open(self) -> None:
        self.count = 0

    def process(self) -> None:
        self.count += 1
        self.times.send(self.timestamp)
        self.seen.send(NormalizedRects(np.full((self.count, 5), 0.5, np.float32)))
        if not self.rect.is_empty:
            self.size.send(float(self.rect.value.values[:, 2].sum()))
            self.has_any.send(True)
        if not self.text.is_empty:
            if self.text.value == "bad":
                raise ValueError("no bad words")
            self.echo.send(self.text.value.upper())


COUNT = """
input_stream: "rect"
input_stream: "text"
output_stream: "SIZE:size"
output_stream: "HAS_ANY:has_any"
output_stream: "NORM_RECTS:seen"
output_stream: "TEXT:echo"
output_stream: "TIMES:times"
node {
  calculator: "SurfaceCountCalculator"
  input_stream: "NORM_RECT:rect"
  input_stream: "TEXT:text"
  output_stream: "SIZE:size"
  output_stream: "HAS_ANY:has_any"
  output_stream: "NORM_RECTS:seen"
  output_stream: "TEXT:echo"
  output_stream: "TIMES:times"
}
"""


def rect(width: float) -> rect_pb2.NormalizedRect:
    return rect_pb2.NormalizedRect(width=width)


def test_an_image_goes_in_by_itself_or_by_name() -> None:
    with SolutionBase(graph_config=TRANSFORM % "") as solution:
        np.testing.assert_array_equal(solution.process(IMAGE).image_out, IMAGE)
        result = solution.process({"image_in": IMAGE})
        np.testing.assert_array_equal(result.image_out, IMAGE)
        assert result._fields == ("image_out",)


def test_every_kind_of_value_comes_out() -> None:
    with SolutionBase(graph_config=COUNT) as solution:
        result = solution.process({"rect": rect(0.25), "text": "abc"})
        assert (result.size, result.has_any, result.echo, result.times) == (0.25, True, "ABC", 33333)
        assert [message.width for message in result.seen] == [0.5]
        assert solution.process({"rect": rect(1), "text": "x"}).times == 66666


def test_only_the_outputs_that_are_asked_for() -> None:
    with SolutionBase(graph_config=COUNT, outputs=["echo"]) as solution:
        assert solution.process({"rect": rect(1), "text": "x"})._asdict() == {"echo": "X"}


def test_an_output_without_packet_is_none() -> None:
    gate = """
    input_stream: "image" input_side_packet: "allow" output_stream: "out"
    node {
      calculator: "GateCalculator"
      input_stream: "image" input_side_packet: "ALLOW:allow" output_stream: "passed"
    }
    node {
      calculator: "ImageTransformationCalculator" input_stream: "IMAGE:passed" output_stream: "IMAGE:out"
    }
    """
    for allow in (False, True):
        with SolutionBase(graph_config=gate, side_inputs={"allow": allow}) as solution:
            assert (solution.process(IMAGE).out is not None) == allow


def test_reset_starts_the_graph_again() -> None:
    with SolutionBase(graph_config=COUNT) as solution:
        inputs = {"rect": rect(1), "text": "x"}
        assert [len(solution.process(inputs).seen) for _ in range(3)] == [1, 2, 3]
        solution.reset()
        assert len(solution.process(inputs).seen) == 1


def test_a_closed_solution_says_so() -> None:
    solution = SolutionBase(graph_config=TRANSFORM % "")
    solution.close()
    solution.reset()
    for act in (solution.close, lambda: solution.process(IMAGE)):
        with pytest.raises(ValueError, match="is closed, its _graph is None"):
            act()


@pytest.mark.parametrize("arguments", [{}, {"graph_config": TRANSFORM, "binary_graph_path": "a"}])
def test_needs_one_graph(arguments: dict) -> None:
    with pytest.raises(ValueError, match="exactly one of 'binary_graph_path' or 'graph_config'"):
        SolutionBase(**arguments)


def test_a_graph_file_is_found_where_it_stands_below_the_resource_folder_or_among_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scale.pbtxt").write_text(TRANSFORM % "")
    SolutionBase(binary_graph_path=str(tmp_path / "scale.pbtxt")).close()
    with pytest.raises(FileNotFoundError, match="scale.pbtxt"):
        SolutionBase(binary_graph_path="scale.pbtxt")
    monkeypatch.setattr("attention_mesh.framework.resources._folder", None)
    resource_util.set_resource_dir(str(tmp_path))
    SolutionBase(binary_graph_path="scale.pbtxt").close()


def test_a_stream_of_anything_needs_a_hint() -> None:
    passing = (
        'input_stream: "in" output_stream: "out" '
        'node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "out" }'
    )
    with pytest.raises(RuntimeError, match='Unable to find the type for stream "in"'):
        SolutionBase(graph_config=passing)
    hints = {"in": PacketDataType.FLOAT_LIST, "out": PacketDataType.FLOAT_LIST}
    with SolutionBase(graph_config=passing, stream_type_hints=hints) as solution:
        assert solution.process({"in": [0.5, 0.25]}).out == [0.5, 0.25]


def test_an_image_object_in_place_of_its_array_is_refused_by_name() -> None:
    frame = ImageFrame(image_format=ImageFormat.SRGB, data=IMAGE)
    with (
        SolutionBase(graph_config=TRANSFORM % OPTIONS) as solution,
        pytest.raises(TypeError, match=r"input_data is a ImageFrame; .* Give its numpy_view\(\)"),
    ):
        solution.process(frame)  # type: ignore[arg-type]


def test_inputs_that_cannot_be_given() -> None:
    suppress = (
        'input_stream: "in" output_stream: "out" '
        'node { calculator: "NonMaxSuppressionCalculator" input_stream: "in" output_stream: "out" }'
    )
    with SolutionBase(graph_config=suppress) as solution:
        with pytest.raises(NotImplementedError, match="PROTO_LIST type is not supported"):
            solution.process({"in": []})
    with SolutionBase(graph_config=TRANSFORM % "") as solution:
        with pytest.raises(ValueError, match="Input image must contain three channel rgb data"):
            solution.process(IMAGE[..., :2])
        with pytest.raises(ValueError, match="Input image must contain three channel rgb data"):
            solution.process(IMAGE[..., 0])
        with pytest.raises(ValueError, match='no input stream "nothing" .it has: image_in.'):
            solution.process({"nothing": IMAGE})
        np.testing.assert_array_equal(solution.process(IMAGE).image_out, IMAGE)
    with SolutionBase(graph_config=COUNT) as solution:
        with pytest.raises(ValueError, match="the graph has 2 input streams"):
            solution.process(IMAGE)


PARAMS = {"Scaler.output_width": 2, "Scaler.output_height": 6}


@pytest.mark.parametrize("options", ["", OPTIONS, NODE_OPTIONS], ids=["none", "options", "node_options"])
@pytest.mark.parametrize("kind", ["text", "message"])
def test_options_of_nodes_are_changed_by_name(options: str, kind: str) -> None:
    config = TRANSFORM % options
    graph_config = config if kind == "text" else parse_graph_config(config)
    with SolutionBase(graph_config=graph_config, calculator_params=PARAMS) as solution:
        assert solution.process(IMAGE).image_out.shape == (6, 2, 3)
    with SolutionBase(graph_config=config) as solution:
        assert solution.process(IMAGE).image_out.shape == ((8, 10, 3) if options else IMAGE.shape)


def test_none_takes_an_option_out() -> None:
    params = {"Scaler.output_width": None, "Scaler.output_height": None}
    with SolutionBase(graph_config=TRANSFORM % OPTIONS, calculator_params=params) as solution:
        assert solution.process(IMAGE).image_out.shape == IMAGE.shape


def test_a_graph_that_fails_names_the_node_and_starts_again() -> None:
    with SolutionBase(graph_config=COUNT) as solution:
        assert len(solution.process({"rect": rect(1), "text": "x"}).seen) == 1
        with pytest.raises(ValueError, match="SurfaceCountCalculator.*no bad words"):
            solution.process({"rect": rect(1), "text": "bad"})
        again = solution.process({"rect": rect(1), "text": "x"})
        assert len(again.seen) == 1 and again.times == 3 * 33333


def test_graph_options_are_filled_by_path() -> None:
    config = parse_graph_config(TRANSFORM % "")
    solution = SolutionBase(graph_config=TRANSFORM % "")
    filled = solution.create_graph_options(
        config, {"max_queue_size": 3, "input_stream": ["a"], "input_stream_handler.input_stream_handler": "X"}
    )
    assert filled is config and config.max_queue_size == 3 and list(config.input_stream) == ["a"]
    assert config.input_stream_handler.input_stream_handler == "X"
    solution.close()


def test_an_image_that_cannot_change_is_not_copied() -> None:
    frozen = IMAGE.copy()
    frozen.flags.writeable = False
    passing = (
        'input_stream: "in" output_stream: "out" '
        'node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "out" }'
    )
    hints = {"in": PacketDataType.IMAGE, "out": PacketDataType.IMAGE}
    with SolutionBase(graph_config=passing, stream_type_hints=hints) as solution:
        assert np.shares_memory(solution.process(frozen).out, frozen)


def test_a_side_input_is_converted_by_its_type() -> None:
    rotate = """
    input_stream: "image" input_side_packet: "degrees" output_stream: "out"
    node {
      calculator: "ImageTransformationCalculator"
      input_stream: "IMAGE:image" input_side_packet: "ROTATION_DEGREES:degrees" output_stream: "IMAGE:out"
    }
    """
    with SolutionBase(graph_config=rotate, side_inputs={"degrees": 90}) as solution:
        np.testing.assert_array_equal(solution.process(IMAGE).out, np.rot90(IMAGE))
    with pytest.raises(ValueError, match='Side packet "nothing" is not defined'):
        SolutionBase(graph_config=rotate, side_inputs={"nothing": 1})
    with pytest.raises(TypeError, match="create_int"):
        SolutionBase(graph_config=rotate, side_inputs={"degrees": "a lot"})
