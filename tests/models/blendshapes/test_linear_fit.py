"""Linear fit: finds the large shapes of exact landmarks of the mean person."""

from pathlib import Path

import numpy as np
import pytest

from attention_mesh.models.blendshapes.expression_sampling import sample_expressions
from attention_mesh.models.blendshapes.linear_fit import LinearFit
from attention_mesh.models.blendshapes.rig_landmarks import RigLandmarks, with_network_depths
from attention_mesh.models.topology.blendshape_names import blendshape_index
from attention_mesh.models.training.synthetic.ict_facekit import load_ict_facekit

RIG = Path(__file__).resolve().parents[4] / "shared" / "rig"


def test_exact_landmarks_give_the_coefficients_of_the_mean_person():
    if not RIG.is_dir():
        pytest.skip(f"no ICT-FaceKit at {RIG}")
    rig = RigLandmarks(load_ict_facekit(RIG))
    coefficients = sample_expressions(np.random.default_rng(0), 300)
    points = with_network_depths(rig.points(np.zeros((300, len(rig.identities))), coefficients))
    found = LinearFit(rig, with_network_depths(rig.neutral)).predict(points)
    assert found.shape == (300, 52) and found.min() >= 0 and found.max() <= 1
    for name in ("jawOpen", "eyeBlinkLeft", "mouthSmileRight", "browInnerUp"):
        place = blendshape_index()[name]
        assert np.corrcoef(found[:, place], coefficients[:, place])[0, 1] > 0.95, name
