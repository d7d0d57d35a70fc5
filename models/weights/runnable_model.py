"""Any .tflite file → one that LiteRT's CPU runtime runs."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from attention_mesh.models.weights.model_path import model_path
from attention_mesh.models.weights.registry import MODELS

_CUSTOM_OPERATORS = (b"Landmarks2TransformMatrix", b"TransformTensorBilinear", b"TransformLandmarks")
# What a network with these operators needs, whichever release it is of.
_STEPS = MODELS["face_landmark_with_attention"].conversion


def runnable_model(model: bytes | Path) -> bytes | Path:
    """The model in a form that the runtime takes: itself, where nothing stands against it.

    One of the official files, known by its SHA-256, is replaced by its rewritten form in the cache; another
    that has MediaPipe's custom operators is rewritten in memory. Raises FileNotFoundError where there is no
    file, ValueError where the rewriting finds another network than the attention mesh.
    """
    content = model.read_bytes() if isinstance(model, Path) else model
    digest = hashlib.sha256(content).hexdigest()
    for name, official in MODELS.items():
        if official.sha256 == digest:
            return model_path(name)
    if any(operator in content for operator in _CUSTOM_OPERATORS):
        return _rewritten(content)
    return model


@lru_cache(maxsize=4)
def _rewritten(content: bytes) -> bytes:
    # Imported here: reading a converted file needs neither the schema nor the rewriting.
    from attention_mesh.models.weights.conversion.convert import convert

    return convert(content, _STEPS)
