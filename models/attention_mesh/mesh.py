"""Mesh: the face mesh without attention, the paper's first baseline and the start of the other networks."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from attention_mesh.models.attention_mesh.branches import mesh_head, mesh_trunk, shared_trunk
from attention_mesh.models.preset import Preset


@keras.saving.register_keras_serializable(package="attention_mesh")
class Mesh(keras.Model):
    """A network that gives all landmarks in one pass over the whole face.

    A call takes images (B, S, S, 3) float32 RGB in [0, 1], S = `preset.input_size`. It returns a dict of
    float32 tensors: "mesh" (B, 468 or 478, 3), x and y in pixels of the input, origin at its top left corner,
    z on x's scale, smaller is nearer; "presence" (B, 1), the logit of the presence of a face.

    Args:
      preset: the sizes of the network, or the arguments of `Preset`.
    """

    def __init__(self, preset: Preset | dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.preset = preset if isinstance(preset, Preset) else Preset(**preset)
        self.shared_trunk = shared_trunk(self.preset, self.preset.input_size, "shared_trunk")
        self.mesh_trunk = mesh_trunk(self.preset, "mesh_trunk")
        self.mesh_head = mesh_head(self.preset, 3 * self.preset.mesh_landmarks, "mesh_head")
        self.presence_head = mesh_head(self.preset, 1, "presence_head")
        self.build()

    @property
    def trunk(self) -> keras.Sequential:
        """The first part, from images to the attention features; `trunk.trainable = False` freezes it."""
        return self.shared_trunk

    def build(self, input_shape: Any = None) -> None:
        self.built = True  # the constructor has built the parts

    def call(self, images: Any, training: bool | None = None) -> dict[str, Any]:
        return self.from_features(self.shared_trunk(images))[0]

    def from_features(self, features: Any) -> tuple[dict[str, Any], Any]:
        """The outputs, and the neck (B, S, S, C) from which they are regressed."""
        neck = self.mesh_trunk(features)
        landmarks = ops.reshape(self.mesh_head(neck), (-1, self.preset.mesh_landmarks, 3))
        return {"mesh": landmarks, "presence": self.presence_head(neck)}, neck

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "preset": self.preset.as_dict()}
