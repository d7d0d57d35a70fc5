"""The kinds of input that are fuzzed, one module each."""

from __future__ import annotations

import importlib

from attention_mesh.tools.fuzz.kind import FuzzKind

KINDS = {
    "models": "tflite_models.KIND",
    "models-raw": "tflite_models.RAW",
    "compiler": "tflite_models.COMPILER",
    "readers": "readers.KIND",
    "networks": "keras_networks.KIND",
    "pictures": "pictures.KIND",
    "large-graphs": "large_graphs.KIND",
}
"""Name on the command line → module and name of the kind."""


def find_kind(name: str) -> FuzzKind:
    """The kind of a name of `KINDS`; its module is imported now."""
    module, _, kind = KINDS[name].partition(".")
    return getattr(importlib.import_module(f"{__name__}.{module}"), kind)
