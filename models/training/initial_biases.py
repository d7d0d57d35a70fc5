"""Initial biases: before training, every head of a network gives the mean of its targets."""

from __future__ import annotations

from typing import Any

import numpy as np

from attention_mesh.models.attention_mesh import FEATURE_STRIDE, Mesh, ideal_transforms
from attention_mesh.models.attention_mesh.regions import regions
from attention_mesh.models.topology.refinement import region_landmarks


def initialize_biases(network: Any, landmarks: np.ndarray, trust: np.ndarray) -> None:
    """Sets the biases of the last convolutions to the mean of the targets.

    An optimizer moves a bias by about its learning rate per step: from zero it would need as many steps to
    reach a hundred pixels as a whole training has. The bias of a landmark that is unknown in all samples
    becomes zero.

    Args:
        network: `Mesh`, `Cascade` or `AttentionMesh`; its biases change.
        landmarks: (B, 478, 3) float32 px of the crops, as `Batches` gives them.
        trust: (B, 478, 2) float32; 0 if unknown.
    """
    mesh = network if isinstance(network, Mesh) else network.mesh
    known = (trust[:, :, 0] > 0).astype(np.float32)[:, :, None]
    mean = (landmarks * known).sum(0) / np.maximum(known.sum(0), 1)
    _set_bias(mesh.mesh_head, mean[: network.preset.mesh_landmarks])
    if mesh is network:
        return
    transforms = ideal_transforms(landmarks, network.preset)
    for name, head in network.heads.items():
        indices = region_landmarks()[name]
        number = next(place for place, region in enumerate(regions()) if name in region.heads)
        whole = (trust[:, regions()[number].landmarks, 0] > 0).all(1)
        if whole.any():
            turn, shift = transforms[whole, number, :, :2], transforms[whole, number, :, 2] * FEATURE_STRIDE
            away = landmarks[whole][:, indices, :2] - shift[:, None]
            _set_bias(head, np.linalg.solve(turn, away.transpose(0, 2, 1)).mean(0).T)


def _set_bias(head: Any, values: np.ndarray) -> None:
    convolution = head.layers[-2]  # a reshape follows it
    kernel, _ = convolution.get_weights()
    convolution.set_weights([kernel, values.ravel().astype(np.float32)])
