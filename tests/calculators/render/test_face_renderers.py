"""The nodes that draw over faces: each draws its layer, on a copy, and passes frames without a face on."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.drawing.layers.canvas import Canvas
from attention_mesh.drawing.layers.drawn_faces import DrawnFaces
from attention_mesh.drawing.layers.layers import LAYERS, draw_layers, named_layers
from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.testing import run_calculator
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.tests.webgpu.gpu_process import gpu_recorder, on_gpu

SUM = "FaceMeshRendererCalculator"
SIZE = (160, 120)
PORTS = {
    "boxes": (),
    "contours": (),
    "depth": (),
    "gaze": ("GAZE", "EYES_OPEN"),
    "irises": (),
    "labels": ("ROIS", "SCORES", "TEXTS"),
    "mesh": (),
    "motion": ("ROIS",),
    "roi": ("ROIS",),
}
STYLES: dict[str, dict[str, Any]] = {
    "boxes": {"color": "#112233", "margin": 0.1},
    "contours": {"eyebrows": False, "width": 5.0},
    "depth": {"opacity": 0.5},
    "gaze": {"length": 2.0},
    "irises": {"opacity": 0.25},
    "labels": {"scores": False},
    "mesh": {"opacity": 1.0, "width": 2.0},
    "motion": {"full_speed": 0.1},
    "roi": {"color": "#00FF00"},
}


def node_of(layer: str) -> str:
    return f"{layer.capitalize()}RendererCalculator"


def streams(time_us: int = 0) -> dict[str, Any]:
    """Two faces that move with time."""
    random = np.random.default_rng(6)
    points = random.uniform(0.2, 0.8, (2, 478, 3)) + [0, time_us * 1e-6, 0]
    gaze = np.float32([[[0.6, 0, 0.8], [0, 0.6, 0.8], [0, 0, 1]]] * 2)
    return {
        "IMAGE": np.random.default_rng(5).integers(0, 256, (120, 160, 3), np.uint8),
        "LANDMARKS": NormalizedLandmarks(points),
        "ROIS": NormalizedRects(
            np.float32([[0.4, 0.5, 0.3, 0.4, 0.2], [0.6, 0.5, 0.3, 0.4, 0]]), np.array([3, 0])
        ),
        "SCORES": np.float32([0.9, 0.8]),
        "TEXTS": ["Ada", ""],
        "GAZE": gaze,
        "EYES_OPEN": np.array([[True, False], [True, True]]),
    }


def packets(ports: tuple[str, ...], times: tuple[int, ...] = (0, 40_000)) -> dict[str, list]:
    return {
        tag: [(time_us, streams(time_us)[tag]) for time_us in times] for tag in ("IMAGE", "LANDMARKS", *ports)
    }


def drawn(layers: list, ports: tuple[str, ...], times: tuple[int, ...] = (0, 40_000)) -> list[np.ndarray]:
    frames = []
    for time_us in times:
        values = streams(time_us)
        known = {tag: values[tag] for tag in ports}
        rois = known.get("ROIS")
        faces = DrawnFaces(
            values["LANDMARKS"].in_pixels(SIZE),
            rois=None if rois is None else rois.in_pixels(SIZE),
            ids=None if rois is None else rois.ids,
            scores=known.get("SCORES"),
            texts=known.get("TEXTS"),
            gaze=known.get("GAZE"),
            eyes_open=known.get("EYES_OPEN"),
            timestamp_us=time_us,
        )
        image = values["IMAGE"].copy()
        draw_layers(Canvas(image), faces, layers)
        frames.append(image)
    return frames


def test_every_layer_has_a_node() -> None:
    assert {*PORTS, "ids"} == LAYERS.keys()  # ids are labels with another style


@pytest.mark.parametrize("layer", PORTS)
def test_node_draws_its_layer_over_all_faces(layer: str) -> None:
    run = run_calculator(node_of(layer), packets(PORTS[layer]))
    for packet, expected in zip(
        run.packets("IMAGE"), drawn(named_layers([layer]), PORTS[layer]), strict=True
    ):
        np.testing.assert_array_equal(packet.value, expected)
    assert [packet.timestamp for packet in run.packets("IMAGE")] == [0, 40_000]
    assert (run.values("IMAGE")[1] != streams()["IMAGE"]).any()


@pytest.mark.parametrize("layer", PORTS)
def test_options_are_the_style(layer: str) -> None:
    kind = type(named_layers([layer])[0])
    options = " ".join(f"{name}: {json.dumps(value)}" for name, value in STYLES[layer].items())
    run = run_calculator(node_of(layer), packets(PORTS[layer]), options=options)
    styled, plain = (drawn([kind(**style)], PORTS[layer]) for style in (STYLES[layer], {}))
    np.testing.assert_array_equal(run.values("IMAGE"), styled)
    assert not np.array_equal(styled, plain)


@pytest.mark.parametrize("layer", PORTS)
def test_input_is_not_written_to(layer: str) -> None:
    image = streams()["IMAGE"]
    inputs = packets(PORTS[layer], (0,))
    inputs["IMAGE"] = [(0, image)]
    run = run_calculator(node_of(layer), inputs)
    np.testing.assert_array_equal(image, streams()["IMAGE"])
    assert not np.shares_memory(run.values("IMAGE")[0], image)


@pytest.mark.parametrize("node", [*map(node_of, PORTS), SUM])
@pytest.mark.parametrize("landmarks", [[], [(0, NormalizedLandmarks.empty())]], ids=["no packet", "no face"])
def test_frame_without_a_face_passes_through(node: str, landmarks: list) -> None:
    image = streams()["IMAGE"]
    ports = next((ports for layer, ports in PORTS.items() if node_of(layer) == node), ())
    needed = {tag: [] for tag in ports if tag in ("ROIS", "GAZE")}
    bounds = {tag: 1 for tag in ("LANDMARKS", *needed) if tag != "LANDMARKS" or not landmarks}
    run = run_calculator(node, {"IMAGE": [(0, image)], "LANDMARKS": landmarks, **needed}, bounds=bounds)
    assert run.values("IMAGE")[0] is image


@pytest.mark.parametrize("layer", ["roi", "gaze"])
def test_layer_without_its_packet_is_left_out(layer: str) -> None:
    inputs = packets((), (0,))
    tag = PORTS[layer][0]
    run = run_calculator(node_of(layer), {**inputs, tag: []}, bounds={tag: 1})
    np.testing.assert_array_equal(run.values("IMAGE")[0], inputs["IMAGE"][0][1])


@pytest.mark.parametrize("node", [*map(node_of, PORTS), SUM])
@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.zeros((8, 8), np.uint8), r"expected uint8 \(height, width, 3\)"),
        (np.zeros((8, 8, 4), np.uint8), r"\(8, 8, 4\)"),
        (np.zeros((8, 8, 3), np.float32), "float32"),
    ],
    ids=["gray", "alpha", "float"],
)
def test_other_images_are_one_error(node: str, image: np.ndarray, message: str) -> None:
    ports = next((ports for layer, ports in PORTS.items() if node_of(layer) == node), ())
    inputs = packets(ports, (0,))
    inputs["IMAGE"] = [(0, image)]
    with pytest.raises(CalculatorError, match=message):
        run_calculator(node, inputs)


def test_faces_and_details_of_another_number_are_one_error() -> None:
    inputs = packets((), (0,))
    with pytest.raises(CalculatorError, match=r"gaze has shape \(1, 3, 3\); expected \(2, 3, 3\)"):
        run_calculator(node_of("gaze"), {**inputs, "GAZE": [(0, np.ones((1, 3, 3), np.float32))]})


def test_rows_in_any_order_of_memory_are_drawn() -> None:
    inputs = packets((), (0,))
    image = inputs["IMAGE"][0][1]
    mirrored = np.ascontiguousarray(image[:, ::-1])[:, ::-1]
    run = run_calculator(SUM, {**inputs, "IMAGE": [(0, mirrored)]})
    np.testing.assert_array_equal(run.values("IMAGE")[0], run_calculator(SUM, inputs).values("IMAGE")[0])


EVERYTHING = ("ROIS", "SCORES", "TEXTS", "GAZE", "EYES_OPEN")


@pytest.mark.parametrize(
    "names", [["contours", "irises"], ["mesh", "roi", "gaze"], ["ids"], list(LAYERS)[:9]], ids=",".join
)
@pytest.mark.parametrize("by", ["options", "side packet"])
def test_sum_draws_what_single_nodes_do(names: list[str], by: str) -> None:
    options = " ".join(f'layers: "{name}"' for name in names) if by == "options" else ""
    side = {"LAYERS": ", ".join(names)} if by == "side packet" else {}
    run = run_calculator(SUM, packets(EVERYTHING), side, options)
    for image, expected in zip(run.values("IMAGE"), drawn(named_layers(names), EVERYTHING), strict=True):
        np.testing.assert_array_equal(image, expected)


def test_sum_draws_contours_and_irises_if_nothing_is_named() -> None:
    (image,) = run_calculator(SUM, packets((), (0,))).values("IMAGE")
    np.testing.assert_array_equal(image, drawn(named_layers(["contours", "irises"]), (), (0,))[0])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ('layers: "glitter"', '"glitter" is no layer; known layers: depth, motion'),
        ('layers: "mesh" layers: "mesh"', '"mesh" is named twice'),
        ('layers: "gaze"', "GazeLayer needs the input GAZE"),
        ('layers: "roi"', "RoiLayer needs the input ROIS"),
        ("glitter: true", "glitter"),
    ],
)
def test_wrong_options_of_the_sum_are_refused_before_the_run(options: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        run_calculator(SUM, packets((), (0,)), options=options)


@pytest.mark.parametrize(
    ("value", "message"),
    [("mesh,glitter", '"glitter" is no layer'), ("roi", "needs the input ROIS"), ("", "no layer")],
)
def test_wrong_side_packets_of_the_sum_end_the_run(value: str, message: str) -> None:
    with pytest.raises(CalculatorError, match=message):
        run_calculator(SUM, packets((), (0,)), {"LAYERS": value})


@pytest.mark.parametrize(
    ("layer", "options", "message"),
    [
        ("mesh", "width: -1", "width is -1; expected more than 0"),
        ("mesh", 'color: "red"', 'color is "red"; expected #RRGGBB'),
        ("contours", 'left_color: "#12"', "left_color"),
        ("depth", "opacity: 2", "opacity is 2"),
        ("labels", "letter_px: 0", "letter_px is 0"),
        ("motion", "full_speed: 0", "full_speed is 0"),
        ("motion", "seconds: -1", "time_constant_s is -1"),
        ("boxes", "glitter: true", "glitter"),
    ],
)
def test_wrong_options_are_refused_before_the_run(layer: str, options: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        run_calculator(node_of(layer), packets(PORTS[layer], (0,)), options=options)


@on_gpu
@pytest.mark.parametrize("layer", ["boxes", "labels"])
def test_on_a_gpu_a_node_draws_as_on_the_cpu(layer: str) -> None:
    gpu = gpu_recorder()
    packets = {tag: [(0, value)] for tag, value in streams().items() if tag in ("LANDMARKS", *PORTS[layer])}
    image = streams()["IMAGE"]
    picture = gpu.upload_picture(np.dstack([image, np.full(image.shape[:2], 255, np.uint8)]), 3)
    services = {GPU_SERVICE: gpu}
    run = run_calculator(node_of(layer), {"IMAGE_GPU": [(0, picture)], **packets}, services=services)
    (made,) = run.values("IMAGE_GPU")
    (expected,) = run_calculator(node_of(layer), {"IMAGE": [(0, image)], **packets}).values("IMAGE")
    off = np.abs(gpu.read_picture(made).result()[..., :3].astype(int) - expected).max(axis=2)
    assert np.mean(off > 2) < 0.01 and (expected != image).any()


@on_gpu
def test_on_a_gpu_a_frame_without_a_face_passes() -> None:
    gpu = gpu_recorder()
    picture = gpu.picture(SIZE)
    inputs = {"IMAGE_GPU": [(0, picture)], "LANDMARKS": []}
    run = run_calculator(SUM, inputs, services={GPU_SERVICE: gpu})
    assert run.values("IMAGE_GPU") == [picture]


@pytest.mark.parametrize("node", [SUM, "MeshRendererCalculator"])
@pytest.mark.parametrize(
    ("inputs", "output", "message"),
    [
        ("IMAGE IMAGE_GPU LANDMARKS", "IMAGE", "one of the inputs IMAGE and IMAGE_GPU"),
        ("LANDMARKS", "IMAGE", "one of the inputs IMAGE and IMAGE_GPU"),
        ("IMAGE_GPU LANDMARKS", "IMAGE", "connect the output IMAGE_GPU"),
        ("IMAGE LANDMARKS", "IMAGE_GPU", "connect the output IMAGE:"),
        ("IMAGE", "IMAGE", "connect LANDMARKS, or"),
        ("IMAGE_GPU LANDMARKS_GPU", "IMAGE_GPU", "connect LANDMARKS, or"),
        ("IMAGE_GPU LANDMARKS LANDMARKS_GPU FACES", "IMAGE_GPU", "connect LANDMARKS, or"),
        ("IMAGE LANDMARKS_GPU FACES", "IMAGE", "LANDMARKS_GPU needs IMAGE_GPU"),
    ],
)
def test_ports_that_do_not_go_together_are_refused(node: str, inputs: str, output: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        run_calculator(node, {tag: [] for tag in inputs.split()}, outputs=[output])


def test_layers_that_need_the_cpu_are_refused_with_landmarks_on_the_gpu() -> None:
    inputs: dict[str, list] = {"IMAGE_GPU": [], "LANDMARKS_GPU": [], "FACES": []}
    with pytest.raises(ConfigError, match="MotionLayer needs landmarks on the CPU"):
        run_calculator("MotionRendererCalculator", inputs, outputs=["IMAGE_GPU"])
