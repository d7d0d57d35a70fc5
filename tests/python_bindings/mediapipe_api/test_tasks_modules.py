"""The paths of MediaPipe Tasks, and what is said of those packages that are not here."""

from __future__ import annotations

import pytest

import attention_mesh
from attention_mesh.tests.python_bindings.mediapipe_api.fresh_program import run


@pytest.mark.parametrize("name", ["attention_mesh", "mediapipe"])
@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("import {}.tasks.text", "faces only"),
        ("from {}.tasks.python import audio", "faces only"),
        ("import {} as mp; mp.tasks.genai", "faces only"),
        ("from {}.tasks.python.vision import hand_landmarker", "face_landmarker"),
        ("import {} as mp; mp.tasks.vision.PoseLandmarker", "FaceLandmarker"),
        ("import {} as mp; mp.tasks.vision.FaceDetectorOptions", "solutions.face_detection"),
        ("import {} as mp; mp.model_maker", "attention-mesh train"),
        ("import {}.solutions.hands", "faces only"),
        ("from {}.solutions import hands", "faces only"),
        ("from {}.python.solutions import pose", "faces only"),
        ("import {} as mp; mp.solutions.holistic", "faces only"),
    ],
)
def test_an_absent_package_says_what_there_is_instead(name: str, line: str, text: str) -> None:
    run(
        f"""
import attention_mesh
attention_mesh.install_as("mediapipe")
try:
    {line.format(name)}
except (ImportError, AttributeError) as error:
    assert {text!r} in str(error), error
else:
    raise AssertionError("it was imported")
"""
    )


def test_an_absent_package_is_seen_as_absent_by_hasattr() -> None:
    assert not hasattr(attention_mesh, "model_maker") and not hasattr(attention_mesh.tasks, "text")


@pytest.mark.parametrize("name", ["attention_mesh", "mediapipe"])
@pytest.mark.parametrize(
    "line",
    [
        "from {}.tasks import python; vision = python.vision",
        "from {}.tasks.python import vision",
        "import {} as mp; vision = mp.tasks.vision",
        "import {}.tasks.python.vision as vision",
        "from {}.tasks.python.vision import face_landmarker as vision",
    ],
)
def test_each_import_of_the_tasks_works_as_the_first(name: str, line: str) -> None:
    run(
        f"""
import attention_mesh
attention_mesh.install_as("mediapipe")
{line.format(name)}
assert vision.FaceLandmarker.__module__ == "attention_mesh.python_bindings.tasks.vision.face_landmarker"
"""
    )


@pytest.mark.parametrize("name", ["attention_mesh", "mediapipe"])
def test_the_tasks_have_mediapipes_paths(name: str) -> None:
    """Each import line is one that programs for MediaPipe Tasks have; all lead to the same classes."""
    run(
        f"""
import attention_mesh
attention_mesh.install_as("mediapipe")
import {name} as mp
import {name}.tasks.python.vision
from {name}.tasks import python
from {name}.tasks.python import BaseOptions, vision
from {name}.tasks.python.components.containers import NormalizedLandmark, landmark
from {name}.tasks.python.components import containers
from {name}.tasks.python.core import base_options
from {name}.tasks.python.vision import drawing_styles, drawing_utils, face_landmarker
from {name}.tasks.python.vision.core import image, image_processing_options, vision_task_running_mode
assert mp.tasks.vision.FaceLandmarker is vision.FaceLandmarker is face_landmarker.FaceLandmarker
assert mp.tasks.BaseOptions is BaseOptions is python.BaseOptions is base_options.BaseOptions
assert BaseOptions is attention_mesh.BaseOptions
assert NormalizedLandmark is landmark.NormalizedLandmark is containers.NormalizedLandmark
assert vision.RunningMode is attention_mesh.RunningMode is vision_task_running_mode.VisionTaskRunningMode
assert vision.ImageProcessingOptions is image_processing_options.ImageProcessingOptions
assert image.Image is mp.Image
"""
    )
