"""Faces that the blend-shape networks learn from: possible expressions, exact landmarks, measured noise."""

from pathlib import Path

import numpy as np
import pytest

from attention_mesh.models.blendshapes.expression_sampling import sample_expressions
from attention_mesh.models.blendshapes.landmark_noise import LandmarkNoise
from attention_mesh.models.blendshapes.neutral_faces import NeutralFaces
from attention_mesh.models.blendshapes.rendered_faces import rig_weights
from attention_mesh.models.blendshapes.rig_landmarks import RigLandmarks, with_network_depths
from attention_mesh.models.blendshapes.training_faces import TrainingFaces
from attention_mesh.models.errors import DatasetError, RigError
from attention_mesh.models.inference.blendshape_network import reference_face
from attention_mesh.models.topology.blendshape_names import BLENDSHAPE_NAMES, blendshape_index
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig
from attention_mesh.models.training.synthetic.ict_facekit import load_ict_facekit

INDEX = blendshape_index()


@pytest.fixture(scope="module")
def rig():
    folder = Path(__file__).resolve().parents[4] / "shared" / "rig"
    if not folder.is_dir():
        pytest.skip(f"no ICT-FaceKit at {folder}")
    return load_ict_facekit(folder)


@pytest.fixture(scope="module")
def landmarks(rig):
    return RigLandmarks(rig)


def test_expressions_are_sparse_and_possible():
    coefficients = sample_expressions(np.random.default_rng(0), 4000)
    assert coefficients.shape == (4000, 52) and 0 <= coefficients.min() and coefficients.max() <= 1
    raised = coefficients > 0.05
    without_gaze = [not name.startswith("eyeLook") for name in BLENDSHAPE_NAMES]
    assert 2 < raised[:, without_gaze].sum(1).mean() < 12
    assert raised[:, :51].mean(0).min() > 0.01  # every shape occurs
    for first, second in (
        ("eyeBlinkLeft", "eyeWideLeft"),
        ("jawLeft", "jawRight"),
        ("mouthLeft", "mouthRight"),
    ):
        assert not (raised[:, INDEX[first]] & raised[:, INDEX[second]]).any()
    assert (coefficients[:, INDEX["mouthClose"]] <= coefficients[:, INDEX["jawOpen"]]).all()
    assert not coefficients[:, INDEX["tongueOut"]].any()
    sides = coefficients[:, [INDEX["mouthSmileLeft"], INDEX["mouthSmileRight"]]]
    assert np.corrcoef(sides.T)[0, 1] > 0.7


def test_landmarks_are_those_of_the_whole_rig(rig, landmarks):
    rng = np.random.default_rng(1)
    coefficients = sample_expressions(rng, 1)
    identity = rng.normal(0, 0.8, (1, len(rig.identities))).astype(np.float32)
    vertices = rig.vertices(identity[0], rig_weights(rig, coefficients[0]))
    skin = np.arange(468)
    # rig_weights turns the eyeballs by a shape that moves the lids a little too.
    np.testing.assert_allclose(
        landmarks.points(identity, coefficients)[0, skin], rig.landmarks(vertices)[skin], atol=0.15
    )
    np.testing.assert_allclose(
        landmarks.points(identity, coefficients)[0, 468:, :2], rig.landmarks(vertices)[468:, :2], atol=0.02
    )


def test_eyes_look_straight_ahead_at_rest_and_turn_with_the_gaze(landmarks):
    nobody = np.zeros((2, len(landmarks.identities)))
    coefficients = np.zeros((2, 52), np.float32)
    coefficients[1, INDEX["eyeLookUpLeft"]] = 1
    coefficients[1, INDEX["eyeLookInRight"]] = 1
    faces = landmarks.points(nobody, coefficients)
    left, right = faces[:, 473] - landmarks.eyes[0].center, faces[:, 468] - landmarks.eyes[1].center
    np.testing.assert_allclose(left[0, :2], 0, atol=0.05)  # of a radius of 1.5
    assert np.degrees(np.arctan2(left[1, 1], left[1, 2])) == pytest.approx(25, abs=1.5)
    assert np.degrees(np.arctan2(right[1, 0], right[1, 2])) == pytest.approx(30, abs=1.5)


def test_a_rig_without_arkits_shapes_is_an_error():
    with pytest.raises(RigError, match="expected all 51 shapes"):
        RigLandmarks(builtin_rig())


def test_irises_are_as_deep_as_their_lids():
    face = np.zeros((478, 3), np.float32)
    face[:468, 2] = 2.0
    assert (with_network_depths(face)[468:, 2] == 2.0).all()


def test_measured_noise_has_its_causes_and_its_spread():
    rng = np.random.default_rng(2)
    coefficients = sample_expressions(rng, 900)
    identities = rng.normal(0, 1, (900, 5)).astype(np.float32)
    directions = np.linalg.qr(rng.normal(size=(478 * 3, 3)))[0].T.reshape(3, 478, 3)
    jaw = coefficients[:, INDEX["jawOpen"], None, None]
    spread = 3.0 * rng.normal(0, 1, (900, 1, 1))
    truth = (
        0.5 + 8 * jaw * directions[0] + 2 * identities[:, :1, None] * directions[1] + spread * directions[2]
    )
    noise = LandmarkNoise.measure(truth + rng.normal(0, 0.01, truth.shape), coefficients, identities, 3)
    seen = noise.mean + noise.systematic(coefficients, identities)
    expected = truth - spread * directions[2]
    # 57 causes are found in 900 faces with a random part of about the same size.
    assert np.abs(seen - expected).mean() < 0.3 * np.abs(expected - expected.mean(0)).mean()
    drawn = noise.sample(rng, 900)
    assert np.std(drawn.reshape(900, -1) @ directions[2].ravel()) == pytest.approx(3, rel=0.1)
    assert noise.white.mean() == pytest.approx(0.01, rel=0.1)


def test_neutral_faces_have_the_measured_mean_and_spread(tmp_path):
    rng = np.random.default_rng(4)
    faces = reference_face().points + rng.normal(0, 0.2, (50, 1, 1)) * np.array([0, 1, 0]) + 0.0
    measured = NeutralFaces.measure(faces.astype(np.float32), 5)
    measured.save(tmp_path / "n.npz")
    drawn = NeutralFaces.load(tmp_path / "n.npz").sample(rng, 2000)
    np.testing.assert_allclose(drawn.mean(0), faces.mean(0), atol=0.03)
    assert drawn[:, :, 1].std(0).mean() == pytest.approx(faces[:, :, 1].std(0).mean(), rel=0.1)


def test_training_faces_follow_their_seed_and_calibration_takes_people_out(landmarks):
    faces = TrainingFaces(landmarks, LandmarkNoise.load(), NeutralFaces.load(), *reference_face())
    first, calibrated, coefficients = faces.sample(np.random.default_rng(3), 600)
    again, *_ = faces.sample(np.random.default_rng(3), 600)
    np.testing.assert_array_equal(first, again)
    assert first.shape == (600, 478, 3) and coefficients.shape == (600, 52)
    assert set(np.unique(calibrated)) == {0, 1}
    # The nose keeps still in expressions: its spread is that of people.
    spread = [first[calibrated[:, 0] == flag][:, 4, 1].std() for flag in (0, 1)]
    assert spread[1] < spread[0]


def test_a_broken_noise_file_is_an_error(tmp_path):
    with pytest.raises(DatasetError, match="holds no landmark noise"):
        LandmarkNoise.load(tmp_path / "none.npz")
