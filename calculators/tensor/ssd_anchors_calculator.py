"""Options → a single-shot detector's anchors."""

import numpy as np

from attention_mesh.framework import Calculator, SideOutput, calculator
from attention_mesh.geometry.anchors import ssd_anchors


@calculator
class SsdAnchorsCalculator(Calculator):
    """Makes the grid of anchors that a single-shot detector's outputs are relative to.

    MediaPipe's node of this name, without the multi-scale mode that no face detector uses.

    Output side packets: the anchors.

    Example::

        node {
          calculator: "SsdAnchorsCalculator"
          output_side_packet: "anchors"
          options {
            [mediapipe.SsdAnchorsCalculatorOptions.ext] {
              num_layers: 1
              strides: 4
              input_size_width: 192
              input_size_height: 192
              min_scale: 0.15
              max_scale: 0.75
              aspect_ratios: 1.0
              fixed_anchor_size: true
            }
          }
        }
    """

    # (A, 4) float32; x_center, y_center, width, height, as fractions of the network's input
    anchors = SideOutput("", np.ndarray)

    Options = "mediapipe.SsdAnchorsCalculatorOptions"

    @classmethod
    def contract(cls, node) -> None:
        options = node.options
        if options.input_size_width <= 0 or options.input_size_height <= 0:
            raise ValueError(
                f"input_size is {options.input_size_width}x{options.input_size_height}; expected pixels"
            )
        if len(options.feature_map_width) != len(options.feature_map_height):
            raise ValueError("feature_map_width and feature_map_height differ in length")
        layers = len(options.feature_map_width) or len(options.strides)
        if layers != options.num_layers:
            raise ValueError(f"{layers} strides or feature maps for num_layers {options.num_layers}")
        if not layers:
            raise ValueError("strides, or feature_map_width and feature_map_height, are missing")

    def open(self) -> None:
        options = self.options
        feature_maps = tuple(zip(options.feature_map_width, options.feature_map_height, strict=True))
        self.anchors.set(
            ssd_anchors(
                (options.input_size_width, options.input_size_height),
                () if feature_maps else tuple(options.strides),
                feature_maps,
                min_scale=options.min_scale,
                max_scale=options.max_scale,
                anchor_offset=(options.anchor_offset_x, options.anchor_offset_y),
                aspect_ratios=tuple(options.aspect_ratios),
                interpolated_scale_aspect_ratio=options.interpolated_scale_aspect_ratio,
                reduce_boxes_in_lowest_layer=options.reduce_boxes_in_lowest_layer,
                fixed_anchor_size=options.fixed_anchor_size,
            )
        )
