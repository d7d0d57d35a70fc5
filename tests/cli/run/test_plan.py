"""The plan of a run: what the command line asks for, and what is refused before anything is opened."""

import dataclasses
from pathlib import Path

import pytest

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.run.plan import FramePlan, RunOptions, SelfFedPlan, plan_run

SELF_FED = """
node {
  calculator: "OpenCvVideoDecoderCalculator"
  input_side_packet: "INPUT_FILE_PATH:clip"
  output_stream: "VIDEO:video"
}
"""


@pytest.fixture
def self_fed(tmp_path) -> Path:
    """A graph that reads its film itself."""
    file = tmp_path / "self_fed.pbtxt"
    file.write_text(SELF_FED)
    return file


@pytest.mark.parametrize(
    ("outputs", "show", "kinds", "wanted"),
    [
        (("a.csv",), False, ("table",), {"landmarks"}),
        (("a.mp4",), False, ("video",), {"image"}),
        (("a.png", "b.jsonl"), False, ("image", "table"), {"image", "landmarks"}),
        (("folder",), False, ("folder",), {"image"}),
        ((), True, (), {"image"}),
        (("a.parquet",), True, ("table",), {"image", "landmarks"}),
    ],
)
def test_the_outputs_decide_what_the_graph_must_put_out(outputs, show, kinds, wanted):
    plan = plan_run(RunOptions(input="film.mp4", outputs=outputs, show=show))
    assert isinstance(plan, FramePlan)
    assert (plan.kinds, plan.wanted) == (kinds, wanted)


@pytest.mark.parametrize(
    ("options", "only_crops"),
    [
        ({"outputs": ("a.csv", "b.parquet")}, True),
        ({"outputs": ("a.csv", "a.mp4")}, False),
        ({"outputs": ("a.csv",), "show": True}, False),
        ({"outputs": ("a.csv",), "rerun": "a.rrd"}, False),
        ({"outputs": ("a.csv",), "virtual_camera": "first"}, False),
    ],
)
def test_frames_that_somebody_sees_are_not_only_cropped(options, only_crops):
    assert plan_run(RunOptions(input="film.mp4", **options)).only_crops is only_crops


def test_options_that_were_not_given_are_left_to_the_graph():
    options = RunOptions(input="0", show=True, graph_options={"num_faces": 2, "detector": None})
    assert plan_run(options).graph_options == {"num_faces": 2}


def test_a_graph_without_inputs_gets_the_files_as_side_packets(self_fed):
    plan = plan_run(RunOptions(input="film.mp4", graph=self_fed, trace=self_fed.with_name("trace.json")))
    assert isinstance(plan, SelfFedPlan)
    assert plan.side_packets == {"clip": "film.mp4"} and plan.output is None
    assert plan.trace == self_fed.with_name("trace.json") and not plan.trace.exists()


def test_a_side_packet_by_its_name_wins_over_the_input(self_fed):
    plan = plan_run(RunOptions(input="film.mp4", graph=self_fed, side_packets=("clip=other.mp4",)))
    assert plan.side_packets == {"clip": "other.mp4"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"show": True}, "--input is missing"),
        ({"input": "film.mp4"}, "give --output, --show, --rerun or --virtual-camera"),
        ({"input": "film.mp4", "calculators": (Path("a.py"),)}, "belong to --graph"),
        ({"input": "film.mp4", "outputs": ("a.xyz",)}, "--output a.xyz: no output has the suffix"),
        ({"input": " ", "show": True}, "--input is empty"),
    ],
)
def test_a_command_line_that_cannot_be_meant_is_refused(options, message):
    with pytest.raises(UsageError, match=message):
        plan_run(RunOptions(**options))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"show": True}, "--show does not apply"),
        ({"max_frames": 3}, "--max-frames does not apply"),
        ({"graph_options": {"smooth_landmarks": False}}, "--smooth does not apply"),
        ({"outputs": ("a.mp4", "b.mp4")}, "--output b.mp4: a graph without input streams writes one file"),
        ({"outputs": ("a.mp4",)}, "OUTPUT_FILE_PATH from outside"),
        ({}, r"needs side packets that are not given.*clip \(str\)"),
    ],
)
def test_what_a_graph_without_inputs_cannot_use_is_refused(self_fed, options, message):
    with pytest.raises(UsageError, match=message):
        plan_run(RunOptions(graph=self_fed, **options))


def test_plans_do_not_change():
    plan = plan_run(RunOptions(input="0", show=True))
    with pytest.raises(dataclasses.FrozenInstanceError):
        plan.show = False
