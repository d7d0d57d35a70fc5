"""AttentionMesh.from_official reproduces the official network, so the architecture is right."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from attention_mesh.models.attention_mesh import AttentionMesh, refined_landmarks
from attention_mesh.models.weights import ModelStore, model_path
from attention_mesh.models.weights.conversion.convert import convert

# The file's outputs in its order, by our names.
OUTPUTS = ("mesh", "lips", "right_eye", "left_eye", "right_iris", "left_iris", "presence")
TOLERANCE_PX = 2e-3  # of 192; processors add the products in different orders


@pytest.fixture(scope="module")
def model() -> AttentionMesh:
    return AttentionMesh.from_official()


def official(crops: np.ndarray) -> list[np.ndarray]:
    """What the released file gives, with only its custom operators rewritten; (F, …) of each output."""
    from ai_edge_litert.interpreter import Interpreter

    released = ModelStore().official_path("face_landmark_with_attention").read_bytes()
    content = convert(released, ("fold_float16", "replace_attention_operators"))
    interpreter = Interpreter(model_content=content, num_threads=2)
    interpreter.allocate_tensors()
    (entry,), outputs = interpreter.get_input_details(), interpreter.get_output_details()
    results = []
    for crop in crops:
        interpreter.set_tensor(entry["index"], crop[None])
        interpreter.invoke()
        results.append([interpreter.get_tensor(output["index"]).ravel() for output in outputs])
    return [np.stack(rows) for rows in zip(*results, strict=True)]


def cut(image: np.ndarray, center: np.ndarray, side: float, angle: float) -> np.ndarray:
    matrix = cv2.getRotationMatrix2D(tuple(map(float, center)), angle, 192 / side)
    matrix[:, 2] += 96 - np.asarray(center)
    return cv2.warpAffine(image, matrix, (192, 192)).astype(np.float32) / 255


def assert_equal_to_official(model: AttentionMesh, crops: np.ndarray) -> None:
    outputs = model(crops)
    for name, theirs in zip(OUTPUTS, official(crops), strict=True):
        ours = np.asarray(outputs[name]).reshape(len(crops), -1)
        np.testing.assert_allclose(ours, theirs.reshape(ours.shape), rtol=0, atol=TOLERANCE_PX, err_msg=name)


def test_100_crops_of_a_real_face_give_the_official_outputs(model, astronaut):
    rng = np.random.default_rng(0)
    crops = [
        cut(astronaut, (223, 113) + rng.uniform(-15, 15, 2), rng.uniform(160, 280), rng.uniform(-40, 40))
        for _ in range(100)
    ]
    assert_equal_to_official(model, np.stack(crops))


def test_crops_of_100_faces_give_the_official_outputs(model, shared_data):
    crops = []
    with np.load(shared_data / "mediapipe_photos.npz") as photos:
        names, landmarks = photos["names"], photos["attention"]
    for name, face in zip(names, landmarks, strict=True):
        if len(crops) < 100 and np.isfinite(face).all():
            image = cv2.cvtColor(cv2.imread(str(shared_data / "photos" / name)), cv2.COLOR_BGR2RGB)
            low, high = face[:, :2].min(0), face[:, :2].max(0)
            right, left = face[33], face[263]
            angle = np.degrees(np.arctan2(left[1] - right[1], left[0] - right[0]))
            crops.append(cut(image, (low + high) / 2, 1.5 * max(high - low), angle))
    assert len(crops) == 100
    assert_equal_to_official(model, np.stack(crops))


def test_the_merged_landmarks_are_those_of_the_fused_model(model, astronaut, run_fused):
    pixels = np.stack([np.rint(cut(astronaut, (223, 113), 210, angle) * 255) for angle in (0, 20)])
    expected = run_fused(pixels.astype(np.uint8))
    ours = np.asarray(refined_landmarks(model(pixels.astype(np.float32) / 255)))
    np.testing.assert_allclose(ours, expected, atol=TOLERANCE_PX)


@pytest.fixture
def run_fused():
    """run((F, 192, 192, 3) uint8) gives (F, 478, 3) float32 px, by the fused model."""
    from ai_edge_litert.interpreter import Interpreter

    def run(pixels: np.ndarray) -> np.ndarray:
        interpreter = Interpreter(str(model_path("face_landmark_with_attention", len(pixels), fused=True)))
        interpreter.allocate_tensors()
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], pixels)
        interpreter.invoke()
        return interpreter.get_tensor(interpreter.get_output_details()[0]["index"]).reshape(-1, 478, 3)

    return run


def test_both_samplers_give_the_same(model, astronaut):
    crop = cut(astronaut, (223, 113), 210, 10)[None]
    by_matmul = AttentionMesh.from_official(sampler="matmul")(crop)
    for name, values in model(crop).items():
        np.testing.assert_allclose(np.asarray(by_matmul[name]), np.asarray(values), atol=TOLERANCE_PX)
