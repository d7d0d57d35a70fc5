"""Functions that take arrays of faces: what is no such array is one clear error, whichever the function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from attention_mesh.geometry.eye_aspect_ratio import eye_aspect_ratios
from attention_mesh.geometry.gaze import EyeModel, gaze_vectors
from attention_mesh.geometry.head_pose import euler_angles, metric_faces
from attention_mesh.geometry.laplacian_editing import LaplacianMeshEditor
from attention_mesh.models.inference.blendshape_network import BlendshapeNetwork
from attention_mesh.models.topology.canonical_face import canonical_face
from attention_mesh.python_bindings.errors import InputError
from attention_mesh.python_bindings.landmarker.makeup import Makeup

FACE = canonical_face()
FACES = FACE.vertices[None] * np.float32([20, -20, -20]) + np.float32([300, 300, 0])  # pixels
NORM = FACES / np.float32(600)
POSES = np.eye(4, dtype=np.float32)[None] + np.float32([[0] * 4, [0] * 4, [0, 0, 0, -40], [0] * 4])
EYES = EyeModel(np.array([[362, 263], [133, 33]]), np.array([[473, 474], [468, 469]]))
LIDS = np.array([[33, 160, 158, 133, 153, 144]])
NETWORK, EDITOR, MAKEUP = BlendshapeNetwork(), LaplacianMeshEditor(*FACE[:2]), Makeup("red_gloss")
IMAGE = np.full((600, 600, 3), 128, np.uint8)
# By name: the function of one argument, and what is right for it.
FUNCTIONS: dict[str, tuple[Callable[[Any], Any], np.ndarray]] = {
    "BlendshapeNetwork.predict": (NETWORK.predict, FACES),
    "BlendshapeNetwork.predict, neutrals": (lambda given: NETWORK.predict(FACES, given), FACES[0] / 20),
    "BlendshapeNetwork.predict_aligned": (NETWORK.predict_aligned, NETWORK.align(FACES)),
    "BlendshapeNetwork.align": (NETWORK.align, FACES),
    "BlendshapeNetwork.calibrate": (NETWORK.calibrate, FACES),
    "metric_faces": (lambda given: metric_faces(given, (600, 600), FACE.vertices), NORM),
    "metric_faces, canonical": (lambda given: metric_faces(NORM, (600, 600), given), FACE.vertices),
    "euler_angles": (euler_angles, POSES),
    "gaze_vectors, points": (lambda given: gaze_vectors(given, POSES, EYES), FACE.vertices[None]),
    "gaze_vectors, poses": (lambda given: gaze_vectors(FACE.vertices[None], given, EYES), POSES),
    "eye_aspect_ratios, points": (lambda given: eye_aspect_ratios(given, LIDS), FACES),
    "eye_aspect_ratios, lids": (lambda given: eye_aspect_ratios(FACES, given), LIDS),
    "LaplacianMeshEditor.edit": (EDITOR.edit, FACE.vertices[None]),
    "LaplacianMeshEditor, vertices": (lambda given: LaplacianMeshEditor(given, FACE[1]), FACE.vertices),
    "LaplacianMeshEditor, triangles": (lambda given: LaplacianMeshEditor(FACE[0], given), FACE.triangles),
    "Makeup.apply": (lambda given: MAKEUP.apply(IMAGE, given), FACES),
    "Makeup.apply_for_video": (lambda given: MAKEUP.apply_for_video(IMAGE, given, 0), FACES),
    "Makeup.mask": (lambda given: MAKEUP.mask((600, 600), given), FACES),
}
WRONG: dict[str, Callable[[np.ndarray], Any]] = {
    "nothing": lambda right: 7.0,
    "a text": lambda right: "face",
    "a mapping": lambda right: {"landmarks": right},
    "rows of unequal length": lambda right: [[1.0, 2.0], [3.0]],
    "texts": lambda right: right.astype(str),
    "objects": lambda right: np.full(right.shape, None),
    "truth values": lambda right: right > 0,
    "complex numbers": lambda right: right + 1j,
    "one axis": lambda right: right.ravel(),
    "one column less or more": lambda right: np.concatenate([right, right], -1)[..., :5],
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_is_no_array_of_the_right_kind_is_an_error_that_says_so(function: str, wrong: str) -> None:
    call, right = FUNCTIONS[function]
    error = InputError if function.startswith("Makeup") else ValueError
    with pytest.raises(error, match="expected ") as caught:
        call(WRONG[wrong](right))
    assert type(caught.value) is error


@pytest.mark.parametrize("function", FUNCTIONS)
def test_lists_count_as_arrays(function: str) -> None:
    call, right = FUNCTIONS[function]
    if function != "LaplacianMeshEditor, vertices" and function != "LaplacianMeshEditor, triangles":
        for found, expected in zip(call(right.tolist()), call(right), strict=True):
            np.testing.assert_allclose(found, expected, atol=1e-5)
    else:
        np.testing.assert_array_equal(call(right.tolist()).vertices, EDITOR.vertices)


def with_nan(right: np.ndarray) -> np.ndarray:
    """Two faces, of which the second has a NaN at the corner of an eye and at one of the lips."""
    both = np.repeat(right, 2, 0)
    both[1, [33, 61]] = np.nan
    return both


@pytest.mark.parametrize(
    ("call", "broken"),
    [
        (lambda faces: NETWORK.predict(faces), 0),
        (lambda faces: eye_aspect_ratios(faces, LIDS), np.nan),
        (lambda faces: gaze_vectors(faces, np.repeat(POSES, 2, 0), EYES)[:, 1], np.nan),
    ],
)
def test_a_face_that_is_not_finite_leaves_the_others_alone(call: Callable, broken: float) -> None:
    found = call(with_nan(FACES))
    np.testing.assert_array_equal(found[1], np.full_like(found[1], broken))
    np.testing.assert_allclose(found[0], call(np.repeat(FACES, 2, 0))[0], atol=1e-6)
    assert np.abs(found[0]).max() > 0


@pytest.mark.parametrize(
    "call",
    [
        lambda faces: metric_faces(faces / 600, (600, 600), FACE.vertices),
        lambda faces: EDITOR.edit(faces),
        lambda faces: NETWORK.calibrate(faces[1:]),
    ],
)
def test_where_a_face_that_is_not_finite_has_no_result_it_is_an_error(call: Callable) -> None:
    with pytest.raises(ValueError, match="finite"):
        call(with_nan(FACES))


def test_frames_that_are_not_finite_do_not_count_in_a_calibration() -> None:
    np.testing.assert_array_equal(NETWORK.calibrate(with_nan(FACES)), NETWORK.calibrate(FACES))


def test_lips_that_are_not_finite_are_not_painted() -> None:
    assert MAKEUP.mask((600, 600), FACES).max() > 0.9
    assert MAKEUP.mask((600, 600), with_nan(FACES)[1]).max() == 0


@pytest.mark.parametrize("size", [None, 7, (640,), (640, 0), (-640, 480), "ab", (640, float("nan"))])
def test_what_is_no_size_is_an_error(size: Any) -> None:
    with pytest.raises(ValueError, match=r"size .*(expected|above 0)"):
        metric_faces(NORM, size, FACE.vertices)
    with pytest.raises(InputError, match="expected"):
        MAKEUP.mask(size, FACES)


def test_a_size_may_be_a_list() -> None:
    found = metric_faces(NORM, [600, 600], FACE.vertices)  # type: ignore[arg-type]
    np.testing.assert_array_equal(found.poses, metric_faces(NORM, (600, 600), FACE.vertices).poses)
    np.testing.assert_array_equal(MAKEUP.mask([600, 600], FACES), MAKEUP.mask((600, 600), FACES))  # type: ignore[arg-type]


def test_eyes_of_another_number_than_faces_are_an_error() -> None:
    with pytest.raises(ValueError, match=r"open_eyes have shape \(2,\); expected \(1, 2\)"):
        gaze_vectors(FACE.vertices[None], POSES, EYES, np.array([True, False]))


@pytest.mark.parametrize("wrong", [478, -1, 144.5])
def test_lids_of_points_that_are_not_there_are_an_error(wrong: float) -> None:
    with pytest.raises(ValueError, match="lids are .*; expected indices of 478 points"):
        eye_aspect_ratios(FACES, np.array([[33, 160, 158, 133, 153, wrong]]))
