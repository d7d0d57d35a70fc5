"""The face mesh graph on the GPU finds the CPU graph's faces, in one submission per frame."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE
from attention_mesh.drawing.layers.canvas import Canvas
from attention_mesh.drawing.layers.drawn_faces import DrawnFaces
from attention_mesh.drawing.layers.layers import draw_layers, named_layers
from attention_mesh.drawing.makeup.look import load_look
from attention_mesh.drawing.makeup.paint import painted
from attention_mesh.framework import CalculatorError, CalculatorGraph, ValidatedGraph
from attention_mesh.models.inference.blendshape_network import BlendshapeNetwork
from attention_mesh.python_bindings.landmarker.face_mesh_graph import (
    face_mesh_graph_path,
    face_mesh_side_packets,
)
from attention_mesh.tests.webgpu.gpu_process import gpu_recorder, on_gpu
from attention_mesh.webgpu.device import GpuCounters, GpuDevice
from attention_mesh.webgpu.errors import GpuLostError
from attention_mesh.webgpu.gpu_recorder import GpuRecorder

FRAME_US = 33_333


def film(astronaut: np.ndarray, frames: int) -> list[np.ndarray]:
    """A face that moves, turns and grows; a second one from the second frame on; a dark middle frame."""
    pictures = []
    for number in range(frames):
        turn = cv2.getRotationMatrix2D((220, 120), 20 * np.sin(0.2 * number), 1 + 0.1 * np.sin(0.1 * number))
        turn[:, 2] += 5 * np.sin(0.3 * number) - 100, number % 7
        face = cv2.warpAffine(astronaut, turn, (240, 260), borderMode=cv2.BORDER_REPLICATE)
        second = face[:, ::-1] if number > 0 else np.full_like(face, 90)
        picture = np.concatenate([face, second], axis=1)
        pictures.append(np.zeros_like(picture) if number == frames // 2 else np.ascontiguousarray(picture))
    return pictures


def run(name: str, pictures: list[np.ndarray], with_attention: bool) -> tuple[dict[str, list[Any]], list]:
    """The packets of the graph's outputs, and what the device did for each frame."""
    graph = ValidatedGraph(face_mesh_graph_path(name))
    taken = {entry.name for entry in graph.side_inputs}
    # The faces are large, so that the CPU's graph is sure of them without a closer look, which this lacks.
    side = face_mesh_side_packets(
        num_faces=2, spare_candidates=0, detector="short", with_attention=with_attention
    )
    sent: dict[str, list[Any]] = {"landmarks": [], "rois": [], "scores": []}
    if with_attention and "with_blendshapes" in taken:
        side["with_blendshapes"], sent["blendshapes"] = True, []
    done = []
    with CalculatorGraph(validated_graph=graph, scheduler="caller") as running:
        for stream, packets in sent.items():
            running.observe_output_stream(stream, lambda packet, kept=packets: kept.append(packet.value))
        running.set_service_object(GPU_SERVICE, gpu_recorder())
        running.start_run({key: value for key, value in side.items() if key in taken})
        for number, picture in enumerate(pictures):
            before = replace(gpu_recorder().device.counters)
            running.add_packet("image", picture, number * FRAME_US)
            running.wait_until_idle()
            done.append(gpu_recorder().device.counters.since(before))
    return sent, done


def compare(pictures: list[np.ndarray], with_attention: bool) -> None:
    found, done = run("face_mesh_gpu", pictures, with_attention)
    expected, _ = run("face_mesh", pictures, with_attention)
    size = pictures[0].shape[1], pictures[0].shape[0]
    errors_px = []
    assert len(found["landmarks"]) == len(pictures)
    for number, landmarks in enumerate(found["landmarks"]):
        same = expected["landmarks"][number]
        assert len(landmarks) == len(same), number
        # A slot's place may be another than in the CPU's packet.
        order = np.argsort(landmarks.points[:, :, 0].mean(1)), np.argsort(same.points[:, :, 0].mean(1))
        away = landmarks.points[order[0]] - same.points[order[1]]
        errors_px.extend(np.linalg.norm(away[:, :, :2] * size, axis=2).ravel().tolist())
        scores = found["scores"][number][order[0]] - expected["scores"][number][order[1]]
        np.testing.assert_allclose(scores, 0, atol=1e-3)
    if with_attention:
        network = BlendshapeNetwork()
        for landmarks, coefficients in zip(found["landmarks"], found["blendshapes"], strict=True):
            same = network.predict(landmarks.in_pixels(size))
            np.testing.assert_allclose(coefficients, same, atol=1e-3)
    counts = [len(landmarks) for landmarks in found["landmarks"]]
    middle = len(pictures) // 2
    assert counts[0] == 1 and counts[middle] == 0 and counts[-1] == 2 and counts[middle - 1] == 2
    # The crops differ by a gray level here and there, and the regions by what follows from that.
    assert np.median(errors_px) < 0.1 and np.quantile(errors_px, 0.99) < 0.3
    # The first frame also uploads weights. After it, a frame uploads itself and, twice, the time since the
    # last one.
    assert done[1:] == [GpuCounters(submissions=1, uploads=3, reads=1, waits=1)] * (len(pictures) - 1)
    ids = [sorted(rois.ids.tolist()) for rois in found["rois"]]
    assert ids == [sorted(rois.ids.tolist()) for rois in expected["rois"]]
    assert ids[0] == [1] and ids[middle] == [] and ids[middle - 1] == ids[-1] == [1, 2]


@on_gpu
def test_the_mesh_of_two_faces_that_are_lost_and_found_is_the_cpus(astronaut: np.ndarray) -> None:
    compare(film(astronaut, 5), with_attention=False)


@on_gpu
def test_the_detector_rests_while_no_slot_is_free(astronaut: np.ndarray) -> None:
    """The network's outputs are those of an earlier frame if it did not run."""
    graph = ValidatedGraph(face_mesh_graph_path("face_mesh_gpu"))
    taken = {entry.name for entry in graph.side_inputs}
    pictures = film(astronaut, 5)  # of two faces; one slot
    logits: list[np.ndarray] = []
    with CalculatorGraph(validated_graph=graph, scheduler="caller") as running:
        gpu = gpu_recorder()
        running.set_service_object(GPU_SERVICE, gpu)
        running.observe_output_stream(
            "facemeshongpu__detector_outputs",
            lambda packet: logits.append(gpu.read(packet.value[1]).result()),
        )
        side = face_mesh_side_packets(num_faces=1, with_attention=False, detector="short")
        running.start_run({key: value for key, value in side.items() if key in taken})
        for number, picture in enumerate(pictures):
            running.add_packet("image", picture, number * FRAME_US)
            running.wait_until_idle()
    changes = [not np.array_equal(old, new) for old, new in zip(logits[:-1], logits[1:], strict=True)]
    # The dark frame is the third: its face is lost at its end, so the detector runs on the fourth.
    assert changes == [False, False, True, False]


@on_gpu
@pytest.mark.slow
def test_the_attention_mesh_of_two_faces_is_the_cpus(astronaut: np.ndarray) -> None:
    compare(film(astronaut, 7), with_attention=True)


@on_gpu
def test_a_hundred_frames_in_flight_are_a_submission_and_a_read_each(astronaut: np.ndarray) -> None:
    """Faces come, are lost and come back, so that the detector rests and runs again: no wait for that."""
    gpu, pictures = gpu_recorder(), film(astronaut, 13)  # the seventh is dark
    seen = [pictures[min(1 + number % 50, 6)] for number in range(100)]
    graph = ValidatedGraph(face_mesh_graph_path("face_mesh_gpu"))
    taken = {entry.name for entry in graph.side_inputs}
    side = face_mesh_side_packets(num_faces=2, with_attention=False, detector="short")
    faces: list[tuple[int, int]] = []
    with CalculatorGraph(validated_graph=graph, scheduler="pool") as running:
        running.set_service_object(GPU_SERVICE, gpu)
        running.observe_output_stream(
            "landmarks", lambda packet: faces.append((packet.timestamp, len(packet.value)))
        )
        running.start_run({key: value for key, value in side.items() if key in taken})
        before = replace(gpu.device.counters)
        for number, picture in enumerate(seen):
            running.add_packet("image", picture, number * FRAME_US)
        running.close_all_packet_sources()
        running.wait_until_done()
    assert [timestamp for timestamp, _ in faces] == [number * FRAME_US for number in range(100)]
    counts = [count for _, count in faces]
    assert counts == [2 if number % 50 < 5 else 0 for number in range(100)]
    # A frame is a submission and, at its end, a read.
    done = gpu.device.counters.since(before)
    assert (done.submissions, done.reads, done.waits) == (100, 100, 100)


@on_gpu
@pytest.mark.parametrize("scheduler", ["caller", "pool"])
def test_a_device_that_is_lost_ends_the_run_with_one_clear_error(
    astronaut: np.ndarray, scheduler: str
) -> None:
    pictures = film(astronaut, 5)
    graph = ValidatedGraph(face_mesh_graph_path("face_mesh_gpu"))
    taken = {entry.name for entry in graph.side_inputs}
    side = face_mesh_side_packets(num_faces=1, with_attention=False, detector="short")
    found: list[int] = []
    with GpuDevice("any") as device, CalculatorGraph(validated_graph=graph, scheduler=scheduler) as running:
        running.set_service_object(GPU_SERVICE, GpuRecorder(device))
        running.observe_output_stream("landmarks", lambda packet: found.append(packet.timestamp))
        running.start_run({key: value for key, value in side.items() if key in taken})
        running.add_packet("image", pictures[0], 0)
        running.wait_until_idle()
        device.handle.destroy()  # what a reset of the driver does
        with pytest.raises(CalculatorError, match="the device was lost") as caught:
            for number in range(1, 20):
                running.add_packet("image", pictures[1], number * FRAME_US)
            running.wait_until_idle()
    assert isinstance(caught.value.__cause__, GpuLostError) and found == [0]


def pictures_of(name: str, stream: str, pictures: list[np.ndarray], **packets: object) -> list[np.ndarray]:
    """What a graph makes of the pictures; its last frame is one submission, one read and one wait."""
    gpu = gpu_recorder()
    side = face_mesh_side_packets(num_faces=2, with_attention=False) | packets
    graph = ValidatedGraph(face_mesh_graph_path(name))
    taken = {entry.name for entry in graph.side_inputs}
    made: list[np.ndarray] = []
    with CalculatorGraph(validated_graph=graph, scheduler="caller") as running:
        running.set_service_object(GPU_SERVICE, gpu)
        running.observe_output_stream(stream, lambda packet: made.append(packet.value))
        running.start_run({key: value for key, value in side.items() if key in taken})
        for number, picture in enumerate(pictures):
            before = replace(gpu.device.counters)
            running.add_packet("image", picture, number * FRAME_US)
            running.wait_until_idle()
    done = gpu.device.counters.since(before)
    assert (done.submissions, done.reads, done.waits) == (1, 1, 1)
    return made


@on_gpu
def test_a_drawn_frame_is_one_submission_and_one_read(astronaut: np.ndarray) -> None:
    """And its lines are where the landmarks are, as the CPU would draw them."""
    pictures = film(astronaut, 5)[:2]
    names = "depth,contours,irises,boxes"
    drawn = pictures_of("face_mesh_gpu_render", "annotated_image", pictures, detector="short", layers=names)
    found, _ = run("face_mesh_gpu", pictures, with_attention=False)
    for picture, landmarks, result in zip(pictures, found["landmarks"], drawn, strict=True):
        expected = picture.copy()
        faces = DrawnFaces(landmarks.in_pixels((picture.shape[1], picture.shape[0])))
        draw_layers(Canvas(expected), faces, named_layers(names.split(",")))
        assert (expected != picture).any(axis=2).mean() > 0.05
        off = np.abs(result.astype(int) - expected).max(axis=2)
        assert np.mean(off > 2) < 0.01  # gray levels by which the layers alone differ


@on_gpu
@pytest.mark.parametrize("detector, finds", [("short", False), ("auto", True), ("full", True)])
def test_a_far_face_is_found_by_the_full_range_detector(
    astronaut: np.ndarray, detector: str, finds: bool
) -> None:
    face = cv2.resize(astronaut[20:200, 130:310], (64, 64), interpolation=cv2.INTER_AREA)
    picture = np.full((360, 640, 3), 110, np.uint8)
    picture[150:214, 300:364] = face
    graph = ValidatedGraph(face_mesh_graph_path("face_mesh_gpu"))
    taken = {entry.name for entry in graph.side_inputs}
    side = face_mesh_side_packets(num_faces=1, with_attention=False, detector=detector)
    found: list[Any] = []
    with CalculatorGraph(validated_graph=graph, scheduler="caller") as running:
        running.set_service_object(GPU_SERVICE, gpu_recorder())
        running.observe_output_stream("landmarks", lambda packet: found.append(packet.value))
        running.start_run({key: value for key, value in side.items() if key in taken})
        running.add_packet("image", picture, 0)
        running.wait_until_idle()
    assert [len(landmarks) for landmarks in found] == [int(finds)]
    if finds:
        center_px = found[0].in_pixels((640, 360))[0, :, :2].mean(axis=0)
        assert np.abs(center_px - (332, 182)).max() < 15


@on_gpu
def test_a_painted_frame_is_one_submission_and_one_read(astronaut: np.ndarray) -> None:
    pictures = film(astronaut, 5)[:2]
    made = pictures_of("face_makeup_gpu", "painted_image", pictures, look="red_matte")
    found, _ = run("face_mesh_gpu", pictures, with_attention=False)
    for picture, landmarks, result in zip(pictures, found["landmarks"], made, strict=True):
        points = landmarks.in_pixels((picture.shape[1], picture.shape[0]))
        expected = painted(picture, points, load_look("red_matte"))
        is_painted = (expected != picture).any(axis=2)
        off = np.abs(result.astype(int) - expected).max(axis=2)
        assert is_painted.sum() > 100 and np.mean(off[is_painted] > 2) < 0.02  # landmarks are rounded twice
