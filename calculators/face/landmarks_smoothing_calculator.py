"""Smoothing of landmarks over time."""

from typing import TYPE_CHECKING

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks, landmark_bounds
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.smoothing_filters import OneEuroFilter, RelativeVelocityFilter, SmoothingFilter

if TYPE_CHECKING:
    from attention_mesh.calculators.proto.landmarks_smoothing_calculator_pb2 import (
        LandmarksSmoothingCalculatorOptions,
    )


@calculator
class LandmarksSmoothingCalculator(Calculator):
    """Filters every coordinate of every landmark over time, in pixels, each face by itself.

    MediaPipe's node of this name, with two additions: the input ROIS, whose ids tell faces apart, and the
    side packet ENABLE. Without ROIS the place in the packet tells faces apart. Speed is measured in object
    sizes per second: the size is the mean of width and height of the landmarks' box, or of OBJECT_SCALE_ROI
    if connected. All faces start again after a timestamp without landmarks, or after a second without any
    frame; one face starts again if it was absent for a frame.

    Inputs: NORM_LANDMARKS; IMAGE_SIZE; OBJECT_SCALE_ROI; ROIS.
    Input side packets: ENABLE; false passes landmarks on unchanged.
    Outputs: NORM_FILTERED_LANDMARKS, empty if the landmarks are.
    Options: one of `one_euro_filter`, `velocity_filter` and `no_filter`.

    Example::

        node {
          calculator: "LandmarksSmoothingCalculator"
          input_stream: "NORM_LANDMARKS:landmarks"
          input_stream: "IMAGE_SIZE:image_size"
          output_stream: "NORM_FILTERED_LANDMARKS:smooth_landmarks"
          node_options {
            [type.googleapis.com/mediapipe.LandmarksSmoothingCalculatorOptions] {
              one_euro_filter { min_cutoff: 0.05 beta: 80 derivate_cutoff: 1.0 }
            }
          }
        }
    """

    landmarks = Input("NORM_LANDMARKS", NormalizedLandmarks)  # (F, N, 3) in the frame
    image_size = Input("IMAGE_SIZE", tuple)  # (width, height) px of the frame
    scale_rois = Input("OBJECT_SCALE_ROI", NormalizedRects, optional=True)  # F, whose size is the faces'
    rois = Input("ROIS", NormalizedRects, optional=True)  # F, of which the ids are used
    enable = SideInput("ENABLE", bool, default=True)
    filtered = Output("NORM_FILTERED_LANDMARKS", NormalizedLandmarks)  # (F, N, 3) in the frame
    timestamp_offset = 0

    Options = "mediapipe.LandmarksSmoothingCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        _make_filter(node.options)

    def open(self) -> None:
        enabled = self.enable.value
        self._filter = _make_filter(self.options) if enabled else None
        chosen = getattr(self.options, self.options.WhichOneof("filter_options"))
        self._scales_values = not getattr(chosen, "disable_value_scaling", True)
        self._min_object_size = getattr(chosen, "min_allowed_object_scale", 0.0)
        self._size: tuple[int, int] | None = None
        self._to_pixels = np.ones((0, 3), np.float32)

    def process(self) -> None:
        if self._filter is None:
            if not self.landmarks.is_empty:
                self.filtered.send(self.landmarks.value)
            return
        if self.landmarks.is_empty:
            self._filter.reset()
            return
        landmarks, size = self.landmarks.value, self.image_size.value
        shape = landmarks.points.shape[1:]
        if size != self._size or shape != self._to_pixels.shape:
            width, height = self._size = size
            # As large as the landmarks: broadcasting along three columns would cost more than the filter.
            self._to_pixels = np.tile(np.array([width, height, width], np.float32), (shape[0], 1))
        ids = self.rois.value.ids if self.rois.connected else np.arange(1, len(landmarks) + 1)
        # The filter is linear, so that pixels matter to the speed only.
        scale = self._to_pixels[None]
        too_small = None
        if self._scales_values and len(landmarks):
            size_px = self._object_sizes(landmarks.points)
            if size_px.min() < self._min_object_size:
                too_small = size_px < self._min_object_size
                size_px = np.where(too_small, 1, size_px)
            scale = scale / size_px[:, None, None]
        filtered = self._filter.apply(landmarks.points, ids, self.timestamp, scale)
        if too_small is not None:
            filtered = np.where(too_small[:, None, None], landmarks.points, filtered)
        self.filtered.send(NormalizedLandmarks(filtered))

    def _object_sizes(self, points: np.ndarray) -> np.ndarray:
        """(F,) float32; mean of width and height of each face in pixels."""
        half_px = np.array(self._size, np.float32) * np.float32(0.5)
        if self.scale_rois.connected and not self.scale_rois.is_empty:
            return self.scale_rois.value.values[:, 2:4] @ half_px
        low, high = landmark_bounds(points)
        return (high - low) @ half_px


def _make_filter(
    options: "LandmarksSmoothingCalculatorOptions",
) -> SmoothingFilter | None:
    chosen = options.WhichOneof("filter_options")
    if chosen == "one_euro_filter":
        given = options.one_euro_filter
        return OneEuroFilter(given.min_cutoff, given.beta, given.derivate_cutoff)
    if chosen == "velocity_filter":
        return RelativeVelocityFilter(
            options.velocity_filter.window_size, options.velocity_filter.velocity_scale
        )
    if chosen == "no_filter":
        return None
    raise ValueError("no filter is chosen; give no_filter, velocity_filter or one_euro_filter")
