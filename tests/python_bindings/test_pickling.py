"""Results, options and errors go through a pool of processes."""

from __future__ import annotations

import copy
import importlib
import multiprocessing
import pickle
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from attention_mesh import FaceLandmarker, FaceLandmarkerOptions, solutions
from attention_mesh.errors import AttentionMeshError

for _room in ("framework", "media", "models", "models.weights", "python_bindings", "cli"):
    importlib.import_module(f"attention_mesh.{_room}.errors")


def measure(image: np.ndarray) -> Any:
    with FaceLandmarker(FaceLandmarkerOptions(detector="short")) as landmarker:
        return landmarker.detect(image)


def mesh(image: np.ndarray) -> Any:
    with solutions.face_mesh.FaceMesh(static_image_mode=True, refine_landmarks=True) as face_mesh:
        return face_mesh.process(image)


def boxes(image: np.ndarray) -> Any:
    with solutions.face_detection.FaceDetection() as detection:
        return detection.process(image)


def test_results_come_back_from_a_pool_of_processes(astronaut: np.ndarray) -> None:
    empty = np.zeros_like(astronaut)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        ours = pool.map(measure, [astronaut, empty])
        meshes = pool.map(mesh, [astronaut, empty])
        found = pool.map(boxes, [astronaut, empty])
    here = measure(astronaut)
    np.testing.assert_array_equal(ours[0].landmarks_px, here.landmarks_px)
    assert ours[0].image_size == here.image_size and len(ours[1]) == 0
    assert meshes == [mesh(astronaut), mesh(empty)]
    assert len(meshes[0].multi_face_landmarks[0].landmark) == 478
    assert found == [boxes(astronaut), boxes(empty)]
    assert type(found[0]).__name__ == "SolutionOutputs"


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])
def test_the_arrays_of_a_result_stay_read_only(astronaut: np.ndarray, again: Any) -> None:
    result = measure(astronaut)
    result.landmarks_norm  # noqa: B018 - is kept once it was asked for
    other = again(result)
    for name in ("landmarks_px", "scores", "rois", "track_ids", "landmarks_norm"):
        np.testing.assert_array_equal(getattr(other, name), getattr(result, name))
        assert not getattr(other, name).flags.writeable, name


def _subclasses(of: type[Exception]) -> Iterator[type[Exception]]:
    for kind in of.__subclasses__():
        if kind.__module__.startswith("attention_mesh") and ".tests." not in kind.__module__:
            yield kind
            yield from _subclasses(kind)


@pytest.mark.parametrize(
    "kind", [AttentionMeshError, *_subclasses(AttentionMeshError)], ids=lambda k: k.__name__
)
def test_every_error_can_be_pickled(kind: type[Exception]) -> None:
    """A pool hangs if an error of a worker cannot be read."""
    error = kind("what was wrong")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind and str(again) == str(error) and vars(again) == vars(error)
