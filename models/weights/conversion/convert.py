"""Conversion: an official .tflite file becomes one that every LiteRT or TFLite CPU runtime runs."""

from __future__ import annotations

from attention_mesh.models.weights.conversion.attention_operators import replace_attention_operators
from attention_mesh.models.weights.conversion.batch import free_batch, set_batch
from attention_mesh.models.weights.conversion.constants import densify, fold_float16
from attention_mesh.models.weights.conversion.fuse import fuse_pixel_scaling, merge_landmarks
from attention_mesh.models.weights.conversion.optimize import simplify, split_widening, widen_slopes
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph

# The steps that the registry names, in the order in which it names them.
STEPS = {
    "densify": densify,
    "fold_float16": fold_float16,
    "replace_attention_operators": replace_attention_operators,
    "simplify": simplify,
    "split_widening": split_widening,
    "widen_slopes": widen_slopes,
    "free_batch": free_batch,
}


def convert(official: bytes, steps: tuple[str, ...], batch: int | None = None, fused: bool = False) -> bytes:
    """Converts a file; the same input gives the same bytes.

    Args:
      official: the content of the released file.
      steps: names in `STEPS`, in their order.
      batch: None leaves the leading axis at one, for runtimes that resize it. A number is written into every
        shape, for runtimes that cannot resize.
      fused: whether a landmark network takes uint8 images and gives merged landmarks, as our own graphs need
        it.

    Raises:
      ValueError: the file has an unexpected structure.
    """
    graph = TfliteGraph.from_bytes(official)
    for step in steps:
        STEPS[step](graph)
        graph.remove_unused()
    if fused:
        fuse_pixel_scaling(graph)
        merge_landmarks(graph)
    if batch is not None:
        set_batch(graph, batch)
    return graph.to_bytes()
