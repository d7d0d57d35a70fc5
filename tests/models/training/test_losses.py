"""Losses: zero for the truth, in the stated units, independent of unknown landmarks."""

import numpy as np
import pytest
from keras import ops

from attention_mesh.models.attention_mesh import Preset, ideal_transforms
from attention_mesh.models.topology.refinement import region_landmarks
from attention_mesh.models.training.loss_weights import LossWeights
from attention_mesh.models.training.losses import landmark_losses

PRESET = Preset.named("released")
RNG = np.random.default_rng(0)
TRUTH = RNG.uniform(40, 150, (2, 478, 3)).astype(np.float32)


def losses(shift=0.0, weights=LossWeights(), trust=1.0, presence=1.0, **changes):  # noqa: B008 - frozen
    """Losses of outputs that are the truth, with x moved by `shift` px."""
    moved = TRUTH + np.array([shift, 0, 0], np.float32)
    outputs = {"mesh": moved[:, :468], "presence": np.full((2, 1), 50.0, np.float32)}
    outputs |= {name: moved[:, indices, :2] for name, indices in region_landmarks().items()}
    outputs["transforms"] = ideal = ideal_transforms(TRUTH, PRESET)
    targets = {
        "landmarks": TRUTH,
        "presence": np.full((2, 1), presence, np.float32),
        "transforms": ideal,
    }
    trusts = np.full((2, 478, 2), trust, np.float32)
    result = landmark_losses({**outputs, **changes}, targets, trusts, weights, PRESET)
    return {name: float(ops.convert_to_numpy(value)) for name, value in result.items()}


def test_the_truth_has_almost_no_loss():
    values = losses()
    assert set(values) == {"mesh", "z", "presence", *region_landmarks()}
    assert max(values.values()) < 0.01


def test_the_mesh_counts_in_percent_of_the_input_and_regions_in_percent_of_their_crop():
    values = losses(shift=1.92)
    assert values["mesh"] == pytest.approx(1.0, rel=1e-3)
    total = sum(map(len, region_landmarks().values()))
    theta = ideal_transforms(TRUTH, PRESET)[:, 0]
    side = np.linalg.norm(theta[:, :, 0], axis=1) * 64
    expected = 80 / total * (100 * 1.92 / side).mean()
    assert values["lips"] == pytest.approx(expected, rel=1e-3)


def test_nothing_is_learned_from_what_is_unknown_or_from_no_face():
    values = losses(shift=20.0, trust=0.0, presence=0.0)
    assert all(values[name] == 0 for name in ("mesh", "z", *region_landmarks()))
    assert values["presence"] == pytest.approx(50, rel=1e-3)  # as sure as wrong


def test_contours_count_more_in_the_mesh():
    moved = TRUTH[:, :468].copy()
    moved[:, 33, 0] += 10
    heavy, even = (
        losses(mesh=moved, weights=LossWeights(contours=contours))["mesh"] for contours in (5.0, 1.0)
    )
    # Five times the weight in a mean over 468 landmarks, of which about a quarter has this weight.
    assert 2 * even < heavy < 4 * even


def test_predicted_transforms_are_drawn_to_the_ideal_ones():
    ideal = ideal_transforms(TRUTH, PRESET)
    assert losses(predicted_transforms=ideal)["transforms"] == 0
    far = losses(predicted_transforms=ideal + np.float32(0.1))["transforms"]
    assert far == pytest.approx(100 / 48 * (0.1 * 16 * 2 + 0.1) / 3, rel=1e-3)
