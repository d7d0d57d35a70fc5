"""AttentionMesh, Cascade and Mesh: outputs, configs, files, gradients, capacity, both backends."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from attention_mesh.models.attention_mesh import (
    AttentionMesh,
    Cascade,
    Mesh,
    Preset,
    ideal_transforms,
    multiply_adds,
    refined_landmarks,
)

RNG = np.random.default_rng(0)
VARIANTS = {
    "mesh": lambda preset: Mesh(preset),
    "attention": lambda preset: AttentionMesh(preset),
    "attention, other options": lambda preset: AttentionMesh(preset, "predicted", "discard", "matmul"),
    "cascade": lambda preset: Cascade(preset),
}
REGIONS = {"lips": 80, "right_eye": 71, "right_iris": 5, "left_eye": 71, "left_iris": 5}


def images(preset: Preset, count: int = 2) -> np.ndarray:
    return RNG.random((count, preset.input_size, preset.input_size, 3), np.float32)


def a_face(preset: Preset, count: int = 1) -> np.ndarray:
    """Landmarks spread over the middle of the input: (count, 478, 3) float32 px."""
    low, high = 0.2 * preset.input_size, 0.8 * preset.input_size
    return RNG.uniform(low, high, (count, 478, 3)).astype(np.float32)


@pytest.mark.parametrize("variant", VARIANTS)
def test_config_file_and_gradients(variant, small_preset, tmp_path):
    import tensorflow as tf

    model = VARIANTS[variant](small_preset)
    arguments = set(inspect.signature(type(model)).parameters) - {"kwargs"}
    assert arguments <= set(model.get_config()), "the config misses a constructor argument"
    again = type(model).from_config(model.get_config())
    assert again.get_config() == model.get_config()
    batch = images(small_preset)
    outputs = model(batch)
    file = tmp_path / "model.keras"
    model.save(file)
    loaded = keras.saving.load_model(file)
    for name, values in loaded(batch).items():
        np.testing.assert_allclose(np.asarray(values), np.asarray(outputs[name]), atol=1e-5, err_msg=name)
    with tf.GradientTape() as tape:
        # Ideal crops, because the crops of an untrained mesh have no size.
        transforms = ideal_transforms(a_face(small_preset, 2), small_preset)
        outputs = model(batch) if variant == "mesh" else model(batch, transforms=transforms)
        loss = sum(tf.reduce_mean(tf.square(values - 1)) for values in outputs.values())
    for weight, gradient in zip(
        model.trainable_weights, tape.gradient(loss, [w.value for w in model.trainable_weights]), strict=True
    ):
        assert gradient is not None and np.isfinite(gradient).all(), weight.path
        # Slopes count only for negative values, which a network this small may not have.
        assert np.abs(gradient).max() > 0 or weight.name == "alpha", weight.path


@pytest.mark.parametrize("name", ["paper", "released"])
@pytest.mark.parametrize("network", [Mesh, AttentionMesh, Cascade])
def test_presets_give_the_documented_shapes(network, name):
    preset = Preset.named(name)
    outputs = network(preset)(images(preset, 1))
    shapes = {key: tuple(value.shape) for key, value in outputs.items()}
    expected = {"mesh": (1, preset.mesh_landmarks, 3), "presence": (1, 1)}
    if network is not Mesh:
        expected |= {key: (1, count, 2) for key, count in REGIONS.items()} | {"transforms": (1, 3, 2, 3)}
        assert tuple(refined_landmarks(outputs).shape) == (1, 478, 3)
    assert shapes == expected


def test_the_released_preset_has_the_released_networks_arithmetic():
    # 43.5 million multiply-adds; the file's 1 189 277 weights.
    model = AttentionMesh(Preset.named("released"))
    assert multiply_adds(model) == pytest.approx(43.5e6, rel=0.005)
    assert model.count_params() == 1_189_277


@pytest.mark.parametrize("name", ["paper", "released"])
def test_the_cascades_networks_have_the_capacity_of_what_they_stand_for(name):
    preset = Preset.named(name)
    attention, cascade = AttentionMesh(preset), Cascade(preset)
    assert multiply_adds(cascade.mesh) == multiply_adds(attention.mesh)
    assert cascade.lips_base.count_params() == attention.mesh.shared_trunk.count_params()
    assert multiply_adds(cascade.lips_trunk) == multiply_adds(attention.region_trunks[0])
    assert [multiply_adds(head) for head in cascade.eye_heads] == [
        multiply_adds(head) for head in attention.region_heads[1:3]
    ]


def test_given_transforms_decide_where_the_crops_lie(small_preset):
    model = AttentionMesh(small_preset)
    batch = images(small_preset, 1)
    wanted = np.asarray(ideal_transforms(a_face(small_preset), small_preset))
    outputs = model(batch, transforms=wanted)
    np.testing.assert_array_equal(np.asarray(outputs["transforms"]), wanted)
    moved = model(batch, transforms=wanted + np.array([0, 0, 3], np.float32))
    assert np.abs(np.asarray(moved["lips"]) - np.asarray(outputs["lips"])).max() > 1


def test_transforms_follow_the_mesh(small_preset):
    model = AttentionMesh(small_preset)
    outputs = model(images(small_preset))
    mesh = np.asarray(outputs["mesh"])
    padded = np.concatenate([mesh, np.zeros((2, 10, 3), np.float32)], 1)  # 478: the irises play no part
    np.testing.assert_allclose(
        np.asarray(outputs["transforms"]), np.asarray(ideal_transforms(padded, small_preset)), atol=1e-5
    )


def test_the_cascade_sees_the_left_eye_as_a_right_one(small_preset):
    """A mirrored image with mirrored crops must give mirrored eyes, because one network serves both."""
    from attention_mesh.models.attention_mesh.regions import regions
    from attention_mesh.models.topology.refinement import region_landmarks

    cascade = Cascade(small_preset)
    size = small_preset.input_size
    batch = images(small_preset, 1)
    # A face whose eyes mirror each other about the image's middle, index by index.
    face = a_face(small_preset)
    right, left = (region_landmarks()[name] for name in ("right_eye", "left_eye"))
    face[:, right, 0] *= 0.5
    face[:, left] = face[:, right]
    face[:, left, 0] = size - face[:, right, 0]
    lines = {region.name: region.line for region in regions()}
    for (outer, inner), y in ((lines["right_eye"], 20.0), (lines["left_eye"][::-1], 20.0)):
        face[:, [outer, inner], 1] = y
    transforms = np.asarray(ideal_transforms(face, small_preset))
    outputs = {key: np.asarray(v) for key, v in cascade(batch, transforms=transforms).items()}
    mirrored = {
        key: np.asarray(v) for key, v in cascade(batch[:, :, ::-1].copy(), transforms=transforms).items()
    }
    flip = np.array([-1, 1], np.float32)
    for ours, theirs in (("right_eye", "left_eye"), ("left_eye", "right_eye")):
        np.testing.assert_allclose(outputs[ours], mirrored[theirs] * flip + [size, 0], atol=1e-3)
    iris = mirrored["left_iris"][:, [0, 3, 2, 1, 4]]  # right and left of the iris change places
    np.testing.assert_allclose(outputs["right_iris"], iris * flip + [size, 0], atol=1e-3)


def test_predicted_thetas_begin_in_the_middle(small_preset):
    outputs = AttentionMesh(small_preset, theta="predicted")(images(small_preset))
    np.testing.assert_array_equal(
        np.asarray(outputs["predicted_transforms"]), np.asarray(outputs["transforms"])
    )
    # A crop of 8 cells in a map of 16 has its corners at one third and two thirds.
    for corner, third in ((0, 1), (8, 2)):
        places = np.asarray(outputs["transforms"]) @ np.array([corner, corner, 1], np.float32)
        np.testing.assert_allclose(places, small_preset.feature_size * third / 3, rtol=1e-6)


def test_unknown_theta_is_refused(small_preset):
    with pytest.raises(ValueError, match="theta is 'guessed'"):
        AttentionMesh(small_preset, theta="guessed")


_OTHER_BACKEND = """
import sys
import numpy as np
import attention_mesh.models.attention_mesh
import keras
assert keras.backend.backend() == "jax", keras.backend.backend()
model = keras.saving.load_model(sys.argv[1])
images = np.load(sys.argv[2])
np.savez(sys.argv[3], **{name: values for name, values in model.predict_on_batch(images).items()})
"""


@pytest.mark.slow
def test_jax_without_tensorflow_gives_what_tensorflow_gives(small_preset, tmp_path: Path, without_tensorflow):
    model = AttentionMesh(small_preset, theta="predicted")
    model.save(tmp_path / "model.keras")
    batch = images(small_preset)
    np.save(tmp_path / "images.npy", batch)
    files = [str(tmp_path / name) for name in ("model.keras", "images.npy", "outputs.npz")]
    environment = {**os.environ, "KERAS_HOME": str(tmp_path), "KERAS_BACKEND": "jax"}
    command = [sys.executable, "-c", without_tensorflow + _OTHER_BACKEND, *files]
    result = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    outputs = model(batch)
    with np.load(tmp_path / "outputs.npz") as others:
        assert set(others) == set(outputs)
        for name in others:
            np.testing.assert_allclose(others[name], np.asarray(outputs[name]), atol=1e-3, err_msg=name)
