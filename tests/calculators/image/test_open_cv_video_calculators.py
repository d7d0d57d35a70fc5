"""Video files as source and end of a graph."""

import logging

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError, CalculatorGraph, ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.framework.timestamps import PRE_STREAM
from attention_mesh.media.video_header import VideoHeader
from attention_mesh.media.video_reader import VideoReader
from attention_mesh.media.video_writer import VideoWriter

DECODER = "OpenCvVideoDecoderCalculator"
ENCODER = "OpenCvVideoEncoderCalculator"
FRAME = np.full((48, 64, 3), 90, np.uint8)
COPY = """
input_side_packet: "input"
input_side_packet: "output"
node {{
  calculator: "OpenCvVideoDecoderCalculator"
  input_side_packet: "INPUT_FILE_PATH:input"
  output_stream: "VIDEO:video"
  output_stream: "VIDEO_PRESTREAM:header"
}}
node {{
  calculator: "OpenCvVideoEncoderCalculator"
  input_stream: "VIDEO:video"
  input_stream: "VIDEO_PRESTREAM:header"
  input_side_packet: "OUTPUT_FILE_PATH:output"
  node_options {{
    [type.googleapis.com/mediapipe.OpenCvVideoEncoderCalculatorOptions] {{
      codec: "{codec}"
      video_format: "mp4"
    }}
  }}
}}
"""


@pytest.fixture
def clip(tmp_path):
    """Six frames of 64x48 at 25 fps, each of a gray level that names it: 40 levels per frame."""
    path = tmp_path / "levels.avi"
    writer = VideoWriter(path, 25.0, (64, 48), "mjpeg")
    for index in range(6):
        writer.write(np.full((48, 64, 3), 40 * index, np.uint8))
    writer.close()
    return path


def levels(images) -> list[int]:
    return [round(float(image.mean()) / 40) for image in images]


def test_the_decoder_gives_the_header_then_all_frames_at_their_times(clip):
    run = run_calculator(DECODER, side={"INPUT_FILE_PATH": str(clip)})
    (header,) = run.packets("VIDEO_PRESTREAM")
    assert header.timestamp == PRE_STREAM and header.value == VideoHeader(64, 48, 25.0, 6 / 25)
    assert [packet.timestamp for packet in run.packets("VIDEO")] == [40_000 * index for index in range(6)]
    assert levels(run.values("VIDEO")) == list(range(6))


def test_a_file_that_breaks_off_is_used_as_far_as_it_goes(clip, tmp_path, caplog):
    longer = tmp_path / "longer.avi"
    writer = VideoWriter(longer, 25.0, (64, 48), "mjpeg")
    noise = np.random.default_rng(2).integers(0, 256, FRAME.shape, dtype=np.uint8)
    for _ in range(30):
        writer.write(noise)
    writer.close()
    longer.write_bytes(longer.read_bytes()[: longer.stat().st_size // 2])
    with caplog.at_level(logging.WARNING):
        run = run_calculator(DECODER, side={"INPUT_FILE_PATH": str(longer)})
    assert 5 < len(run.values("VIDEO")) < 25 and "of 30 announced frames" in caplog.text


def test_what_is_no_video_is_an_error(tmp_path):
    with pytest.raises(CalculatorError, match=r"absent\.mp4: there is no such file"):
        run_calculator(DECODER, side={"INPUT_FILE_PATH": str(tmp_path / "absent.mp4")})


@pytest.mark.parametrize("codec", ["mp4v", "avc1"])
@pytest.mark.parametrize("scheduler", ["caller", "pool"])
def test_a_graph_of_both_copies_a_file(clip, tmp_path, codec, scheduler):
    copy = tmp_path / "copy.mp4"
    with CalculatorGraph(COPY.format(codec=codec), scheduler=scheduler) as graph:
        graph.start_run({"input": str(clip), "output": str(copy)})
        graph.wait_until_done()
    reader = VideoReader(copy)
    assert (reader.fps, reader.size) == (25.0, (64, 48))
    assert levels(image for image, _ in reader) == list(range(6))


def test_without_header_the_options_say_rate_and_size(tmp_path):
    options = 'codec: "mp4v" video_format: "mp4" fps: 10 width: 64 height: 48'
    side = {"OUTPUT_FILE_PATH": str(tmp_path / "a.mp4")}
    run_calculator(ENCODER, {"VIDEO": [(0, FRAME), (7, FRAME)]}, side=side, options=options)
    reader = VideoReader(tmp_path / "a.mp4")
    assert (reader.fps, len(list(reader))) == (10.0, 2)


@pytest.mark.parametrize(
    "options, message",
    [
        ('codec: "avc" video_format: "mp4"', 'codec is "avc"; expected a code of 4 characters'),
        ('codec: "mp4v"', "video_format is missing"),
        ('codec: "mp4v" video_format: "mp4" fps: 10 width: 64', "height is 0; without VIDEO_PRESTREAM"),
    ],
)
def test_options_that_cannot_be_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        run_calculator(ENCODER, {"VIDEO": []}, side={"OUTPUT_FILE_PATH": "a.mp4"}, options=options)


def test_files_and_frames_that_do_not_fit_are_errors(tmp_path):
    options = 'codec: "mp4v" video_format: "mp4" fps: 10 width: 32 height: 48'
    for name, reason in [("a.avi", r"does not end in \.mp4"), ("a.mp4", "a picture is 64x48 but")]:
        side = {"OUTPUT_FILE_PATH": str(tmp_path / name)}
        with pytest.raises(CalculatorError, match=reason):
            run_calculator(ENCODER, {"VIDEO": [(0, FRAME)]}, side=side, options=options)


def test_a_connected_header_must_come(tmp_path):
    with pytest.raises(CalculatorError, match="had no header in front of the first frame"):
        run_calculator(
            ENCODER,
            {"VIDEO_PRESTREAM": [], "VIDEO": [(0, FRAME)]},
            side={"OUTPUT_FILE_PATH": str(tmp_path / "a.mp4")},
            options='codec: "mp4v" video_format: "mp4"',
            bounds={"VIDEO_PRESTREAM": 5},
        )
