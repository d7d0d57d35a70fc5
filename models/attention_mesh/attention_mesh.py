"""AttentionMesh: the network of Grishchenko et al. 2020 (arXiv 2006.10962)."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from attention_mesh.models.attention_mesh.branches import mesh_head, region_head, region_trunk
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
from attention_mesh.models.weights.model_files import OPEN_WEIGHTS

THETAS = ("mesh", "predicted")


@keras.saving.register_keras_serializable(package="attention_mesh")
class AttentionMesh(keras.Model):
    """A mesh network that crops its features at lips and eyes; each crop goes to separate heads.

    A call takes images (B, S, S, 3) float32 RGB in [0, 1], S = `preset.input_size`. For training on ideal
    crops, it also takes `transforms` (B, 3, 2, 3): the θ of lips, right eye and left eye, which replace the
    network's own unless they are NaN.

    A call returns a dict of float32 tensors. Coordinates are in pixels of the input, with the origin at its
    top left corner; right and left are the subject's.
      "mesh" and "presence" as `Mesh` gives them;
      "lips" (B, 80, 2), "right_eye" and "left_eye" (B, 71, 2), "right_iris" and "left_iris" (B, 5, 2);
      "transforms" (B, 3, 2, 3), the θ that the network used, in feature cells of `FEATURE_STRIDE` pixels;
      "predicted_transforms" (B, 3, 2, 3), only with theta="predicted".

    Args:
      preset: the sizes of the network, or the arguments of `Preset`.
      theta: the source of the crops' θ: "mesh", the predicted landmarks, or "predicted", a separate head that
        is trained to give the ideal θ.
      border: of the crops, see `SpatialTransformer`.
      sampler: the method of `SpatialTransformer` and `LandmarksToTransform`. With "matmul" the network needs
        no gather.

    Raises:
      ValueError: `theta`, `border` or `sampler` is unknown.
    """

    def __init__(
        self,
        preset: Preset | dict[str, Any],
        theta: str = "mesh",
        border: str = "zero",
        sampler: str = "gather",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if theta not in THETAS:
            raise ValueError(f"theta is {theta!r}; expected one of {THETAS}")
        self.preset = preset if isinstance(preset, Preset) else Preset(**preset)
        self.theta, self.border, self.sampler = theta, border, sampler
        self.mesh = Mesh(self.preset, name="mesh")
        self.transform_layers = transform_layers(self.preset, self.preset.mesh_landmarks, sampler)
        self.crop = SpatialTransformer(self.preset.crop_size, border, sampler, dtype="float32", name="crop")
        self.place = TransformLandmarks(FEATURE_STRIDE, dtype="float32", name="place")
        self.region_trunks = [region_trunk(self.preset, f"{region.name}_trunk") for region in regions()]
        sizes = head_sizes()
        self.region_heads = [
            region_head(self.preset, 2 * sizes[head], f"{head}_head")
            for region in regions()
            for head in region.heads
        ]
        self.theta_head = None
        if theta == "predicted":
            self.theta_head = mesh_head(self.preset, 6 * len(regions()), "theta_head", kernel="zeros")
        self.build()

    @classmethod
    def from_official(cls, sampler: str = "gather") -> AttentionMesh:
        """The `released` preset with the official weights, fetched on first use.

        Raises:
          WeightsError: the weights are unavailable.
        """
        # Imported here: only this network needs the reader of official files.
        from attention_mesh.models.attention_mesh.official_weights import load_official_weights

        model = cls(Preset.named("released"), border="discard", sampler=sampler)
        load_official_weights(model)
        return model

    @classmethod
    def from_open(cls, sampler: str = "gather") -> AttentionMesh:
        """The `released` preset with the open weights of the package, see docs/open_weights.md."""
        model = cls(Preset.named("released"), sampler=sampler)
        with np.load(OPEN_WEIGHTS, allow_pickle=False) as arrays:
            names = sorted(arrays.files)
            model.set_weights([arrays[name].astype(np.float32) for name in names])
        return model

    @property
    def trunk(self) -> keras.Sequential:
        """The first part, from images to the attention features; `trunk.trainable = False` freezes it."""
        return self.mesh.shared_trunk

    @property
    def heads(self) -> dict[str, keras.Sequential]:
        """The region heads by the name of their output."""
        names = [name for region in regions() for name in region.heads]
        return dict(zip(names, self.region_heads, strict=True))

    def build(self, input_shape: Any = None) -> None:
        self.built = True  # the constructor has built the parts

    def call(self, images: Any, transforms: Any = None, training: bool | None = None) -> dict[str, Any]:
        features = self.mesh.shared_trunk(images)
        outputs, neck = self.mesh.from_features(features)
        if self.theta_head is not None:
            outputs["predicted_transforms"] = self._predicted(self.theta_head(neck))
        own = outputs.get("predicted_transforms")
        if own is None:
            own = ops.stack([layer(outputs["mesh"]) for layer in self.transform_layers], 1)
        transforms = chosen_transforms(transforms, own)
        thetas = separate_transforms(transforms)
        return {**outputs, **self._regions(features, thetas), "transforms": transforms}

    def _predicted(self, numbers: Any) -> Any:
        """θ from the numbers of its head (B, 18), scaled alike; zeros give the middle third of the map."""
        size, crop_size = self.preset.feature_size, self.preset.crop_size
        scale, third = size / crop_size, size / 3
        numbers = ops.reshape(numbers, (-1, len(regions()), 2, 3))
        middle = np.array([[scale / 3, 0, third], [0, scale / 3, third]], np.float32)
        return numbers * np.array([scale, scale, size], np.float32) + middle

    def _regions(self, features: Any, thetas: list[Any]) -> dict[str, Any]:
        """The landmarks of all region heads, in pixels of the input, from one θ (B, 2, 3) per region."""
        outputs: dict[str, Any] = {}
        heads = self.heads
        for index, (region, theta) in enumerate(zip(regions(), thetas, strict=True)):
            shared = self.region_trunks[index](self.crop(features, theta))
            for name in region.heads:
                in_crop = ops.reshape(heads[name](shared), (-1, head_sizes()[name], 2))
                outputs[name] = self.place(in_crop, theta)
        return outputs

    def get_config(self) -> dict[str, Any]:
        config = {"preset": self.preset.as_dict(), "theta": self.theta}
        return {**super().get_config(), **config, "border": self.border, "sampler": self.sampler}
