"""The graph of a `FaceLandmarker`: which one its options ask for, and its side packets."""

from __future__ import annotations

import logging
from typing import Any

from attention_mesh.calculators.gpu.kernels.gpu_service import GPU_SERVICE, open_gpu
from attention_mesh.calculators.tensor.devices.network_runner import CPU, GPU
from attention_mesh.errors import AttentionMeshError
from attention_mesh.framework import SynchronousGraph
from attention_mesh.models.weights import WeightsError
from attention_mesh.python_bindings.landmarker.face_expression_graph import FaceExpressionGraph
from attention_mesh.python_bindings.landmarker.face_landmarker_options import (
    BEST,
    FaceLandmarkerOptions,
    RunningMode,
)
from attention_mesh.python_bindings.landmarker.face_mesh_graph import (
    face_mesh_side_packets,
    open_face_mesh_graph,
)
from attention_mesh.python_bindings.landmarker.gpu_face_mesh import GpuFaceMesh

_log = logging.getLogger(__name__)


def open_landmarker_graph(
    options: FaceLandmarkerOptions, weights: str
) -> tuple[SynchronousGraph | GpuFaceMesh, tuple[str, ...]]:
    """Starts the graph that the options ask for.

    Args:
      options: of the landmarker.
      weights: as `FaceLandmarkerOptions.weights`, or the model file of `BaseOptions`.

    Returns:
      The graph, whose `run` returns landmarks, regions and scores; and the attributes of a result that it
      returns after them. If it runs on a GPU and that fails, it goes on on the CPU.

    Raises:
      WeightsError: a network's file is neither in the cache nor available.
    """
    side = landmarker_side_packets(options, weights)
    if options.whole_graph_on_gpu:
        may_be_software = options.network_device == GPU
        try:
            return _on_gpu(options, side, may_be_software)
        except WeightsError:
            raise
        except AttentionMeshError as error:
            level = logging.WARNING if may_be_software else logging.INFO
            _log.log(level, "the face mesh runs on the CPU: %s", error)
    if options.passes == BEST:
        return open_face_mesh_graph("face_mesh_best", side, ("SPREADS",)), ("landmark_spreads_px",)
    return _on_cpu(options, side), ()


def _on_cpu(options: FaceLandmarkerOptions, side: dict[str, Any]) -> SynchronousGraph:
    name = "face_mesh_still" if options.running_mode is RunningMode.IMAGE else "face_mesh"
    return open_face_mesh_graph("face_mesh_two_pass" if options.passes == 2 else name, side)


def _on_gpu(
    options: FaceLandmarkerOptions, side: dict[str, Any], may_be_software: bool
) -> tuple[GpuFaceMesh, tuple[str, ...]]:
    services = {GPU_SERVICE: open_gpu(may_be_software)}
    # Learning neutral faces takes the landmarks of many frames, and happens on the CPU.
    has_shapes = options.output_face_blendshapes and not options.calibration_seconds
    on_gpu = side | {"with_blendshapes": has_shapes}
    if "neutral_face" in options.expression_side_packets:
        on_gpu["neutral_face"] = options.expression_side_packets["neutral_face"]
    tags, more = (("BLENDSHAPES",), ("blendshapes",)) if has_shapes else ((), ())

    def open_cpu() -> tuple[SynchronousGraph, FaceExpressionGraph | None]:
        expression = FaceExpressionGraph(more, options.expression_side_packets) if more else None
        return _on_cpu(options, side | {"device": CPU}), expression

    return GpuFaceMesh(open_face_mesh_graph("face_mesh_gpu", on_gpu, tags, services), open_cpu), more


def landmarker_side_packets(options: FaceLandmarkerOptions, weights: str) -> dict[str, Any]:
    """The side packets of the face mesh graphs, as the options say them; see `open_landmarker_graph`."""
    return face_mesh_side_packets(
        num_faces=options.num_faces,
        with_attention=options.with_attention,
        weights=weights,
        use_prev_landmarks=options.running_mode is not RunningMode.IMAGE,
        detector=options.detector,
        min_detection_confidence=options.min_face_detection_confidence,
        min_tracking_confidence=options.presence_threshold,
        smooth_landmarks=options.smooth,
        num_threads=options.num_threads,
        device=options.network_device,
    )
