"""`attention-mesh run` on graphs that were written for MediaPipe."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from attention_mesh.cli.app import app
from attention_mesh.framework import load_graph_config
from attention_mesh.media.image_file import read_image, write_image
from attention_mesh.media.video_file_source import VideoFileSource
from attention_mesh.tests.media.jpeg_with_exif import jpeg_with_exif

FACE_MESH = """
input_stream: "input_video"
output_stream: "output_video"
output_stream: "multi_face_landmarks"
node {
  calculator: "FlowLimiterCalculator"
  input_stream: "input_video"
  input_stream: "FINISHED:output_video"
  input_stream_info { tag_index: "FINISHED" back_edge: true }
  output_stream: "frames"
}
node {
  calculator: "ConstantSidePacketCalculator"
  output_side_packet: "PACKET:0:num_faces"
  output_side_packet: "PACKET:1:with_attention"
  node_options {
    [type.googleapis.com/mediapipe.ConstantSidePacketCalculatorOptions] {
      packet { int_value: 1 }
      packet { bool_value: true }
    }
  }
}
node {
  calculator: "FaceLandmarkFrontCpu"
  input_stream: "IMAGE:frames"
  input_side_packet: "NUM_FACES:num_faces"
  input_side_packet: "WITH_ATTENTION:with_attention"
  output_stream: "LANDMARKS:multi_face_landmarks"
  output_stream: "ROIS_FROM_LANDMARKS:rects"
  output_stream: "DETECTIONS:detections"
}
node {
  calculator: "FaceRendererCpu"
  input_stream: "IMAGE:frames"
  input_stream: "LANDMARKS:multi_face_landmarks"
  input_stream: "NORM_RECTS:rects"
  input_stream: "DETECTIONS:detections"
  output_stream: "IMAGE:output_video"
}
"""
LIMITED = """
input_stream: "input_video"
output_stream: "output_video"
node {
  calculator: "FlowLimiterCalculator"
  input_stream: "input_video"
  input_stream: "FINISHED:output_video"
  input_stream_info { tag_index: "FINISHED" back_edge: true }
  output_stream: "throttled"
}
node { calculator: "MirroringSubgraph" input_stream: "IMAGE:throttled" output_stream: "IMAGE:output_video" }
"""
MIRRORING = """
type: "MirroringSubgraph"
input_stream: "IMAGE:image"
output_stream: "IMAGE:mirrored"
node {
  calculator: "ImageTransformationCalculator"
  input_stream: "IMAGE:image"
  output_stream: "IMAGE:mirrored"
  options { [mediapipe.ImageTransformationCalculatorOptions.ext] { flip_horizontally: true } }
}
"""
DECODING = """
input_stream: "input_image_bytes"
output_stream: "output_image"
node {
  calculator: "OpenCvEncodedImageToImageFrameCalculator"
  input_stream: "input_image_bytes"
  output_stream: "output_image"
}
"""
PROPERTIES = """
node {
  calculator: "ImageFilePropertiesCalculator"
  input_stream: "input_image_bytes"
  output_stream: "properties"
}
"""
SELF_FED = """
node {
  calculator: "OpenCvVideoDecoderCalculator"
  input_side_packet: "INPUT_FILE_PATH:input_video_path"
  output_stream: "VIDEO:video"
  output_stream: "VIDEO_PRESTREAM:header"
}
node {
  calculator: "ImageTransformationCalculator"
  input_stream: "IMAGE:video"
  input_side_packet: "FLIP_HORIZONTALLY:flip"
  output_stream: "IMAGE:flipped"
}
node {
  calculator: "OpenCvVideoEncoderCalculator"
  input_stream: "VIDEO:flipped"
  input_stream: "VIDEO_PRESTREAM:header"
  input_side_packet: "OUTPUT_FILE_PATH:output_video_path"
  node_options {
    [type.googleapis.com/mediapipe.OpenCvVideoEncoderCalculatorOptions] { codec: "avc1" video_format: "mp4" }
  }
}
"""


def run(*arguments):
    """Runs the command in this process; returns the exit code and the output."""
    result = CliRunner().invoke(app, ["run", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def mirrors(path, clip) -> bool:
    """Whether the video at `path` is the mirrored clip."""
    with VideoFileSource(path) as source, VideoFileSource(clip) as original:
        made, plain = list(source), list(original)
    assert len(made) == len(plain)
    flipped = np.array([frame.image[:, ::-1] for frame in plain], int)
    return (
        np.abs(np.array([frame.image for frame in made]) - flipped).mean() < 5
    )  # levels, the loss of the codec


@pytest.fixture
def limited(tmp_path):
    (tmp_path / "subgraphs").mkdir()
    (tmp_path / "subgraphs" / "mirroring.pbtxt").write_text(MIRRORING)
    path = tmp_path / "limited.pbtxt"
    path.write_text(LIMITED)
    return path


@pytest.fixture
def self_fed(tmp_path):
    path = tmp_path / "self_fed.pbtxt"
    path.write_text(SELF_FED)
    return path


def test_mediapipes_face_mesh_draws_every_frame_of_a_video_and_tells_its_landmarks(clip, tmp_path):
    (tmp_path / "face_mesh.pbtxt").write_text(FACE_MESH)
    outputs = ["-o", tmp_path / "out.mp4", "-o", tmp_path / "out.jsonl"]
    code, text = run("--graph", tmp_path / "face_mesh.pbtxt", "-i", clip, *outputs)
    assert code == 0, text
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [line["frame"] for line in lines] == list(range(20))
    noses = np.array([line["landmarks_px"][1][0] for line in lines])
    np.testing.assert_allclose(np.diff(noses), 4, atol=2)  # px per frame, the motion of the clip
    with VideoFileSource(tmp_path / "out.mp4") as source, VideoFileSource(clip) as original:
        drawn, plain = list(source), list(original)
    changes = [
        (np.abs(made.image.astype(int) - frame.image) > 60).any(axis=2).sum()
        for made, frame in zip(drawn, plain, strict=True)
    ]
    assert min(changes) > 1000  # pixels


def test_it_runs_on_a_photo_too(astronaut, tmp_path):
    (tmp_path / "face_mesh.pbtxt").write_text(FACE_MESH)
    write_image(tmp_path / "photo.png", astronaut)
    files = ["-i", tmp_path / "photo.png", "-o", tmp_path / "out.png", "-o", tmp_path / "out.csv"]
    code, text = run("--graph", tmp_path / "face_mesh.pbtxt", *files)
    assert code == 0, text
    made = read_image(tmp_path / "out.png")
    green = (made == (0, 255, 0)).all(axis=2)
    red = (made == (255, 0, 0)).all(axis=2)
    assert green.sum() > 1000 and red.sum() > 2000  # pixels: contours and detection; landmarks and region
    ys, xs = np.nonzero(red)
    assert 60 < xs.min() and xs.max() < 360 and ys.max() < 300  # on the face and around it


def test_a_graph_that_decodes_photos_itself_gets_their_files(astronaut, tmp_path):
    """iris_depth_cpu.pbtxt of MediaPipe is such a graph: it needs the EXIF in the file."""
    (tmp_path / "decoding.pbtxt").write_text(DECODING + PROPERTIES)
    (tmp_path / "photos").mkdir()
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / "photos" / name).write_bytes(jpeg_with_exif(image=astronaut))
    files = ["-i", tmp_path / "photos", "-o", f"{tmp_path / 'out'}/"]
    code, text = run("--graph", tmp_path / "decoding.pbtxt", *files)
    assert code == 0, text
    for name in ("a", "b"):
        (made,) = (tmp_path / "out").glob(f"{name}.*")
        # Encoded twice.
        assert np.abs(read_image(made).astype(int) - astronaut).mean() < 3  # levels, the loss of JPEG


def test_a_graph_that_decodes_photos_itself_gets_a_films_frames_without_loss(clip, tmp_path):
    (tmp_path / "decoding.pbtxt").write_text(DECODING)
    files = ["-i", clip, "-o", f"{tmp_path / 'out'}/", "--max-frames", 2]
    code, text = run("--graph", tmp_path / "decoding.pbtxt", *files)
    assert code == 0, text
    with VideoFileSource(clip) as source:
        for frame, file in zip(source, sorted((tmp_path / "out").iterdir()), strict=False):
            assert np.abs(read_image(file).astype(int) - frame.image).mean() < 3  # levels, if it is a JPEG


def test_a_graph_for_cameras_drops_no_frame_of_a_file(clip, limited, tmp_path):
    path = ["--graph-path", tmp_path / "subgraphs"]
    code, text = run("-i", clip, "-o", tmp_path / "out.mp4", "--graph", limited, *path)
    assert code == 0, text
    assert mirrors(tmp_path / "out.mp4", clip)


def test_a_binary_graph_runs_as_its_text_does(clip, limited, tmp_path):
    binary = tmp_path / "limited.binarypb"
    binary.write_bytes(load_graph_config(limited).SerializeToString())
    code, text = run("-i", clip, "-o", tmp_path / "out.mp4", "--graph", binary)
    assert code == 0, text
    assert mirrors(tmp_path / "out.mp4", clip)


def test_mediapipes_flags_mean_the_same(clip, limited, tmp_path):
    files = [f"--input_video_path={clip}", f"--output_video_path={tmp_path / 'out.mp4'}"]
    code, text = run(f"--calculator_graph_config_file={limited}", *files)
    assert code == 0, text
    assert mirrors(tmp_path / "out.mp4", clip)


@pytest.mark.parametrize("style", ["input and output", "side packets", "mediapipe"])
def test_a_graph_that_reads_its_file_itself_runs_to_its_end(clip, self_fed, tmp_path, style):
    output = tmp_path / "out.mp4"
    files = {
        "input and output": ["-i", clip, "-o", output, "--side-packet", "flip=true"],
        "side packets": [
            *("--side-packet", f"input_video_path={clip}", "--side-packet", f"output_video_path={output}"),
            *("--side-packet", "flip=yes"),
        ],
        "mediapipe": [f"--input_side_packets=input_video_path={clip},output_video_path={output},flip=true"],
    }
    code, text = run("--graph", self_fed, *files[style], "--trace", tmp_path / "made" / "trace.json")
    assert code == 0, text
    assert mirrors(output, clip)
    assert "OpenCvVideoEncoderCalculator" in (tmp_path / "made" / "trace.json").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "needs side packets that are not given.*input_video_path (str), output_video_path (str)"),
        (
            ["-i", "CLIP", "-o", "a.mp4", "-o", "b.mp4"],
            "--output b.mp4: a graph without input streams writes",
        ),
        (["-i", "CLIP", "-o", "CLIP"], "is the input"),
        (["-i", "CLIP", "--max-frames", "3"], "--max-frames does not apply"),
        (["-i", "CLIP", "--no-smooth"], "--smooth does not apply"),
        (["-i", "CLIP", "--side-packet", "flip=maybe"], "'maybe' is not of type bool"),
        (["-i", "CLIP", "--side-packet", "volume=3"], "takes no side packet volume"),
    ],
)
def test_wrong_usage_of_such_a_graph_is_exit_code_2(clip, self_fed, arguments, message):
    code, text = run("--graph", self_fed, *[clip if part == "CLIP" else part for part in arguments])
    assert code == 2 and all(part in text for part in message.split(".*")), text


def test_files_that_no_node_takes_are_refused(clip, tmp_path):
    (tmp_path / "empty.pbtxt").write_text(
        'node { calculator: "ConstantSidePacketCalculator" output_side_packet: "PACKET:a" node_options { '
        "[type.googleapis.com/mediapipe.ConstantSidePacketCalculatorOptions] { packet { int_value: 1 } } } }"
    )
    code, text = run("--graph", tmp_path / "empty.pbtxt", "-i", clip)
    assert code == 2 and "none of its nodes takes a side packet INPUT_FILE_PATH" in text


def test_an_error_of_such_a_graph_is_one_line(self_fed, tmp_path):
    code, text = run("--graph", self_fed, "-i", tmp_path / "absent.mp4", "-o", tmp_path / "a.mp4")
    assert code == 1 and "there is no such file" in text and "Traceback" not in text


def test_a_video_that_the_disk_does_not_take_is_an_error_of_such_a_graph(
    clip, self_fed, tmp_path, file_size_limit
):
    arguments = ["-i", clip, "-o", tmp_path / "a.mp4", "--side-packet", "flip=true"]
    with file_size_limit(30_000):
        code, text = run("--graph", self_fed, *arguments)
    assert code == 1 and "a.mp4: File too large" in text and "written by the graph" not in text


def test_a_graph_that_takes_frames_needs_an_input(limited, tmp_path):
    code, text = run("--graph", limited, "-o", tmp_path / "out.mp4")
    assert code == 2 and "--input is missing" in text


def test_subgraphs_that_are_nowhere_are_named(clip, tmp_path):
    (tmp_path / "alone.pbtxt").write_text(LIMITED)
    code, text = run("--graph", tmp_path / "alone.pbtxt", "-i", clip, "-o", tmp_path / "out.mp4")
    assert code == 1 and "MirroringSubgraph" in text and "Traceback" not in text
