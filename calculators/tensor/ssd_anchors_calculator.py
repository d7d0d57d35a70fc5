"""Anchors of a single-shot detector."""

from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from attention_mesh.framework import Calculator, SideOutput, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.anchors import multiscale_anchors, ssd_anchors

if TYPE_CHECKING:
    from attention_mesh.calculators.proto.ssd_anchors_calculator_pb2 import SsdAnchorsCalculatorOptions


@calculator
class SsdAnchorsCalculator(Calculator):
    """Makes the grid of anchors that a single-shot detector's outputs are relative to.

    MediaPipe's node of this name.

    Output side packets: the anchors.
    Options: those of MediaPipe's generators for SSD and RetinaNet; or `fixed_anchors`, which become the
      output without regard to the other options.

    Example::

        node {
          calculator: "SsdAnchorsCalculator"
          output_side_packet: "anchors"
          node_options {
            [type.googleapis.com/mediapipe.SsdAnchorsCalculatorOptions] {
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
    def contract(cls, node: NodeContract) -> None:
        options = node.options
        if options.fixed_anchors:
            return
        if options.input_size_width <= 0 or options.input_size_height <= 0:
            raise ValueError(
                f"input_size is {options.input_size_width}x{options.input_size_height}; expected pixels"
            )
        if len(options.feature_map_width) != len(options.feature_map_height):
            raise ValueError("feature_map_width and feature_map_height differ in length")
        layers, name, expected = len(_grids(options)), "num_layers", options.num_layers
        if options.multiscale_anchor_generation:
            name, expected = "min_level to max_level", options.max_level - options.min_level + 1
            if options.scales_per_octave < 1 or not options.aspect_ratios or options.min_level < 0:
                raise ValueError("scales_per_octave and aspect_ratios are missing, or min_level is below 0")
        if layers != expected:
            raise ValueError(f"{layers} strides or feature maps for {name} {expected}")
        if not layers:
            raise ValueError("strides, or feature_map_width and feature_map_height, are missing")

    def open(self) -> None:
        options = self.options
        if options.fixed_anchors:
            rows = [
                (anchor.x_center, anchor.y_center, anchor.w, anchor.h) for anchor in options.fixed_anchors
            ]
            self.anchors.set(np.array(rows, np.float32))
            return
        input_size = (options.input_size_width, options.input_size_height)
        if options.multiscale_anchor_generation:
            self.anchors.set(
                multiscale_anchors(
                    input_size,
                    _grids(options),
                    min_level=options.min_level,
                    anchor_scale=options.anchor_scale,
                    scales_per_octave=options.scales_per_octave,
                    aspect_ratios=tuple(options.aspect_ratios),
                    normalize=options.normalize_coordinates,
                )
            )
            return
        feature_maps = tuple(zip(options.feature_map_width, options.feature_map_height, strict=True))
        self.anchors.set(
            ssd_anchors(
                input_size,
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


def _grids(options: "SsdAnchorsCalculatorOptions") -> list[tuple[int, int]]:
    """(columns, rows) of each layer, from the feature maps or else from the strides."""
    if options.feature_map_width:
        return list(zip(options.feature_map_width, options.feature_map_height, strict=True))
    width, height = options.input_size_width, options.input_size_height
    return [(ceil(width / stride), ceil(height / stride)) for stride in options.strides]
