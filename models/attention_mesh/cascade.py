"""Cascade: separate networks for face, lips and eyes, the paper's second baseline."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from attention_mesh.models.attention_mesh.branches import region_head, region_trunk, shared_trunk
from attention_mesh.models.attention_mesh.layers import SpatialTransformer, TransformLandmarks
from attention_mesh.models.attention_mesh.mesh import Mesh
from attention_mesh.models.attention_mesh.regions import (
    chosen_transforms,
    head_sizes,
    regions,
    separate_transforms,
    transform_layers,
)
from attention_mesh.models.preset import FEATURE_STRIDE, Preset

# The eye network knows right eyes. A left eye is mirrored for it. Mirroring permutes the points of the iris
# (center; right, top, left and bottom in the image); the points of the eye itself keep their order.
_MIRRORED_IRIS = [0, 3, 2, 1, 4]


@keras.saving.register_keras_serializable(package="attention_mesh")
class Cascade(keras.Model):
    """A mesh network, then one network for the lips and one for an eye with its iris, on crops of the image.

    The two region networks have the capacity of the layers that serve their region in `AttentionMesh`: first
    the layers up to the attention features (the base), then the region's branch and heads, all of the same
    widths. The crop has `crop_size` · `FEATURE_STRIDE` pixels, so that the base gives a map of `crop_size`
    cells. The eye network runs once for the right eye and once, mirrored, for the left eye.

    Inputs and outputs are those of `AttentionMesh`. θ comes from the predicted mesh unless it is given. No
    gradient leads from the crops to the mesh network, so it learns what `Mesh` alone would learn.

    Args:
      preset: the sizes of the networks, or the arguments of `Preset`.
    """

    def __init__(self, preset: Preset | dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.preset = preset if isinstance(preset, Preset) else Preset(**preset)
        self.mesh = Mesh(self.preset, name="mesh")
        self.transform_layers = transform_layers(self.preset, self.preset.mesh_landmarks)
        self.side = self.preset.crop_size * FEATURE_STRIDE
        self.crop = SpatialTransformer(self.side, dtype="float32", name="crop")
        self.place = TransformLandmarks(FEATURE_STRIDE, dtype="float32", name="place")
        lips, eye, _ = regions()
        self.lips_base = shared_trunk(self.preset, self.side, "lips_base")
        self.lips_trunk = region_trunk(self.preset, "lips_trunk")
        self.eye_base = shared_trunk(self.preset, self.side, "eye_base")
        self.eye_trunk = region_trunk(self.preset, "eye_trunk")
        sizes = head_sizes()
        self.lips_heads, self.eye_heads = (
            [region_head(self.preset, 2 * sizes[head], f"{head}_head") for head in region.heads]
            for region in (lips, eye)
        )
        self.build()

    @property
    def trunk(self) -> keras.Sequential:
        """The first part of the mesh network; `trunk.trainable = False` freezes it."""
        return self.mesh.shared_trunk

    @property
    def heads(self) -> dict[str, keras.Sequential]:
        """The region heads by the name of their output; the right eye's heads also serve the left eye."""
        lips, eye, _ = regions()
        return dict(zip((*lips.heads, *eye.heads), (*self.lips_heads, *self.eye_heads), strict=True))

    def build(self, input_shape: Any = None) -> None:
        self.built = True  # the constructor has built the parts

    def call(self, images: Any, transforms: Any = None, training: bool | None = None) -> dict[str, Any]:
        outputs = self.mesh(images)
        own = ops.stack([layer(outputs["mesh"]) for layer in self.transform_layers], 1)
        own = ops.stop_gradient(own)  # separate networks learn separately
        transforms = chosen_transforms(transforms, own)
        thetas = separate_transforms(transforms)
        outputs = {**outputs, "transforms": transforms}
        for region, theta in zip(regions(), thetas, strict=True):
            is_mirrored = region.name == "left_eye"
            if is_mirrored:
                theta = _mirrored(theta, self.preset.crop_size)
            is_lips = region.name == "lips"
            base, trunk = (self.lips_base, self.lips_trunk) if is_lips else (self.eye_base, self.eye_trunk)
            shared = trunk(base(self.crop(images, _in_pixels(theta))))
            for name, head in zip(region.heads, self.lips_heads if is_lips else self.eye_heads, strict=True):
                points = self.place(ops.reshape(head(shared), (-1, head_sizes()[name], 2)), theta)
                if is_mirrored and name.endswith("iris"):
                    points = ops.take(points, np.array(_MIRRORED_IRIS), 1)
                outputs[name] = points
        return outputs

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "preset": self.preset.as_dict()}


def _in_pixels(theta: Any) -> Any:
    """The θ of a crop in pixels, from the θ of the same crop in cells."""
    return theta * np.array([1, 1, FEATURE_STRIDE], np.float32)


def _mirrored(theta: Any, size: int) -> Any:
    """The θ of the mirrored crop, whose cell x holds what was at size − x."""
    turn, shift = theta[:, :, :1], theta[:, :, 2:]
    return ops.concatenate([-turn, theta[:, :, 1:2], shift + turn * size], 2)
