"""Destinations: a graph writes only where the program says, and replaces no file in silence."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from attention_mesh.framework import CalculatorGraph, ConfigError, SideInput, ValidatedGraph
from attention_mesh.framework.destinations import destinations
from attention_mesh.tests.calculators.test_docstrings import CLASSES

REPOSITORY = Path(__file__).resolve().parents[2]
CONSTANT = """node { calculator: "ConstantSidePacketCalculator" output_side_packet: "PACKET:path"
  node_options { [type.googleapis.com/mediapipe.ConstantSidePacketCalculatorOptions] {
    packet { string_value: "%s" } } } }
"""
ENCODER = """node { calculator: "OpenCvVideoEncoderCalculator" input_stream: "VIDEO:video"
  input_side_packet: "OUTPUT_FILE_PATH:path" node_options {
    [type.googleapis.com/mediapipe.OpenCvVideoEncoderCalculatorOptions] {
      codec: "mp4v" video_format: "mp4" fps: 30 width: 64 height: 48 } } }
"""
NODES = {
    "file": ENCODER,
    "GLB file": 'node { calculator: "GlbRecorderCalculator" input_stream: "BLENDSHAPES:b" '
    'input_stream: "POSES:p" input_side_packet: "PATH:path" }',
    "device": 'node { calculator: "VirtualCameraSinkCalculator" input_stream: "IMAGE:video" '
    'input_side_packet: "DEVICE:path" }',
    "VMC": 'node { calculator: "VmcSenderCalculator" input_stream: "BLENDSHAPES:b" input_stream: "POSES:p" '
    'input_side_packet: "ADDRESS:path" }',
    "Live Link": 'node { calculator: "LiveLinkFaceSenderCalculator" input_stream: "BLENDSHAPES:b" '
    'input_stream: "POSES:p" input_side_packet: "ADDRESS:path" }',
    "iFacialMocap": 'node { calculator: "IFacialMocapSenderCalculator" input_stream: "BLENDSHAPES:b" '
    'input_stream: "POSES:p" input_side_packet: "ADDRESS:path" }',
    "film": 'node { calculator: "OpenCvVideoDecoderCalculator" input_side_packet: "INPUT_FILE_PATH:path" '
    'output_stream: "VIDEO:film" }',
}
STREAMS = 'input_stream: "video" input_stream: "b" input_stream: "p"\n'
# What a module uses that touches files, cameras or the network.
TOUCHES = re.compile(
    r"resource_file|find_resource|read_bytes|read_text|os\.pread|VideoReader\(|VideoWriter\(|UdpSender\(|"
    r"VirtualCamera\(|load_avatar\(|GlbRecording\(|model_path\(|runnable_model|landmark_model\("
)


@pytest.fixture
def treasure(tmp_path: Path) -> Path:
    file = tmp_path / "treasure.mp4"
    file.write_bytes(b"precious")
    return file


@pytest.mark.parametrize("node", NODES)
def test_a_graph_that_names_a_destination_itself_does_not_start(node, treasure):
    graph = CalculatorGraph(STREAMS + CONSTANT % treasure.as_posix() + NODES[node])
    with pytest.raises(ConfigError, match=r"itself makes .*\n.*--allow-graph-files"):
        graph.start_run()
    assert treasure.read_bytes() == b"precious"


@pytest.mark.parametrize("passing", ["MergeCalculator", "DefaultSidePacketCalculator"])
def test_a_detour_through_other_nodes_does_not_help(passing, treasure):
    """What a graph hands on is the graph's, whatever the node is called."""
    node = {
        "MergeCalculator": 'node { calculator: "PassThroughCalculator" input_side_packet: "path" '
        'output_side_packet: "other" }',
        "DefaultSidePacketCalculator": 'node { calculator: "DefaultSidePacketCalculator" input_side_packet: '
        '"DEFAULT_VALUE:path" output_side_packet: "VALUE:other" }',
    }[passing]
    encoder = ENCODER.replace("OUTPUT_FILE_PATH:path", "OUTPUT_FILE_PATH:other")
    graph = CalculatorGraph(STREAMS + CONSTANT % treasure.as_posix() + node + encoder)
    with pytest.raises(ConfigError, match="the graph itself makes"):
        graph.start_run()
    assert treasure.read_bytes() == b"precious"


def test_a_file_that_is_there_is_replaced_only_with_permission(treasure):
    graph = STREAMS + ENCODER
    with pytest.raises(ConfigError, match="treasure.mp4 is there already, and a graph replaces no file"):
        CalculatorGraph(graph).start_run({"path": str(treasure)})
    assert treasure.read_bytes() == b"precious"
    with CalculatorGraph(graph) as allowed:
        allowed.start_run({"path": str(treasure)}, replaced=["path"])
    assert treasure.read_bytes() != b"precious"


def test_a_link_to_nowhere_counts_as_a_file(tmp_path):
    link = tmp_path / "link.mp4"
    try:
        link.symlink_to(tmp_path / "new.mp4")
    except OSError as error:
        pytest.skip(f"this system makes no links: {error}")
    with pytest.raises(ConfigError, match="is there already"):
        CalculatorGraph(STREAMS + ENCODER).start_run({"path": str(link)})
    assert not (tmp_path / "new.mp4").exists()


def test_a_new_file_that_the_program_names_is_written(tmp_path):
    with CalculatorGraph(STREAMS + ENCODER) as graph:
        graph.start_run({"path": str(tmp_path / "new.mp4")})
    assert (tmp_path / "new.mp4").exists()


def test_with_permission_a_graph_names_its_file(treasure):
    with CalculatorGraph(STREAMS + CONSTANT % treasure.as_posix() + ENCODER, allow_graph_files=True) as graph:
        graph.start_run()
    assert treasure.read_bytes() != b"precious"


def test_destinations_are_listed():
    place = next(destinations(ValidatedGraph(STREAMS + CONSTANT % "a.mp4" + ENCODER)))
    assert (place.port, place.side_packet, place.kind) == ("OUTPUT_FILE_PATH", "path", "file")
    assert place.maker is not None and "ConstantSidePacketCalculator" in place.maker


def documented() -> dict[str, str]:
    """Calculator → its row in docs/security.md."""
    text = (REPOSITORY / "docs" / "security.md").read_text(encoding="utf-8")
    table = text.partition("<!-- calculators: begin -->")[2].partition("<!-- calculators: end -->")[0]
    return {
        name: row for row in table.splitlines() for name in re.findall(r"`(\w+Calculator(?:Family)?)`", row)
    }


def modules_of(cls: type) -> str:
    """The source of a calculator and of the calculators that it inherits from."""
    files = {inspect.getsourcefile(base) for base in cls.__mro__ if ".calculators." in base.__module__}
    return "".join(Path(file).read_text(encoding="utf-8") for file in files if file)


def test_the_page_lists_every_calculator_that_touches_files():
    touching = {cls.__name__ for cls in CLASSES if TOUCHES.search(modules_of(cls))}
    assert touching == documented().keys()


def test_the_page_says_of_every_destination_what_it_is():
    rows = documented()
    marked = [(cls.__name__, port) for cls in CLASSES for port in cls.ports(SideInput) if port.names]
    assert len(marked) == 7  # three senders, two writers, a camera, a decoder
    for name, port in marked:
        assert f"{port.tag} ({port.names})" in rows[name]
