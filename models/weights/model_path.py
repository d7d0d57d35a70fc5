"""The one call that the rest of the package makes for weights."""

from __future__ import annotations

from pathlib import Path

from attention_mesh.models.weights.model_store import ModelStore


def model_path(name: str, batch: int | None = None, native: bool = False) -> Path:
    """The .tflite file of an official model that any LiteRT CPU runtime runs.

    Fetches, verifies and converts on first use. `name` is a key of `MODELS`. The input is
    (1, H, W, 3) float32 and its leading axis may be resized to any number of faces; with `batch` given, that
    number is fixed in the file instead. With `native` a landmark network has the form of our own graphs: the
    input is uint8, 0…255, so that less memory moves, and the outputs are landmarks (all 478 of the attention
    network in one tensor, in pixels of the input) and face flag; the results are the same to rounding. Raises
    WeightsError when the weights cannot be had.
    """
    return ModelStore().path(name, batch, native)
