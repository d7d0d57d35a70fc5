"""From an official .tflite file to one that every LiteRT or TFLite CPU runtime runs, for any batch."""

from __future__ import annotations

from attention_mesh.models.weights.conversion.attention_operators import replace_attention_operators
from attention_mesh.models.weights.conversion.batch import free_batch, set_batch
from attention_mesh.models.weights.conversion.byte_input import take_bytes
from attention_mesh.models.weights.conversion.densify import densify
from attention_mesh.models.weights.conversion.fold_float16 import fold_float16
from attention_mesh.models.weights.conversion.merge_landmarks import merge_landmarks
from attention_mesh.models.weights.conversion.simplify import simplify
from attention_mesh.models.weights.conversion.split_widening import split_widening
from attention_mesh.models.weights.conversion.tflite_graph import TfliteGraph
from attention_mesh.models.weights.conversion.widen_slopes import widen_slopes

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
    """The rewritten file's bytes; the same input gives the same bytes.

    `batch` None leaves the leading axis at one, to be resized at will; a number writes that size into every
    shape, for runtimes that cannot resize. With `fused` a landmark network takes uint8 images and gives
    merged landmarks, the form of our own graphs. Raises ValueError for a file that is laid out unexpectedly.
    """
    graph = TfliteGraph.from_bytes(official)
    for step in steps:
        STEPS[step](graph)
        graph.remove_unused()
    if fused:
        take_bytes(graph)
        merge_landmarks(graph)
    if batch is not None:
        set_batch(graph, batch)
    return graph.to_bytes()
