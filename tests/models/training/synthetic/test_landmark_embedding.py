"""Landmark embedding: finds the known landmarks of the built-in rig."""

from dataclasses import replace

import numpy as np

from attention_mesh.models.topology.landmark_groups import landmarks_68
from attention_mesh.models.topology.refinement import region_landmarks
from attention_mesh.models.training.synthetic.builtin_rig import builtin_rig
from attention_mesh.models.training.synthetic.landmark_embedding import OfficialNetwork, embed_landmarks

EYES_APART = 8.9  # outer corners of the rig, about cm


def test_landmarks_are_found_again():
    known = builtin_rig()
    truth = known.landmarks(known.neutral)
    table = landmarks_68()
    away = np.linalg.norm(known.neutral[:, None] - truth[table][None], axis=2)
    bare = replace(
        known,
        landmark_vertices=np.zeros((478, 3), np.int32),
        landmark_weights=np.zeros((478, 3), np.float32),
    )
    # The rig has other proportions than the template, so that the warp alone is not enough.
    scale = np.float32([1.1, 0.95, 1.0])
    eyes = tuple(replace(eye, center=eye.center * scale) for eye in bare.eyes)
    bare = replace(bare, neutral=bare.neutral * scale, eyes=eyes)
    done: list[int] = []
    found = embed_landmarks(
        bare, away.argmin(0), OfficialNetwork().landmarks, 10, progress=lambda n, _: done.append(n)
    )
    assert done == list(range(11))
    np.testing.assert_allclose(found.landmark_weights.sum(1), 1, atol=1e-5)
    error = np.linalg.norm(found.landmarks(found.neutral) - truth * scale, axis=1) / EYES_APART
    lips, eyes = region_landmarks()["lips"], region_landmarks()["right_eye"][:16]
    # The network is exact to a few percent on a painted face, and the rig has few vertices.
    assert error.mean() < 0.05 and error[lips].mean() < 0.07 and error[eyes].mean() < 0.03
    assert error[468:].mean() < 0.02
