"""InferenceCalculator: all faces of a frame through one network."""

import numpy as np
import pytest

from attention_mesh.framework import CalculatorError, CalculatorGraph, ConfigError
from attention_mesh.framework.protos import message_class, parse_text
from attention_mesh.framework.testing import run_calculator
from attention_mesh.models.runtime.litert_runner import LitertRunner
from attention_mesh.models.weights import MODELS, ModelStore, model_path

NAME = "face_detection_short_range"
OPTIONS = f'model_path: "{NAME}" delegate {{ xnnpack {{ num_threads: 1 }} }}'


def images(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((count, 128, 128, 3), np.float32)


def run(frames, side=None, options=OPTIONS):
    packets = [(1000 * index, [frame]) for index, frame in enumerate(frames)]
    return run_calculator("InferenceCalculator", inputs={"TENSORS": packets}, side=side, options=options)


def test_every_frame_gives_its_models_outputs_at_its_timestamp():
    frames = [images(2), images(1, 5), images(3, 6)]
    out = run(frames)
    runner = LitertRunner(model_path(NAME), 1)
    assert [packet.timestamp for packet in out.packets("TENSORS")] == [0, 1000, 2000]
    for frame, tensors in zip(frames, out.values("TENSORS"), strict=True):
        for ours, theirs in zip(tensors, runner.run([frame]), strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_no_face_gives_empty_outputs():
    (tensors,) = run([images(0)]).values("TENSORS")
    assert [tensor.shape for tensor in tensors] == [(0, 896, 16), (0, 896, 1)]


def test_a_frame_without_a_packet_moves_the_bound_only():
    out = run_calculator(
        "InferenceCalculator",
        inputs={"TENSORS": [(0, [images(1)])]},
        bounds={"TENSORS": 50_000},
        options=OPTIONS,
    )
    assert len(out.packets("TENSORS")) == 1
    assert out.bound("TENSORS") == 50_000


@pytest.mark.parametrize(
    "model",
    [
        lambda: NAME,
        lambda: MODELS[NAME].member,  # as MediaPipe's own graphs name it
        lambda: model_path(NAME),
        lambda: str(model_path(NAME)),
        lambda: model_path(NAME).read_bytes(),
    ],
    ids=["name", "MediaPipe's path", "Path", "path", "bytes"],
)
def test_the_side_packet_names_the_model(model):
    side = {"MODEL": model()}
    (tensors,) = run([images(1)], side=side, options='model_path: "not used"').values("TENSORS")
    (expected,) = run([images(1)]).values("TENSORS")
    np.testing.assert_array_equal(tensors[0], expected[0])


def test_the_side_packet_sets_the_threads(monkeypatch):
    seen = []
    original = LitertRunner.__init__

    def spy(self, model, num_threads=0):
        seen.append(num_threads)
        original(self, model, num_threads)

    monkeypatch.setattr(LitertRunner, "__init__", spy)
    run([images(1)], side={"NUM_THREADS": 3})
    run([images(1)])
    run([images(1)], options=f'model_path: "{NAME}" cpu_num_thread: 2')
    run([images(1)], options=f'model_path: "{NAME}"')
    assert seen == [3, 1, 2, -1]


TWO_NODES = """
input_stream: "first" input_stream: "second" input_side_packet: "model"
output_stream: "first_out" output_stream: "second_out"
node { calculator: "InferenceCalculator" input_stream: "TENSORS:first" output_stream: "TENSORS:first_out"
       input_side_packet: "MODEL:model" }
node { calculator: "InferenceCalculator" input_stream: "TENSORS:second" output_stream: "TENSORS:second_out"
       input_side_packet: "MODEL:model" }
"""


def test_a_file_that_a_node_has_loaded_is_loaded_by_another_only_when_tensors_arrive(monkeypatch, tmp_path):
    file = tmp_path / "a.tflite"
    file.write_bytes(model_path(NAME).read_bytes())
    loaded, results = [], {}
    module = "attention_mesh.calculators.tensor.devices.network_runner.LitertRunner"
    monkeypatch.setattr(module, lambda *arguments: loaded.append(1) or LitertRunner(*arguments))
    with CalculatorGraph(TWO_NODES, scheduler="caller") as graph:
        for name in ("first", "second"):
            graph.observe_output_stream(f"{name}_out", lambda p, name=name: results.update({name: p.value}))
        graph.start_run({"model": str(file)})
        for name, count in (("first", 1), ("second", 2)):
            assert len(loaded) == 1
            graph.add_packet(name, [images(1)], 0)
            graph.wait_until_idle()
            assert len(loaded) == count
    for ours, theirs in zip(results["first"], results["second"], strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_maps_reorder_the_outputs():
    by_index = "input_output_config { output_tensor_indices_map { model_tensor_indices: [1, 0] } }"
    by_name = (
        'input_output_config { output_tensor_names_map { tensor_names: "classificators" '
        'tensor_names: "regressors" } }'
    )
    (plain,) = run([images(1)]).values("TENSORS")
    for config in (by_index, by_name):
        (turned,) = run([images(1)], options=f"{OPTIONS} {config}").values("TENSORS")
        np.testing.assert_array_equal(turned[0], plain[1])
        np.testing.assert_array_equal(turned[1], plain[0])


def test_a_map_with_an_unknown_name_lists_the_models_names():
    config = 'input_output_config { output_tensor_names_map { tensor_names: "boxes" } }'
    with pytest.raises(CalculatorError, match="no output 'boxes'; it has regressors, classificators"):
        run([images(1)], options=f"{OPTIONS} {config}")


def test_a_wrong_tensor_names_node_shape_and_timestamp():
    with pytest.raises(CalculatorError) as error:
        run([images(1), np.zeros((1, 192, 192, 3), np.float32)])
    message = str(error.value)
    assert "InferenceCalculator" in message and "1000" in message
    assert "takes (F, 128, 128, 3) float32" in message and "got (1, 192, 192, 3)" in message


def test_a_missing_model_file_is_named_at_open():
    with pytest.raises(CalculatorError, match="no model at gone.tflite"):
        run([images(1)], options='model_path: "gone.tflite"')


def test_a_model_of_another_kind_is_refused():
    with pytest.raises(CalculatorError, match="a path, a name or bytes, not int"):
        run([images(1)], side={"MODEL": 7})


def test_a_model_that_the_program_does_not_give_is_told():
    graph = (
        'input_stream: "a" input_side_packet: "model" node { calculator: "InferenceCalculator" '
        'input_stream: "TENSORS:a" output_stream: "TENSORS:b" input_side_packet: "MODEL:model" }'
    )
    with CalculatorGraph(graph) as running:
        with pytest.raises(CalculatorError, match="the side packet MODEL was not given"):
            running.start_run()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("", "a model is needed"),
        (f'model_path: "{NAME}" delegate {{ nnapi {{ }} }}', "delegate nnapi is not available"),
        (
            f'model_path: "{NAME}" input_output_config {{ feedback_tensor_links {{ }} }}',
            "feedback_tensor_links",
        ),
    ],
)
def test_options_that_cannot_work_fail_at_validation(options, message):
    with pytest.raises(ConfigError, match=message):
        run([images(1)], options=options)


def test_tensors_one_by_one_are_the_same_as_in_a_list():
    (expected,) = run([images(1)]).values("TENSORS")
    single = run_calculator(
        "InferenceCalculator",
        {"TENSOR": [(1000, images(1))]},
        options=OPTIONS,
        outputs=["TENSOR:0", "TENSOR:1"],
    )
    for index, tensor in enumerate(expected):
        np.testing.assert_array_equal(single.values(f"TENSOR:{index}")[0], tensor)
    with pytest.raises(CalculatorError, match="3 TENSOR outputs; the model has 2"):
        outputs = [f"TENSOR:{index}" for index in range(3)]
        run_calculator("InferenceCalculator", {"TENSOR": [(0, images(1))]}, options=OPTIONS, outputs=outputs)


@pytest.mark.parametrize("as_bytes", [False, True])
def test_an_official_file_with_custom_operators_runs(as_bytes):
    official = ModelStore().official_path("face_landmark_with_attention")
    crop = np.random.default_rng(1).random((1, 192, 192, 3), np.float32)
    given = official.read_bytes() if as_bytes else str(official)
    side = {"MODEL": given, "OP_RESOLVER": "any", "CUSTOM_OP_RESOLVER": "any"}
    (outputs,) = run_calculator("InferenceCalculator", {"TENSORS": [(0, [crop])]}, side).values("TENSORS")
    (expected,) = run_calculator(
        "InferenceCalculator",
        {"TENSORS": [(0, [crop])]},
        options='model_path: "face_landmark_with_attention"',
    ).values("TENSORS")
    assert [tensor.size for tensor in outputs] == [1404, 160, 142, 142, 10, 10, 1]
    for tensor, same in zip(outputs, expected, strict=True):
        np.testing.assert_array_equal(tensor, same)


@pytest.mark.parametrize("name", ["InferenceCalculatorCpu", "InferenceCalculatorXnnpack"])
def test_the_names_of_mediapipes_back_ends_are_the_same_node(name):
    (expected,) = run([images(1)]).values("TENSORS")
    (found,) = run_calculator(name, {"TENSORS": [(0, [images(1)])]}, options=OPTIONS).values("TENSORS")
    np.testing.assert_array_equal(found[0], expected[0])


def test_the_delegate_may_come_as_a_side_packet(monkeypatch):
    make = message_class("mediapipe.InferenceCalculatorOptions.Delegate")
    seen = []
    original = LitertRunner.__init__

    def spy(self, model, num_threads=0):
        seen.append(num_threads)
        original(self, model, num_threads)

    monkeypatch.setattr(LitertRunner, "__init__", spy)
    run([images(1)], side={"DELEGATE": parse_text("xnnpack { num_threads: 2 }", make())})
    assert seen == [2]
    with pytest.raises(CalculatorError, match="delegate nnapi is not available"):
        run([images(1)], side={"DELEGATE": parse_text("nnapi {}", make())})


def test_other_processors_are_refused():
    with pytest.raises(ConfigError, match="use_nnapi is not available"):
        run([images(1)], options=f"{OPTIONS} use_nnapi: true")
    with pytest.raises(CalculatorError, match="DEVICE is 'tpu'; expected one of cpu, gpu, auto"):
        run([images(1)], side={"DEVICE": "tpu"})


def test_tensors_come_in_one_form():
    with pytest.raises(ConfigError, match="TENSORS, or TENSOR"):
        both = {"TENSORS": [(0, [images(1)])], "TENSOR": [(0, images(1))]}
        run_calculator("InferenceCalculator", both, options=OPTIONS)
