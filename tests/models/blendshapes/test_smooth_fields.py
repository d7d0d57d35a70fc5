"""Smooth fields: neighbors move together, distant landmarks do not."""

import numpy as np
import pytest

from attention_mesh.models.blendshapes.smooth_fields import SmoothFields
from attention_mesh.models.inference.blendshape_network import reference_face


def test_neighbors_move_together_and_distant_landmarks_do_not():
    points = reference_face().points
    fields = SmoothFields(points, 1.5, 72).sample(np.random.default_rng(0), 3000)
    assert fields.shape == (3000, 478, 3)
    assert fields.std(0).mean() == pytest.approx(1, abs=0.1)
    near, far = 146, 263  # of the right corner of the mouth: the next landmark, and the left eye
    correlation = np.corrcoef(fields[:, [61, near, far], 1].T)[0]
    assert correlation[1] > 0.9 and abs(correlation[2]) < 0.1
