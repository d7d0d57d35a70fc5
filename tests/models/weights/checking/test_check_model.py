"""Models that strangers send: what is refused before LiteRT reads it, and what a trial finds."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from attention_mesh.models.inference.blendshape_network import MODEL as BLENDSHAPES
from attention_mesh.models.weights.checking.check_unknown_model import check_unknown_model, try_unknown_model
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph
from attention_mesh.models.weights.errors import ModelFileError
from attention_mesh.models.weights.model_files import OPEN_MODEL, is_own_file, runnable_model

REPOSITORY = Path(__file__).resolve().parents[4]
PEER = sorted(REPOSITORY.glob(".venv-mediapipe/**/mediapipe/modules/**/*.tflite"))
CUSTOM = (b"Landmarks2TransformMatrix", b"TransformTensorBilinear", b"TransformLandmarks")
RESHAPE = schema.BuiltinOperator.RESHAPE
FLOAT32, INT32 = schema.TensorType.FLOAT32, schema.TensorType.INT32


def tensor(shape: tuple[int, ...], kind: int = FLOAT32, buffer: int = 0) -> Any:
    made = schema.TensorT()
    made.shape, made.type, made.buffer, made.name = np.array(shape, np.int32), kind, buffer, "t"
    return made


def model(operator: int = RESHAPE, inputs: tuple[int, ...] = (0, 1)) -> Any:
    """A model of one operator: tensor 0 is the input, 1 the constant (1, 4), 2 the output."""
    graph, code, node, constant = (
        schema.SubGraphT(),
        schema.OperatorCodeT(),
        schema.OperatorT(),
        schema.BufferT(),
    )
    constant.data = np.frombuffer(np.array([1, 4], np.int32).tobytes(), np.uint8)
    code.deprecatedBuiltinCode = code.builtinCode = operator
    node.inputs, node.outputs = np.array(inputs, np.int32), np.array([2], np.int32)
    graph.tensors = [tensor((1, 2, 2)), tensor((2,), INT32, 1), tensor((1, 4))]
    graph.inputs, graph.outputs = np.array([0], np.int32), np.array([2], np.int32)
    graph.operators = [node]
    made = schema.ModelT()
    made.version, made.operatorCodes, made.subgraphs = 3, [code], [graph]
    made.buffers = [schema.BufferT(), constant]
    return made


def content(made: Any) -> bytes:
    return TfliteGraph(made).to_bytes()


def test_the_model_that_the_cases_change_is_good():
    check_unknown_model(content(model()))
    try_unknown_model(content(model()))


@pytest.mark.parametrize("file", [BLENDSHAPES, OPEN_MODEL], ids=lambda file: file.stem)
def test_our_own_models_pass(file):
    check_unknown_model(file.read_bytes())


@pytest.mark.skipif(not PEER, reason="MediaPipe's models come with `make peer`")
def test_every_model_of_mediapipe_passes():
    """Except two with an operator that LiteRT does not have either."""
    refused = []
    for file in PEER:
        try:
            check_unknown_model(file.read_bytes(), file.name, CUSTOM)
        except ModelFileError as error:
            assert "Convolution2DTransposeBias" in str(error)
            refused.append(file.name)
    assert {*refused} <= {"selfie_segmentation.tflite", "selfie_segmentation_landscape.tflite"}
    assert len(PEER) - len(refused) >= 12


CASES: dict[str, tuple[Callable[[Any], object], str]] = {}


def case(message: str) -> Callable[[Callable[[Any], object]], Callable[[Any], object]]:
    """Registers a change of a good model, and what is said of it."""

    def add(change: Callable[[Any], object]) -> Callable[[Any], object]:
        CASES[change.__name__] = change, message
        return change

    return add


def graph_of(made: Any) -> Any:
    return made.subgraphs[0]


@case("input 1: tensor -1 does not exist")
def an_input_left_out(made: Any) -> None:
    graph_of(made).operators[0].inputs = np.array([0, -1], np.int32)


@case("tensor 3 does not exist; there are 3")
def an_input_beyond_the_tensors(made: Any) -> None:
    graph_of(made).operators[0].inputs = np.array([0, 3], np.int32)


@case("has 3 inputs; expected 1 to 2")
def an_input_too_many(made: Any) -> None:
    graph_of(made).operators[0].inputs = np.array([0, 1, 1], np.int32)


@case("has 0 outputs; expected 1 to 1")
def no_output(made: Any) -> None:
    graph_of(made).operators[0].outputs = np.array([], np.int32)


@case("makes tensor 0, which is there already")
def an_output_over_the_input(made: Any) -> None:
    graph_of(made).operators[0].outputs = np.array([0], np.int32)


@case("reads tensor 2 before it is made")
def a_result_before_it_is_made(made: Any) -> None:
    graph_of(made).operators[0].inputs = np.array([2, 1], np.int32)


@case("input 1 depends on the pictures")
def a_shape_from_the_input(made: Any) -> None:
    graph_of(made).tensors[1].buffer = 0
    graph_of(made).inputs = np.array([0, 1], np.int32)


@case("operator code 1 does not exist")
def an_operator_code_that_is_missing(made: Any) -> None:
    graph_of(made).operators[0].opcodeIndex = 1


@case("the operator WHILE is not among those")
def a_loop(made: Any) -> None:
    made.operatorCodes[0].deprecatedBuiltinCode = made.operatorCodes[0].builtinCode = 119


@case("custom operator 'evil' is unknown")
def a_custom_operator(made: Any) -> None:
    made.operatorCodes[0].deprecatedBuiltinCode = made.operatorCodes[0].builtinCode = 32
    made.operatorCodes[0].customCode = "evil"


@case("has 8 bytes; its shape")
def a_constant_that_is_too_short(made: Any) -> None:
    graph_of(made).tensors[1].shape = np.array([3], np.int32)


@case("buffer 2 does not exist")
def a_buffer_that_is_missing(made: Any) -> None:
    graph_of(made).tensors[1].buffer = 2


@case("expected up to 6 sizes, 0 or more")
def a_negative_size(made: Any) -> None:
    graph_of(made).tensors[0].shape = np.array([-5, 2], np.int32)


@case("the limit is 268435456")
def a_huge_tensor(made: Any) -> None:
    graph_of(made).tensors[0].shape = np.array([1 << 15, 1 << 15], np.int32)


@case("the limit is 2147483648")
def many_large_tensors(made: Any) -> None:
    graph_of(made).tensors += [tensor((1 << 13, 1 << 13)) for _ in range(9)]


@case("of the type STRING")
def texts(made: Any) -> None:
    graph_of(made).tensors[0].type = schema.TensorType.STRING


@case("has 3 scales on axis 0")
def scales_that_do_not_fit(made: Any) -> None:
    quantization = schema.QuantizationParametersT()
    quantization.scale = np.ones(3, np.float32)
    graph_of(made).tensors[0].quantization = quantization


@case("negative or no number")
def a_scale_that_is_no_number(made: Any) -> None:
    quantization = schema.QuantizationParametersT()
    quantization.scale = np.array([np.nan], np.float32)
    graph_of(made).tensors[0].quantization = quantization


@case("has ReducerOptions; expected ReshapeOptions")
def options_of_another_operator(made: Any) -> None:
    graph_of(made).operators[0].builtinOptionsType = 27
    graph_of(made).operators[0].builtinOptions = schema.ReducerOptionsT()


@case("has 2 subgraphs; expected 1")
def two_subgraphs(made: Any) -> None:
    made.subgraphs = [graph_of(made), graph_of(made)]


@case("order of the axes of a sparse constant")
def a_sparse_constant_without_axes(made: Any) -> None:
    graph_of(made).tensors[1].sparsity = schema.SparsityParametersT()


@case("inputs and outputs are missing")
def no_inputs(made: Any) -> None:
    graph_of(made).inputs = np.array([], np.int32)


@case("version 2 of the format")
def another_version(made: Any) -> None:
    made.version = 2


@pytest.mark.parametrize("name", CASES)
def test_a_model_whose_parts_do_not_fit_is_refused(name):
    change, message = CASES[name]
    made = model()
    change(made)
    builder = flatbuffers.Builder(1024)
    builder.Finish(made.Pack(builder), b"TFL3")
    with pytest.raises(ModelFileError, match=message):
        check_unknown_model(bytes(builder.Output()))


def test_stride_zero_is_refused():
    """It divides by it."""
    made = model(schema.BuiltinOperator.MAX_POOL_2D, (0,))
    graph_of(made).operators[0].builtinOptionsType = schema.BuiltinOptions.Pool2DOptions
    graph_of(made).operators[0].builtinOptions = schema.Pool2DOptionsT()
    with pytest.raises(ModelFileError, match="StrideW is 0; expected 1"):
        check_unknown_model(content(made))


@pytest.mark.parametrize("place", range(0, 400, 4))
def test_no_distance_leads_out_of_the_file(place):
    """Each four bytes in turn are a distance beyond the end: refused, or without a meaning."""
    good = content(model())
    damaged = bytearray(good)
    struct.pack_into("<I", damaged, min(place, len(good) - 4), 0x7FFFFF00)
    try:
        check_unknown_model(bytes(damaged))
    except ModelFileError:
        return
    assert len(TfliteGraph.from_bytes(bytes(damaged)).graph.operators) == 1


def test_a_file_that_ends_anywhere_is_refused():
    good = content(model())
    for end in range(len(good) - 1):
        with pytest.raises(ModelFileError):
            check_unknown_model(good[:end])


def test_a_model_that_kills_litert_dies_in_the_trial_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("ATTENTION_MESH_CACHE", str(tmp_path))
    monkeypatch.setattr(
        "attention_mesh.models.weights.checking.check_unknown_model._PROGRAM", tmp_path / "dies.py"
    )
    (tmp_path / "dies.py").write_text("import os; os.abort()")
    with pytest.raises(ModelFileError, match="LiteRT does not survive a trial run"):
        try_unknown_model(content(model()))
    assert not (tmp_path / "tried").exists()


def test_what_litert_refuses_is_said_with_its_reason(tmp_path, monkeypatch):
    monkeypatch.setenv("ATTENTION_MESH_CACHE", str(tmp_path))
    made = model()
    graph_of(made).tensors[0].shape = np.array([1, 3, 2], np.int32)  # 6 elements cannot be 4
    check_unknown_model(content(made))
    with pytest.raises(ModelFileError, match="my.tflite: LiteRT cannot run it: RuntimeError"):
        try_unknown_model(content(made), "my.tflite")


def test_a_trial_happens_once(tmp_path, monkeypatch):
    monkeypatch.setenv("ATTENTION_MESH_CACHE", str(tmp_path))
    file = content(model())
    assert runnable_model(file) is file
    assert len(list((tmp_path / "tried").iterdir())) == 1
    monkeypatch.setattr("subprocess.run", None)
    try_unknown_model(file)


def test_installed_models_and_those_that_the_package_wrote_need_no_trial(tmp_path, monkeypatch):
    monkeypatch.setenv("ATTENTION_MESH_CACHE", str(tmp_path))
    assert is_own_file(OPEN_MODEL) and is_own_file(BLENDSHAPES)
    assert is_own_file(tmp_path / "converted" / "a.tflite")
    assert not is_own_file(tmp_path / "a.tflite")
    assert runnable_model(OPEN_MODEL) == OPEN_MODEL
    assert not (tmp_path / "tried").exists()
