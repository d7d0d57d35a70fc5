"""FaceLandmarker with the whole face mesh graph on the GPU gives what it gives on the CPU."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable

import numpy as np
import pytest

from attention_mesh import AttentionMeshError, FaceLandmarker, FaceLandmarkerOptions, FaceLandmarkerResult
from attention_mesh.python_bindings.errors import InputError
from attention_mesh.python_bindings.landmarker import gpu_face_mesh, landmarker_graph
from attention_mesh.python_bindings.landmarker.face_landmarker_options import RunningMode
from attention_mesh.tests.webgpu.gpu_process import gpu_recorder, on_gpu
from attention_mesh.webgpu.device import GpuDevice
from attention_mesh.webgpu.gpu_recorder import GpuRecorder

VIDEO = FaceLandmarkerOptions(
    running_mode=RunningMode.VIDEO,
    detector="short",
    output_face_blendshapes=True,
    output_facial_transformation_matrixes=True,
    device="gpu",
)


def measured(options: FaceLandmarkerOptions, images: list[np.ndarray]) -> list[FaceLandmarkerResult]:
    with FaceLandmarker(options) as landmarker:
        results = [landmarker.detect_for_video(image, 33 * i) for i, image in enumerate(images)]
        landmarker.reset()
        again = landmarker.detect_for_video(images[0], 0)
        np.testing.assert_array_equal(again.track_ids, results[0].track_ids)
    return results


@on_gpu
def test_results_are_the_cpus(astronaut: np.ndarray) -> None:
    """With attention, as blend shapes need it; so building the pipelines takes some seconds."""
    gpu = gpu_recorder()
    images = [astronaut, np.roll(astronaut, 4, axis=1), np.zeros_like(astronaut)]
    before = gpu.device.counters.submissions
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{landmarker_graph.__name__}.open_gpu", lambda may_be_software: gpu)
        found = measured(dataclasses.replace(VIDEO, whole_graph_on_gpu=True), images)
    assert gpu.device.counters.submissions == before + len(images) + 1  # one per frame
    expected = measured(dataclasses.replace(VIDEO, device="cpu"), images)
    for mine, theirs in zip(found, expected, strict=True):
        assert mine.landmarks_px.shape == theirs.landmarks_px.shape
        assert mine.track_ids.tolist() == theirs.track_ids.tolist()
        away_px = np.linalg.norm(mine.landmarks_px[..., :2] - theirs.landmarks_px[..., :2], axis=-1)
        assert away_px.size == 0 or np.median(away_px) < 0.1
        np.testing.assert_allclose(mine.blendshapes, theirs.blendshapes, atol=0.01)  # landmarks differ, too
        np.testing.assert_allclose(mine.poses, theirs.poses, atol=0.1)  # cm
    assert [len(result.landmarks_px) for result in found] == [1, 1, 0]


def test_without_a_gpu_the_cpu_runs_and_the_log_says_why(
    astronaut: np.ndarray, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def no_gpu(may_be_software: bool) -> None:
        raise AttentionMeshError("there is no GPU here")

    monkeypatch.setattr(f"{landmarker_graph.__name__}.open_gpu", no_gpu)
    options = dataclasses.replace(VIDEO, whole_graph_on_gpu=True, device="auto", with_attention=True)
    with caplog.at_level(logging.INFO), FaceLandmarker(options) as landmarker:
        result = landmarker.detect_for_video(astronaut, 0)
    assert len(result.landmarks_px) == 1 and result.blendshapes is not None
    assert "the face mesh runs on the CPU: there is no GPU here" in caplog.text


def lose_device(gpu: GpuRecorder) -> None:
    """What a reset of the driver does."""
    gpu.device.handle.destroy()


def fill_memory(gpu: GpuRecorder) -> None:
    def no_room(*_: object) -> None:
        raise MemoryError  # as wgpu says it

    gpu.device.handle.queue.submit = no_room


@on_gpu
@pytest.mark.parametrize(
    "device, breaks, reason",
    [("auto", lose_device, "the device was lost"), ("gpu", fill_memory, "out of memory")],
)
def test_if_the_gpu_fails_the_cpu_goes_on_with_the_same_faces(
    astronaut: np.ndarray, device: str, breaks: Callable[[GpuRecorder], None], reason: str
) -> None:
    """The plain mesh and no blend shapes: pipelines of fewer networks."""
    options = dataclasses.replace(
        VIDEO, whole_graph_on_gpu=True, device=device, with_attention=False, output_face_blendshapes=False
    )
    gpu, records = GpuRecorder(GpuDevice("any")), []
    handler = logging.Handler()
    handler.emit = records.append
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{landmarker_graph.__name__}.open_gpu", lambda may_be_software: gpu)
        log = logging.getLogger(gpu_face_mesh.__name__)
        log.addHandler(handler)
        with FaceLandmarker(options) as landmarker:
            # The face is lost and found between, so that its id is not the first.
            images = [astronaut, np.zeros_like(astronaut), astronaut[:, ::-1], astronaut[:, ::-1]]
            found = [landmarker.detect_for_video(image, 1000 * i) for i, image in enumerate(images)]
            breaks(gpu)
            images = [astronaut[:, ::-1], np.zeros_like(astronaut), astronaut]
            found += [landmarker.detect_for_video(image, 4000 + 1000 * i) for i, image in enumerate(images)]
            landmarker.reset()
            again = landmarker.detect_for_video(astronaut, 0)
        log.removeHandler(handler)
    assert [result.track_ids.tolist() for result in found] == [[1], [], [2], [2], [2], [], [3]]
    assert [result.timestamp_us for result in found] == [1_000_000 * i for i in range(7)]
    on_cpu = dataclasses.replace(options, whole_graph_on_gpu=False, device="cpu")
    with FaceLandmarker(on_cpu) as landmarker:  # it starts at the frame at which the GPU failed
        expected = landmarker.detect_for_video(images[0], 0)
    np.testing.assert_array_equal(found[4].landmarks_px, expected.landmarks_px)
    assert all(len(result.poses) == len(result.track_ids) for result in found)
    assert again.track_ids.tolist() == [1]
    assert len(records) == 1 and reason in records[0].getMessage()


@pytest.mark.parametrize(
    "changes, right",
    [
        ({"running_mode": RunningMode.IMAGE}, "running_mode is VIDEO or LIVE_STREAM"),
        ({"device": "cpu"}, "device is 'gpu' or 'auto'"),
        ({"device": None}, "device is 'gpu' or 'auto'"),
        ({"weights": "open"}, "weights are others than 'open'"),
        ({"num_faces": 65}, "at most 64"),
        ({"whole_graph_on_gpu": 1}, "True or False"),
    ],
)
def test_options_that_cannot_be_are_refused(changes: dict, right: str) -> None:
    with pytest.raises(InputError, match=right):
        dataclasses.replace(VIDEO, **{"whole_graph_on_gpu": True, **changes})
