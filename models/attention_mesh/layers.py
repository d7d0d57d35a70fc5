"""Layers that Keras does not have: flat results, residual blocks, and those that place and sample crops."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

Shape = tuple[int | None, ...]

BORDERS = ("zero", "discard")
METHODS = ("gather", "matmul")
# Keeps the direction of two points that coincide (a mesh before any training) finite.
_EPSILON = 1e-6
# A sample that is 1 / this number of cells beyond the border counts as outside. Float16 can hold the number.
_SHARPNESS = 6e4


def prelu(**kwargs: Any) -> keras.layers.PReLU:
    """PReLU for (B, H, W, C) with one slope per channel, initially ¼ (He et al. 2015, arXiv 1502.01852)."""
    return keras.layers.PReLU(
        alpha_initializer=keras.initializers.Constant(0.25), shared_axes=[1, 2], **kwargs
    )


@keras.saving.register_keras_serializable(package="attention_mesh")
class FlatVector(keras.layers.Layer):
    """From (B, 1, 1, N) to (B, N).

    Keras' own layers read the batch to state the shape. LiteRT's CompiledModel runs no model with a shape
    that is computed.
    """

    def call(self, features: Any) -> Any:
        return ops.reshape(features, (-1, features.shape[3]))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape[0], input_shape[3]


@keras.saving.register_keras_serializable(package="attention_mesh")
class ResidualBlock(keras.layers.Layer):
    """Depthwise 3×3 and pointwise 1×1 convolution, plus the input, then PReLU with one slope per channel.

    From (B, H, W, C) to (B, H / strides, W / strides, filters). Source: face_landmark_with_attention.tflite.

    Args:
      filters: channels of the result, not fewer than the input's; the skip is padded with zeros.
      strides: 1, or 2 for half the size; the skip is then max-pooled 2×2.

    Raises:
      ValueError: `strides` is neither 1 nor 2, or the input has more channels than the result.
    """

    def __init__(self, filters: int, strides: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if strides not in (1, 2):
            raise ValueError(f"strides is {strides}; expected 1 or 2")
        self.filters = filters
        self.strides = strides
        channels_last = {"data_format": "channels_last", "dtype": self.dtype_policy}
        self.depthwise = keras.layers.DepthwiseConv2D(
            3, strides, padding="same", name="depthwise", **channels_last
        )
        self.pointwise = keras.layers.Conv2D(filters, 1, name="pointwise", **channels_last)
        self.activation = prelu(name="activation", dtype=self.dtype_policy)

    # Without `build` and `compute_output_shape`, Keras traces `call`. A network has dozens of blocks; tracing
    # them makes its construction two and a half times as long.

    def build(self, input_shape: Shape) -> None:
        channels = input_shape[-1]
        if channels is None or channels > self.filters:
            raise ValueError(f"{channels} channels in, {self.filters} out: a block does not drop channels")
        self.depthwise.build(input_shape)
        inner = (*self.depthwise.compute_output_shape(input_shape)[:-1], channels)
        self.pointwise.build(inner)
        self.activation.build((*inner[:-1], self.filters))
        self.built = True

    def call(self, x: Any) -> Any:
        branch = self.pointwise(self.depthwise(x))
        skip = x
        if self.strides == 2:
            skip = ops.max_pool(x, 2, 2, padding="same", data_format="channels_last")
        missing = self.filters - x.shape[-1]
        if missing:
            skip = ops.pad(skip, [[0, 0], [0, 0], [0, 0], [0, missing]])
        return self.activation(branch + skip)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        batch, height, width, _ = input_shape
        halves = [None if size is None else -(-size // self.strides) for size in (height, width)]
        return (batch, *halves, self.filters)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "filters": self.filters, "strides": self.strides}


@keras.saving.register_keras_serializable(package="attention_mesh")
class LandmarksToTransform(keras.layers.Layer):
    """The θ of a crop around some landmarks, rotated so that the line between two of them is horizontal.

    From landmarks (B, N, 2 or more), x first, to (B, 2, 3). θ maps (x, y, 1) in the crop to the landmarks'
    frame divided by `unit`, both in continuous coordinates with the origin at the corner.
    Source: the Landmarks2TransformMatrix operator of face_landmark_with_attention.tflite.

    Args:
      subset: indices of the landmarks whose box, after the rotation, gives the crop.
      left: index of the landmark at which the line starts.
      right: index of the landmark at which the line ends.
      crop_size: side of the crop in its own cells.
      scale: side of the crop relative to the box.
      target_rad: direction of the line in the crop, radians, clockwise on the screen.
      unit: divides the landmarks' coordinates first, e.g. 4 if they are pixels and θ leads to cells of 4 px.
      method: how landmarks are selected: "gather", or "matmul", by a constant matrix, which GPU delegates
        support.

    Raises:
      ValueError: an argument is invalid, or the input has too few landmarks.
    """

    def __init__(
        self,
        subset: Sequence[int],
        left: int,
        right: int,
        crop_size: int,
        scale: float = 1.5,
        target_rad: float = 0.0,
        unit: float = 1.0,
        method: str = "gather",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.subset = [int(index) for index in subset]
        self.left, self.right = int(left), int(right)
        self.crop_size, self.scale = int(crop_size), float(scale)
        self.target_rad, self.unit, self.method = float(target_rad), float(unit), method
        if not self.subset:
            raise ValueError("subset is empty; a crop needs landmarks to surround")
        if min(*self.subset, self.left, self.right) < 0:
            raise ValueError("a landmark's index is negative; expected 0 and up")
        if method not in METHODS:
            raise ValueError(f"method is {method!r}; expected one of {METHODS}")

    def call(self, landmarks: Any) -> Any:
        wanted = max(*self.subset, self.left, self.right)
        if landmarks.shape[1] is None or wanted >= landmarks.shape[1]:
            raise ValueError(f"the landmarks are {landmarks.shape[1]}, but landmark {wanted} is wanted")
        # Everything keeps three axes, because GPU delegates refuse slices that drop one.
        line = self._pick(landmarks, [self.right]) - self._pick(landmarks, [self.left])
        dx, dy = line[:, :, 0:1], line[:, :, 1:2]
        length = ops.sqrt(dx * dx + dy * dy + _EPSILON**2)
        # The rotation r = target − direction, by its cosine and sine. A line without length is horizontal.
        along, across = (dx + _EPSILON) / length, dy / length
        to_cos, to_sin = math.cos(self.target_rad), math.sin(self.target_rad)
        cos, sin = to_cos * along + to_sin * across, to_sin * along - to_cos * across
        points = self._pick(landmarks, self.subset)
        x, y = points[:, :, 0:1], points[:, :, 1:2]
        turned_x, turned_y = x * cos - y * sin, x * sin + y * cos
        low_x, high_x = ops.min(turned_x, 1, keepdims=True), ops.max(turned_x, 1, keepdims=True)
        low_y, high_y = ops.min(turned_y, 1, keepdims=True), ops.max(turned_y, 1, keepdims=True)
        by_x = (high_x - low_x) * (self.scale / self.crop_size)
        by_y = (high_y - low_y) * (self.scale / self.crop_size)
        middle_x, middle_y = (low_x + high_x) / 2, (low_y + high_y) / 2
        # R(−r)·diag(by), and the shift that puts the crop's middle on the box's.
        xx, xy, yx, yy = cos * by_x, sin * by_y, -sin * by_x, cos * by_y
        half = self.crop_size / 2
        shift_x = middle_x * cos + middle_y * sin - (xx + xy) * half
        shift_y = middle_y * cos - middle_x * sin - (yx + yy) * half
        return ops.reshape(ops.concatenate([xx, xy, shift_x, yx, yy, shift_y], 2), (-1, 2, 3))

    def _pick(self, landmarks: Any, indices: list[int]) -> Any:
        """The x and y of some landmarks, divided by `unit`: (B, len(indices), 2)."""
        if self.method == "gather":
            return ops.take(landmarks[:, :, :2], np.array(indices, np.int32), 1) * (1 / self.unit)
        # All numbers in a row times a constant. GPU delegates need the constant as the second factor.
        _, count, columns = landmarks.shape
        select = np.zeros((count, columns, len(indices), 2), np.float32)
        for place, index in enumerate(indices):
            select[index, [0, 1], place, [0, 1]] = 1 / self.unit
        numbers = ops.reshape(landmarks, (-1, count * columns))
        picked = ops.matmul(numbers, ops.cast(select.reshape(count * columns, -1), landmarks.dtype))
        return ops.reshape(picked, (-1, len(indices), 2))

    def get_config(self) -> dict[str, Any]:
        names = ("subset", "left", "right", "crop_size", "scale", "target_rad", "unit", "method")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


@keras.saving.register_keras_serializable(package="attention_mesh")
class SpatialTransformer(keras.layers.Layer):
    """Samples a crop of a feature map bilinearly (Jaderberg et al., arXiv 1506.02025).

    From features (B, H, W, C) and θ (B, 2, 3) to (B, size, size, C). The sample of cell (x, y) lies at
    θ·(x + ½, y + ½, 1) − ½. The layer is differentiable in both inputs.

    Args:
      size: side of the square crop in cells.
      border: what lies outside the map. "zero": cells of zero, into which samples blend. "discard": a sample
        with a coordinate below 0 or above size − 1 is zero, as in MediaPipe's operator
        TransformTensorBilinear.
      method: "gather" reads the four neighbors of each sample, which is best on a CPU. "matmul" multiplies
        the map by hat-function weights relu(1 − |p − cell|); it needs no gather and suits GPU delegates, at
        H·W multiply-adds per sample and channel. Both give the same results.

    Raises:
      ValueError: `border` or `method` is unknown.
    """

    def __init__(self, size: int, border: str = "zero", method: str = "gather", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if border not in BORDERS or method not in METHODS:
            raise ValueError(
                f"border is {border!r}, method {method!r}; expected one of {BORDERS} and one of {METHODS}"
            )
        self.size, self.border, self.method = int(size), border, method
        x, y = np.meshgrid(np.arange(self.size) + 0.5, np.arange(self.size) + 0.5)
        # (1, 1, S²) each: the centers of the crop's cells, row by row.
        self._cell_x, self._cell_y = x.reshape(1, 1, -1), y.reshape(1, 1, -1)

    def call(self, features: Any, theta: Any) -> Any:
        # (B, 1, S²) each. A matrix product would lose digits on a GPU that multiplies in TF32. GPU delegates
        # refuse slices that drop an axis.
        x, y = (
            theta[:, axis : axis + 1, 0:1] * ops.cast(self._cell_x, theta.dtype)
            + theta[:, axis : axis + 1, 1:2] * ops.cast(self._cell_y, theta.dtype)
            + (theta[:, axis : axis + 1, 2:3] - 0.5)
            for axis in range(2)
        )
        crop = self._by_gather(features, x, y) if self.method == "gather" else self._by_matmul(features, x, y)
        if self.border == "discard":
            _, height, width, _ = features.shape
            beyond = ops.relu(-x) + ops.relu(x - (width - 1)) + ops.relu(-y) + ops.relu(y - (height - 1))
            crop = crop * ops.reshape(ops.relu(1 - _SHARPNESS * beyond), (-1, self.size**2, 1))
        return ops.reshape(crop, (-1, self.size, self.size, features.shape[3]))

    def _by_matmul(self, features: Any, x: Any, y: Any) -> Any:
        _, height, width, channels = features.shape
        columns = np.arange(width, dtype="float32")
        rows = np.arange(height, dtype="float32").reshape(-1, 1)
        by_x = ops.relu(1 - ops.abs(ops.reshape(x, (-1, self.size**2, 1, 1)) - columns))
        by_y = ops.relu(1 - ops.abs(ops.reshape(y, (-1, self.size**2, 1, 1)) - rows))
        if features.shape[0] == 1:
            # A convolution with the map as its kernel: GPU delegates cannot multiply two computed matrices,
            # but they accept a computed kernel.
            weights = ops.reshape(by_y * by_x, (1, self.size, self.size, height * width))
            kernel = ops.reshape(features, (1, 1, height * width, channels))
            return ops.reshape(ops.conv(weights, kernel, data_format="channels_last"), (1, -1, channels))
        weights = ops.reshape(by_y * by_x, (-1, self.size**2, height * width))
        return ops.matmul(weights, ops.reshape(features, (-1, height * width, channels)))

    def _by_gather(self, features: Any, x: Any, y: Any) -> Any:
        # A rim of zeros around the map, and clipped samples, make tests of the neighbors unnecessary.
        rim = 1 if self.border == "zero" else 0
        if rim:
            features = ops.pad(features, [[0, 0], [rim, rim], [rim, rim], [0, 0]])
        batch, height, width, channels = features.shape
        x, y = ops.clip(x + rim, 0, width - 1), ops.clip(y + rim, 0, height - 1)
        left, top = ops.minimum(ops.floor(x), width - 2), ops.minimum(ops.floor(y), height - 2)
        right, bottom = x - left, y - top
        shares = [(1 - bottom) * (1 - right), (1 - bottom) * right, bottom * (1 - right), bottom * right]
        first = ops.cast(top * width + left, "int32")
        cells = ops.concatenate([first, first + 1, first + width, first + width + 1], 1)
        if batch != 1:  # the first cell of each map among all cells
            # Counted, because the shape of a range is computed; see `FlatVector`.
            numbers = ops.cumsum(ops.minimum(first[:, :, :1], 0) + 1, axis=0) - 1
            cells = cells + numbers * (height * width)
        neighbors = ops.take(ops.reshape(features, (-1, channels)), cells, axis=0)
        return ops.sum(neighbors * ops.expand_dims(ops.concatenate(shares, 1), 3), 1)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size, "border": self.border, "method": self.method}


@keras.saving.register_keras_serializable(package="attention_mesh")
class TransformLandmarks(keras.layers.Layer):
    """Moves landmarks of a crop back to the frame of the crop, by the crop's θ.

    From landmarks (B, N, 2 or 3) and θ (B, 2, 3) to the landmarks' shape; z is unchanged.
    Source: the TransformLandmarks operator of face_landmark_with_attention.tflite.

    Args:
      unit: the landmarks' units per cell of θ, e.g. 4 if landmarks are in pixels and θ in cells of 4 px.
    """

    def __init__(self, unit: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.unit = float(unit)

    def call(self, landmarks: Any, theta: Any) -> Any:
        x, y, z = landmarks[:, :, 0:1], landmarks[:, :, 1:2], landmarks[:, :, 2:]
        # A matrix product would lose digits on a GPU that multiplies in TF32.
        moved = [
            theta[:, axis : axis + 1, 0:1] * x
            + theta[:, axis : axis + 1, 1:2] * y
            + theta[:, axis : axis + 1, 2:3] * self.unit
            for axis in range(2)
        ]
        return ops.concatenate([*moved, z] if landmarks.shape[2] > 2 else moved, 2)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "unit": self.unit}
