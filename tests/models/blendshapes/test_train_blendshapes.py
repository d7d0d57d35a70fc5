"""Training of the blend-shape networks: it learns, and LiteRT gives the same numbers for the export."""

from pathlib import Path

import numpy as np
import pytest

from attention_mesh.models.blendshapes import train_blendshapes as module
from attention_mesh.models.blendshapes.blendshape_model import (
    blendshape_model,
    network_landmarks,
    network_shapes,
)
from attention_mesh.models.blendshapes.export_blendshapes import export_blendshapes
from attention_mesh.models.blendshapes.rig_landmarks import RigLandmarks
from attention_mesh.models.blendshapes.training_faces import TrainingFaces
from attention_mesh.models.inference.blendshape_network import BlendshapeNetwork, reference_face
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES
from attention_mesh.models.topology.landmark_groups import landmark_groups
from attention_mesh.models.training.synthetic.ict_facekit import load_ict_facekit

RIG = Path(__file__).resolve().parents[4] / "shared" / "rig"


def test_the_networks_of_the_regions_are_the_papers_and_all_shapes_have_one():
    mouth, eye, face = (network_shapes(name) for name in ("mouth", "eye", "face"))
    assert (len(mouth), len(eye)) == (10, 8)
    sided = [f"{name}{side}" for name in eye for side in ("Left", "Right")]
    assert sorted([*mouth, *sided, *face, "tongueOut"]) == sorted(BLENDSHAPE_NAMES)
    assert len(network_landmarks("mouth")) == 80 and len(network_landmarks("eye")) == 76
    assert set(landmark_groups()["right_iris"]) < set(network_landmarks("eye"))


def test_the_exported_file_gives_what_keras_gives(tmp_path):
    spread = np.full((478, 2), 0.4, np.float32)
    model = blendshape_model(reference_face().points[:, :2], spread)
    file = tmp_path / "net.tflite"
    file.write_bytes(export_blendshapes(model))
    rng = np.random.default_rng(0)
    faces = (reference_face().points + rng.normal(0, 0.3, (9, 478, 3))).astype(np.float32)
    calibrated = np.zeros((9, 1), np.float32)
    found = BlendshapeNetwork(file).predict_aligned(faces)
    # Weights in half precision.
    np.testing.assert_allclose(found, model.predict([faces, calibrated], verbose=0), atol=5e-3)


def test_a_short_training_learns_to_see_an_open_jaw(monkeypatch):
    if not RIG.is_dir():
        pytest.skip(f"no ICT-FaceKit at {RIG}")
    monkeypatch.setattr(module, "_POOL", 2048)
    faces = TrainingFaces.of_landmarks(RigLandmarks(load_ict_facekit(RIG)))
    errors = []
    training = module.BlendshapeTraining(pools=2, passes=6)
    model = module.train_blendshapes(faces, training, lambda done, error: errors.append(error))
    assert len(errors) == 2 and errors[1] < errors[0]
    aligned, calibrated, coefficients = faces.sample(np.random.default_rng(9), 500)
    jaw = BLENDSHAPE_NAMES.index("jawOpen")
    found = model.predict([aligned, calibrated], verbose=0)[:, jaw]
    assert np.corrcoef(found, coefficients[:, jaw])[0, 1] > 0.8
