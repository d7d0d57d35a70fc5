"""Refinement: several sets of landmarks merged into one."""

from typing import TYPE_CHECKING

import numpy as np

from attention_mesh.framework import Calculator, Input, Output, calculator
from attention_mesh.framework.node_contract import NodeContract
from attention_mesh.geometry.landmark_refinement import COPY_Z, KEEP_Z, LandmarkRefinement
from attention_mesh.geometry.normalized_landmarks import NormalizedLandmarks

if TYPE_CHECKING:
    from attention_mesh.calculators.proto.landmarks_refinement_calculator_pb2 import (
        LandmarksRefinementCalculatorOptions,
    )


@calculator
class LandmarksRefinementCalculator(Calculator):
    """Merges landmark sets; the options say which set owns which refined landmark, and where z comes from.

    MediaPipe's node of this name, for all faces at once.

    Inputs: LANDMARKS, one per `refinement`.
    Outputs: REFINED_LANDMARKS, empty if an input is.
    Options: `refinement`, for each input the landmarks that it becomes and the rule for z.

    Example::

        node {
          calculator: "LandmarksRefinementCalculator"
          input_stream: "LANDMARKS:0:mesh_landmarks"
          input_stream: "LANDMARKS:1:iris_landmarks"
          output_stream: "REFINED_LANDMARKS:landmarks"
          node_options {
            [type.googleapis.com/mediapipe.LandmarksRefinementCalculatorOptions] {
              refinement { indexes_mapping: [0, 1, 2] z_refinement { copy {} } }
              refinement {
                indexes_mapping: [3] z_refinement { assign_average { indexes_for_average: [0, 1] } }
              }
            }
          }
        }
    """

    landmarks = Input("LANDMARKS", NormalizedLandmarks, repeated=True)  # one a `refinement`: (F, K, 3)
    refined = Output("REFINED_LANDMARKS", NormalizedLandmarks)  # (F, highest index + 1, 3)
    timestamp_offset = 0

    Options = "mediapipe.LandmarksRefinementCalculatorOptions"

    @classmethod
    def contract(cls, node: NodeContract) -> None:
        _refinement(node.options)

    def open(self) -> None:
        self._refinement = _refinement(self.options)
        if len(self.landmarks) != len(self.options.refinement):
            raise ValueError(
                f"{len(self.landmarks)} LANDMARKS streams for {len(self.options.refinement)} refinements"
            )

    def process(self) -> None:
        if any(port.is_empty for port in self.landmarks):
            return
        points = self._refinement([port.value.points for port in self.landmarks])
        self.refined.send(NormalizedLandmarks(points))


def _refinement(options: "LandmarksRefinementCalculatorOptions") -> LandmarkRefinement:
    plan: list[tuple[np.ndarray, np.ndarray | str]] = []
    for i, refinement in enumerate(options.refinement):
        rule = refinement.z_refinement.WhichOneof("z_refinement_options")
        if rule is None:
            raise ValueError(f"refinement {i} has no z_refinement; give none, copy or assign_average")
        z_rule: np.ndarray | str = COPY_Z if rule == "copy" else KEEP_Z
        if rule == "assign_average":
            z_rule = np.array(refinement.z_refinement.assign_average.indexes_for_average, np.intp)
        plan.append((np.array(refinement.indexes_mapping, np.intp), z_rule))
    return LandmarkRefinement(plan)
