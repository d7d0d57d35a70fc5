"""Finding the streams of a user's graph."""

import pytest

from attention_mesh.cli.errors import UsageError
from attention_mesh.cli.run.graph_ports import GraphPorts
from attention_mesh.framework import ValidatedGraph, load_graph_config
from attention_mesh.python_bindings.cpu_images import with_cpu_images
from attention_mesh.python_bindings.landmarker.face_mesh_graph import face_mesh_graph_path


def ports(inputs, outputs):
    lines = [f'input_stream: "{name}"' for name in inputs] + [f'output_stream: "{name}"' for name in outputs]
    for index, output in enumerate(outputs):
        source = inputs[index % len(inputs)].split(":")[-1]
        name = output.split(":")[-1]
        lines.append(
            f'node {{ calculator: "PassThroughCalculator" input_stream: "{source}" output_stream: "{name}" }}'
        )
    return GraphPorts.of(ValidatedGraph("\n".join(lines)))


@pytest.mark.parametrize("inputs", [["IMAGE:x"], ["input_video"], ["anything"], ["VIDEO:x"]])
def test_the_frames_input_is_known_by_tag_by_name_or_by_being_alone(inputs):
    assert ports(inputs, ["output_video"]).input == inputs[0].split(":")[-1]


def test_the_frames_input_is_known_by_being_the_only_array():
    graph = """
      input_stream: "gate"
      input_stream: "pictures"
      output_stream: "small"
      node {
        calculator: "ImageTransformationCalculator"
        input_stream: "IMAGE:pictures"
        input_stream: "FLIP_VERTICALLY:gate"
        output_stream: "IMAGE:small"
      }
    """
    with pytest.raises(
        UsageError, match="frames go to pictures, but nothing can feed its other inputs: gate"
    ):
        GraphPorts.of(ValidatedGraph(graph))


def test_outputs_are_known_by_tag_or_name():
    found = ports(["IMAGE:x"], ["IMAGE:pictures", "LANDMARKS:points", "ROIS:regions", "SCORES:s", "other"])
    assert (found.image, found.landmarks, found.rois, found.scores) == ("pictures", "points", "regions", "s")
    assert list(found.values) == ["other"]
    assert found.outputs == ["pictures", "points", "regions", "s", "other"]
    named = ports(["x"], ["output_video"])
    assert (named.image, named.landmarks) == ("output_video", None)


def test_the_face_mesh_graphs_have_all_that_is_collected():
    for name in ("face_mesh_render", "face_mesh_two_pass_render"):
        found = GraphPorts.of(ValidatedGraph(load_graph_config(face_mesh_graph_path(name))))
        assert len(found.outputs) == 5 and list(found.values) == ["detections"]


ON_GPU = 'input_stream: "IMAGE:x" output_stream: "IMAGE:y" node {{ calculator: "{}" {} }}'
READERS = {
    "flips": 'input_stream: "IMAGE_GPU:x" output_stream: "IMAGE_GPU:y"',
    "passes": 'input_stream: "x" output_stream: "y"',
}


@pytest.mark.parametrize(
    "graph, takes",
    [
        (face_mesh_graph_path("face_mesh_gpu"), True),
        (face_mesh_graph_path("face_mesh"), False),
        (ON_GPU.format("ImageTransformationCalculator", READERS["flips"]), True),  # behind an upload
        (ON_GPU.format("PassThroughCalculator", READERS["passes"]), False),  # whatever reads it then
    ],
)
def test_only_graphs_that_upload_their_frames_take_a_films_planes(graph, takes):
    assert GraphPorts.of(with_cpu_images(ValidatedGraph(graph))).takes_raw is takes


def test_a_graph_without_an_input_for_frames_or_with_further_inputs_is_refused():
    with pytest.raises(UsageError, match="no input stream takes frames.*left, right"):
        ports(["left", "right"], ["output_video"])
    with pytest.raises(UsageError, match="nothing can feed.*music"):
        ports(["IMAGE:x", "music"], ["output_video"])


def test_what_faces_do_is_known_by_tag_and_type():
    puppet = GraphPorts.of(ValidatedGraph(face_mesh_graph_path("face_puppet")))
    assert puppet.expression == {"poses": "poses", "blendshapes": "blendshapes", "gaze": "gaze"}
    wanted = puppet.collecting({"gaze", "blinks"}, values=False)
    assert wanted.expression == {"gaze": "gaze"}
    assert wanted.outputs == ["puppet_image", "landmarks", "rois", "scores", "gaze"]
    everything = puppet.collecting({"gaze"}, values=True)
    assert {"poses", "blendshapes", "vmc_sent", "detections"} <= set(everything.values)
    # Packets of any type may be something else than arrays.
    assert ports(["IMAGE:x"], ["LANDMARKS:points", "BLENDSHAPES:classes"]).expression == {}
